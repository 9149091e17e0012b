import { type Process, put, readLine } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
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
import { runChecks } from '../preflight.ts'
import type { Settings } from '../settings.ts'
import type { Run, Runs } from '../tree.ts'
import { adminClient, fetchOrFail, preflight, upgradeConfiguration } from './common.ts'
import { kubelets } from './components.ts'
import {
  finished,
  readCluster,
  readCoreDns,
  upgradeDir,
  wouldBootstrap,
  wouldConfigureKubelet,
  wouldUpgradeAddons,
  wouldUpgradePods,
  wouldUpload,
} from './dry-run.ts'
import { healthChecks } from './health.ts'
import { skewErrors } from './policy.ts'
import { upgradeAddons, upgradeKubeletConfig } from './post.ts'
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
  /** Directory of a dry run. */
  readonly dry: string | undefined
}

const TOO_MANY = 'too many arguments. Required arguments: [version]'

function* begin(p: Process, flags: Flags, args: readonly string[]): Coro<Apply> {
  const given = flagValues(flags)
  const { apply: configured = {} } = upgradeConfiguration(p, flags)
  if (!configured.kubernetesVersion && args.length === 0)
    throw new KubeadmError('missing one or more required arguments. Required arguments: [version]')
  if (args.length > 1) throw new KubeadmError(TOO_MANY)
  const version: string = args[0] ?? configured.kubernetesVersion
  const ignored = [...given.list('ignore-preflight-errors'), ...(configured.ignorePreflightErrors ?? [])]
  checkIgnored(ignored)
  const dry =
    given.yes('dry-run') || configured.dryRun === true ? upgradeDir(p, 'kubeadm-upgrade-apply-dryrun') : undefined
  const path = given.text('kubeconfig')
  if (dry && !exists(p, path)) throw new NotSimulated('upgrade apply --dry-run without a cluster')
  if (dry) p.stdout.write(`[dryrun] Creating a real client from ${JSON.stringify(path)}\n`)
  const real = adminClient(p, flags)
  const client = dry ? new DryRunClient(p, real.config) : real
  const fetched = yield* fetchOrFail(p, client, 'upgrade')
  if (dry) yield* readCluster(client, fetched)
  const target = /^\d/.test(version) ? `v${version}` : version
  const settings: Settings = { ...fetched, cluster: { ...fetched.cluster, kubernetesVersion: target } }
  const force = given.yes('force') || configured.forceUpgrade === true
  return { p, flags, client, settings, fetched, ignored, force, dry }
}

const say = (p: Process, text: string): void => p.stdout.write(`${text}\n`)

function* preflightPhase({ p, flags, client, settings, fetched, ignored, force, dry }: Apply): Coro<void> {
  yield* preflight(p, 'preflight', flags)
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

const controlPlanePhase = ({ p, flags, client, settings, dry }: Apply): Coro<void> =>
  phase('control-plane', function* () {
    if (dry) return wouldUpgradePods(p, settings)
    say(
      p,
      `[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version ${JSON.stringify(settings.cluster.kubernetesVersion)} (timeout: 5m0s)...`,
    )
    const given = flagValues(flags)
    const renew = given.yes('certificate-renewal', true)
    yield* upgradeStaticPods(p, { client, settings, renew, etcd: given.yes('etcd-upgrade', true) })
    say(p, '[upgrade/control-plane] The control plane instance for this node was successfully upgraded!')
  })

const uploadPhase = ({ p, client, settings, dry }: Apply): Coro<void> =>
  phase('upload-config', function* () {
    if (dry) return wouldUpload(p)
    yield* uploadKubeadm(p, client, settings)
    yield* uploadKubelet(p, client, settings)
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

const addonPhase = ({ p, client, settings, dry }: Apply): Coro<void> =>
  phase('addon', () => (dry ? wouldUpgradeAddons(p, client, settings) : upgradeAddons(p, client, settings)))

const applyUpgrade: Run = function* ({ p, flags, args }) {
  const run = yield* begin(p, flags, args)
  yield* preflightPhase(run)
  yield* controlPlanePhase(run)
  yield* uploadPhase(run)
  say(p, '[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!')
  yield* kubeletPhase(run)
  yield* tokenPhase(run)
  yield* addonPhase(run)
  if (run.dry) {
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

const PHASES: readonly [path: string, body: (run: Apply) => Coro<void>][] = [
  ['preflight', preflightPhase],
  ['control-plane', controlPlanePhase],
  ['upload-config all', uploadPhase],
  ['kubelet-config', kubeletPhase],
  ['bootstrap-token', tokenPhase],
  ['addon all', addonPhase],
]

/** `kubeadm upgrade apply` and its phases: the first control plane, and what the cluster knows of itself. */
export const APPLY: Runs = {
  'upgrade apply': applyUpgrade,
  ...Object.fromEntries(
    PHASES.map(([path, body]): [string, Run] => [
      `upgrade apply phase ${path}`,
      function* ({ p, flags, args }) {
        yield* body(yield* begin(p, flags, args))
        return 0
      },
    ]),
  ),
}
