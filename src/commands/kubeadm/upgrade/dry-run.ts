import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { instanceConfig, MANIFESTS_DIR } from '../../../programs/kubeadm/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import type { Client } from '../client.ts'
import { dryRunDir, wouldWrite } from '../dry-run.ts'
import { printCoreDns, printKubeProxy } from '../phase-cluster.ts'
import { manifestText, ownKubeletConfig, warnOfModes } from '../phase-files.ts'
import type { Settings } from '../settings.ts'
import { CONTROL_PLANE, manifestPath } from './components.ts'
import { type Addon, lateControlPlanes, waitForOthers } from './post.ts'
import { stamp } from './static-pods.ts'

const VARIABLE = 'KUBEADM_UPGRADE_DRYRUN_DIR'
const out = (p: Process, text: string): void => p.stdout.write(`[dryrun] ${text}\n`)

/** What else of the cluster an upgrade reads at its start; a dry run shows it. */
export function* readCluster(client: Client, { node }: Settings): Coro<void> {
  yield* client.find('ConfigMap', 'kube-system', 'kube-proxy')
  yield* client.find('ConfigMap', 'kube-system', 'kubelet-config')
  yield* client.find('Node', undefined, node.name)
  yield* client.list('Pod', 'kube-system', {
    fieldSelector: `spec.nodeName=${node.name}`,
    labelSelector: 'component=kube-apiserver,tier=control-plane',
  })
}

/** RunCoreDNSMigrationCheck: once for plugins that are not supported, once for the migration. */
export function* readCoreDns(client: Client): Coro<void> {
  for (let i = 0; i < 2; i++) {
    yield* client.find('ConfigMap', 'kube-system', 'coredns')
    yield* client.list('Deployment', 'kube-system', { labelSelector: 'k8s-app=kube-dns' })
  }
}

/** The check of static pods' manifests. */
export function wouldCheckManifests(p: Process): undefined {
  for (const component of CONTROL_PLANE) out(p, `would check if ${manifestPath(component)} exists`)
}

/** DryRunStaticPodUpgrade. */
export function wouldUpgradePods(p: Process, settings: Settings): void {
  p.stdout.write(
    `[dryrun] Would upgrade your static Pod-hosted control plane to version ${JSON.stringify(settings.cluster.kubernetesVersion)}`,
  )
  const dir = dryRunDir(p, 'kubeadm-upgrade-dryrun', VARIABLE)
  warnOfModes(p, settings.cluster)
  const texts = CONTROL_PLANE.map((component) => manifestText(p, settings, component))
  for (const [i, component] of CONTROL_PLANE.entries()) wouldWrite(p, `${MANIFESTS_DIR}/${component}.yaml`, texts[i])
  p.fs.remove(dir)
}

/** The phase upload-config/kubelet. */
export function wouldUploadKubelet(p: Process): void {
  out(p, 'Would upload the kubelet configuration to a ConfigMap')
  out(p, 'Would write the CRISocket annotation for the control-plane node')
}

const DEFAULT_SOCKET = 'unix:///var/run/containerd/containerd.sock'

/** WriteKubeletConfigFiles into the directory of the dry run, which is empty at first. */
export function* wouldConfigureKubelet(p: Process, client: Client, settings: Settings, dir: string): Coro<void> {
  const node = { ...settings.node, criSocket: DEFAULT_SOCKET }
  const backup = `${dir}/tmp/kubeadm-kubelet-config-${stamp(p)}`
  new Klog(p).warning(
    'postupgrade.go:105',
    `Using temporary directory ${backup} for kubelet config. To override it set the environment variable ${VARIABLE}`,
  )
  out(p, `Would back up kubelet config file to ${backup}/config.yaml`)
  p.stdout.write(
    `[dryrun] would read the flag --container-runtime-endpoint value from "kubeadm-flags.env", which is missing. Using default socket "${DEFAULT_SOCKET}" instead[kubelet-start] Writing kubelet configuration to file "${dir}/instance-config.yaml"\n`,
  )
  wouldWrite(p, '/var/lib/kubelet/instance-config.yaml', instanceConfig(node))
  const configuration = ownKubeletConfig(p, { ...settings, node })
  p.stdout.write(`[kubelet-start] Writing kubelet configuration to file "${dir}/config.yaml"\n`)
  wouldWrite(p, '/var/lib/kubelet/config.yaml', configuration)
  yield* client.find('Node', undefined, node.name)
  yield* client.patch('Node', node.name, {})
  p.stdout.write('[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n')
}

/** The phase bootstrap-token. */
export const wouldBootstrap = (p: Process): void =>
  out(p, 'Would configure bootstrap token and cluster-info RBAC rules')

/** One of the phase addon: it is printed, unless another control plane is behind. */
export function* wouldUpgradeAddon(p: Process, client: Client, settings: Settings, addon: Addon): Coro<void> {
  const late = yield* lateControlPlanes(client, settings)
  if (late.length > 0) p.stdout.write(waitForOthers(late))
  else (addon === 'coredns' ? printCoreDns : printKubeProxy)(p, settings)
}

/** The last line of a dry run. */
export const finished = (p: Process): void => {
  p.stdout.write('[upgrade/successful] Finished dryrunning successfully!\n')
}

/** The directory into which a dry run writes. `what`: kubeadm-upgrade-apply-dryrun, … */
export const upgradeDir = (p: Process, what: string): string => dryRunDir(p, what, VARIABLE)
