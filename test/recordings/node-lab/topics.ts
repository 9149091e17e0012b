import type { World } from '../../../src/cluster/index.ts'
import { executable } from '../../../src/cluster/install.ts'
import { parseIp, powerOn, ROOT, Stack } from '../../../src/host/index.ts'
import { dialCri } from '../../../src/programs/containerd/index.ts'
import { setTerminal } from '../../../src/shell/jobs/group.ts'
import type { Deed } from './chronicle.ts'
import { clockLab } from './clock.ts'
import { counted } from './history.ts'
import { blackHole, mtuLab, netTools, peerMtu } from './net.ts'
import { CONTROL_PLANE_TOPICS } from './topics-control-plane.ts'
import { KUBEADM_TOPICS } from './topics-kubeadm.ts'
import { KEEP_KUBELET, KUBELET_FAULTS, RESTORE_KUBELET, RUNTIME_ENDPOINT, WRITE_UNITS } from './units.ts'

/** What the replayer must know of one recording of the node lab: what its header says, and what happened off-record. */
export interface Topic {
  /** Time of day at which its first step was typed. */
  readonly at: string
  /** What was done for this recording alone. */
  readonly deeds?: readonly Deed[]
  /** Another network altogether. */
  readonly scene?: (seed: number, begin: number) => World
  /** Whose chance fell as it did for the recorder (what runs at an instant, how ids begin). */
  readonly seed?: number
  /** The lab's chronicle does not apply: another machine. */
  readonly alone?: boolean
  /** When the cluster is ready here, where the time since its kubelet's start is shown (75 s earlier); 02:18:55. */
  readonly booted?: string
  /** node01 has joined. */
  readonly workers?: boolean
  /** Seconds that passed before a step (by its number) beyond what the commands took. */
  readonly pauses?: Readonly<Record<number, number>>
  /** Seconds that a step lasts here which in the lab did its deed at its end; the pause before it has the rest. */
  readonly took?: Readonly<Record<number, number>>
  /** Words of a recorded command that only meant something in the lab, and what they are here. */
  readonly rewrite?: readonly (readonly [RegExp, string | ((world: World) => string)])[]
  /** Commands whose output is a server's log: see server-logs.ts. */
  readonly logs?: RegExp
  /** Deeds between two steps: before the step of that number. */
  readonly before?: Readonly<Record<number, readonly (string | ((world: World) => void))[]>>
  /** Ids that the commands name → what they were. */
  readonly ids?: Readonly<Record<string, string>>
  /** The machine on which it was typed; cp1. */
  readonly host?: string
}

const switchOn = (name: string) => (world: World) => {
  const host = world.hosts.get(name)!
  world.kernel.spawn(`power on ${name}`, powerOn(host))
}

/** node01 was booted three times, which takes nine seconds here; its kubelet has no configuration. */
const BOOTS: readonly Deed[] = [
  [
    '02:39:30',
    'systemctl stop kubelet; rm -f /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env; systemctl start kubelet',
    'node01',
  ],
  ['02:39:46', 'systemctl poweroff', 'node01'],
  ['02:39:47', switchOn('node01')],
  ['02:40:14', 'systemctl poweroff', 'node01'],
  ['02:40:16', switchOn('node01')],
]

/** The kubelet's client certificate, issued anew by the real CA with an end in the past. */
const EXPIRE_KUBELET = `cd /tmp; openssl req -new -newkey rsa:2048 -nodes -keyout k.key -subj '/O=system:nodes/CN=system:node:cp1' -out k.csr
openssl x509 -req -in k.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -not_before 20250101000000Z -not_after 20260101000000Z -out k.crt
cat k.crt k.key > /var/lib/kubelet/pki/kubelet-client-current.pem; cd; systemctl restart kubelet; mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; crictl stop $(crictl ps --name kube-apiserver -q)`

/** Installed, but nothing started yet. */
const BEFORE_CONTAINERD = 'systemctl disable --now kubelet containerd; rm -rf /run/containerd /etc/crictl.yaml'
/** containerd runs, kubeadm init does not yet. */
const BEFORE_INIT =
  'systemctl disable --now kubelet; mv /etc/kubernetes/manifests /root/; crictl stopp -a; crictl rmp -fa; rm -f /var/lib/kubelet/config.yaml'

/** The programs of the control plane's images, to be started by hand. */
const CONTROL_PLANE_BINARIES = (world: World): void => {
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'])
    executable(world.home, `/usr/local/bin/${name}`, name)
}

/** /etc and /var/lib of the recorder's Debian had so many more directories. */
const DEBIAN_DIRS =
  'for i in $(seq 54); do mkdir /etc/of-debian-$i; done; for i in $(seq 14); do mkdir /var/lib/of-debian-$i; done'

/** The series kubelet-10 and probes had restarted these, and the pod of one nginx had got another sandbox. */
const RESTARTED_ONCE =
  'crictl stop $(crictl ps -q --name kube-controller-manager) $(crictl ps -q --name kube-scheduler) $(crictl ps -q --name "^c$") $(crictl ps -q --name nginx | head -1)'

/** The unit drop-in of the lab. */
const CONTAINERD_DROP_IN =
  'mkdir -p /etc/systemd/system/containerd.service.d; touch /etc/systemd/system/containerd.service.d/lab.conf; systemctl daemon-reload'

/** kubelet-10-14 had left three of the static pods' former sandboxes. */
const leftOver = (world: World): void => {
  const cri = dialCri(world.home.fs, 'unix:///run/containerd/containerd.sock', ROOT)
  for (const name of ['etcd-cp1', 'kube-controller-manager-cp1', 'kube-scheduler-cp1'])
    world.kernel.spawn(
      name,
      cri.runPodSandbox({
        name,
        namespace: 'kube-system',
        uid: `former-${name}`,
        attempt: 0,
        hostname: 'cp1',
        logDirectory: '/tmp',
        labels: {},
        annotations: {},
        hostNetwork: true,
        portMappings: [],
        cgroupParent: '/kubepods/burstable',
        runtimeHandler: '',
      }),
    )
  world.advance(200)
}

/** crictl-04 had removed the pod of one nginx, whose place in the list of interfaces stayed empty. */
const removedPod = (world: World): void => {
  const { net } = world.home
  const port = net instanceof Stack ? net.ifaces.find((i) => i.index === 9) : undefined
  const id = port?.name.slice('veth'.length)
  world.run(`crictl stopp $(crictl pods -q --id ${id}); crictl rmp $(crictl pods -q --id ${id})`)
}

/** Nobody had logged in. */
const nobodyAtTerminals = (world: World): void => {
  for (const p of world.home.processes.values()) setTerminal(p, null)
}

/** Two connections to the Service were in the table, of the same second. */
const VISIT = "curl -sS -o /dev/null http://$(kubectl get svc web -o jsonpath='{.spec.clusterIP}')/"

/** The gateway of the lab knew no way to addresses of Services, and said so. */
const noWayOut = (world: World): void => {
  const { stack } = world.installed.internet
  stack.sysctls.set('net.ipv4.ip_forward', '1')
  stack.addRoute({ base: parseIp('10.96.0.0')!, bits: 12, type: 'unreachable' })
}

/** A time of day so many seconds later. */
const later = (at: string, seconds: number): string =>
  new Date(Date.parse(`2026-11-21T${at}Z`) + seconds * 1000).toISOString().slice(11, 23)

/** The kubelet was broken and restarted some seconds before the first step. */
const broken = (fault: keyof typeof KUBELET_FAULTS, at: string, wait: number): Topic => ({
  at,
  deeds: [
    ['02:28:00', KEEP_KUBELET],
    [later(at, -wait), `${KUBELET_FAULTS[fault]}; systemctl restart kubelet`],
  ],
})

/** Breaks the kubelet another way, as the series kubelet-10 did while other topics were recorded. */
const rebreak = (fault: keyof typeof KUBELET_FAULTS): string =>
  `${RESTORE_KUBELET}; ${KUBELET_FAULTS[fault]}; systemctl restart kubelet`

/** Switches kube-proxy's mode and restarts it. */
const proxyMode = (mode: string): string =>
  `kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/mode: .*/mode: ${mode}/' | kubectl replace -f - ; kubectl -n kube-system delete pod -l k8s-app=kube-proxy`

export const TOPICS: Readonly<Record<string, Topic>> = {
  ...KUBEADM_TOPICS,
  ...CONTROL_PLANE_TOPICS,
  'node-01-after-init-no-cni': { at: '02:20:31', booted: '02:17:34', deeds: [['02:20:00', DEBIAN_DIRS]] },
  'crictl-03-running': {
    at: '02:23:08',
    seed: 4,
    deeds: [
      ['02:22:00', RUNTIME_ENDPOINT],
      // kube-proxy had begun three minutes earlier.
      ['02:23:07.9', counted({ 'kube-proxy': 6 })],
    ],
    ids: {
      '2c3d448ffedb6': 'container logger',
      '8bec09bfc7f9b': 'container crasher',
      '419ddba993e90': 'pod logger',
    },
  },
  'crictl-01-no-containerd': { at: '02:09:21', alone: true, deeds: [['02:09:00', BEFORE_CONTAINERD]] },
  'crictl-02-empty': { at: '02:13:40', alone: true, deeds: [['02:13:00', BEFORE_INIT]] },
  'crictl-04-mutate-errors': {
    at: '02:24:19',
    ids: {
      b1d2bede7c065: 'container nginx of web-*~1',
      f39b7e2f7d90d: 'container nginx of web-*~2',
      '15acc771adfdf': 'container crasher of crasher',
      e950bff882bf4: 'pod web-*~2',
    },
    pauses: { 2: 2.4, 6: 0.6, 10: 3.4, 15: 2.5, 17: 4.5, 28: 0.5 },
    took: { 6: 0.1 },
    // The devices of the lab's containers were for root alone.
    before: { 28: ['chmod 600 /dev/null'], 29: ['chmod 666 /dev/null'], 34: [RUNTIME_ENDPOINT] },
  },
  'kubelet-01-no-config': {
    at: '02:15:03',
    alone: true,
    deeds: [
      [
        '02:14:00',
        'systemctl disable --now kubelet; mv /etc/kubernetes/manifests /root/; rm -f /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env; sleep 2; journalctl --rotate --vacuum-size=1',
      ],
    ],
    pauses: { 4: 1, 7: 9 },
  },
  'kubelet-10-01-healthy': broken('healthy', '02:29:56', 60),
  'kubelet-10-02-badflag': broken('badflag', '02:30:05', 4),
  'kubelet-10-03-removedflag': broken('removedflag', '02:30:10', 4),
  'kubelet-10-04-unknownfield': broken('unknownfield', '02:30:20', 6),
  'kubelet-10-05-yamlerror': broken('yamlerror', '02:30:25', 4),
  'kubelet-10-06-noconfig': broken('noconfig', '02:30:29', 4),
  'kubelet-10-07-badca': broken('badca', '02:30:34', 4),
  'kubelet-10-08-wrongport': broken('wrongport', '02:30:45', 10),
  'kubelet-10-09-wronghost': broken('wronghost', '02:31:00', 10),
  'kubelet-10-10-wrongca': broken('wrongca', '02:31:13', 10),
  'kubelet-10-11-nokubeconfig': broken('nokubeconfig', '02:31:18', 4),
  'kubelet-10-12-cgroupdriver': broken('cgroupdriver', '02:31:26', 8),
  'kubelet-10-13-cgroupv1': broken('cgroupv1', '02:31:31', 4),
  'kubelet-10-14-staticpath': broken('staticpath', '02:31:40', 8),
  'kubelet-10-15-wrongsock': broken('wrongsock', '02:31:47', 8),
  'kubelet-10-16-diskpressure': broken('diskpressure', '02:32:12', 15),
  'kubelet-10-17-containerd-down': broken('containerdDown', '02:32:17', 8),
  'kubelet-11-containerd-down': {
    at: '02:32:18',
    deeds: [
      ['02:24:36', RUNTIME_ENDPOINT],
      ['02:32:16', 'systemctl stop containerd'],
    ],
    before: { 3: ['systemctl start containerd'] },
  },
  'systemd-01-systemctl': {
    at: '02:29:52',
    deeds: [
      ['02:28:00', KEEP_KUBELET],
      ['02:29:00', WRITE_UNITS],
    ],
    before: {
      24: [rebreak('badflag')],
      48: ['touch /etc/systemd/system/demo.service'],
      50: [rebreak('healthy')],
    },
    pauses: { 22: 0.9, 27: 5 },
  },
  'journald-01': {
    at: '02:30:22',
    deeds: [
      ['02:28:00', KEEP_KUBELET],
      ['02:29:00', WRITE_UNITS],
      ['02:30:00', 'systemctl start broken'],
      ['02:30:01', rebreak('badflag')],
      ['02:30:01.9', 'systemctl start looper'],
      ['02:30:03.5', 'systemctl start fastloop nobin'],
      ['02:30:15', rebreak('unknownfield')],
      ['02:30:21', rebreak('yamlerror')],
      ['02:30:21.7', 'systemctl stop looper'],
    ],
    before: {
      38: [`(sleep 2.2; ${rebreak('noconfig')}) &`],
      39: [`(sleep 1.6; ${rebreak('badca')}) &`],
    },
  },
  'containerd-02-bad-config': {
    at: '02:32:36',
    deeds: [
      ['02:29:00', 'systemctl disable containerd; cp /etc/containerd/config.toml /root/'],
      ['02:32:30', CONTAINERD_DROP_IN],
      ['02:32:35', "echo 'version = = 3' > /etc/containerd/config.toml"],
    ],
    before: { 0: [leftOver], 2: ['cp /root/config.toml /etc/containerd/config.toml'] },
  },
  'host-01-basics': {
    at: '02:34:14',
    deeds: [
      ['02:32:40', 'systemctl restart kubelet'],
      ['02:33:00', RESTARTED_ONCE],
    ],
    before: { 0: ['ulimit -n 20000'], 49: [nobodyAtTerminals] },
  },
  'journald-02-boots': { at: '02:40:34', alone: true, host: 'node01', workers: true, deeds: BOOTS },
  'certs-02-expired-kubelet-client': {
    at: '02:54:26',
    deeds: [
      ['02:24:36', RUNTIME_ENDPOINT],
      ['02:54:08', EXPIRE_KUBELET],
    ],
  },
  'kube-proxy-02-iptables': {
    at: '02:26:55',
    deeds: [['02:24:26', removedPod]],
    before: { 7: [VISIT], 28: ['iptables -t nat -F KUBE-SERVICES', noWayOut] },
  },
  'net-01-tools': { at: '02:28:00', scene: netTools, before: { 58: ['ip route del default'] } },
  'net-02-mtu-blackhole': {
    at: '02:48:30',
    scene: mtuLab,
    // What the recorder needed between two commands: see the server's date in step 12.
    pauses: { 2: 0.5, 3: 0.6 },
    before: { 4: [blackHole], 15: ['ip link set vx0 mtu 1350', peerMtu] },
  },
  'kube-proxy-03-nft': { at: '02:27:40', deeds: [['02:27:30', proxyMode('nftables')]] },
  'kube-proxy-04-ipvs': { at: '02:27:52', deeds: [['02:27:46', proxyMode('ipvs')]] },
  'kube-proxy-05-badmode': { at: '02:28:00', deeds: [['02:27:55.5', proxyMode('bogus')]] },
  'kube-proxy-06-cli-errors': { at: '02:28:09' },
  'chrony-01-stopped': { at: '02:37:00' },
  'chrony-02-good': { at: '02:37:00', scene: clockLab('good'), pauses: { 1: 13 } },
  'chrony-03-offset': { at: '02:38:00', scene: clockLab('ahead'), pauses: { 0: 9 } },
  'chrony-04-unreachable': { at: '02:39:00', scene: clockLab('unreachable'), pauses: { 0: 9 } },
  'cp-20-by-hand': {
    at: '02:53:12',
    logs: /^(kube-|etcd |sed )/,
    deeds: [['02:53:00', CONTROL_PLANE_BINARIES]],
  },
  'kube-proxy-01-conntrack-denied': { at: '02:24:16', ids: { ad9ea13aee682: 'container kube-proxy' } },
}
