import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type ClusterPlan, clusterPlan, createWorld, type World } from '../../src/cluster/index.ts'
import { executable } from '../../src/cluster/install.ts'
import { layLabCertificates } from './etcd-certs.ts'
import type { Recording, Step } from './recording.ts'

/**
 * `{HOST: command}`, `{cluster: command}` (on each of the three), `{at: 02:13:08.5}` (let time pass until then), `{wait: seconds}`, `{kept: arguments}` (an etcdctl
 * command whose step was kept back), `{fill: n}` (the lab's own keys, as the hashes prove: six objects and n leases), `{proposals: n}` (so many entries of kept-back steps such as `endpoint health`, as
 * the raft index tells), `{slow: {HOST: ms}}` (what a write to its disk takes), `{reads: n}` (so many linearizable reads, as lease IDs tell).
 */
type Action = Readonly<Record<string, string | number | Readonly<Record<string, number>>>>

/**
 * What the recorder did off-record in one etcd topic, from the topic's headings and the numbers that its steps show:
 * starting and stopping members, files, and commands whose steps were kept back.
 */
interface Setup {
  /** Members that are started together at the beginning; the three by default. */
  readonly members?: readonly string[]
  /** Flags that they get on top of kubeadm's. */
  readonly flags?: readonly string[]
  /** Who won the first election (chance), and any later draw: the first seed with which it happens. */
  readonly leader?: string
  readonly seed?: number
  /** When the members were started, UTC; some seconds before the first step by default. */
  readonly start?: string
  /** The certificates of /root/lab lie on controlplane. */
  readonly certificates?: boolean
  readonly before?: readonly Action[]
  /** Done before the step of that number. */
  readonly steps?: Readonly<Record<number, readonly Action[]>>
  /** What was typed at the command of that step. */
  readonly stdin?: Readonly<Record<number, string>>
  /** Patterns of values that follow from random content or timing of that run, each with the reason; not compared. */
  readonly random?: Readonly<Record<string, string>>
}

const ETCDCTL =
  'etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'

/** Keys that the recorder's script put into its clusters. */
const fill = (leases: number): string =>
  `put() { ${ETCDCTL} put "$@"; }; put /registry/namespaces/default k8s-ns-default; put /registry/namespaces/kube-system k8s-ns-kube-system
put /registry/pods/default/web-1 k8s-pod-web-1; put /registry/pods/default/web-2 k8s-pod-web-2; put /registry/secrets/default/db k8s-secret-db
put /registry/configmaps/default/app k8s-cm-app; for ((i = 0; i < ${leases}; i++)); do put /registry/leases/l$i x$i; done`

const HOSTS = ['controlplane', 'cp2', 'cp3']

/**
 * The lab ran etcd as an ordinary process with kubeadm's flags; further flags replace those of the same name. `keep` puts
 * the data directory aside, `back` restores it.
 */
const LAB = `#!/bin/bash
ip=$(hostname -I | cut -d' ' -f1)
pki=/etc/kubernetes/pki/etcd
case $1 in
start)
  shift
  nohup etcd --advertise-client-urls=https://$ip:2379 --cert-file=$pki/server.crt --client-cert-auth=true \\
    --data-dir=/var/lib/etcd --feature-gates=InitialCorruptCheck=true --initial-advertise-peer-urls=https://$ip:2380 \\
    --initial-cluster=controlplane=https://192.168.56.11:2380,cp2=https://192.168.56.12:2380,cp3=https://192.168.56.13:2380 \\
    --key-file=$pki/server.key --listen-client-urls=https://127.0.0.1:2379,https://$ip:2379 \\
    --listen-metrics-urls=http://127.0.0.1:2381 --listen-peer-urls=https://$ip:2380 --name=$(hostname) \\
    --peer-cert-file=$pki/peer.crt --peer-client-cert-auth=true --peer-key-file=$pki/peer.key \\
    --peer-trusted-ca-file=$pki/ca.crt --snapshot-count=10000 --trusted-ca-file=$pki/ca.crt \\
    --watch-progress-notify-interval=5s "$@" >> /var/log/etcd.log 2>&1 &
  ;;
stop)
  pkill -\${2:-TERM} -x etcd
  for i in 1 2 3 4 5 6 7 8 9 10; do pgrep -x etcd >/dev/null || break; sleep 0.1; done
  ;;
keep) cp -a /var/lib/etcd /root/good ;;
back)
  pkill -KILL -x etcd
  rm -rf /var/lib/etcd
  cp -a /root/good /var/lib/etcd
  ;;
esac
`

/** The set-up of a topic, if it has one. */
function setupOf(topic: string): Setup {
  const number = topic.slice(0, 2)
  const file = fileURLToPath(new URL(`../test/recordings/etcd-setup/${number}.yaml`, import.meta.url))
  return existsSync(file) ? ((parse(readFileSync(file, 'utf8')) as Setup) ?? {}) : {}
}

const plan = (): ClusterPlan => clusterPlan('etcd-lab')!

const STAMP = /"ts":"([^"]+)"/

/** When a step was typed, ms since 1970, as far as what it printed tells. */
export function typedAt(step: Step): number | undefined {
  if (step.cmd.startsWith('#')) return undefined
  const stamps = [...step.stderr.matchAll(new RegExp(STAMP, 'g'))].map((m) => Date.parse(m[1]))
  return stamps.length > 0 ? Math.min(...stamps) - 15 : undefined
}

/** The first moment that a recording shows. */
function firstMoment(recording: Recording): number {
  for (const step of recording.steps) {
    const stamp = STAMP.exec(step.stderr)
    if (stamp) return Date.parse(stamp[1])
  }
  return Date.parse('2026-11-21T02:30:00Z')
}

/** The lab of an etcd recording, step by step. */
export class EtcdLab {
  readonly world: World
  private readonly setup: Setup
  private readonly day: string

  constructor(
    private readonly recording: Recording,
    seed: number,
  ) {
    this.setup = setupOf(recording.topic)
    const first = firstMoment(recording)
    this.day = new Date(first).toISOString().slice(0, 11)
    const start = this.setup.start ? this.moment(this.setup.start) : first - 10_000
    const { leader } = this.setup
    const draw = this.setup.seed ?? seed
    let s = draw
    this.world = this.begin(start, s)
    for (; leader && !this.leads(leader) && s < draw + 30; ) this.world = this.begin(start, ++s)
    if (this.setup.certificates) layLabCertificates(this.world)
    for (const action of this.setup.before ?? []) this.act(action)
  }

  /** What was done between the step before this one and this one, and the time that passed. */
  prepare(index: number): void {
    for (const action of this.setup.steps?.[index] ?? []) this.act(action)
    const at = typedAt(this.recording.steps[index])
    if (at !== undefined) this.world.advance(Math.max(0, at - this.world.now()))
  }

  /** What a step's command reads. */
  stdin(index: number): string | undefined {
    return this.setup.stdin?.[index]
  }

  /** A text without the values that were chance in the recorded run. */
  withoutChance<T extends { readonly stdout: string; readonly stderr: string }>(result: T): T {
    let { stdout, stderr } = result
    for (const pattern of Object.keys(this.setup.random ?? {})) {
      stdout = stdout.replace(new RegExp(pattern, 'gm'), '<random>')
      stderr = stderr.replace(new RegExp(pattern, 'gm'), '<random>')
    }
    return { ...result, stdout, stderr }
  }

  private begin(start: number, seed: number): World {
    const world = createWorld({ cluster: { ...plan(), components: [] }, seed, epoch: start - 5000 })
    for (const name of HOSTS) {
      const host = world.hosts.get(name)!
      executable(host, '/usr/local/bin/etcd', 'etcd')
      world.run(
        'systemctl stop kubelet containerd; rm -rf /var/lib/* /opt/* /etc/ssl/certs/* /etc/resolv.conf; chmod 755 /root; export PATH=/opt/bin:$PATH',
        {
          host: name,
        },
      )
      host.fs.mkdir('/opt/bin', { parents: true })
      host.fs.writeFile('/opt/bin/lab', LAB)
      host.fs.chmod('/opt/bin/lab', 0o755)
    }
    world.advance(Math.max(0, start - world.now()))
    const members = this.setup.members ?? HOSTS
    for (const name of members) world.run(`lab start ${(this.setup.flags ?? []).join(' ')}`, { host: name })
    if (members.length > 0) world.advance(6000)
    return world
  }

  private leads(name: string): boolean {
    const out = this.world.run('curl -s http://127.0.0.1:2381/metrics | grep ^etcd_server_is_leader', { host: name })
    return out.stdout.trim().endsWith(' 1')
  }

  private act(action: Action): void {
    for (const [what, value] of Object.entries(action)) {
      if (what === 'wait') this.world.advance(Number(value) * 1000)
      else if (what === 'at') this.world.advance(Math.max(0, this.moment(String(value)) - this.world.now()))
      else if (what === 'slow')
        for (const [name, ms] of Object.entries(value as object)) this.world.hosts.get(name)!.fsync = ms
      else if (what === 'cluster') for (const host of HOSTS) this.run(String(value), host)
      else if (what === 'fill') this.run(fill(Number(value)))
      else if (what === 'kept') this.run(`${ETCDCTL} ${value}`)
      else if (what === 'reads') this.run(`for i in $(seq ${value}); do ${ETCDCTL} get kept; done`)
      else if (what === 'proposals') this.run(`for i in $(seq ${value}); do ${ETCDCTL} alarm list; done`)
      else this.run(String(value), what)
    }
  }

  private run(command: string, host = 'controlplane'): void {
    const result = this.world.run(command, { host })
    if (process.env.LAB_DEBUG) console.log(`    [${host}] ${command} → ${result.exit} ${result.stdout}${result.stderr}`)
  }

  /** A time of day on the day of the recording. */
  private moment(time: string): number {
    return Date.parse(time.includes('T') ? time : `${this.day}${time}Z`)
  }
}
