import type { Process } from '../../host/index.ts'
import { KubeadmError } from './errors.ts'
import { exists } from './files.ts'
import type { Settings } from './settings.ts'

/** A check that found something: its name and what it says. */
interface Finding {
  readonly check: string
  readonly text: string
}

const portInUse = (p: Process, port: number): Finding[] =>
  p.net.sockets.some((s) => s.proto === 'tcp' && s.port === port)
    ? [{ check: `Port-${port}`, text: `Port ${port} is in use` }]
    : []

const fileAvailable = (p: Process, path: string): Finding[] =>
  exists(p, path) ? [{ check: `FileAvailable-${path.replace(/\//g, '-')}`, text: `${path} already exists` }] : []

function notEmpty(p: Process, path: string): Finding[] {
  const node = p.fs.find(path)
  const full = node?.kind === 'dir' && node.entries.size > 0
  return full ? [{ check: `DirAvailable-${path.replace(/\//g, '-')}`, text: `${path} is not empty` }] : []
}

function runtime(p: Process, socket: string): Finding[] {
  const path = socket.replace('unix://', '')
  const node = p.fs.find(path)
  if (node?.kind === 'special' && node.service !== undefined) return []
  const reason = node ? 'connection refused' : 'no such file or directory'
  const text = `could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "${socket}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${path}: connect: ${reason}"`
  return [
    { check: 'CRI', text },
    { check: 'ContainerRuntimeVersion', text },
  ]
}

function ipForward(p: Process): Finding[] {
  const path = '/proc/sys/net/ipv4/ip_forward'
  const check = `FileContent-${path.replace(/\//g, '-')}`
  const node = p.fs.find(path)
  if (node?.kind !== 'file') return [{ check, text: `${path} does not exist` }]
  return node.read().trim() === '1' ? [] : [{ check, text: `${path} contents are not set to 1` }]
}

const MANIFESTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']

/** Checks of `kubeadm init`, in its order. */
export const initChecks = (p: Process, { cluster, node }: Settings): Finding[] => [
  ...[node.bindPort, 10259, 10257].flatMap((port) => portInUse(p, port)),
  ...MANIFESTS.flatMap((name) => fileAvailable(p, `/etc/kubernetes/manifests/${name}.yaml`)),
  ...runtime(p, node.criSocket),
  ...portInUse(p, 10250),
  ...ipForward(p),
  ...[2379, 2380].flatMap((port) => portInUse(p, port)),
  ...notEmpty(p, cluster.etcdDataDir),
]

/** Checks of `kubeadm join` of a worker. */
export const joinChecks = (p: Process, criSocket: string): Finding[] => [
  ...notEmpty(p, '/etc/kubernetes/manifests'),
  ...fileAvailable(p, '/etc/kubernetes/kubelet.conf'),
  ...fileAvailable(p, '/etc/kubernetes/bootstrap-kubelet.conf'),
  ...runtime(p, criSocket),
  ...portInUse(p, 10250),
  ...fileAvailable(p, '/etc/kubernetes/pki/ca.crt'),
  ...ipForward(p),
]

/** Reports what was found; errors that are not to be ignored end the phase. */
export function report(p: Process, findings: readonly Finding[], ignored: readonly string[]): void {
  const skip = new Set(ignored.map((name) => name.toLowerCase()))
  const isIgnored = (f: Finding): boolean => skip.has('all') || skip.has(f.check.toLowerCase())
  for (const f of findings.filter(isIgnored)) p.stderr.write(`\t[WARNING ${f.check}]: ${f.text}\n`)
  const fatal = findings.filter((f) => !isIgnored(f))
  if (fatal.length === 0) return
  p.stderr.write(
    `[preflight] Some fatal errors occurred:\n${fatal.map((f) => `\t[ERROR ${f.check}]: ${f.text}\n`).join('')}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
  )
  throw new KubeadmError('preflight checks failed')
}
