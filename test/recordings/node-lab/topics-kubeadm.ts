import type { World } from '../../../src/cluster/index.ts'
import type { Deed } from './chronicle.ts'
import type { Topic } from './topics.ts'

/** /root/kubeadm.yaml of the lab. */
const CONFIG = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 172.30.1.2
nodeRegistration:
  name: cp1
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.4
controlPlaneEndpoint: 172.30.1.2:6443
networking:
  podSubnet: 10.244.0.0/16
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failCgroupV1: false
`

const config = (world: World): void => void world.write('/root/kubeadm.yaml', CONFIG)
/** No name server answered in the lab. */
const offline = (world: World): void => {
  for (const socket of world.installed.internet.stack.sockets) socket.close()
}
/** A machine on which kubeadm has not run yet. */
const fresh = (at: string, host = 'cp1'): Deed[] => [
  [at, 'kubeadm reset -f', host],
  [
    at,
    'rm -rf /root/.kube /etc/kubernetes/* /var/lib/kubelet/* /etc/cni/net.d/*; mkdir -p /etc/kubernetes/manifests',
    host,
  ],
]

/** kubeadm's recordings of the node lab. */
export const KUBEADM_TOPICS: Readonly<Record<string, Topic>> = {
  'kubeadm-01-before-init': {
    at: '02:22:00',
    alone: true,
    deeds: [['02:21:00', offline], ...fresh('02:21:00')],
  },
  'kubeadm-02-init': {
    at: '02:22:00',
    alone: true,
    deeds: [
      ['02:21:00', offline],
      ...fresh('02:21:00'),
      ['02:21:01', config],
      ['02:21:02', 'crictl rmi registry.k8s.io/coredns/coredns:v1.14.2'],
    ],
  },
  'kubeadm-03-init-ok': {
    at: '02:22:00',
    alone: true,
    deeds: [['02:21:00', offline], ...fresh('02:21:00'), ['02:21:01', config]],
  },
  'kubeadm-04-phases-offline': {
    at: '02:33:00',
    deeds: [
      ['02:31:00', offline],
      ['02:31:00', config],
      // The API server was down then.
      ['02:32:00', 'mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/'],
    ],
    before: { 5: ['rm /root/kd/k/pki/apiserver.*'] },
  },
  'kubeadm-05-live': {
    at: '02:52:00',
    deeds: [
      ['02:51:00', offline],
      ['02:51:00', config],
    ],
    // A token of one second ends with the second after next: it was made early in one.
    pauses: { 3: 0.6 },
  },
}
