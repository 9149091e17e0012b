import type { Deed } from './chronicle.ts'
import { counted } from './history.ts'
import { CNI_CONFLIST } from './pods.ts'
import type { Topic } from './topics.ts'
import { RUNTIME_ENDPOINT } from './units.ts'

const MANIFESTS = '/etc/kubernetes/manifests'

/** The manifests as kubeadm wrote them, kept beside. */
const keep: Deed = ['02:50:00', `mkdir -p /root/good; cp -a ${MANIFESTS}/. /etc/kubernetes/*.conf /root/good/`]
const endpoint: Deed = ['02:24:36', RUNTIME_ENDPOINT]

/** Stops a component's container by hand, so that nobody waits for its grace period. */
const stop = (component: string): string => `crictl stop $(crictl ps -q --name '^${component}$')`

/** Puts a changed copy of a component's manifest in its place. */
const spoil = (component: string, change: string): string =>
  `sed '${change}' /root/good/${component}.yaml > /root/spoilt.yaml; cp /root/spoilt.yaml ${MANIFESTS}/${component}.yaml; ${stop(component)}`
const restore = (component: string): string => `cp /root/good/${component}.yaml ${MANIFESTS}/`
/** Points a component's kubeconfig at a port where nobody listens. */
const misdirect = (component: string, conf: string): string =>
  `sed -i 's/6443/6553/' /etc/kubernetes/${conf}.conf; ${stop(component)}`

/** The static pods were once taken away and came back: their sandboxes are second ones since. */
const REPLACED: readonly Deed[] = [
  ['02:31:48', `mkdir /root/away; mv ${MANIFESTS}/* /root/away/`],
  ['02:32:04', `mv /root/away/* ${MANIFESTS}/`],
  // Evicted just then, and deleted while the API server was away.
  ['02:33:00', 'kubectl delete pod badimage badcmd nomount oom --wait=false'],
]

/** What had restarted until the scheduler was broken, and how often. */
const DAY: readonly Deed[] = [
  ['02:45:00', counted({ 'kube-apiserver': 1 })],
  ['02:45:20', stop('etcd')],
  ['02:53:56', stop('kube-apiserver')],
]

/** How often the controller manager had restarted, and CoreDNS when the scheduler's turn came. */
const loops = (coredns: number, at = '02:55:49.5'): Deed[] => [
  ['02:53:30', counted({ 'kube-controller-manager': 4 })],
  ['02:53:38', stop('kube-controller-manager')],
  [at, counted({ coredns })],
]

/** node01 joined when the scheduler, broken one way after the other, led nothing: its kube-proxy waited. */
const JOINED: readonly Deed[] = [
  ['02:20:46', 'systemctl stop kubelet', 'node01'],
  ['02:20:46', (world) => void world.write('/etc/cni/net.d/10-lab.conflist', CNI_CONFLIST, world.hosts.get('node01'))],
  ['02:20:47', 'kubectl delete node node01'],
  ['02:56:46', 'systemctl start kubelet', 'node01'],
]

const BAD_IMAGE = 's,image: .*,image: registry.k8s.io/kube-apiserver:v1.36.99,'
const NO_KUBECONFIG = 's,kubeconfig=/etc/kubernetes/scheduler.conf,kubeconfig=/etc/kubernetes/sched.conf,'

/** The kubelet collects garbage once a minute from its start: when it was restarted, the recordings tell. */
const restarted = (at: string): Deed => [at, 'systemctl restart kubelet']

const SERVER_LOGS = /^(crictl logs|(cat|tail -n 3) \/var\/log\/pods)/

const topic = (at: string, ...deeds: Deed[]): Topic => ({
  at,
  logs: SERVER_LOGS,
  deeds: [
    endpoint,
    keep,
    restarted(at < '02:58' ? '02:54:18' : at < '02:59:30' ? '02:54:25' : '02:59:09.14'),
    ...deeds,
  ],
})

/**
 * How often containers had started until etcd was given back after cp-19. Controller manager and scheduler had just been
 * restarted and led nothing when the API server went; the crash loops are counted when the recording begins (LOOPS).
 */
const dayUntil = (fault: string): Deed[] => {
  const before = (s: number): string =>
    new Date(Date.parse(`2026-11-21T${fault}Z`) - s * 1000).toISOString().slice(11, 23)
  return [
    [before(12), counted({ 'kube-controller-manager': 1 })],
    [before(11.9), `${stop('kube-controller-manager')}; ${stop('kube-scheduler')}`],
    [before(0.1), counted({ nginx: 1 }, 1)],
  ]
}

const LOOPS: Topic['before'] = { 0: [counted({ coredns: 36, crasher: 36 })] }

/** While cp-18's etcd was away the API server ended, time after time. */
const LOST_ETCD: readonly Deed[] = [
  ['03:01:12', counted({ 'kube-apiserver': 2 })],
  ['03:01:12.1', stop('kube-apiserver')],
  ['03:01:36.4', stop('kube-apiserver')],
]

/** certs-01: two certificates of the real CA that ended long ago. */
const EXPIRED = `echo 'subjectAltName=DNS:cp1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:10.96.0.1,IP:172.30.1.2' > /tmp/san
${['apiserver', 'apiserver-kubelet-client']
  .map(
    (
      name,
    ) => `cd /etc/kubernetes/pki; openssl req -new -key ${name}.key -subj "$(openssl x509 -in ${name}.crt -noout -subject -nameopt compat | sed 's/^subject=//')" -out /tmp/${name}.csr
openssl x509 -req -in /tmp/${name}.csr -CA ca.crt -CAkey ca.key -not_before 20250101000000Z -not_after 20260101000000Z -extfile /tmp/san -out ${name}.crt; cd`,
  )
  .join('\n')}`

/** The control plane's static pods, broken one way after the other. */
export const CONTROL_PLANE_TOPICS: Readonly<Record<string, Topic>> = {
  'cp-01-apiserver-badflag': topic('03:04:03', [
    '03:03:29.5',
    spoil('kube-apiserver', '/- kube-apiserver$/a\\    - --nosuch-flag=true'),
  ]),
  'cp-02-apiserver-etcd-port': {
    ...topic('03:05:19', ...dayUntil('03:04:29.4'), ['03:04:29.4', spoil('kube-apiserver', 's/:2379/:23790/')]),
    before: LOOPS,
  },
  'cp-03-apiserver-yaml': {
    ...topic('03:06:14.6', ...dayUntil('03:05:49.4'), [
      '03:05:49.4',
      spoil('kube-apiserver', 's/containers:/containers/'),
    ]),
    before: LOOPS,
  },
  'cp-04-apiserver-image': {
    ...topic('03:07:18.6', ...dayUntil('03:06:48.4'), ['03:06:48.4', spoil('kube-apiserver', BAD_IMAGE)]),
    before: LOOPS,
  },
  'cp-05-apiserver-tlsfile': topic(
    '03:08:04',
    ['03:06:46.5', spoil('kube-apiserver', BAD_IMAGE)],
    ['03:07:15.5', restore('kube-apiserver')],
    ['03:07:33', spoil('kube-apiserver', 's,--tls-cert-file=.*,--tls-cert-file=/etc/kubernetes/pki/nope.crt,')],
  ),
  'cp-06-apiserver-etcd-wrongca': topic('03:09:12', [
    '03:08:25.7',
    spoil('kube-apiserver', 's,--etcd-cafile=.*,--etcd-cafile=/etc/kubernetes/pki/ca.crt,'),
  ]),
  'cp-07-apiserver-clientca': topic('03:10:17.5', [
    '03:09:42.5',
    spoil('kube-apiserver', 's,--client-ca-file=.*,--client-ca-file=/etc/kubernetes/pki/etcd/ca.crt,'),
  ]),
  'cp-09-sched-wrongport': topic('02:56:18', ...REPLACED, ['02:56:02', misdirect('kube-scheduler', 'scheduler')]),
  'cp-10-sched-nokubeconfig': topic('02:56:40', ...REPLACED, ...DAY, ...loops(25, '02:55:51.8'), [
    '02:56:19.7',
    spoil('kube-scheduler', NO_KUBECONFIG),
  ]),
  'cp-11-sched-hostpath': {
    ...topic(
      '02:57:14',
      ...REPLACED,
      ...DAY,
      ...loops(26),
      ...JOINED,
      ['02:56:02', misdirect('kube-scheduler', 'scheduler')],
      ['02:56:21.7', spoil('kube-scheduler', NO_KUBECONFIG)],
      ['02:56:41.5', `${restore('kube-scheduler')}; ${stop('kube-scheduler')}`],
      [
        '02:56:57.7',
        spoil('kube-scheduler', 's,path: /etc/kubernetes/scheduler.conf,path: /etc/kubernetes/sched.conf,'),
      ],
    ),
    workers: true,
  },
  'cp-12-kcm-wrongport': {
    ...topic(
      '02:57:47',
      ...REPLACED,
      ...DAY,
      ...loops(26, '02:56:20'),
      ...JOINED,
      ['02:56:02', misdirect('kube-scheduler', 'scheduler')],
      ['02:56:21.7', spoil('kube-scheduler', NO_KUBECONFIG)],
      ['02:57:14.5', `${restore('kube-scheduler')}; ${stop('kube-scheduler')}`],
      ['02:57:30', misdirect('kube-controller-manager', 'controller-manager')],
    ),
    workers: true,
  },
  'cp-16-sched-moved-out': {
    ...topic(
      '02:59:24',
      ...REPLACED,
      ...DAY,
      ...JOINED,
      ['02:56:02', misdirect('kube-scheduler', 'scheduler')],
      ['02:59:08', `mv ${MANIFESTS}/kube-scheduler.yaml /root/`],
      ['02:59:12', counted({ 'kube-controller-manager': 1 })],
      ['02:57:30', counted({ coredns: 32 })],
      // Nobody led when it was taken away again.
      ['02:59:17', stop('kube-controller-manager')],
      ['02:59:18', 'systemctl stop kubelet', 'node01'],
      ['02:59:18', 'kubectl delete node node01'],
    ),
    workers: true,
  },
  'cp-18-etcd-cert': topic('03:00:56', [
    '03:00:31',
    spoil('etcd', 's,--cert-file=.*,--cert-file=/etc/kubernetes/pki/etcd/nope.crt,'),
  ]),
  'cp-19-etcd-gone': topic('03:02:28', ...LOST_ETCD, ['03:02:00', `mv ${MANIFESTS}/etcd.yaml /root/; ${stop('etcd')}`]),
  'certs-01-expired-apiserver': {
    at: '02:53:52',
    logs: SERVER_LOGS,
    deeds: [endpoint, ['02:53:40', `${EXPIRED}\n${stop('kube-apiserver')}`]],
    // The renewed certificate is read by a new API server.
    before: { 9: [stop('kube-apiserver')] },
  },
}
