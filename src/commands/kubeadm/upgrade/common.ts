import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import type { FlagSpec, Flags } from '../../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile } from '../client.ts'
import { errorText, KubeadmError, phase } from '../errors.ts'
import * as f from '../flags.ts'
import { runChecks, SYSTEM_VERIFICATION } from '../preflight.ts'
import { fetchSettings, readConfig, type Settings } from '../settings.ts'

const bool = (name: string, usage: string, more: Partial<FlagSpec> = {}): FlagSpec =>
  ({ name, type: 'bool', usage, ...more }) as FlagSpec

export const UNSTABLE: readonly FlagSpec[] = [
  bool(
    'allow-experimental-upgrades',
    'Show unstable versions of Kubernetes as an upgrade alternative and allow upgrading to an alpha/beta/release candidate versions of Kubernetes.',
  ),
  bool(
    'allow-release-candidate-upgrades',
    'Show release candidate versions of Kubernetes as an upgrade alternative and allow upgrading to a release candidate versions of Kubernetes.',
  ),
]

/** Flags of the commands that change something. */
export const CHANGING: readonly FlagSpec[] = [
  f.config,
  f.kubeconfig,
  f.ignorePreflight,
  f.dryRun,
  bool('certificate-renewal', 'Perform the renewal of certificates used by component changed during upgrades.', {
    default: true,
  } as Partial<FlagSpec>),
  bool('etcd-upgrade', 'Perform the upgrade of etcd.', { default: true } as Partial<FlagSpec>),
  bool(
    'force',
    'Force upgrading although some requirements might not be met. This also implies non-interactive mode.',
    { short: 'f' },
  ),
  bool('yes', 'Perform the upgrade and do not prompt for confirmation (non-interactive mode).', { short: 'y' }),
  {
    name: 'patches',
    type: 'string',
    usage: 'Path to a directory that contains files named "target[suffix][+patchtype].extension".',
  },
]

/** A client with --kubeconfig, else admin.conf. Throws KubeadmError when the file is no good. */
export function adminClient(p: Process, flags: Flags): Client {
  const path = flags.string('kubeconfig') || ADMIN_CONF
  try {
    return clientFromFile(p, path)
  } catch (error) {
    throw new KubeadmError(`couldn't create a Kubernetes client from file ${JSON.stringify(path)}: ${errorText(error)}`)
  }
}

/** An UpgradeConfiguration is the only thing that --config may bring. */
export function checkConfig(p: Process, flags: Flags): void {
  const path = flags.string('config')
  if (!path) return
  const documents = readConfig(p, path)
  const log = new Klog(p)
  for (const kind of documents.keys())
    if (kind !== 'UpgradeConfiguration')
      log.warning(
        'upgradeconfiguration.go:42',
        `[config] WARNING: Ignored configuration document with GroupVersionKind kubeadm.k8s.io/v1beta4, Kind=${kind}`,
      )
  if (!documents.has('UpgradeConfiguration'))
    throw new KubeadmError('[upgrade/upgrade config] FATAL: no UpgradeConfiguration found in the supplied config')
}

/** Cluster and machine, as the cluster's ConfigMap and this host tell. */
export function* fetchOrFail(p: Process, client: Client, prefix: string): Coro<Settings> {
  try {
    return yield* fetchSettings(p, client, prefix)
  } catch (error) {
    throw new KubeadmError(
      `unable to fetch the kubeadm-config ConfigMap: failed to get config map: ${errorText(error)}`,
    )
  }
}

/** Root and a supported kernel are all that an upgrade asks of the machine. `word`: how the command spells preflight. */
export function* preflight(p: Process, word: string, flags: Flags): Coro<void> {
  p.stdout.write(`[upgrade/preflight] Running ${word} checks\n`)
  yield* phase('preflight', () => runChecks(p, [SYSTEM_VERIFICATION], flags.strings('ignore-preflight-errors')))
}
