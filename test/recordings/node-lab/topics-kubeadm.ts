import type { World } from '../../../src/cluster/index.ts'
import type { Deed } from './chronicle.ts'
import { CNI_CONFLIST } from './pods.ts'
import type { Topic } from './topics.ts'
import { RUNTIME_ENDPOINT } from './units.ts'

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

/** cp1's kubelet had got its certificate at 02:15:54. */
const OLDER_CERTIFICATE =
  'cd /var/lib/kubelet/pki; mv $(readlink kubelet-client-current.pem) kubelet-client-2026-11-21-02-15-54.pem; ln -sf $PWD/kubelet-client-2026-11-21-02-15-54.pem kubelet-client-current.pem; cd'

/** The lab's CA has another key here. */
const CA_HASH: NonNullable<Topic['rewrite']>[number] = [
  /d287d90892563cd67d48abe2d8c7a724930918d4719ccb3686d98dbb184e727f/g,
  (world) =>
    world.run("kubeadm token create --print-join-command | sed 's/.*sha256://'", { host: 'cp1' }).stdout.trim(),
]

/** node01 before its first join; the tokens with which it joins. */
const LEFT: readonly Deed[] = [
  ['02:55:00', 'kubectl delete node node01; kubeadm token create 7x6x9c.kjp0ush1504yldq0'],
  ...fresh('02:55:01', 'node01'),
  ['02:55:01', 'rmdir /etc/kubernetes/manifests; systemctl reset-failed kubelet', 'node01'],
  ['02:55:02', RUNTIME_ENDPOINT, 'node01'],
  ['02:55:02', `cat > /etc/cni/net.d/10-lab.conflist <<'EOF'\n${CNI_CONFLIST}EOF`, 'node01'],
  // cp1's scheduler was broken just then (cp-10 to cp-12).
  ['02:56:36', 'mv /etc/kubernetes/manifests/kube-scheduler.yaml /root/'],
]
const JOINED = `kubeadm join 172.30.1.2:6443 --token 7x6x9c.kjp0ush1504yldq0 --discovery-token-unsafe-skip-ca-verification --ignore-preflight-errors=all`
const expired: Deed = ['02:56:00', 'kubeadm token create 113k30.jl34dcihusgf1ye7 --ttl 1s']

const DRY_RUN: Deed = ['02:57:00', 'mkdir -p /etc/kubernetes/tmp/kubeadm-upgrade-node-dryrun4060975573', 'node01']
const control =
  (line: string) =>
  (world: World): void =>
    void world.run(line, { host: 'cp1' })

/** kubeadm.k8s.io/v1beta4, as the recorder wrote it for joins that give up soon. */
const joinConfig = (token: string, endpoint: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    token: ${token}
    apiServerEndpoint: ${endpoint}
    unsafeSkipCAVerification: true
timeouts:
  discovery: 12s
`
const joinFile = (name: string, token: string, endpoint: string): Deed => [
  '02:56:30',
  `cat > /root/${name}.yaml <<'EOF'\n${joinConfig(token, endpoint)}EOF`,
  'node01',
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
      ['02:50:00', OLDER_CERTIFICATE],
      ['02:51:00', offline],
      ['02:51:00', config],
    ],
    // A token of one second ends with the second after next: it was made early in one.
    pauses: { 3: 0.6 },
  },
  'node01-01-join': {
    at: '02:56:48.1',
    workers: true,
    host: 'node01',
    rewrite: [CA_HASH],
    deeds: [...LEFT, ['02:56:00', 'kubeadm token create 113k30.jl34dcihusgf1ye7 --ttl 1m']],
  },
  'node01-02-reset-rejoin': {
    at: '02:57:31',
    workers: true,
    host: 'node01',
    rewrite: [CA_HASH],
    deeds: [...LEFT, expired, ['02:56:47', JOINED, 'node01'], DRY_RUN],
  },
  'node01-03-join-errors': {
    at: '02:59:00',
    workers: true,
    host: 'node01',
    rewrite: [CA_HASH],
    // cp1's etcd was broken meanwhile (cp-17, cp-18).
    before: { 0: [control('pkill -STOP etcd')], 1: [control('pkill -CONT etcd')], 3: [control('pkill -STOP etcd')] },
    deeds: [
      ...LEFT,
      expired,
      joinFile('expired', '113k30.jl34dcihusgf1ye7', '172.30.1.2:6443'),
      joinFile('wrongport', '7x6x9c.kjp0ush1504yldq0', '172.30.1.2:6444'),
      joinFile('wronghost', '7x6x9c.kjp0ush1504yldq0', '172.30.1.99:6443'),
    ],
  },
}
