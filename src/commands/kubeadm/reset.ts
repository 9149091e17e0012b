import { type Process, put, readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { dialCri, GrpcError } from '../../programs/containerd/index.ts'
import { DEFAULT_CLUSTER } from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import type { Flags } from '../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile, kubeconfigPath } from './client.ts'
import { configText } from './configuration/documents.ts'
import { readOne } from './configuration/load.ts'
import { checkIgnored, resetProblems, throwAll } from './configuration/validate.ts'
import { DryRunClient } from './dry-run.ts'
import { errorText, KubeadmError, phase } from './errors.ts'
import { removeMember } from './etcd-members.ts'
import { exists, readText } from './files.ts'
import { flagValues } from './flag-values.ts'
import { DETECTED_CRI_SOCKET, initSystem } from './host-tools.ts'
import { checkMixed, criEndpoint } from './init-settings.ts'
import { kubeletService } from './phase-files.ts'
import { checkPhases, isSkipped } from './phases.ts'
import { fetchSettings, type Settings } from './settings.ts'
import type { Run, Runs } from './tree.ts'

const CONFS = ['admin', 'super-admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map(
  (name) => `/etc/kubernetes/${name}.conf`,
)

const EPILOGUE = `
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`

/** What a run of `kubeadm reset`, or of one of its phases, works with. */
interface ResetRun {
  readonly p: Process
  /** The cluster as it told of itself; undefined: it could not be asked. */
  readonly found: { readonly client: Client; readonly settings: Settings } | undefined
  readonly dry: boolean
  readonly force: boolean
  readonly tmp: boolean
  readonly certsDir: string
  readonly criSocket: string
  readonly skipped: readonly string[]
}

/** ResetConfiguration of --config; empty without one. Throws KubeadmError. */
function configuration(p: Process, flags: Flags): any {
  checkMixed(flags)
  const path = flagValues(flags).text('config')
  if (!path) return {}
  const found = readOne(p, configText(p, path), 'ResetConfiguration')
  throwAll(resetProblems(found))
  return found
}

/** newResetData. */
function* begin(p: Process, flags: Flags): Coro<ResetRun> {
  const given = flagValues(flags)
  const configured = configuration(p, flags)
  const either = (name: string, said: boolean | undefined): boolean =>
    flags.has(name) && flags.changed(name) ? flags.bool(name) : (said ?? false)
  const dry = either('dry-run', configured.dryRun)
  const socket = given.text('cri-socket') || configured.criSocket
  const found = yield* fetched(p, given.text('kubeconfig') || ADMIN_CONF, dry)
  checkIgnored([...given.list('ignore-preflight-errors'), ...(configured.ignorePreflightErrors ?? [])])
  const asked =
    flags.has('cert-dir') && flags.changed('cert-dir') ? flags.string('cert-dir') : configured.certificatesDir
  const own = found?.settings.node.criSocket ?? DETECTED_CRI_SOCKET
  return {
    p,
    found,
    dry,
    force: either('force', configured.force),
    tmp: either('cleanup-tmp-dir', configured.cleanupTmpDir),
    certsDir: asked || found?.settings.cluster.certificatesDir || DEFAULT_CLUSTER.certificatesDir,
    criSocket: socket ? criEndpoint(p, socket, 'resetconfiguration.go:53') : own,
    skipped: given.list('skip-phases').length > 0 ? given.list('skip-phases') : (configured.skipPhases ?? []),
  }
}

function* fetched(p: Process, kubeconfig: string, dry: boolean): Coro<ResetRun['found']> {
  const path = kubeconfigPath(p, kubeconfig)
  if (!exists(p, path)) return undefined
  try {
    const client = clientFromFile(p, path)
    return { client, settings: yield* fetchSettings(p, dry ? new DryRunClient(p, client.config) : client, 'reset') }
  } catch (error) {
    new Klog(p).warning(
      'reset.go:141',
      `[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: failed to get config map: ${errorText(error)}`,
    )
    return undefined
  }
}

function* preflight({ p, force, dry }: ResetRun): Coro<void> {
  if (!force && !dry) {
    new Klog(p).warning(
      'preflight.go:55',
      "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
    )
    yield* put(p.stdout, '[reset] Are you sure you want to proceed? [y/N]: ')
    const answer = (yield* readLine(p.stdin)) ?? ''
    if (answer.trim().toLowerCase() !== 'y')
      throw new KubeadmError("won't proceed; the user didn't answer (Y|y) in order to continue")
  }
  p.stdout.write('[preflight] Running pre-flight checks\n')
}

const ETCD_MANIFEST = '/etc/kubernetes/manifests/etcd.yaml'

/** Takes the local member out of etcd's cluster and empties its directory. */
function* removeEtcdMember({ p, found, dry }: ResetRun): Coro<void> {
  const log = new Klog(p)
  let dir = found?.settings.cluster.etcdDataDir
  if (dir === undefined) {
    log.warning('removeetcdmember.go:105', '[reset] No kubeadm config, using etcd pod spec to get data directory')
    const manifest = exists(p, ETCD_MANIFEST) ? readText(p, ETCD_MANIFEST) : ''
    dir = /--data-dir=(\S+)/.exec(manifest)?.[1] ?? DEFAULT_CLUSTER.etcdDataDir
  } else if (dry) {
    p.stdout.write('[dryrun] Would remove the etcd member on this node from the etcd cluster\n')
    p.stdout.write(`[dryrun] Would delete contents of the etcd data directory: ${dir}\n`)
  }
  const node = p.fs.find(dir)
  if (dry || (node?.kind === 'dir' && node.entries.size === 0)) return
  if (found && exists(p, ETCD_MANIFEST))
    try {
      yield* removeMember(p, found.client, found.settings)
    } catch (error) {
      log.warning(
        'removeetcdmember.go:85',
        `[reset] Failed to remove etcd member: ${errorText(error)}, please manually remove this etcd member using etcdctl`,
      )
      return
    }
  // The static pod's end is the kubelet's business, so its manifest goes before the data.
  if (found) p.fs.remove(ETCD_MANIFEST)
  empty(p, dir)
  p.stdout.write(`[reset] Deleted contents of the etcd data directory: ${dir}\n`)
}

/** Stops the kubelet, removes containers, and deletes what kubeadm wrote. */
function* cleanUpNode({ p, dry, tmp, certsDir, criSocket }: ResetRun): Coro<void> {
  const log = new Klog(p)
  const out = (text: string): void => p.stdout.write(`${text}\n`)
  const dirs = ['/etc/kubernetes/manifests', ...(dry ? [] : ['/var/lib/kubelet']), certsDir]
  if (tmp) dirs.push('/etc/kubernetes/tmp')
  const warnOfCerts = (): void => {
    if (certsDir === DEFAULT_CLUSTER.certificatesDir) return
    const text = `[reset] WARNING: Cleaning a non-default certificates directory: ${JSON.stringify(certsDir)}`
    log.warning('cleanupnode.go:113', text)
  }
  if (!initSystem(p)) {
    log.warning(
      'cleanupnode.go:68',
      '[reset] The kubelet service could not be stopped by kubeadm. Unable to detect a supported init system!',
    )
    log.warning('cleanupnode.go:69', '[reset] Please ensure kubelet is stopped manually')
  } else if (dry) out('[dryrun] Would stop the kubelet service')
  else {
    out('[reset] Stopping the kubelet service')
    yield* kubeletService(p, 'stop')
  }
  if (dry) {
    out('[dryrun] Would unmount mounted directories in "/var/lib/kubelet"')
    out('[dryrun] Would remove Kubernetes-managed containers')
    warnOfCerts()
    out(`[dryrun] Would delete contents of directories: [${dirs.join(' ')}]`)
    out(`[dryrun] Would delete files: [${CONFS.join(' ')}]`)
    return
  }
  out('[reset] Unmounting mounted directories in "/var/lib/kubelet"')
  readText(p, '/proc/mounts')
  try {
    yield* removeContainers(p, criSocket)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    log.warning('cleanupnode.go:105', `[reset] Failed to remove containers: ${error.message}`)
  }
  warnOfCerts()
  out(`[reset] Deleting contents of directories: [${dirs.join(' ')}]`)
  for (const dir of dirs) empty(p, dir)
  out(`[reset] Deleting files: [${CONFS.join(' ')}]`)
  for (const file of CONFS) p.fs.remove(file)
}

/** Stops and removes the sandboxes of all pods, with their containers. */
function* removeContainers(p: Process, socket: string): Coro {
  const cri = dialCri(p.fs, socket, p.creds)
  for (const { id } of cri.listPodSandbox()) {
    yield* cri.stopPodSandbox(id)
    yield* cri.removePodSandbox(id)
  }
}

/** Deletes what a directory holds. */
function empty(p: Process, dir: string): void {
  const node = p.fs.find(dir)
  if (node?.kind !== 'dir') return
  for (const name of [...node.entries.keys()]) p.fs.remove(`${dir}/${name}`)
}

/** Phases in their order by their names. */
const PHASES: readonly (readonly [name: string, body: (run: ResetRun) => Coro<void>])[] = [
  ['preflight', preflight],
  ['remove-etcd-member', removeEtcdMember],
  ['cleanup-node', cleanUpNode],
]

/** `kubeadm reset` and its phases. */
export const RESET: Runs = {
  *reset({ p, flags }) {
    const run = yield* begin(p, flags)
    checkPhases(run.skipped, PHASES)
    for (const [name, body] of PHASES) if (!isSkipped(name, run.skipped)) yield* phase(name, () => body(run))
    p.stdout.write(EPILOGUE)
    return 0
  },
  ...Object.fromEntries(
    PHASES.map(([name, body]): [string, Run] => [
      `reset phase ${name}`,
      function* ({ p, flags }) {
        const run = yield* begin(p, flags)
        yield* phase(name, () => body(run))
        return 0
      },
    ]),
  ),
}
