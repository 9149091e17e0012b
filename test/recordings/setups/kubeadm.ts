import { clusterPlan, type World } from '../../../src/cluster/index.ts'
import { containerdOf } from '../../../src/programs/containerd/index.ts'
import { lookup, parseReference } from '../../../src/programs/images/index.ts'
import { BARE, BARE_FILES, ORACLE } from './bare.ts'
import type { Setup } from './setup.ts'

export const KUBEADM_CONFIG = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
- groups: [system:bootstrappers:kubeadm:default-node-token]
  token: abcdef.0123456789abcdef
  ttl: 24h0m0s
  usages: [signing, authentication]
localAPIEndpoint:
  advertiseAddress: 192.168.56.10
  bindPort: 6443
nodeRegistration:
  criSocket: unix:///run/containerd/containerd.sock
  name: controlplane
  imagePullPolicy: IfNotPresent
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.4
clusterName: kubernetes
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
`

/** The lab's kubelets were hollow: their containers ran, but what they should have run ran beside them. */
function hollow(world: World): void {
  const state = containerdOf(world.hosts.get('controlplane')!)
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']) {
    const tag = `registry.k8s.io/${name}:${name === 'etcd' ? '3.6.8-0' : 'v1.36.4'}`
    const ref = parseReference(tag)
    const found = typeof ref === 'string' ? undefined : lookup(ref)
    if (found?.outcome !== 'found') throw new Error(tag)
    const files = { [`/usr/local/bin/${name}`]: { program: 'pause' } }
    const id = found.image.id.replace(/.{4}$/, '0000')
    state.storeImage({ ...found.image, id, spec: { ...found.image.spec, base: 'scratch', files } }, tag, undefined)
  }
}

const BRIDGE = (subnet: string): string =>
  JSON.stringify({
    cniVersion: '1.0.0',
    name: 'lab',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: true,
        ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
    ],
  })

const single = clusterPlan('single', 'vm')!

export const KUBEADM: Readonly<Record<string, Setup>> = {
  'kubeadm/h01-kubeadm-offline': {
    // The machine's own name was vm; nothing of Kubernetes ran on it.
    cluster: single,
    files: { [`${ORACLE}/rootfs/tmp/kubeadm-config.yaml`]: KUBEADM_CONFIG },
    env: { ORACLE, R: '/srv/h01' },
    before: [
      `mkdir -p ${ORACLE}/bin`,
      `cp /usr/bin/kubeadm ${ORACLE}/bin/`,
      'systemctl stop kubelet; crictl stop $(crictl ps -q); crictl rmp -fa',
    ],
    after: ['echo "127.0.0.1 localhost" > $R/etc/hosts'],
    rewrite: [
      [/> \/root;/, '> /root/ext.cnf;'],
      [/-extfile \/root /, '-extfile /root/ext.cnf '],
    ],
  },
  'kubeadm/h02-bringup': {
    cluster: { ...clusterPlan('default')!, flannel: false },
    env: { ORACLE },
    files: {
      ...BARE_FILES,
      '/tmp/kubeadm-config.yaml': KUBEADM_CONFIG,
      '/root/controlplane.conflist': BRIDGE('10.244.0.0/24'),
      '/root/node01.conflist': BRIDGE('10.244.1.0/24'),
      '/root/node02.conflist': BRIDGE('10.244.2.0/24'),
    },
    before: [
      ...BARE,
      'systemctl stop kubelet; crictl stop $(crictl ps -q); crictl rmp -fa; rm -rf /var/lib/etcd /root/.kube/cache',
      'mkdir -p /etc/cni/net.d; for n in node01 node02; do ssh $n "systemctl stop kubelet; crictl rmp -fa; mkdir -p /etc/cni/net.d" ; done',
      'rm /var/lib/kubelet/instance-config.yaml',
    ],
    prepare: hollow,
    rewrite: [
      [/rm \$ORACLE\/nodes\/controlplane\/cni-notready/, 'cp /root/controlplane.conflist /etc/cni/net.d/'],
      [/rm \$ORACLE\/nodes\/node01.*?;/, 'for n in node01 node02; do scp -q $n.conflist $n:/etc/cni/net.d/; done;'],
    ],
  },
}
