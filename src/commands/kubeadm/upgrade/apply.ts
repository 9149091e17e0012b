import { parse } from 'yaml'
import { type Process, put, readLine } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { goDuration } from '../../../print/index.ts'
import { componentHash } from '../../../programs/kubeadm/index.ts'
import { releaseOf, semver } from '../../../programs/lib/releases.ts'
import type { Flags } from '../../lib/cobra.ts'
import type { Client } from '../client.ts'
import { checkIgnored } from '../configuration/validate.ts'
import { DryRunClient } from '../dry-run.ts'
import { KubeadmError, NotSimulated, phase } from '../errors.ts'
import { exists } from '../files.ts'
import { flagValues } from '../flag-values.ts'
import { pullImages } from '../images.ts'
import { bootstrapRbac, uploadKubeadm, uploadKubelet } from '../phase-cluster.ts'
import { checkPhases, isSkipped, phaseCommands } from '../phases.ts'
import { runChecks } from '../preflight.ts'
import { kubeletFields, type Settings } from '../settings.ts'
import type { Run, Runs } from '../tree.ts'
import {
  adminClient,
  either,
  fetchOrFail,
  nothing,
  preflight,
  printConfiguration,
  upgradeConfiguration,
  withUpgrade,
} from './common.ts'
import { kubelets } from './components.ts'
import {
  finished,
  readCluster,
  readCoreDns,
  upgradeDir,
  wouldBootstrap,
  wouldConfigureKubelet,
  wouldUpgradeAddon,
  wouldUpgradePods,
  wouldUploadKubelet,
} from './dry-run.ts'
import { healthChecks } from './health.ts'
import { skewErrors } from './policy.ts'
import { type Addon, upgradeAddon, upgradeKubeletConfig } from './post.ts'
import { upgradeStaticPods } from './static-pods.ts'

const listed = (errors: readonly string[]): string => errors.map((text) => `\t- ${text}\n`).join('')

/** enforceVersionPolicies. */
function* enforceSkew(p: Process, client: Client, target: string, force: boolean): Coro<void> {
  const cluster = yield* client.serverVersion()
  const kubeadm = releaseOf(p)
  p.stdout.write(
    `[upgrade/preflight] You have chosen to upgrade the cluster version to ${JSON.stringify(target)}\n[upgrade/versions] Cluster version: ${cluster}\n[upgrade/versions] kubeadm version: ${kubeadm}\n`,
  )
  const found = yield* kubelets(client)
  const { mandatory, skippable } = skewErrors(target, { cluster, kubeadm, kubelets: [...found.values()] })
  if (mandatory.length > 0)
    throw new KubeadmError(
      `the version argument is invalid due to these fatal errors:\n\n${listed(mandatory)}\nPlease fix the misalignments highlighted above and try upgrading again`,
    )
  if (skippable.length === 0) return
  if (!force)
    throw new KubeadmError(
      `the version argument is invalid due to these errors:\n\n${listed(skippable)}\nCan be bypassed if you pass the --force flag`,
    )
  p.stdout.write(
    `[upgrade/preflight] Found ${skippable.length} potential version compatibility errors but skipping since the --force flag is set: \n\n${listed(skippable)}`,
  )
}

function* confirm(p: Process): Coro<void> {
  yield* put(p.stdout, '[upgrade] Are you sure you want to proceed? [y/N]: ')
  const answer = (yield* readLine(p.stdin)) ?? ''
  if (answer.trim().toLowerCase() !== 'y')
    throw new KubeadmError("won't proceed; the user didn't answer (Y|y) in order to continue")
}

/** What a run of `kubeadm upgrade apply`, or of one of its phases, works with. */
interface Apply {
  readonly p: Process
  readonly flags: Flags
  readonly client: Client
  /** With the version that it is to become. */
  readonly settings: Settings
  readonly fetched: Settings
  readonly ignored: readonly string[]
  readonly force: boolean
  /** --certificate-renewal and --etcd-upgrade. */
  readonly renew: boolean
  readonly etcd: boolean
  readonly skipped: readonly string[]
  /** Directory of a dry run. */
  readonly dry: string | undefined
}

const TOO_MANY = 'too many arguments. Required arguments: [version]'

function* begin(p: Process, flags: Flags, args: readonly string[]): Coro<Apply> {
  const given = flagValues(flags)
  const document = upgradeConfiguration(p, flags)
  const { apply: configured = {} } = document
  if (!configured.kubernetesVersion && args.length === 0)
    throw new KubeadmError('missing one or more required arguments. Required arguments: [version]')
  if (args.length > 1) throw new KubeadmError(TOO_MANY)
  const version: string = args[0] ?? configured.kubernetesVersion
  const ignored = [...given.list('ignore-preflight-errors'), ...(configured.ignorePreflightErrors ?? [])]
  checkIgnored(ignored)
  const dry = either(flags, 'dry-run', configured.dryRun) ? upgradeDir(p, 'kubeadm-upgrade-apply-dryrun') : undefined
  const path = given.text('kubeconfig')
  if (dry && !exists(p, path)) throw new NotSimulated('upgrade apply --dry-run without a cluster')
  if (dry) p.stdout.write(`[dryrun] Creating a real client from ${JSON.stringify(path)}\n`)
  const real = adminClient(p, flags)
  const client = dry ? new DryRunClient(p, real.config) : real
  const fetched = yield* fetchOrFail(p, client, 'upgrade')
  if (dry) yield* readCluster(client, fetched)
  const target = /^\d/.test(version) ? `v${version}` : version
  const cluster = { ...fetched.cluster, kubernetesVersion: target }
  const node = dry ? fetched.node : { ...fetched.node, kubelet: yield* editedKubelet(client) }
  const settings = withUpgrade(p, { ...fetched, cluster, node }, flags, document, configured)
  if (either(flags, 'print-config', configured.printConfig)) printConfiguration(p, cluster)
  return {
    p,
    flags,
    client,
    settings,
    fetched,
    ignored,
    force: either(flags, 'force', configured.forceUpgrade),
    renew: either(flags, 'certificate-renewal', configured.certificateRenewal, true),
    etcd: either(flags, 'etcd-upgrade', configured.etcdUpgrade, true),
    skipped: given.list('skip-phases').length > 0 ? given.list('skip-phases') : (configured.skipPhases ?? []),
    dry,
  }
}

/** What somebody wrote into the kubelets' shared configuration; undefined while it is as kubeadm made it. */
function* editedKubelet(client: Client): Coro<Settings['node']['kubelet']> {
  const map: any = yield* client.find('ConfigMap', 'kube-system', 'kubelet-config')
  const text: string = map?.data?.kubelet ?? ''
  const made = map?.metadata?.annotations?.['kubeadm.kubernetes.io/component-config.hash'] === componentHash(text)
  return made ? undefined : kubeletFields(parse(text))
}

const say = (p: Process, text: string): void => p.stdout.write(`${text}\n`)

function* preflightPhase({ p, flags, client, settings, fetched, ignored, force, dry }: Apply): Coro<void> {
  yield* preflight(p, 'preflight', ignored)
  yield* phase('preflight', function* () {
    if (dry) yield* readCoreDns(client)
    say(p, '[upgrade] Running cluster health checks')
    yield* runChecks(p, healthChecks(client, fetched, dry !== undefined), ignored)
    const target = settings.cluster.kubernetesVersion
    if (!semver(target))
      throw new KubeadmError(
        `version ${JSON.stringify(target)} doesn't match patterns for neither semantic version nor labels (stable, latest, ...)`,
      )
    yield* enforceSkew(p, client, target, force)
    if (!flagValues(flags).yes('yes') && !force) yield* confirm(p)
    if (dry) say(p, "[dryrun] Would pull the required images (like 'kubeadm config images pull')")
    else yield* pullImages(p, settings, ignored, 'upgrade/preflight')
  })
}

const controlPlanePhase = ({ p, client, settings, renew, etcd, dry }: Apply): Coro<void> =>
  phase('control-plane', function* () {
    if (dry) return wouldUpgradePods(p, settings)
    say(
      p,
      `[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version ${JSON.stringify(settings.cluster.kubernetesVersion)} (timeout: ${goDuration(settings.timeouts?.upgrade ?? 300_000)})...`,
    )
    yield* upgradeStaticPods(p, { client, settings, renew, etcd })
    say(p, '[upgrade/control-plane] The control plane instance for this node was successfully upgraded!')
  })

const uploadKubeadmPhase = ({ p, client, settings, dry }: Apply): Coro<void> =>
  phase('upload-config/kubeadm', function* () {
    if (dry) say(p, '[dryrun] Would upload the kubeadm ClusterConfiguration to a ConfigMap')
    else yield* uploadKubeadm(p, client, settings)
  })

const uploadKubeletPhase = ({ p, client, settings, dry }: Apply): Coro<void> =>
  phase('upload-config/kubelet', function* () {
    if (dry) wouldUploadKubelet(p)
    else yield* uploadKubelet(p, client, settings)
  })

function* kubeletPhase({ p, client, settings, dry }: Apply): Coro<void> {
  yield* phase('kubelet-config', () =>
    dry ? wouldConfigureKubelet(p, client, settings, dry) : upgradeKubeletConfig(p, client, settings),
  )
}

function* tokenPhase({ p, client, dry }: Apply): Coro<void> {
  if (dry) return wouldBootstrap(p)
  say(p, '[upgrade/bootstrap-token] Configuring bootstrap token and cluster-info RBAC rules')
  yield* phase('bootstrap-token', () => bootstrapRbac(p, client))
}

const addonPhase =
  (name: Addon) =>
  ({ p, client, settings, dry }: Apply): Coro<void> =>
    phase(`addon/${name}`, () =>
      dry ? wouldUpgradeAddon(p, client, settings, name) : upgradeAddon(p, client, settings, name),
    )

/** Nothing but a word: the files have been right since 1.29. */
function* kubeconfigPhase({ p }: Apply): Coro<void> {
  say(p, '[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!')
}

/** Phases in their order, by the names that --skip-phases has for them. */
const PHASES: readonly [name: string, body: (run: Apply) => Coro<void>][] = [
  ['preflight', preflightPhase],
  ['control-plane', controlPlanePhase],
  ['upload-config/kubeadm', uploadKubeadmPhase],
  ['upload-config/kubelet', uploadKubeletPhase],
  ['kubeconfig', kubeconfigPhase],
  ['kubelet-config', kubeletPhase],
  ['bootstrap-token', tokenPhase],
  ['addon/coredns', addonPhase('coredns')],
  ['addon/kube-proxy', addonPhase('kube-proxy')],
  ['post-upgrade', nothing],
]

const applyUpgrade: Run = function* ({ p, flags, args }) {
  const run = yield* begin(p, flags, args)
  checkPhases(run.skipped, PHASES)
  for (const [name, body] of PHASES) if (!isSkipped(name, run.skipped)) yield* body(run)
  if (flagValues(flags).yes('dry-run')) {
    finished(p)
    return 0
  }
  say(
    p,
    `
[upgrade] SUCCESS! A control plane node of your cluster was upgraded to ${JSON.stringify(run.settings.cluster.kubernetesVersion)}.

[upgrade] Now please proceed with upgrading the rest of the nodes by following the right order.`,
  )
  return 0
}

/** `kubeadm upgrade apply` and its phases: the first control plane, and what the cluster knows of itself. */
export const APPLY: Runs = {
  'upgrade apply': applyUpgrade,
  ...Object.fromEntries(
    phaseCommands(PHASES.map(([name]) => name)).map(([path, names]): [string, Run] => [
      `upgrade apply phase ${path}`,
      function* ({ p, flags, args }) {
        const run = yield* begin(p, flags, args)
        for (const [name, body] of PHASES) if (names.includes(name)) yield* body(run)
        return 0
      },
    ]),
  ),
}
