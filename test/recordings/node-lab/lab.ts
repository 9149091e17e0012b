import { type ClusterPlan, clusterPlan, World } from '../../../src/cluster/index.ts'
import { executable } from '../../../src/cluster/install.ts'
import type { Host } from '../../../src/host/index.ts'
import { FileSystem, MACHINE, Special, Stack } from '../../../src/host/index.ts'
import { containerdOf } from '../../../src/programs/containerd/index.ts'
import type { Recording } from '../recording.ts'
import { CHRONICLE, type Deed } from './chronicle.ts'
import { importLabImages } from './images.ts'
import { DEBIAN_LAB } from './platform.ts'
import { TOPICS } from './topics.ts'

const MIB = 1024 ** 2

/** Time of day in the lab → ms since 1970. */
export const labTime = (clock: string): number => Date.parse(`2026-11-21T${clock}Z`)

/** The machine cp1 (node01 joined half an hour later), as its recordings show it. */
function plan(workers: boolean): ClusterPlan {
  const lab = clusterPlan('lab')!
  return {
    ...lab,
    endpoint: '172.30.1.2:6443',
    platform: DEBIAN_LAB,
    flannel: false,
    preloaded: false,
    caDirs: ['/etc/ca-certificates', '/usr/local/share/ca-certificates', '/usr/share/ca-certificates'],
    kubelet: { cgroupDriver: 'cgroupfs', failCgroupV1: false, oomScoreAdj: 0 },
    hosts: lab.hosts
      .filter((h) => workers || h.role === 'control-plane')
      .map((h) => ({ ...h, cpus: 2, memory: Math.round(24_103.9 * MIB), disk: 256_060_514_304 })),
  }
}

/** A cluster in which everything happened that had happened in the lab when the recording began. */
export function nodeLab(recording: Recording, seed: number): World {
  const topic = TOPICS[recording.topic]
  const begin = labTime(topic?.at ?? '02:23:08')
  if (topic?.scene) return topic.scene(seed, begin)
  const world = new World(
    plan(topic?.workers ?? false),
    topic?.seed ?? seed,
    topic?.alone ? begin - 60_000 : labTime(topic?.booted ?? '02:18:55'),
  )
  for (const host of world.hosts.values()) prepare(host)
  // Nothing answers at the gateway: port 53 refuses.
  const gateway = world.installed.internet.stack
  for (const socket of [...gateway.sockets]) socket.close()
  const deeds = [...CHRONICLE.filter(([at]) => !topic?.alone && labTime(at) < begin), ...(topic?.deeds ?? [])]
  for (const deed of deeds.sort(([a], [b]) => labTime(a) - labTime(b))) perform(world, deed)
  const now = world.now()
  if (now < begin) world.advance(begin - now)
  return world
}

function perform(world: World, [at, what, host]: Deed): void {
  const wait = labTime(at) - world.now()
  if (wait > 0) world.advance(wait)
  if (typeof what === 'string') world.run(what, { host })
  else what(world)
}

/** Daemons of the game's machines that the lab's had not. */
const ABSENT_UNITS = ['chrony', 'cron', 'rsyslog', 'ssh', 'systemd-networkd', 'systemd-resolved', 'ufw']

/** `crictl config` was run once without values. */
const CRICTL_CONFIG = `runtime-endpoint: ""
image-endpoint: ""
timeout: 0
debug: false
pull-image-on-create: false
disable-pull-on-run: false
`

/** Debian's defaults, as far as they differ from the game's file. */
const CONTAINERD_CONFIG = `version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = 'registry.k8s.io/pause:3.10'

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['/usr/lib/cni', '/opt/cni/bin']
  conf_dir = '/etc/cni/net.d'
`

/** What a system container has mounted. */
function mountAsContainer({ fs, memory }: Host): void {
  const half = Math.round(memory / 2)
  const dev = fs.mounts.find((m) => m.path === '/dev')!
  Object.assign(dev.fs, { source: 'tmpfs', type: 'tmpfs', capacity: half })
  fs.mount('/dev/tty', new Special(new FileSystem('devtmpfs', 'devtmpfs', half), 0o666, 'char', undefined, 5, 0))
  fs.mkdir('/run/credentials/systemd-journald.service', { parents: true })
  fs.mount('/run/credentials/systemd-journald.service', new FileSystem('tmpfs', 'tmpfs', 1 << 20))
}

/** What the recorder's script did to a fresh machine. */
function prepare(host: Host): void {
  mountAsContainer(host)
  importLabImages(host)
  host.fs.writeFile('/etc/crictl.yaml', CRICTL_CONFIG)
  host.fs.unlink('/etc/default/kubelet')
  executable(host, '/usr/local/bin/kube-proxy', 'kube-proxy')
  host.fs.mkdir('/etc/cni/net.d', { parents: true })
  for (const name of ABSENT_UNITS) host.fs.unlink(`/etc/systemd/system/multi-user.target.wants/${name}.service`)
  host.fs.writeFile('/etc/containerd/config.toml', CONTAINERD_CONFIG)
  const containerd = containerdOf(host)
  containerd.version = '2.1.9+unknown'
  containerd.revision = ''
  containerd.golang = 'go1.27.1'
  containerd.transfers = true
  host.service(MACHINE).modules.sysctls?.denied.add('net.netfilter.nf_conntrack_max')
  const { net } = host
  if (net instanceof Stack) net.iface('eth0')!.outside = { index: 3 }
  host.service(MACHINE).load = [12.57, 11.14, 10.2]
}
