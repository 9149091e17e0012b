import { type Process, put, readLine } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { releaseOf } from '../../../programs/lib/releases.ts'
import { command, type Flags, maxArgs } from '../../lib/cobra.ts'
import type { Client } from '../client.ts'
import { KubeadmError, NotSimulated, phase } from '../errors.ts'
import { pullImages } from '../images.ts'
import { bootstrapRbac, uploadKubeadm, uploadKubelet } from '../phase-cluster.ts'
import { runChecks } from '../preflight.ts'
import type { Settings } from '../settings.ts'
import { adminClient, CHANGING, checkConfig, fetchOrFail, preflight, UNSTABLE } from './common.ts'
import { kubelets } from './components.ts'
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

function* applyUpgrade(p: Process, flags: Flags, args: readonly string[]): Coro<number> {
  checkConfig(p, flags)
  if (args.length === 0 && !flags.string('config'))
    throw new KubeadmError('missing one or more required arguments. Required arguments: [version]')
  const client = adminClient(p, flags)
  const fetched = yield* fetchOrFail(p, client, 'upgrade')
  const target = args[0] === undefined ? releaseOf(p) : `v${args[0].replace(/^v/, '')}`
  const settings: Settings = { ...fetched, cluster: { ...fetched.cluster, kubernetesVersion: target } }
  const ignored = flags.strings('ignore-preflight-errors')
  yield* preflight(p, 'preflight', flags)
  if (flags.bool('dry-run')) throw new NotSimulated('upgrade apply --dry-run')
  const out = (text: string): void => p.stdout.write(`${text}\n`)
  yield* phase('preflight', function* () {
    out('[upgrade] Running cluster health checks')
    yield* runChecks(p, healthChecks(client, fetched), ignored)
    yield* enforceSkew(p, client, target, flags.bool('force'))
    if (!flags.bool('yes') && !flags.bool('force')) yield* confirm(p)
    yield* pullImages(p, settings, ignored, 'upgrade/preflight')
  })
  yield* phase('control-plane', function* () {
    out(
      `[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version ${JSON.stringify(target)} (timeout: 5m0s)...`,
    )
    const renew = flags.bool('certificate-renewal')
    yield* upgradeStaticPods(p, { client, settings, renew, etcd: flags.bool('etcd-upgrade') })
    out('[upgrade/control-plane] The control plane instance for this node was successfully upgraded!')
  })
  yield* phase('upload-config', function* () {
    yield* uploadKubeadm(p, client, settings)
    yield* uploadKubelet(p, client, settings)
  })
  out('[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!')
  yield* phase('kubelet-config', () => upgradeKubeletConfig(p, client, settings))
  out('[upgrade/bootstrap-token] Configuring bootstrap token and cluster-info RBAC rules')
  yield* phase('bootstrap-token', () => bootstrapRbac(p, client))
  yield* phase('addon', () => upgradeAddons(p, client, settings))
  out(`
[upgrade] SUCCESS! A control plane node of your cluster was upgraded to ${JSON.stringify(target)}.

[upgrade] Now please proceed with upgrading the rest of the nodes by following the right order.`)
  return 0
}

/** `kubeadm upgrade apply`: the first control plane, and what the cluster knows of itself. */
export const apply = command({
  use: 'apply [version]',
  short: 'Upgrade your Kubernetes cluster to the specified version',
  args: maxArgs(1),
  flags: [...CHANGING, ...UNSTABLE],
  run: ({ p, flags, args }) => applyUpgrade(p, flags, args),
})
