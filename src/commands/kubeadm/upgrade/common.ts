import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type ClusterSettings, clusterConfiguration } from '../../../programs/kubeadm/index.ts'
import type { Flags } from '../../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile } from '../client.ts'
import { configText } from '../configuration/documents.ts'
import { readOne } from '../configuration/load.ts'
import { throwAll, upgradeProblems } from '../configuration/validate.ts'
import { errorText, KubeadmError, phase } from '../errors.ts'
import { flagValues } from '../flag-values.ts'
import { checkMixed } from '../init-settings.ts'
import { runChecks, SYSTEM_VERIFICATION } from '../preflight.ts'
import { fetchSettings, patchesAt, type Settings, timeoutsFrom } from '../settings.ts'

/** A client with --kubeconfig, else admin.conf. Throws KubeadmError when the file is no good. */
export function adminClient(p: Process, flags: Flags): Client {
  const path = flagValues(flags).text('kubeconfig') || ADMIN_CONF
  try {
    return clientFromFile(p, path)
  } catch (error) {
    throw new KubeadmError(`couldn't create a Kubernetes client from file ${JSON.stringify(path)}: ${errorText(error)}`)
  }
}

/** UpgradeConfiguration of --config; empty without one. */
export function upgradeConfiguration(p: Process, flags: Flags): any {
  checkMixed(flags)
  const path = flagValues(flags).text('config')
  if (!path) return {}
  const found = readOne(p, configText(p, path), 'UpgradeConfiguration')
  throwAll(upgradeProblems(found))
  return found
}

/** ValueFromFlagsOrConfig of a flag: what was typed, else the configuration's word, else the default. */
export const either = (flags: Flags, name: string, configured: boolean | undefined, otherwise = false): boolean =>
  flags.has(name) && flags.changed(name) ? flags.bool(name) : (configured ?? otherwise)

/** Settings with what an UpgradeConfiguration says of this machine. `own`: its apply or node. */
export const withUpgrade = (p: Process, settings: Settings, flags: Flags, document: any, own: any): Settings => ({
  ...settings,
  patches: patchesAt(p, flagValues(flags).text('patches'), own?.patches),
  timeouts: timeoutsFrom(document.timeouts),
})

/** Cluster and machine, as the cluster's ConfigMap and this host tell. */
export function* fetchOrFail(p: Process, client: Client, prefix: string, aloud = true): Coro<Settings> {
  try {
    return yield* fetchSettings(p, client, prefix, aloud)
  } catch (error) {
    throw new KubeadmError(
      `unable to fetch the kubeadm-config ConfigMap: failed to get config map: ${errorText(error)}`,
    )
  }
}

/** Root and a supported kernel are all that an upgrade asks of the machine. `word`: how the command spells preflight. */
export function* preflight(p: Process, word: string, ignored: readonly string[]): Coro<void> {
  p.stdout.write(`[upgrade/preflight] Running ${word} checks\n`)
  yield* phase('preflight', () => runChecks(p, [SYSTEM_VERIFICATION], ignored))
}

/** A phase in which this release has nothing to do. */
export function* nothing(): Coro<void> {}

/** --print-config: the ClusterConfiguration, tabbed in. */
export function printConfiguration(p: Process, cluster: ClusterSettings): void {
  const lines = clusterConfiguration(cluster).trimEnd().split('\n')
  p.stdout.write(`[upgrade/config] Configuration used:\n${lines.map((line) => `\t${line}\n`).join('')}`)
}
