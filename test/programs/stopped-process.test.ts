import { beforeAll, expect, test } from 'vitest'
import { clusterPlan, createWorld, type World } from '../../src/cluster/index.ts'

let world: World
beforeAll(() => {
  world = createWorld({ cluster: clusterPlan('default')!, seed: 1 })
})

const run = (line: string, timeoutMs?: number) => world.run(line, { timeoutMs })
const renewed = (): string => run(`kubectl get lease node01 -n kube-node-lease -o jsonpath='{.spec.renewTime}'`).stdout
const statusOf = (node: string): string => run(`kubectl get node ${node} --no-headers | awk '{print $2}'`).stdout

test('a process stopped by SIGSTOP does nothing until SIGCONT, and its ports accept without an answer', () => {
  run(`ssh node01 'pkill -STOP kubelet'`)
  const before = renewed()
  expect(run(`ssh node01 'curl -sS -m 3 http://127.0.0.1:10248/healthz'`)).toMatchObject({
    exit: 28,
    stdout: '',
    stderr: 'curl: (28) Operation timed out after 3000 milliseconds with 0 bytes received\n',
  })
  expect(run(`ssh node01 'nc -zv 127.0.0.1 10250'`).stderr).toContain('succeeded!')
  run('kubectl run late --image=busybox:1.36 --overrides=\'{"spec":{"nodeName":"node01"}}\' -- sleep 100')
  world.advance(60_000)
  expect(renewed()).toBe(before)
  expect(statusOf('node01')).toBe('NotReady\n')
  expect(run(`kubectl get pod late -o jsonpath='{.status.phase}'`).stdout).toBe('Pending')
  expect(run('kubectl exec late -- date', 5000)).toMatchObject({ exit: 130, stdout: '' })

  run(`ssh node01 'pkill -CONT kubelet'`)
  world.advance(15_000)
  expect(renewed()).not.toBe(before)
  expect(statusOf('node01')).toBe('Ready\n')
  expect(run(`kubectl get pod late -o jsonpath='{.status.phase}'`).stdout).toBe('Running')
})

test('a stopped controller manager reconciles nothing; signals but SIGKILL stay pending', () => {
  run('pkill -STOP kube-controller; kubectl create deployment still --image=nginx:1.27')
  world.advance(5_000)
  expect(run('kubectl get replicasets -o name').stdout).toBe('')
  run('pkill -TERM kube-controller')
  world.advance(5_000)
  expect(run('pgrep -c kube-controller').stdout).toBe('1\n')
  const [pid, after] = [run('pgrep kube-controller').stdout, () => run('pgrep kube-controller').stdout]
  run('pkill -CONT kube-controller')
  world.advance(90_000)
  expect(after()).not.toBe(pid)
  expect(run('kubectl get deployment still --no-headers').stdout).toMatch(/^still {3}1\/1/)
})

test('systemctl stop reaches a stopped process: SIGTERM is followed by SIGCONT', () => {
  run(`ssh node02 'pkill -STOP kubelet'`)
  expect(run(`ssh node02 'systemctl stop kubelet; systemctl is-active kubelet'`, 20_000).stdout).toBe('inactive\n')
})

test('what an interrupted ssh ran gets SIGPIPE: nothing of it reaches the terminal any more', () => {
  run(
    `kubectl run talker --image=busybox:1.36 --overrides='{"spec":{"nodeName":"node01"}}' -- sh -c 'while true; do date; sleep 1; done'`,
  )
  world.advance(8_000)
  expect(run(`ssh node01 'crictl logs -f $(crictl ps -q --name talker)'`, 3000).exit).toBe(130)
  expect(run('sleep 4').stdout).toBe('')
  expect(run(`ssh node01 'pgrep -x crictl'`).exit).toBe(1)
})

test('a kubelet that waits for its first certificate already answers on healthz', () => {
  run(
    `ssh node01 'rm /etc/kubernetes/kubelet.conf /var/lib/kubelet/pki/*; cp /root/.kube/config /etc/kubernetes/bootstrap-kubelet.conf || true'`,
  )
  run('scp /etc/kubernetes/admin.conf node01:/etc/kubernetes/bootstrap-kubelet.conf; pkill -STOP kube-controller')
  run(`ssh node01 'systemctl restart kubelet'`)
  world.advance(5_000)
  expect(
    run(`ssh node01 'test -e /etc/kubernetes/kubelet.conf; echo $?; curl -s http://127.0.0.1:10248/healthz'`).stdout,
  ).toBe('1\nok')
})
