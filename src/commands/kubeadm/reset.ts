import { type Process, put, readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { dialCri, GrpcError } from '../../programs/containerd/index.ts'
import { DEFAULT_CLUSTER } from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import type { Flags } from '../lib/cobra.ts'
import { type Client, clientFromFile, kubeconfigPath } from './client.ts'
import { DryRunClient } from './dry-run.ts'
import { errorText, KubeadmError, phase } from './errors.ts'
import { removeMember } from './etcd-members.ts'
import { exists, readText } from './files.ts'
import { DETECTED_CRI_SOCKET, initSystem } from './host-tools.ts'
import { kubeletService } from './phase-files.ts'
import { fetchSettings, type Settings } from './settings.ts'
import type { Runs } from './tree.ts'

const CONFS = ['admin', 'super-admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map(
  (name) => `/etc/kubernetes/${name}.conf`,
)

const EPILOGUE = `
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`

function* resetHost(p: Process, flags: Flags): Coro<number> {
  const log = new Klog(p)
  const dry = flags.bool('dry-run')
  let found: { client: Client; settings: Settings } | undefined
  const path = kubeconfigPath(p, flags.string('kubeconfig'))
  if (exists(p, path)) {
    try {
      const client = clientFromFile(p, path)
      found = { client, settings: yield* fetchSettings(p, dry ? new DryRunClient(p, client.config) : client, 'reset') }
    } catch (error) {
      log.warning(
        'reset.go:141',
        `[reset] Unable to fetch the kubeadm-config ConfigMap from cluster: failed to get config map: ${errorText(error)}`,
      )
    }
  }
  if (!flags.bool('force') && !dry) {
    log.warning(
      'preflight.go:55',
      "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
    )
    yield* put(p.stdout, '[reset] Are you sure you want to proceed? [y/N]: ')
    const answer = (yield* readLine(p.stdin)) ?? ''
    if (answer.trim().toLowerCase() !== 'y')
      throw new KubeadmError(
        "error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue",
      )
  }
  const out = (text: string): void => p.stdout.write(`${text}\n`)
  out('[preflight] Running pre-flight checks')
  const skipped = flags.strings('skip-phases')
  if (!skipped.includes('remove-etcd-member')) yield* removeEtcdMember(p, found, dry)
  if (!skipped.includes('cleanup-node')) yield* phase('cleanup-node', () => cleanUpNode(p, flags))
  p.stdout.write(EPILOGUE)
  return 0
}

const ETCD_MANIFEST = '/etc/kubernetes/manifests/etcd.yaml'

/** Takes the local member out of etcd's cluster and empties its directory. */
function* removeEtcdMember(
  p: Process,
  found: { readonly client: Client; readonly settings: Settings } | undefined,
  dry: boolean,
): Coro<void> {
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
function* cleanUpNode(p: Process, flags: Flags): Coro<void> {
  const log = new Klog(p)
  const dry = flags.bool('dry-run')
  const out = (text: string): void => p.stdout.write(`${text}\n`)
  const dirs = ['/etc/kubernetes/manifests', ...(dry ? [] : ['/var/lib/kubelet']), '/etc/kubernetes/pki']
  if (flags.bool('cleanup-tmp-dir')) dirs.push('/etc/kubernetes/tmp')
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
    out(`[dryrun] Would delete contents of directories: [${dirs.join(' ')}]`)
    out(`[dryrun] Would delete files: [${CONFS.join(' ')}]`)
    return
  }
  out('[reset] Unmounting mounted directories in "/var/lib/kubelet"')
  readText(p, '/proc/mounts')
  try {
    yield* removeContainers(p, flags.string('cri-socket') || DETECTED_CRI_SOCKET)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    log.warning('cleanupnode.go:105', `[reset] Failed to remove containers: ${error.message}`)
  }
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

/** `kubeadm reset`. */
export const RESET: Runs = { reset: ({ p, flags }) => resetHost(p, flags) }
