import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

test('a worker that was reset joins again: bootstrap token, TLS bootstrap, approval', () => {
  const world = createWorld({})
  const node01 = { host: 'node01' }
  expect(world.run('kubectl delete node node01').exit).toBe(0)
  expect(world.run('kubeadm reset -f', node01).exit).toBe(0)
  expect(world.run('ls /etc/kubernetes/pki /var/lib/kubelet', node01).stdout).toBe(
    '/etc/kubernetes/pki:\n\n/var/lib/kubelet:\n',
  )
  world.advance(5000)
  const join = world.run('kubeadm token create --print-join-command').stdout.trim()
  world.advance(2000)
  expect(world.run('kubectl -n kube-public get cm cluster-info -o yaml').stdout).toContain('jws-kubeconfig-')
  const dry = world.run(`${join} --dry-run`, node01)
  expect(dry.exit).toBe(0)
  expect(dry.stdout).toMatch(
    /\n\[kubelet-start\] Would start the kubelet\n\[dryrun\] Wrote certificates and kubeconfig files to the "\/etc\/kubernetes\/tmp\/kubeadm-join-dryrun\d+" directory\n/,
  )
  expect(world.run('ls /etc/kubernetes/pki /var/lib/kubelet', node01).stdout).toBe(
    '/etc/kubernetes/pki:\n\n/var/lib/kubelet:\n',
  )
  const joined = world.run(join, node01)
  expect(joined.exit).toBe(0)
  expect(joined.stdout).toContain('This node has joined the cluster:')
  expect(world.run('kubectl get csr --no-headers').stdout).toMatch(
    /kube-apiserver-client-kubelet +system:bootstrap:\w{6} +<none> +Approved,Issued/,
  )
  world.advance(30_000)
  expect(world.run('kubectl get node node01 --no-headers').stdout).toMatch(/^node01 +Ready/)
  expect(world.run('openssl x509 -noout -subject -in /var/lib/kubelet/pki/kubelet-client-current.pem', node01)).toEqual(
    expect.objectContaining({ stdout: 'subject=O = system:nodes, CN = system:node:node01\n' }),
  )
})

test('the token cleaner removes tokens that have expired', () => {
  const world = createWorld({})
  const token = world.run('kubeadm token create --ttl 1m').stdout.trim()
  const secret = `bootstrap-token-${token.split('.')[0]}`
  expect(world.run(`kubectl -n kube-system get secret ${secret}`).exit).toBe(0)
  world.advance(70_000)
  expect(world.run(`kubectl -n kube-system get secret ${secret}`).exit).toBe(1)
})

test('a control plane that was reset is initialised anew, with new authorities', () => {
  const world = createWorld({})
  expect(world.run('kubeadm reset -f').exit).toBe(0)
  const init = world.run('kubeadm init --pod-network-cidr=10.244.0.0/16')
  expect(init.exit).toBe(0)
  expect(init.stdout).toContain('Your Kubernetes control-plane has initialized successfully!')
  expect(world.run('kubectl get nodes').stderr).toContain('x509: certificate signed by unknown authority')
  world.advance(60_000)
  const pods = world.run('kubectl --kubeconfig /etc/kubernetes/admin.conf get pods -A --no-headers').stdout
  expect(pods.trim().split('\n')).toHaveLength(7)
  expect(pods.match(/ 1\/1 +Running/g)).toHaveLength(7)
})
