import { parse } from 'yaml'
import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import type { Client } from '../client.ts'
import { exists, readText, writeText } from '../files.ts'
import { addonCoreDns, addonKubeProxy } from '../phase-cluster.ts'
import { ownKubeletConfig } from '../phase-files.ts'
import { kubeletFields, type Settings } from '../settings.ts'
import { runningOn } from './components.ts'
import { stamp } from './static-pods.ts'

const CONFIG = '/var/lib/kubelet/config.yaml'

/** The phase kubelet-config: this machine's file is made anew of what the cluster's ConfigMap says. */
export function* upgradeKubeletConfig(p: Process, client: Client, settings: Settings): Coro<void> {
  const { node } = settings
  const dir = `/etc/kubernetes/tmp/kubeadm-kubelet-config-${stamp(p)}`
  new Klog(p).warning(
    'postupgrade.go:105',
    `Using temporary directory ${dir} for kubelet config. To override it set the environment variable KUBEADM_UPGRADE_DRYRUN_DIR`,
  )
  p.stdout.write(`[upgrade] Backing up kubelet config file to ${dir}/config.yaml\n`)
  if (exists(p, CONFIG)) writeText(p, `${dir}/config.yaml`, readText(p, CONFIG), 0o600)
  const shared: any = yield* client.get('ConfigMap', 'kube-system', 'kubelet-config')
  const kubelet = kubeletFields(parse(shared.data?.kubelet ?? ''))
  const text = ownKubeletConfig(p, { ...settings, node: { ...node, kubelet } })
  p.stdout.write(`[kubelet-start] Writing kubelet configuration to file "${CONFIG}"\n`)
  writeText(p, CONFIG, text, 0o644)
  p.stdout.write('[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n')
}

/** What kubeadm installs besides. */
export type Addon = 'coredns' | 'kube-proxy'

/** The control planes that are of another release than this one; add-ons follow when the last of them has been upgraded. */
export function* lateControlPlanes(client: Client, { node }: Settings): Coro<string[]> {
  const servers = yield* runningOn(client, 'kube-apiserver')
  return [...servers].filter(([, version]) => version !== servers.get(node.name)).map(([name]) => name)
}

/** What is said instead while some are late. */
export const waitForOthers = (late: readonly string[]): string =>
  `[upgrade/addon] Skipping upgrade of addons because control plane instances [${late.join(' ')}] have not been upgraded\n`

/** One of the phase addon. */
export function* upgradeAddon(p: Process, client: Client, settings: Settings, addon: Addon): Coro<void> {
  const late = yield* lateControlPlanes(client, settings)
  if (late.length > 0) p.stdout.write(waitForOthers(late))
  else yield* (addon === 'coredns' ? addonCoreDns : addonKubeProxy)(p, client, settings, true)
}
