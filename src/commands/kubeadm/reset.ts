import { type Process, put, readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { dialCri, GrpcError } from '../../programs/containerd/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { command, type Flags, noArgs } from '../lib/cobra.ts'
import { clientFromFile, kubeconfigPath } from './client.ts'
import { errorText, KubeadmError } from './errors.ts'
import { exists } from './files.ts'
import * as f from './flags.ts'
import { kubeletService } from './phase-files.ts'
import { fetchSettings } from './settings.ts'

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
  let configured = false
  const path = kubeconfigPath(p, flags.string('kubeconfig'))
  if (exists(p, path)) {
    try {
      yield* fetchSettings(p, clientFromFile(p, path), 'reset')
      configured = true
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
  if (!configured)
    log.warning('removeetcdmember.go:105', '[reset] No kubeadm config, using etcd pod spec to get data directory')
  const dirs = ['/etc/kubernetes/manifests', ...(dry ? [] : ['/var/lib/kubelet']), '/etc/kubernetes/pki']
  if (dry) {
    out('[dryrun] Would stop the kubelet service')
    out('[dryrun] Would unmount mounted directories in "/var/lib/kubelet"')
    out('[dryrun] Would remove Kubernetes-managed containers')
    out(`[dryrun] Would delete contents of directories: [${dirs.join(' ')}]`)
    out(`[dryrun] Would delete files: [${CONFS.join(' ')}]`)
    p.stdout.write(EPILOGUE)
    return 0
  }
  // The static pod's end is the kubelet's business, so manifests go before the data.
  empty(p, '/etc/kubernetes/manifests')
  empty(p, '/var/lib/etcd')
  out('[reset] Deleted contents of the etcd data directory: /var/lib/etcd')
  out('[reset] Stopping the kubelet service')
  yield* kubeletService(p, 'stop')
  out('[reset] Unmounting mounted directories in "/var/lib/kubelet"')
  try {
    yield* removeContainers(p, flags.string('cri-socket') || 'unix:///run/containerd/containerd.sock')
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    log.warning('cleanupnode.go:105', `[reset] Failed to remove containers: ${error.message}`)
  }
  out(`[reset] Deleting contents of directories: [${dirs.join(' ')}]`)
  for (const dir of dirs) empty(p, dir)
  out(`[reset] Deleting files: [${CONFS.join(' ')}]`)
  for (const file of CONFS) p.fs.remove(file)
  p.stdout.write(EPILOGUE)
  return 0
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
export const reset = command({
  use: 'reset',
  short: "Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'",
  args: noArgs,
  flags: [
    f.certDir,
    f.config,
    f.criSocket,
    f.dryRun,
    f.ignorePreflight,
    f.kubeconfig,
    { name: 'cleanup-tmp-dir', type: 'bool', usage: 'Cleanup the "/etc/kubernetes/tmp" directory' },
    { name: 'force', short: 'f', type: 'bool', usage: 'Reset the node without prompting for confirmation.' },
    { name: 'skip-phases', type: 'stringSlice', usage: 'List of phases to be skipped' },
  ],
  run: ({ p, flags }) => resetHost(p, flags),
})
