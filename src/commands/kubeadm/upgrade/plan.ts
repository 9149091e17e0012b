import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { companions, compareReleases, releaseOf, seriesOf } from '../../../programs/lib/releases.ts'
import type { Client } from '../client.ts'
import { checkIgnored } from '../configuration/validate.ts'
import { errorText, KubeadmError } from '../errors.ts'
import { printerOf } from '../output.ts'
import { runChecks } from '../preflight.ts'
import { askForVersion } from '../settings.ts'
import { tabbed } from '../table.ts'
import type { Run } from '../tree.ts'
import { adminClient, either, fetchOrFail, printConfiguration, upgradeConfiguration } from './common.ts'
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

/** output.ComponentUpgradePlan. */
interface Component {
  readonly name: string
  readonly currentVersion: string
  readonly newVersion: string
  readonly nodeName?: string
}

/** output.UpgradePlan. */
interface Plan {
  readonly availableUpgrades: readonly { readonly description: string; readonly components: readonly Component[] }[]
  readonly configVersions: readonly {
    readonly group: string
    readonly currentVersion: string
    readonly preferredVersion: string
    readonly manualUpgradeRequired: boolean
  }[]
}

/** genAvailableUpgrade. */
function* componentsOf(p: Process, client: Client, way: Upgrade, current: string, etcdToo: boolean): Coro<Component[]> {
  const own = releaseOf(p)
  const { coredns, etcd } = companions(own)
  const { target } = way
  const on = (name: string, versions: Iterable<readonly [node: string, version: string]>, to: string): Component[] =>
    [...versions]
      .sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([nodeName, currentVersion]) => ({ name, currentVersion, newVersion: to, nodeName }))
  const nodes = [...(yield* kubelets(client))]
  const found = nodes.some(([, version]) => version !== target) ? on('kubelet', nodes, target) : []
  for (const component of CONTROL_PLANE) found.push(...on(component, yield* runningOn(client, component), target))
  found.push({ name: 'kube-proxy', currentVersion: current.replace(/^v/, ''), newVersion: target })
  found.push({ name: 'CoreDNS', currentVersion: yield* coreDnsVersion(client), newVersion: coredns })
  found.push({ name: 'kubeadm', currentVersion: own, newVersion: way.kubeadm })
  if (etcdToo) found.push(...on('etcd', yield* runningOn(client, 'etcd'), etcd))
  return found
}

const COLUMNS = ['COMPONENT', 'NODE', 'CURRENT', 'TARGET']
const cells = ({ name, nodeName = '', currentVersion, newVersion }: Component): string[] => [
  name,
  nodeName,
  currentVersion,
  newVersion,
]

/** printAvailableUpgrade. */
function upgradeText({ description, components }: Plan['availableUpgrades'][number]): string {
  const of = (name: string): Component => components.find((one) => one.name === name)!
  const [target, kubeadm] = [of('kube-apiserver')?.newVersion ?? '', of('kubeadm')]
  const kubelet = components.filter((one) => one.name === 'kubelet')
  const others = components.filter((one) => one.name !== 'kubelet' && one.name !== 'kubeadm')
  const note =
    kubeadm.currentVersion === kubeadm.newVersion
      ? ''
      : `Note: Before you can perform this upgrade, you have to update kubeadm to ${kubeadm.newVersion}.\n\n`
  return `${MANUAL}${tabbed([COLUMNS, ...kubelet.map(cells)])}
Upgrade to the latest ${description}:

${tabbed([COLUMNS, ...others.map(cells)])}
You can now apply the upgrade by executing the following command:

\tkubeadm upgrade apply ${target}

${note}${RULE}`
}

/** The state of the component configurations; both kinds have had one version for years. */
function* configVersions(client: Client): Coro<Plan['configVersions']> {
  const proxy = yield* client.find('ConfigMap', 'kube-system', 'kube-proxy')
  const state = (group: string, version: string, there: boolean): Plan['configVersions'][number] => ({
    group,
    currentVersion: there ? version : '',
    preferredVersion: version,
    manualUpgradeRequired: false,
  })
  return [
    state('kubeproxy.config.k8s.io', 'v1alpha1', proxy !== undefined),
    state('kubelet.config.k8s.io', 'v1beta1', true),
  ]
}

/** printComponentConfigVersionStates. */
const configText = (versions: Plan['configVersions']): string => `
The table below shows the current state of component configs as understood by this version of kubeadm.
Configs that have a "yes" mark in the "MANUAL UPGRADE REQUIRED" column require manual config upgrade or
resetting to kubeadm defaults before a successful upgrade can be performed. The version to manually
upgrade to is denoted in the "PREFERRED VERSION" column.

${tabbed([
  ['API GROUP', 'CURRENT VERSION', 'PREFERRED VERSION', 'MANUAL UPGRADE REQUIRED'],
  ...versions.map((one) => [
    one.group,
    one.currentVersion || '-',
    one.preferredVersion || '-',
    one.manualUpgradeRequired ? 'yes' : 'no',
  ]),
])}${RULE}`

/** `kubeadm upgrade plan`. */
export const plan: Run = function* ({ p, flags, args }) {
  const printer = printerOf(p, flags)
  const out = (text: string): void => {
    if (printer.text) p.stdout.write(text)
  }
  const document = asFatal('upgrade/upgrade config', () => upgradeConfiguration(p, flags))
  const { plan: configured = {} } = document
  const client = adminClient(p, flags)
  const ignored = [...flags.strings('ignore-preflight-errors'), ...(configured.ignorePreflightErrors ?? [])]
  checkIgnored(ignored)
  out('[preflight] Running pre-flight checks.\n')
  const settings = yield* fetchOrFail(p, client, 'upgrade/config', printer.text)
  const wanted = args[0] ?? configured.kubernetesVersion
  out('[upgrade] Running cluster health checks\n')
  try {
    yield* runChecks(p, healthChecks(client, settings), ignored)
  } catch (error) {
    throw new KubeadmError(`[upgrade/health] FATAL: ${errorText(error)}`)
  }
  if (either(flags, 'print-config', configured.printConfig) && printer.text) printConfiguration(p, settings.cluster)
  out('[upgrade] Fetching available versions to upgrade to\n')
  const current = yield* client.serverVersion()
  const own = releaseOf(p)
  out(`[upgrade/versions] Cluster version: ${current.replace(/^v/, '')}\n[upgrade/versions] kubeadm version: ${own}\n`)
  const given = wanted && (wanted.startsWith('v') ? wanted : `v${wanted}`)
  const stable = given ?? (yield* askForVersion(p, 'stable'))
  out(`[upgrade/versions] Target version: ${stable}\n`)
  const series = seriesOf(current)
  const patch = given ?? (yield* askForVersion(p, `stable-${series}`))
  out(`[upgrade/versions] Latest version in the v${series} series: ${patch}\n\n`)
  const ways = upgrades(current, own, stable, patch)
  if (ways.length === 0) return 0
  const etcdToo = either(flags, 'etcd-upgrade', configured.etcdUpgrade, true)
  const availableUpgrades: { description: string; components: Component[] }[] = []
  for (const way of ways)
    availableUpgrades.push({
      description: way.description,
      components: yield* componentsOf(p, client, way, current, etcdToo),
    })
  const versions = yield* configVersions(client)
  if (printer.text) out(availableUpgrades.map(upgradeText).join('') + configText(versions))
  else printer.print('UpgradePlan', { availableUpgrades, configVersions: versions })
  return 0
}

/** Says of a failure that it ends the command. */
function asFatal<T>(word: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(`[${word}] FATAL: ${error.message}`)
  }
}
