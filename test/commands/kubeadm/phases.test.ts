import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

test('single phases: a manifest with flags handed on, a kubelet configuration made anew, those of join ask for what they need', () => {
  const world = createWorld({ cluster: 'default' })
  const onNode = (line: string) => world.run(line, { host: 'node01' })
  onNode("sed -i 's/^resolvConf:.*/resolvConf: nonsense/' /var/lib/kubelet/config.yaml")
  const { stdout } = onNode(
    'kubeadm upgrade node phase kubelet-config && grep ^resolvConf /var/lib/kubelet/config.yaml',
  )
  expect(stdout).toContain('The kubelet configuration for this node was successfully upgraded!')
  expect(stdout).toContain('\nresolvConf: /run/systemd/resolve/resolv.conf\n')
  expect(onNode('kubeadm upgrade node phase addon all').stdout).toContain(
    '[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.\n',
  )
  expect(onNode('kubeadm join phase control-plane-join all')).toMatchObject({
    exit: 1,
    stdout: '',
    stderr:
      "error: File /etc/kubernetes/admin.conf does not exists. Please use 'kubeadm join phase control-plane-prepare' subcommands to generate it.\nTo see the stack trace of this error execute with --v=5 or higher\n",
  })
  const component = (name: string, args: string) =>
    world.sh(
      `kubeadm init phase control-plane ${name} ${args} && grep -e --v= -e profiling -e bind-address /etc/kubernetes/manifests/kube-${name}.yaml`,
    )
  expect(component('apiserver', '--apiserver-extra-args profiling=false,v=2').stdout).toBe(
    '[control-plane] Creating static Pod manifest for "kube-apiserver"\n    - --profiling=false\n    - --v=2\n',
  )
  expect(component('scheduler', '--scheduler-extra-args=bind-address=0.0.0.0').stdout).toContain(
    '    - --bind-address=0.0.0.0\n',
  )
  expect(world.sh('kubeadm init phase control-plane scheduler --apiserver-extra-args v=2').stderr).toContain(
    'unknown flag: --apiserver-extra-args',
  )
})

test('a further control plane, phase by phase', () => {
  const world = createWorld({ cluster: 'ha' })
  const on = (host: string, line: string) => world.run(line, { host, timeoutMs: 600_000 })
  const [first, third] = ['controlplane', 'cp3']
  on(third, 'kubeadm reset -f')
  on(first, `kubectl delete node ${third}`)
  const key = on(first, 'kubeadm init phase upload-certs --upload-certs').stdout.trim().split('\n').at(-1)
  const join = on(first, 'kubeadm token create --print-join-command').stdout.trim().replace('kubeadm join ', '')
  const phase = (name: string, flags: string) => on(third, `kubeadm join phase ${name} ${flags}`)
  expect(phase('control-plane-prepare all', `${join} --control-plane --certificate-key ${key}`)).toMatchObject({
    exit: 0,
    stderr: expect.not.stringContaining('error'),
  })
  expect(on(third, 'ls /etc/kubernetes /etc/kubernetes/manifests').stdout).toBe(
    '/etc/kubernetes:\nadmin.conf\ncontroller-manager.conf\nflannel.conf\nmanifests\npki\nscheduler.conf\n\n/etc/kubernetes/manifests:\nkube-apiserver.yaml\nkube-controller-manager.yaml\nkube-scheduler.yaml\n',
  )
  // Without --control-plane a phase of control planes has nothing to do.
  expect(phase('etcd-join', '')).toMatchObject({ exit: 0, stdout: '' })
  expect(phase('kubelet-start', join).stdout).toContain('[kubelet-start] Starting the kubelet\n')
  expect(phase('etcd-join', '--control-plane').stdout).toContain(
    '[etcd] Announced new etcd member joining to the existing etcd cluster\n[etcd] Creating static Pod manifest for "etcd"\n',
  )
  expect(phase('kubelet-wait-bootstrap', '').stdout).toContain(
    '[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n',
  )
  expect(phase('control-plane-join mark-control-plane', '--control-plane').stdout).toContain(
    `[mark-control-plane] Marking the node ${third} as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]\n`,
  )
  world.advance(60_000)
  expect(on(first, `kubectl get node ${third} --no-headers | awk '{print $2, $3}'`).stdout).toBe(
    'Ready control-plane\n',
  )
})
