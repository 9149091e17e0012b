import { parse } from 'yaml'
import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { kubeletConfig } from '../../../programs/kubeadm/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import type { Client } from '../client.ts'
import { exists, readText, writeText } from '../files.ts'
import { addonCoreDns, addonKubeProxy } from '../phase-cluster.ts'
import { kubeletFields, type Settings } from '../settings.ts'
import { runningOn } from './components.ts'
import { stamp } from './static-pods.ts'

const CONFIG = '/var/lib/kubelet/config.yaml'

/** The phase kubelet-config: this machine's file is made anew of what the cluster's ConfigMap says. */
export function* upgradeKubeletConfig(p: Process, client: Client, { cluster, node }: Settings): Coro<void> {
  const dir = `/etc/kubernetes/tmp/kubeadm-kubelet-config-${stamp(p)}`
  new Klog(p).warning(
    'postupgrade.go:105',
    `Using temporary directory ${dir} for kubelet config. To override it set the environment variable KUBEADM_UPGRADE_DRYRUN_DIR`,
  )
  p.stdout.write(`[upgrade] Backing up kubelet config file to ${dir}/config.yaml\n`)
  if (exists(p, CONFIG)) writeText(p, `${dir}/config.yaml`, readText(p, CONFIG), 0o600)
  const shared: any = yield* client.get('ConfigMap', 'kube-system', 'kubelet-config')
  const kubelet = kubeletFields(parse(shared.data?.kubelet ?? ''))
  p.stdout.write(
    `[patches] Applied patch of type "application/strategic-merge-patch+json" to target "kubeletconfiguration"\n[kubelet-start] Writing kubelet configuration to file "${CONFIG}"\n`,
  )
  writeText(p, CONFIG, kubeletConfig(cluster, { ...node, kubelet }), 0o644)
  p.stdout.write('[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n')
}

/** Add-ons follow when the last control plane has been upgraded. */
export function* upgradeAddons(p: Process, client: Client, settings: Settings): Coro<void> {
  const { name } = settings.node
  for (const addon of [addonCoreDns, addonKubeProxy]) {
    const servers = yield* runningOn(client, 'kube-apiserver')
    const late = [...servers].filter(([, version]) => version !== servers.get(name)).map(([node]) => node)
    if (late.length === 0) yield* addon(p, client, settings, true)
    else
      p.stdout.write(
        `[upgrade/addon] Skipping upgrade of addons because control plane instances [${late.join(' ')}] have not been upgraded\n`,
      )
  }
}
