import { StatusError } from '../../../api/types.ts'
import type { Process } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import type { Flags } from '../../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile } from '../client.ts'
import { checkIgnored } from '../configuration/validate.ts'
import { DryRunClient } from '../dry-run.ts'
import { phase } from '../errors.ts'
import { exists } from '../files.ts'
import { flagValues } from '../flag-values.ts'
import { pullImages } from '../images.ts'
import { checkPhases, isSkipped, phaseCommands } from '../phases.ts'
import type { Settings } from '../settings.ts'
import type { Run as Command, Runs } from '../tree.ts'
import { adminClient, either, fetchOrFail, nothing, preflight, upgradeConfiguration, withUpgrade } from './common.ts'
import { manifestPath } from './components.ts'
import {
  finished,
  readCluster,
  upgradeDir,
  wouldConfigureKubelet,
  wouldUpgradeAddon,
  wouldUpgradePods,
} from './dry-run.ts'
import { type Addon, upgradeAddon, upgradeKubeletConfig } from './post.ts'
import { upgradeStaticPods } from './static-pods.ts'

const KUBELET_CONF = '/etc/kubernetes/kubelet.conf'

/** How often kubeadm asks for a component's configuration that is not there, and how long it waits between, ms. */
const TRIES = 7
const BETWEEN_MS = 55

/** A worker's view of kube-proxy's configuration: it has no address to advertise, of which the advice would be made. */
function* readProxyConfig(p: Process, client: Client): Coro<void> {
  const log = new Klog(p)
  let problem = ''
  for (let i = 0; i < TRIES; i++) {
    try {
      yield* client.get('ConfigMap', 'kube-system', 'kube-proxy')
      return log.warning(
        'utils.go:69',
        'The recommended value for "bindAddress" in "KubeProxyConfiguration" is: ::; the provided value is: 0.0.0.0',
      )
    } catch (error) {
      // Whose node has no kube-proxy may not even ask for it.
      if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 403)) throw error
      problem = error.message
    }
    yield* sleep(p.host.kernel, BETWEEN_MS)
  }
  log.warning(
    'configset.go:77',
    `Warning: No kubeproxy.config.k8s.io/v1alpha1 config is loaded. Continuing without it: ${problem}`,
  )
}

/** What a run of `kubeadm upgrade node`, or of one of its phases, works with. */
interface Run {
  readonly p: Process
  readonly client: Client
  readonly settings: Settings
  readonly ignored: readonly string[]
  /** --certificate-renewal and --etcd-upgrade. */
  readonly renew: boolean
  readonly etcd: boolean
  readonly skipped: readonly string[]
  readonly controlPlane: boolean
  /** Directory of a dry run. */
  readonly dry: string | undefined
}

function* begin(p: Process, flags: Flags): Coro<Run> {
  const document = upgradeConfiguration(p, flags)
  const { node: configured = {} } = document
  const controlPlane = exists(p, manifestPath('kube-apiserver'))
  const dry = either(flags, 'dry-run', configured.dryRun)
  const dir = dry ? upgradeDir(p, 'kubeadm-upgrade-node-dryrun') : undefined
  const real = controlPlane ? adminClient(p, flags) : clientFromFile(p, KUBELET_CONF)
  const path = controlPlane ? flagValues(flags).text('kubeconfig') || ADMIN_CONF : KUBELET_CONF
  if (dry) p.stdout.write(`[dryrun] Creating a real client from ${JSON.stringify(path)}\n`)
  const client = dry ? new DryRunClient(p, real.config) : real
  const fetched = yield* fetchOrFail(p, client, 'upgrade')
  const settings = withUpgrade(p, fetched, flags, document, configured)
  const given = flagValues(flags)
  const ignored = [...given.list('ignore-preflight-errors'), ...(configured.ignorePreflightErrors ?? [])]
  checkIgnored(ignored)
  if (!controlPlane) yield* readProxyConfig(p, client)
  else if (dry) yield* readCluster(client, settings)
  return {
    p,
    client,
    settings,
    ignored,
    renew: either(flags, 'certificate-renewal', configured.certificateRenewal, true),
    etcd: either(flags, 'etcd-upgrade', configured.etcdUpgrade, true),
    skipped: given.list('skip-phases').length > 0 ? given.list('skip-phases') : (configured.skipPhases ?? []),
    controlPlane,
    dry: dir,
  }
}

/** One phase: its body on a control plane, and what is said elsewhere (undefined: the same body runs). */
interface Phase {
  readonly name: string
  readonly body: (run: Run) => Coro<void>
  readonly elsewhere?: string
}

const say = (p: Process, text: string): void => p.stdout.write(`${text}\n`)

const addon = (name: Addon): Phase => ({
  name: `addon/${name}`,
  elsewhere: `[upgrade/addon] Skipping the addon/${name} phase. Not a control plane node.`,
  body: ({ p, client, settings, dry }) =>
    phase(`addon/${name}`, () =>
      dry ? wouldUpgradeAddon(p, client, settings, name) : upgradeAddon(p, client, settings, name),
    ),
})

const PHASES: readonly Phase[] = [
  {
    name: 'preflight',
    *body({ p, client, settings, ignored, controlPlane, dry }) {
      if (dry && !controlPlane) {
        yield* client.find('ConfigMap', 'kube-system', 'kubelet-config')
        yield* client.find('Node', undefined, settings.node.name)
      }
      yield* preflight(p, 'pre-flight', ignored)
      if (!controlPlane) return say(p, '[upgrade/preflight] Skipping prepull. Not a control plane node.')
      if (dry) return say(p, "[upgrade/preflight] Would pull the required images (like 'kubeadm config images pull')")
      yield* phase('preflight', () => pullImages(p, settings, ignored, 'upgrade/preflight'))
    },
  },
  {
    name: 'control-plane',
    elsewhere: '[upgrade/control-plane] Skipping phase. Not a control plane node.',
    body: ({ p, client, settings, renew, etcd, dry }) =>
      phase('control-plane', function* () {
        say(
          p,
          `[upgrade/control-plane] Upgrading your Static Pod-hosted control plane instance to version ${JSON.stringify(settings.cluster.kubernetesVersion)}...`,
        )
        if (dry) return wouldUpgradePods(p, settings)
        yield* upgradeStaticPods(p, { client, settings, renew, etcd })
        say(p, '[upgrade/control-plane] The control plane instance for this node was successfully upgraded!')
      }),
  },
  {
    name: 'kubeconfig',
    elsewhere: '[upgrade/kubeconfig] Skipping phase. Not a control plane node.',
    *body({ p }) {
      say(p, '[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!')
    },
  },
  {
    name: 'kubelet-config',
    body: ({ p, client, settings, dry }) =>
      phase('kubelet-config', () =>
        dry ? wouldConfigureKubelet(p, client, settings, dry) : upgradeKubeletConfig(p, client, settings),
      ),
  },
  addon('coredns'),
  addon('kube-proxy'),
  { name: 'post-upgrade', body: nothing },
]

function* runPhase({ body, elsewhere }: Phase, run: Run): Coro<void> {
  if (elsewhere !== undefined && !run.controlPlane) say(run.p, elsewhere)
  else yield* body(run)
}

/** `kubeadm upgrade node`: every further machine. */
export const NODE: Runs = {
  *'upgrade node'({ p, flags }) {
    const run = yield* begin(p, flags)
    checkPhases(
      run.skipped,
      PHASES.map(({ name }) => [name]),
    )
    for (const one of PHASES) if (!isSkipped(one.name, run.skipped)) yield* runPhase(one, run)
    if (flagValues(flags).yes('dry-run')) finished(p)
    return 0
  },
  ...Object.fromEntries(
    phaseCommands(PHASES.map(({ name }) => name)).map(([path, names]): [string, Command] => [
      `upgrade node phase ${path}`,
      function* ({ p, flags }) {
        const run = yield* begin(p, flags)
        for (const one of PHASES) if (names.includes(one.name)) yield* runPhase(one, run)
        return 0
      },
    ]),
  ),
}
