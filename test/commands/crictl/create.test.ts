import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

const POD = { metadata: { name: 'web', namespace: 'default', attempt: 1, uid: 'u1' }, log_directory: '/tmp', linux: {} }
const CONTAINER = {
  metadata: { name: 'hello' },
  image: { image: 'busybox:1.36' },
  command: ['sh', '-c', 'echo hello; sleep 1000'],
  log_path: 'hello.log',
}
const WARNING = 'level=warning msg="cgroup_parent is not set. Use `runtime-config` to get the runtime cgroup driver"\n'

test('a pod and a container made by hand run until the kubelet finds that nobody wants them', () => {
  const world = createWorld({ cluster: 'default' })
  const sh = (line: string) => {
    const { exit, stdout, stderr } = world.sh(line)
    return { exit, stdout, stderr: stderr.replaceAll(/time="[^"]*" /g, '').replaceAll(/^E\d{4} [\d:.]+ +\d+ /gm, '') }
  }
  world.sh(`echo '${JSON.stringify(POD)}' > pod.json; echo '${JSON.stringify(CONTAINER)}' > c.json`)
  world.sh('systemctl stop kubelet; crictl pull busybox:1.36')
  const pod = sh('crictl runp pod.json')
  expect(pod).toEqual({ exit: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/), stderr: WARNING })
  const id = pod.stdout.trim()
  expect(sh('crictl runp pod.json').stderr).toContain(
    `level=fatal msg="run pod sandbox: rpc error: code = Unknown desc = failed to reserve sandbox name \\"web_default_u1_1\\": name \\"web_default_u1_1\\" is reserved for \\"${id}\\""\n`,
  )
  const made = sh(`crictl create ${id} c.json pod.json`).stdout.trim()
  expect(sh(`crictl start ${made}`)).toEqual({ exit: 0, stdout: `${made}\n`, stderr: '' })
  expect(sh(`sleep 1; crictl logs ${made}; cat /tmp/hello.log | cut -d' ' -f2-`).stdout).toBe('hello\nstdout F hello\n')
  expect(sh('crictl create nobody c.json pod.json').stderr).toContain(
    'level=fatal msg="creating container: rpc error: code = NotFound desc = failed to find sandbox id \\"nobody\\": an error occurred when try to find sandbox: not found"\n',
  )
  expect(sh('crictl runp nowhere.json').stderr).toBe(
    'level=fatal msg="load podSandboxConfig: config at nowhere.json not found"\n',
  )
  world.sh('systemctl start kubelet; sleep 20')
  expect(sh("crictl pods --name web | awk 'NR>1 {print $5, $6, $7}'").stdout).toContain('NotReady')
})
