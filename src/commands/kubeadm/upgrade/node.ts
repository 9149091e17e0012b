import { StatusError } from '../../../api/types.ts'
import type { Process } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import { command, type Flags, noArgs } from '../../lib/cobra.ts'
import { type Client, clientFromFile } from '../client.ts'
import { DryRunClient, dryRunDir } from '../dry-run.ts'
import { NotSimulated, phase } from '../errors.ts'
import { exists } from '../files.ts'
import { group } from '../group.ts'
import { pullImages } from '../images.ts'
import type { Settings } from '../settings.ts'
import { adminClient, CHANGING, checkConfig, fetchOrFail, preflight } from './common.ts'
import { manifestPath } from './components.ts'
import { upgradeAddons, upgradeKubeletConfig } from './post.ts'
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
  readonly flags: Flags
  readonly client: Client
  readonly settings: Settings
  readonly controlPlane: boolean
}

function* begin(p: Process, flags: Flags): Coro<Run> {
  checkConfig(p, flags)
  const controlPlane = exists(p, manifestPath('kube-apiserver'))
  const dry = flags.bool('dry-run')
  if (dry) dryRunDir(p, 'kubeadm-upgrade-node-dryrun', 'KUBEADM_UPGRADE_DRYRUN_DIR')
  const real = controlPlane ? adminClient(p, flags) : clientFromFile(p, KUBELET_CONF)
  if (dry && !controlPlane) p.stdout.write(`[dryrun] Creating a real client from ${JSON.stringify(KUBELET_CONF)}\n`)
  const client = dry ? new DryRunClient(p, real.config) : real
  const settings = yield* fetchOrFail(p, client, 'upgrade')
  if (!controlPlane) yield* readProxyConfig(p, client)
  return { p, flags, client, settings, controlPlane }
}

/** One phase: its body on a control plane, and what is said elsewhere (undefined: the same body runs). */
interface Phase {
  readonly name: string
  readonly short: string
  readonly body: (run: Run) => Coro<void>
  readonly elsewhere?: string
}

const say = (p: Process, text: string): void => p.stdout.write(`${text}\n`)

const PHASES: readonly Phase[] = [
  {
    name: 'preflight',
    short: 'Run upgrade node pre-flight checks',
    *body({ p, flags, client, settings, controlPlane }) {
      if (flags.bool('dry-run')) {
        yield* client.find('ConfigMap', 'kube-system', 'kubelet-config')
        yield* client.find('Node', undefined, settings.node.name)
      }
      yield* preflight(p, 'pre-flight', flags)
      if (flags.bool('dry-run')) throw new NotSimulated('upgrade node --dry-run')
      if (!controlPlane) return say(p, '[upgrade/preflight] Skipping prepull. Not a control plane node.')
      const ignored = flags.strings('ignore-preflight-errors')
      yield* phase('preflight', () => pullImages(p, settings, ignored, 'upgrade/preflight'))
    },
  },
  {
    name: 'control-plane',
    short: 'Upgrade the control plane instance deployed on this node, if any',
    elsewhere: '[upgrade/control-plane] Skipping phase. Not a control plane node.',
    body: ({ p, flags, client, settings }) =>
      phase('control-plane', function* () {
        say(
          p,
          `[upgrade/control-plane] Upgrading your Static Pod-hosted control plane instance to version ${JSON.stringify(settings.cluster.kubernetesVersion)}...`,
        )
        const renew = flags.bool('certificate-renewal')
        yield* upgradeStaticPods(p, { client, settings, renew, etcd: flags.bool('etcd-upgrade') })
        say(p, '[upgrade/control-plane] The control plane instance for this node was successfully upgraded!')
      }),
  },
  {
    name: 'kubeconfig',
    short: 'Upgrade kubeconfig files for this node',
    elsewhere: '[upgrade/kubeconfig] Skipping phase. Not a control plane node.',
    *body({ p }) {
      say(p, '[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!')
    },
  },
  {
    name: 'kubelet-config',
    short: 'Upgrade the kubelet configuration for this node',
    body: ({ p, client, settings }) => phase('kubelet-config', () => upgradeKubeletConfig(p, client, settings)),
  },
  {
    name: 'addon',
    short: 'Upgrade the default kubeadm addons',
    elsewhere:
      '[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.\n[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control plane node.',
    body: ({ p, client, settings }) => phase('addon', () => upgradeAddons(p, client, settings)),
  },
]

function* runPhase({ body, elsewhere }: Phase, run: Run): Coro<void> {
  if (elsewhere !== undefined && !run.controlPlane) say(run.p, elsewhere)
  else yield* body(run)
}

/** `kubeadm upgrade node`: every further machine. */
export const node = command({
  use: 'node',
  short: 'Upgrade commands for a node in the cluster',
  args: noArgs,
  flags: CHANGING,
  *run({ p, flags }) {
    const run = yield* begin(p, flags)
    for (const one of PHASES) yield* runPhase(one, run)
    return 0
  },
  commands: [
    group({
      use: 'phase',
      short: 'Use this command to invoke single phase of the "node" workflow',
      commands: PHASES.map((one) =>
        command({
          use: one.name,
          short: one.short,
          args: noArgs,
          flags: CHANGING,
          *run({ p, flags }) {
            yield* runPhase(one, yield* begin(p, flags))
            return 0
          },
        }),
      ),
    }),
  ],
})
