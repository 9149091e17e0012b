import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

test('single phases: a manifest with flags handed on, a kubelet configuration made anew, those of join are not simulated', () => {
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
    exit: 127,
    stderr: 'kubeadm: not simulated: join phase control-plane-join all\n',
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
