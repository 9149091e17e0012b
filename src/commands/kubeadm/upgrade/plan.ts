import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { companions, compareReleases, releaseOf, seriesOf } from '../../../programs/lib/releases.ts'
import type { Client } from '../client.ts'
import { errorText, KubeadmError } from '../errors.ts'
import { runChecks } from '../preflight.ts'
import { askForVersion } from '../settings.ts'
import { tabbed } from '../table.ts'
import type { Run } from '../tree.ts'
import { adminClient, fetchOrFail, upgradeConfiguration } from './common.ts'
import { CONTROL_PLANE, coreDnsVersion, kubelets, runningOn } from './components.ts'
import { healthChecks } from './health.ts'

/** One way on: to the newest patch of the cluster's series, or to the newest release. */
interface Upgrade {
  readonly description: string
  readonly target: string
  /** The kubeadm that it takes. */
  readonly kubeadm: string
}

function upgrades(current: string, kubeadm: string, stable: string, patch: string): Upgrade[] {
  const found: Upgrade[] = []
  if (compareReleases(current, patch) < 0)
    found.push({
      description: `version in the v${seriesOf(current)} series`,
      target: patch,
      kubeadm: compareReleases(kubeadm, patch) < 0 ? patch : kubeadm,
    })
  if (compareReleases(current, stable) < 0 && stable !== patch)
    found.push({ description: 'stable version', target: stable, kubeadm: stable })
  return found
}

const RULE = '_____________________________________________________________________\n\n'

const MANUAL =
  "Components that must be upgraded manually after you have upgraded the control plane with 'kubeadm upgrade apply':\n"

/** printUpgradePlan. */
function* show(p: Process, client: Client, way: Upgrade, current: string): Coro<string> {
  const own = releaseOf(p)
  const { coredns, etcd } = companions(own)
  const { target } = way
  let text = ''
  const nodes = [...(yield* kubelets(client))]
  if (nodes.some(([, version]) => version !== target))
    text += `${MANUAL}${tabbed([
      ['COMPONENT', 'NODE', 'CURRENT', 'TARGET'],
      ...nodes.map(([node, version]) => ['kubelet', node, version, target]),
    ])}\n`
  const rows: string[][] = [['COMPONENT', 'NODE', 'CURRENT', 'TARGET']]
  for (const component of CONTROL_PLANE)
    for (const [node, version] of yield* runningOn(client, component)) rows.push([component, node, version, target])
  rows.push(['kube-proxy', '', current.replace(/^v/, ''), target])
  rows.push(['CoreDNS', '', yield* coreDnsVersion(client), coredns])
  for (const [node, version] of yield* runningOn(client, 'etcd')) rows.push(['etcd', node, version, etcd])
  text += `Upgrade to the latest ${way.description}:\n\n${tabbed(rows)}\nYou can now apply the upgrade by executing the following command:\n\n\tkubeadm upgrade apply ${target}\n\n`
  if (way.kubeadm !== own)
    text += `Note: Before you can perform this upgrade, you have to update kubeadm to ${way.kubeadm}.\n\n`
  return text + RULE
}

/** The state of the component configurations; both kinds have had one version for years. */
function* configStates(client: Client): Coro<string> {
  const proxy = yield* client.find('ConfigMap', 'kube-system', 'kube-proxy')
  return `
The table below shows the current state of component configs as understood by this version of kubeadm.
Configs that have a "yes" mark in the "MANUAL UPGRADE REQUIRED" column require manual config upgrade or
resetting to kubeadm defaults before a successful upgrade can be performed. The version to manually
upgrade to is denoted in the "PREFERRED VERSION" column.

${tabbed([
  ['API GROUP', 'CURRENT VERSION', 'PREFERRED VERSION', 'MANUAL UPGRADE REQUIRED'],
  ['kubeproxy.config.k8s.io', proxy ? 'v1alpha1' : '-', 'v1alpha1', 'no'],
  ['kubelet.config.k8s.io', 'v1beta1', 'v1beta1', 'no'],
])}${RULE}`
}

/** `kubeadm upgrade plan`. */
export const plan: Run = function* ({ p, flags, args }) {
  try {
    upgradeConfiguration(p, flags)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(`[upgrade/upgrade config] FATAL: ${error.message}`)
  }
  const client = adminClient(p, flags)
  const out = (text: string): void => p.stdout.write(text)
  out('[preflight] Running pre-flight checks.\n')
  const settings = yield* fetchOrFail(p, client, 'upgrade/config')
  out('[upgrade] Running cluster health checks\n')
  try {
    yield* runChecks(p, healthChecks(client, settings), flags.strings('ignore-preflight-errors'))
  } catch (error) {
    throw new KubeadmError(`[upgrade/health] FATAL: ${errorText(error)}`)
  }
  out('[upgrade] Fetching available versions to upgrade to\n')
  const current = yield* client.serverVersion()
  const own = releaseOf(p)
  out(`[upgrade/versions] Cluster version: ${current.replace(/^v/, '')}\n[upgrade/versions] kubeadm version: ${own}\n`)
  const given = args[0] && (args[0].startsWith('v') ? args[0] : `v${args[0]}`)
  const stable = given ?? (yield* askForVersion(p, 'stable'))
  out(`[upgrade/versions] Target version: ${stable}\n`)
  const series = seriesOf(current)
  const patch = given ?? (yield* askForVersion(p, `stable-${series}`))
  out(`[upgrade/versions] Latest version in the v${series} series: ${patch}\n\n`)
  const ways = upgrades(current, own, stable, patch)
  for (const way of ways) out(yield* show(p, client, way, current))
  if (ways.length > 0) out(yield* configStates(client))
  return 0
}
