import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../../src/host/index.ts'
import { NodeWorld } from './world.ts'

/** One request from the node, as curl sends it. */
function get(w: NodeWorld, ip: string, port: number, path = '/'): HttpResponse | string {
  const result = w.host.net.dial({ ip, port })
  if (result.outcome !== 'open') return result.outcome
  return result.socket.service.http!(
    { method: 'GET', path, headers: { host: ip, 'user-agent': 'curl/8.5.0' } },
    result.peer,
  )
}

function logs(w: NodeWorld, pod: string, container = 'c'): string {
  const { metadata } = w.client.get('Pod', 'default', pod)
  const dir = `/var/log/pods/default_${pod}_${metadata.uid}/${container}`
  // Of a container that crashed again the first log is gone.
  const [newest] = w.host.fs.readdir(dir).at(-1)!
  return w.host.fs.readFile(`${dir}/${newest}`).replaceAll(/^\S+ /gm, '')
}

describe('images', () => {
  test('nginx serves its page, logs requests, and answers 404 by its configuration', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.pod('web', { image: 'nginx:1.27', readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } })
    w.kernel.advance(4000)
    const { podIP, containerStatuses } = w.status('web')
    expect(containerStatuses[0].ready).toBe(true)
    expect(get(w, podIP, 80)).toMatchObject({ status: 200, headers: { server: 'nginx/1.27.5' } })
    expect(get(w, podIP, 80, '/nope')).toMatchObject({ status: 404 })
    expect(get(w, podIP, 81)).toBe('refused')
    expect(logs(w, 'web')).toContain(
      'stdout F 10.244.1.1 - - [21/Nov/2026:02:25:07 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.5.0" "-"\n',
    )
    expect(logs(w, 'web')).toContain(
      '[error] 29#29: *1 open() "/usr/share/nginx/html/nope" failed (2: No such file or directory)',
    )
  })

  test('a broken configuration from a ConfigMap crashes nginx with its own words', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: { 'default.conf': 'server {\n  lisen 80;\n}\n' },
    } as never)
    w.pod(
      'web',
      { image: 'nginx:1.27', volumeMounts: [{ name: 'v', mountPath: '/etc/nginx/conf.d' }] },
      { volumes: [{ name: 'v', configMap: { name: 'cm' } }] },
    )
    w.kernel.advance(3000)
    expect(logs(w, 'web')).toContain(
      'stderr F nginx: [emerg] unknown directive "lisen" in /etc/nginx/conf.d/default.conf:2\n',
    )
    expect(w.status('web').containerStatuses[0].state.terminated.exitCode).toBe(1)
  })

  test.each([
    ['postgres:15', 'stderr F Error: Database is uninitialized and superuser password is not specified.'],
    ['hello-world', 'stdout F Hello from Docker!'],
    ['redis', 'Ready to accept connections tcp'],
  ])('%s says what it says', (image, text) => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.pod('x', { image }, { restartPolicy: 'Never' })
    w.kernel.advance(20_000)
    expect(logs(w, 'x')).toContain(text)
  })

  test('a container over its memory limit is OOMKilled', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.pod(
      'oom',
      {
        image: 'polinux/stress',
        command: ['stress'],
        args: ['--vm', '1', '--vm-bytes', '250M'],
        resources: { limits: { memory: '100Mi' } },
      },
      { restartPolicy: 'Never' },
    )
    w.kernel.advance(8000)
    expect(w.status('oom').containerStatuses[0].state.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 })
  })
})
