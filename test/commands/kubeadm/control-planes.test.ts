import { describe, expect, test } from 'vitest'
import { clusterPlan, createWorld, type World } from '../../../src/cluster/index.ts'

const ETCDCTL =
  'etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key'

/** `name learner?` of etcd's members. */
const members = (world: World): string[] =>
  world.run(`${ETCDCTL} member list | awk -F', ' '{print $3, $6}' | sort`).stdout.trim().split('\n')

/** The line with which a further control plane joins. */
function joinLine(world: World): string {
  const key = world.run('kubeadm init phase upload-certs --upload-certs | tail -1').stdout.trim()
  const line = world.run('kubeadm token create --print-join-command').stdout.trim()
  world.advance(5000)
  return `${line} --control-plane --certificate-key ${key}`
}

describe('several control planes', () => {
  test('one leaves etcd when it is reset, and comes back as a learner', () => {
    const world = createWorld({ cluster: 'ha' })
    const cp3 = { host: 'cp3' }
    expect(members(world)).toEqual(['controlplane false', 'cp2 false', 'cp3 false'])
    expect(world.run('kubeadm reset -f', cp3).stdout).toContain(
      '[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n',
    )
    expect(members(world)).toEqual(['controlplane false', 'cp2 false'])
    world.run('kubectl delete node cp3')
    const joined = world.run(joinLine(world), cp3)
    expect(joined.exit).toBe(0)
    expect(joined.stdout).toContain(`[kubelet-start] Starting the kubelet
[etcd] Announced new etcd member joining to the existing etcd cluster
[etcd] Creating static Pod manifest for "etcd"
[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s
[kubelet-check] Waiting for a healthy kubelet`)
    expect(joined.stdout).toContain('* A new etcd member was added to the local/stacked etcd cluster.\n')
    expect(members(world)).toEqual(['controlplane false', 'cp2 false', 'cp3 false'])
    world.advance(40_000)
    expect(world.run('kubectl get node cp3 --no-headers').stdout).toMatch(/^cp3 +Ready +control-plane/)
    expect(world.run('grep initial-cluster /etc/kubernetes/manifests/etcd.yaml', cp3).stdout).toMatch(
      /--initial-cluster=(?=.*cp2=https:\/\/192\.168\.56\.12:2380).*,cp3=https:\/\/192\.168\.56\.13:2380\n.*--initial-cluster-state=existing\n/,
    )
    expect(
      world.run('kubectl --kubeconfig /etc/kubernetes/kubelet.conf config view -o jsonpath={..server}', cp3).stdout,
    ).toBe('https://192.168.56.13:6443')
  })

  test('the add-ons wait for the last of them', () => {
    const world = createWorld({ cluster: { ...clusterPlan('ha')!, release: 'v1.36.3' } })
    const kubeadm = 'apt-mark unhold kubeadm > /dev/null; apt-get install -y kubeadm=1.36.4-1.1 > /dev/null'
    world.run(kubeadm)
    const skip = (late: string): string =>
      `[upgrade/addon] Skipping upgrade of addons because control plane instances [${late}] have not been upgraded\n`
    expect(world.run('kubeadm upgrade apply v1.36.4 -y').stdout).toContain(skip('cp2 cp3').repeat(2))
    const versions = "kubectl -n kube-system get ds kube-proxy -o jsonpath='{.spec.template.spec.containers[0].image}'"
    expect(world.run(versions).stdout).toBe('registry.k8s.io/kube-proxy:v1.36.3')
    world.run(kubeadm, { host: 'cp2' })
    expect(world.run('kubeadm upgrade node', { host: 'cp2' }).stdout).toContain(skip('cp3').repeat(2))
    world.run(kubeadm, { host: 'cp3' })
    expect(world.run('kubeadm upgrade node', { host: 'cp3' }).stdout).toContain(
      '[addons] Applied essential addon: CoreDNS\n[addons] Applied essential addon: kube-proxy\n',
    )
    expect(world.run(versions).stdout).toBe('registry.k8s.io/kube-proxy:v1.36.4')
  })
})

test('a cluster without a shared endpoint takes no further control plane', () => {
  const world = createWorld({})
  world.run('kubectl delete node node01')
  world.run('kubeadm reset -f', { host: 'node01' })
  const { stderr, exit } = world.run(joinLine(world), { host: 'node01' })
  expect(exit).toBe(1)
  expect(stderr).toContain(`error: error execution phase preflight: 
One or more conditions for hosting a new control plane instance is not satisfied.

unable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address

Please ensure that:
* The cluster has a stable controlPlaneEndpoint address.
* The certificates that must be shared among control plane instances are provided.
`)
})
