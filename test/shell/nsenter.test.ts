import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

test('nsenter: the host’s tools in a pod’s network, the pod’s files; what is not there is said', () => {
  const world = createWorld({ cluster: 'default' })
  world.sh('kubectl run web --image=nginx; sleep 20')
  const node = world.sh("kubectl get pod web -o jsonpath='{.spec.nodeName}'").stdout
  const pod = (line: string) =>
    world.run(`PID=$(crictl inspect $(crictl ps -q --name web) | jq .info.pid); ${line}`, { host: node })
  expect(pod('nsenter -t $PID -n ip -br addr show eth0').stdout).toContain(
    world.sh("kubectl get pod web -o jsonpath='{.status.podIP}'").stdout,
  )
  expect(pod('nsenter -t $PID -m -u hostname; hostname').stdout).toBe(`web\n${node}\n`)
  expect(pod('nsenter -t $PID -n ss -Hlnt').stdout).toMatch(/^LISTEN .* 0\.0\.0\.0:80 .*\n$/)
  expect(pod('nsenter -t $PID -m nosuch')).toMatchObject({
    exit: 127,
    stderr: 'nsenter: failed to execute nosuch: No such file or directory\n',
  })
  expect(pod('nsenter --target 99999 --net true')).toMatchObject({
    exit: 1,
    stderr: 'nsenter: cannot open /proc/99999/ns/net: No such file or directory\n',
  })
})
