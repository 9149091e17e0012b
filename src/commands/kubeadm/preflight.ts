import { goLookupError, lookup, type Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { KubeadmError } from './errors.ts'
import { exists } from './files.ts'
import { initSystem, kubeletVersion, lookPath, NO_INIT_SYSTEM } from './host-tools.ts'
import type { Settings } from './settings.ts'
import { verifySystem } from './system-check.ts'

/** What a check found. */
interface Found {
  readonly warnings?: readonly string[]
  readonly errors?: readonly string[]
}

/** One of preflight's checks: its name as --ignore-preflight-errors takes it, and what it does. */
export interface Check {
  readonly name: string
  run(p: Process): Coro<Found>
}

/** A check that takes no time. */
const check = (name: string, run: (p: Process) => Found): Check => ({
  name,
  *run(p) {
    return run(p)
  },
})

const dashed = (path: string): string => path.replace(/\//g, '-')
const errors = (...texts: string[]): Found => ({ errors: texts })
const NOTHING: Found = {}

const portOpen = (port: number): Check =>
  check(`Port-${port}`, (p) =>
    p.net.sockets.some((s) => s.proto === 'tcp' && s.port === port) ? errors(`Port ${port} is in use`) : NOTHING,
  )

const fileAvailable = (path: string): Check =>
  check(`FileAvailable-${dashed(path)}`, (p) => (exists(p, path) ? errors(`${path} already exists`) : NOTHING))

const dirAvailable = (path: string): Check =>
  check(`DirAvailable-${dashed(path)}`, (p) => {
    const node = p.fs.find(path)
    return node?.kind === 'dir' && node.entries.size > 0 ? errors(`${path} is not empty`) : NOTHING
  })

function runtimeError(p: Process, socket: string): string | undefined {
  const path = socket.replace('unix://', '')
  const node = p.fs.find(path)
  if (node?.kind === 'special' && node.service !== undefined) return undefined
  const reason = node ? 'connection refused' : 'no such file or directory'
  return `could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "${socket}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${path}: connect: ${reason}"`
}

const runtime = (socket: string): Check[] =>
  ['CRI', 'ContainerRuntimeVersion'].map((name) =>
    check(name, (p) => {
      const text = runtimeError(p, socket)
      return text ? errors(text) : NOTHING
    }),
  )

const inPath = (name: string): Check =>
  check(`FileExisting-${name}`, (p) => (lookPath(p, name) ? NOTHING : errors(`${name} not found in system path`)))

const SWAP = check('Swap', (p) => {
  const node = p.fs.find('/proc/swaps')
  if (node?.kind !== 'file' || node.read().trim().split('\n').length <= 1) return NOTHING
  return {
    warnings: [
      'swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node',
    ],
  }
})

/** The kernel, its modules and cgroups, and the kubelet's version (k8s.io/system-validators). */
export const SYSTEM_VERIFICATION = check('SystemVerification', (p) => {
  const version = kubeletVersion(p)
  return typeof version === 'string' ? errors(version) : { errors: verifySystem(p) }
})

const KUBELET_VERSION = (wanted: string | undefined): Check =>
  check('KubeletVersion', (p) => {
    const found = kubeletVersion(p)
    if (typeof found === 'string') return errors(found)
    const minor = (version: string): number => Number(version.split('.')[1])
    if (wanted === undefined || minor(found.version) <= minor(wanted)) return NOTHING
    return errors(
      `the kubelet version is higher than the control plane version. This is not a supported version skew and may lead to a malfunctional cluster. Kubelet version: ${JSON.stringify(found.version.slice(1))} Control plane version: ${JSON.stringify(wanted.slice(1))}`,
    )
  })

const FIREWALLD = check('Firewalld', (p) => {
  const systemd = initSystem(p)
  if (!systemd) return { warnings: [NO_INIT_SYSTEM] }
  if (systemd.installed.state('firewalld') === undefined || systemd.unit('firewalld').active !== 'active')
    return NOTHING
  return {
    warnings: [
      'firewalld is active, please ensure ports [6443 10250] are open or your cluster may not function correctly',
    ],
  }
})

const KUBELET_SERVICE = check('Service-kubelet', (p) => {
  const systemd = initSystem(p)
  if (!systemd) return { warnings: [NO_INIT_SYSTEM] }
  const state = systemd.installed.state('kubelet')
  if (state === undefined) return { warnings: ['kubelet service does not exist'] }
  if (state === 'enabled') return NOTHING
  return { warnings: ["kubelet service is not enabled, please run 'systemctl enable kubelet.service'"] }
})

const hostname = (name: string): Check => ({
  name: 'Hostname',
  *run(p) {
    const found = yield* lookup(p, name)
    if (found.ok) return NOTHING
    return {
      warnings: [`hostname "${name}" could not be reached`, `hostname "${name}": ${goLookupError(p, name, found)}`],
    }
  },
})

const numCpu = check('NumCPU', (p) =>
  p.host.cpus < 2 ? errors(`the number of available CPUs ${p.host.cpus} is less than the required 2`) : NOTHING,
)

const memory = check('Mem', (p) => {
  const mb = Math.trunc(p.host.memory / 1024 / 1024)
  return mb < 1700 ? errors(`the system RAM (${mb} MB) is less than the minimum 1700 MB`) : NOTHING
})

const ipForward = (): Check => {
  const path = '/proc/sys/net/ipv4/ip_forward'
  return check(`FileContent-${dashed(path)}`, (p) => {
    const node = p.fs.find(path)
    if (node?.kind !== 'file') return errors(`${path} does not exist`)
    return node.read().trim() === '1' ? NOTHING : errors(`${path} contents are not set to 1`)
  })
}

const MANIFESTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']

/** addCommonChecks: what every machine of a cluster must fulfil. */
const common = (criSocket: string, nodeName: string, version?: string): Check[] => [
  ...runtime(criSocket),
  SWAP,
  ...['losetup', 'mount', 'cp'].map(inPath),
  SYSTEM_VERIFICATION,
  hostname(nodeName),
  KUBELET_VERSION(version),
  KUBELET_SERVICE,
  portOpen(10250),
]

/** InitNodeChecks. `joining`: a further control plane, whose common checks were made by the join. */
export const initChecks = ({ cluster, node }: Settings, joining = false): Check[] => [
  numCpu,
  memory,
  FIREWALLD,
  ...[node.bindPort, 10259, 10257].map(portOpen),
  ...MANIFESTS.map((name) => fileAvailable(`/etc/kubernetes/manifests/${name}.yaml`)),
  ...(joining ? [] : [...common(node.criSocket, node.name, cluster.kubernetesVersion), ipForward()]),
  ...[2379, 2380].map(portOpen),
  dirAvailable(cluster.etcdDataDir),
]

/** JoinNodeChecks. */
export const joinChecks = (criSocket: string, nodeName: string, controlPlane: boolean): Check[] => [
  fileAvailable('/etc/kubernetes/kubelet.conf'),
  fileAvailable('/etc/kubernetes/bootstrap-kubelet.conf'),
  ...common(criSocket, nodeName),
  ...(controlPlane ? [] : [fileAvailable('/etc/kubernetes/pki/ca.crt')]),
  ipForward(),
]

/** RunChecks: warnings are told at once, errors together at the end unless they are to be ignored. */
export function* runChecks(p: Process, checks: readonly Check[], ignored: readonly string[]): Coro<void> {
  const skip = new Set(ignored.map((name) => name.toLowerCase()))
  const fatal: string[] = []
  for (const { name, run } of checks) {
    const found = yield* run(p)
    const ignore = skip.has('all') || skip.has(name.toLowerCase())
    const warnings = [...(found.warnings ?? []), ...(ignore ? (found.errors ?? []) : [])]
    for (const text of warnings) p.stderr.write(`\t[WARNING ${name}]: ${text}\n`)
    if (!ignore) fatal.push(...(found.errors ?? []).map((text) => `\t[ERROR ${name}]: ${text}\n`))
  }
  if (fatal.length > 0) throw refused(p, fatal.join(''))
}

/** The heading, what was found and the advice; returns the error that ends the phase. */
export function refused(p: Process, findings: string): KubeadmError {
  p.stderr.write(
    `[preflight] Some fatal errors occurred:\n${findings}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
  )
  return new KubeadmError('preflight checks failed')
}
