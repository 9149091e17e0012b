import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

test('the log files of a machine are to be had through its kubelet, and nothing else', () => {
  const world = createWorld()
  const get = (path: string) => world.run(`kubectl get --raw /api/v1/nodes/node01/proxy/logs${path}`)
  world.run('ssh node01 \'mkdir /var/log/a; echo hello > /var/log/a/"x & y"\'')
  expect(get('/a/').stdout).toBe(
    '<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n<a href="x%20&%20y">x &amp; y</a>\n</pre>\n',
  )
  expect(get("/a/'x%20&%20y'").stdout).toBe('hello\n')
  for (const path of ['', '/nosuch', '/../../etc/passwd']) {
    expect(get(path).stderr).toBe('Error from server (NotFound): the server could not find the requested resource\n')
  }
})

test('what a kubelet serves and this one does not says so; what none serves is not found', () => {
  const world = createWorld({ cluster: 'single' })
  const get = (path: string) => world.run(`kubectl get --raw /api/v1/nodes/${world.home.name}/proxy${path}`).stderr
  expect(get('/flagz')).toBe(
    'Error from server: an error on the server ("kubelet: not simulated: /flagz") has prevented the request from succeeding\n',
  )
  expect(get('/configs')).toBe('Error from server (NotFound): the server could not find the requested resource\n')
})
