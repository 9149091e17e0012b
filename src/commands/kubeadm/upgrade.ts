import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { DEFAULT_VERSION } from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { command, type Flags, maxArgs } from '../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile } from './client.ts'
import { errorText, KubeadmError, NotSimulated, phase } from './errors.ts'
import * as f from './flags.ts'
import { group } from './group.ts'
import { runChecks, SYSTEM_VERIFICATION } from './preflight.ts'
import { askForVersion, fetchSettings, readConfig } from './settings.ts'

function adminClient(p: Process, flags: Flags): Client {
  const path = flags.string('kubeconfig') || ADMIN_CONF
  try {
    return clientFromFile(p, path)
  } catch (error) {
    throw new KubeadmError(`couldn't create a Kubernetes client from file ${JSON.stringify(path)}: ${errorText(error)}`)
  }
}

/** An UpgradeConfiguration is the only thing that --config may bring. */
function checkConfig(p: Process, flags: Flags): void {
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

function* fetchOrFail(p: Process, client: Client, prefix: string): Coro<string> {
  try {
    return (yield* fetchSettings(p, client, prefix)).cluster.kubernetesVersion
  } catch (error) {
    throw new KubeadmError(
      `unable to fetch the kubeadm-config ConfigMap: failed to get config map: ${errorText(error)}`,
    )
  }
}

/** Root and a supported kernel are all that an upgrade asks of the machine. */
function* upgradePreflight(p: Process, word: string, flags: Flags): Coro<void> {
  p.stdout.write(`[upgrade/preflight] Running ${word} checks\n`)
  yield* phase('preflight', () => runChecks(p, [SYSTEM_VERIFICATION], flags.strings('ignore-preflight-errors')))
}

const plan = command({
  use: 'plan [version]',
  short: 'Check which versions are available to upgrade to and validate whether your current cluster is upgradeable.',
  args: maxArgs(1),
  flags: [
    f.config,
    f.kubeconfig,
    f.ignorePreflight,
    {
      name: 'allow-experimental-upgrades',
      type: 'bool',
      usage:
        'Show unstable versions of Kubernetes as an upgrade alternative and allow upgrading to an alpha/beta/release candidate versions of Kubernetes.',
    },
    {
      name: 'allow-release-candidate-upgrades',
      type: 'bool',
      usage:
        'Show release candidate versions of Kubernetes as an upgrade alternative and allow upgrading to a release candidate versions of Kubernetes.',
    },
    {
      name: 'print-config',
      type: 'bool',
      usage: 'Specifies whether the configuration file that will be used in the upgrade should be printed or not.',
    },
    f.output('text|json|yaml'),
  ],
  *run({ p, flags, args }) {
    checkConfig(p, flags)
    const client = adminClient(p, flags)
    p.stdout.write('[preflight] Running pre-flight checks.\n')
    const current = yield* fetchOrFail(p, client, 'upgrade/config')
    p.stdout.write(
      `[upgrade] Running cluster health checks\n[upgrade] Fetching available versions to upgrade to\n[upgrade/versions] Cluster version: ${current.replace(/^v/, '')}\n[upgrade/versions] kubeadm version: ${DEFAULT_VERSION}\n`,
    )
    const target = args[0] ?? (yield* askForVersion(p, 'stable'))
    p.stdout.write(`[upgrade/versions] Target version: ${target}\n`)
    const series = current.split('.').slice(0, 2).join('.')
    const latest = args[0] ?? (yield* askForVersion(p, `stable-${series.replace(/^v/, '')}`))
    p.stdout.write(`[upgrade/versions] Latest version in the ${series} series: ${latest}\n`)
    if (target !== current || latest !== current) throw new NotSimulated('upgrade to another version')
    p.stdout.write('\n')
    return 0
  },
})

const notSimulated = (use: string, short: string): ReturnType<typeof command> =>
  command({
    use,
    short,
    flags: [
      f.config,
      f.kubeconfig,
      f.ignorePreflight,
      f.dryRun,
      {
        name: 'certificate-renewal',
        type: 'bool',
        default: true,
        usage: 'Perform the renewal of certificates used by component changed during upgrades.',
      },
      { name: 'etcd-upgrade', type: 'bool', default: true, usage: 'Perform the upgrade of etcd.' },
      {
        name: 'force',
        short: 'f',
        type: 'bool',
        usage: 'Force upgrading although some requirements might not be met. This also implies non-interactive mode.',
      },
      {
        name: 'yes',
        short: 'y',
        type: 'bool',
        usage: 'Perform the upgrade and do not prompt for confirmation (non-interactive mode).',
      },
      {
        name: 'patches',
        type: 'string',
        usage: 'Path to a directory that contains files named "target[suffix][+patchtype].extension".',
      },
    ],
    *run({ p, flags }) {
      checkConfig(p, flags)
      const worker = use === 'node' && !p.fs.exists('/etc/kubernetes/manifests/kube-apiserver.yaml')
      const client = worker ? clientFromFile(p, '/etc/kubernetes/kubelet.conf') : adminClient(p, flags)
      yield* fetchOrFail(p, client, 'upgrade')
      if (!use.startsWith('diff')) yield* upgradePreflight(p, use === 'node' ? 'pre-flight' : 'preflight', flags)
      throw new NotSimulated(`upgrade ${use.split(' ')[0]}`)
    },
  })

/** `kubeadm upgrade`: plans; what would change components is not simulated. */
export const upgrade = group({
  use: 'upgrade',
  short: 'Upgrade your cluster smoothly to a newer version with this command',
  commands: [
    plan,
    notSimulated('apply [version]', 'Upgrade your Kubernetes cluster to the specified version'),
    notSimulated(
      'diff [version]',
      'Show what differences would be applied to existing static pod manifests. See also: kubeadm upgrade apply --dry-run',
    ),
    notSimulated('node', 'Upgrade commands for a node in the cluster'),
  ],
})
