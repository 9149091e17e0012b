import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import {
  CERTIFICATE_AUTHORITIES,
  type CertAndKey,
  type KubeconfigDefinition,
  newKubeconfigCert,
} from '../../pki/index.ts'
import { writeYaml } from '../../print/index.ts'
import {
  argValue,
  type ClusterSettings,
  type Component,
  certKubeconfig,
  type EtcdCluster,
  instanceConfig,
  kubeadmFlags,
  kubeletConfiguration,
  MANIFESTS_DIR,
  rotatingKubeletConf,
  staticPod,
} from '../../programs/kubeadm/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { warnOfResolver } from './component-advice.ts'
import { errorText, KubeadmError, NotSimulated } from './errors.ts'
import { exists, isExternal, loadPair, readText, writeText } from './files.ts'
import { initSystem, NO_INIT_SYSTEM } from './host-tools.ts'
import { issuing } from './issuing.ts'
import { checkKubeconfig, serverOf } from './kubeconfig-check.ts'
import { current, readKubeconfig } from './kubeconfig-file.ts'
import type { Settings } from './settings.ts'

/** Writes one kubeconfig file, or keeps the one that is there. */
export function writeKubeconfig(p: Process, settings: Settings, d: KubeconfigDefinition, dir: string): void {
  const { cluster, node, dry } = settings
  const path = `${dry ?? dir}/${d.name}`
  if (settings.externalCa) {
    p.stdout.write(`[kubeconfig] External CA mode: Using user provided ${d.name}\n`)
    if (dry) writeText(p, path, readText(p, `/etc/kubernetes/${d.name}`), 0o600)
    return
  }
  let ca: CertAndKey
  try {
    ca = loadPair(p, `${dry ?? cluster.certificatesDir}/${CERTIFICATE_AUTHORITIES[0].base}`)
  } catch (error) {
    throw new KubeadmError(`couldn't create a kubeconfig; the CA files couldn't be loaded: ${errorText(error)}`)
  }
  const server = serverOf(settings, d.name)
  if (exists(p, path)) {
    checkKubeconfig(p, path, ca.cert, server)
    p.stdout.write(`[kubeconfig] Using existing kubeconfig file: "${path}"\n`)
    return
  }
  p.stdout.write(`[kubeconfig] Writing "${d.name}" kubeconfig file\n`)
  // A kubeconfig's certificate begins when its authority does.
  const dates = { ...issuing(p, cluster, d.name), notBefore: ca.cert.notBefore }
  const pair = newKubeconfigCert(d, node.name, ca, dates)
  writeText(p, path, certKubeconfig(ca.cert.pem, server, cluster.clusterName, pair), 0o600)
}

const KNOWN_MODES = ['Node', 'RBAC', 'Webhook', 'ABAC', 'AlwaysAllow', 'AlwaysDeny']

/** getAuthzModes: what kubeadm thinks of the modes, which go to the API server all the same. */
export function warnOfModes(p: Process, { components }: ClusterSettings): void {
  const given = argValue(components?.['kube-apiserver']?.extraArgs, 'authorization-mode')
  if (!given) return
  const log = new Klog(p)
  const modes = given.split(',')
  for (const mode of modes)
    if (!KNOWN_MODES.includes(mode))
      log.warning('manifests.go:276', `ignoring unknown kube-apiserver authorization-mode ${JSON.stringify(mode)}`)
  const known = modes.filter((mode) => KNOWN_MODES.includes(mode)).join(',')
  if (known !== '' && known !== 'Node,RBAC')
    log.warning(
      'manifests.go:283',
      `the default kube-apiserver authorization-mode is "Node,RBAC"; using ${JSON.stringify(known)}`,
    )
}

/** Text of a static pod's manifest with the patches of its component. */
export function manifestText(p: Process, settings: Settings, component: Component, existing?: EtcdCluster): string {
  const { cluster, patches } = settings
  if (cluster.document?.featureGates?.RootlessControlPlane) throw new NotSimulated('feature gate RootlessControlPlane')
  const node = { ...settings.node, externalCa: isExternal(p, cluster.certificatesDir, CERTIFICATE_AUTHORITIES[0]) }
  const pod = staticPod(component, cluster, node, existing)
  try {
    return writeYaml(patches ? patches.applyToPod(component, pod) : pod)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(
      `failed to patch static Pod manifest file for ${JSON.stringify(component)}: ${error.message}`,
    )
  }
}

/** Writes static pod manifests of the control plane. */
export function writeManifest(p: Process, settings: Settings, component: Component, existing?: EtcdCluster): void {
  if (component !== 'etcd') {
    p.stdout.write(`[control-plane] Creating static Pod manifest for "${component}"\n`)
    warnOfModes(p, settings.cluster)
  }
  const text = manifestText(p, settings, component, existing)
  writeText(p, `${settings.dry ?? MANIFESTS_DIR}/${component}.yaml`, text, 0o600)
}

/** Stops or starts the kubelet through systemd, as far as there is one. */
export function* kubeletService(p: Process, job: 'start' | 'stop' | 'restart'): Coro<void> {
  const systemd = initSystem(p)
  if (!systemd) return
  yield* systemd.jobs.perform(job, systemd.unit('kubelet'))
}

/** Writes the kubelet's files and starts it. Init writes the environment file first, join last. */
export function* kubeletStart(p: Process, settings: Settings, joining = false): Coro<void> {
  const { node, dry } = settings
  const managed = initSystem(p) !== undefined
  if (!dry && !managed)
    p.stdout.write(
      "[kubelet-start] No supported init system detected, won't make sure the kubelet not running for a short period of time while setting up configuration for it.\n",
    )
  if (!dry) yield* kubeletService(p, 'stop')
  else if (joining) p.stdout.write('[kubelet-start] Would stop the kubelet\n')
  const dir = dry ?? '/var/lib/kubelet'
  const flags = (): void => {
    p.stdout.write(`[kubelet-start] Writing kubelet environment file with flags to file "${dir}/kubeadm-flags.env"\n`)
    writeText(p, `${dir}/kubeadm-flags.env`, kubeadmFlags(node), 0o644)
  }
  const configuration = (name: string, text: string): void => {
    p.stdout.write(`[kubelet-start] Writing kubelet configuration to file "${dir}/${name}"\n`)
    writeText(p, `${dir}/${name}`, text, 0o644)
  }
  if (!joining) flags()
  configuration('instance-config.yaml', instanceConfig(node))
  if (!managed)
    new Klog(p).warning('kubelet_unix.go:41', `cannot determine if systemd-resolved is active: ${NO_INIT_SYSTEM}`)
  configuration('config.yaml', ownKubeletConfig(p, settings))
  if (joining) flags()
  if (dry && joining) p.stdout.write('[kubelet-start] Would start the kubelet\n')
  if (dry) return
  p.stdout.write('[kubelet-start] Starting the kubelet\n')
  if (!managed)
    p.stdout.write(
      "[kubelet-start] No supported init system detected, won't make sure the kubelet is running properly.\n",
    )
  yield* kubeletService(p, 'start')
}

/** WriteConfigToDisk: the cluster's configuration with the patches, and then with what is this machine's own. */
export function ownKubeletConfig(p: Process, { cluster, node, patches }: Settings): string {
  warnOfResolver(p, node.kubelet?.resolvConf)
  let configuration = kubeletConfiguration(cluster, node)
  try {
    if (patches) configuration = patches.apply('kubeletconfiguration', configuration)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(`could not apply patches to the KubeletConfiguration: ${error.message}`)
  }
  p.stdout.write(
    '[patches] Applied patch of type "application/strategic-merge-patch+json" to target "kubeletconfiguration"\n',
  )
  return writeYaml({ ...configuration, containerRuntimeEndpoint: node.criSocket })
}

/** init phase kubelet-finalize: kubelet.conf points to the rotating certificate from now on. */
export function* kubeletFinalize(p: Process, settings: Settings): Coro<void> {
  const path = '/etc/kubernetes/kubelet.conf'
  if (!exists(p, '/var/lib/kubelet/pki/kubelet-client-current.pem')) return
  p.stdout.write(`[kubelet-finalize] Updating "${path}" to point to a rotatable kubelet client certificate and key\n`)
  const ca = loadPair(p, `${settings.cluster.certificatesDir}/ca`)
  const { cluster } = current(readKubeconfig(p, path))
  const server = cluster.server ?? serverOf(settings, 'kubelet.conf')
  writeText(p, path, rotatingKubeletConf(ca.cert.pem, server, settings.cluster.clusterName, settings.node.name), 0o600)
  yield* kubeletService(p, 'restart')
}

/** The cluster's CA certificate, as the machine has it. Throws when it cannot be read. */
export const clusterCaPem = (p: Process, cluster: ClusterSettings): string =>
  readText(p, `${cluster.certificatesDir}/ca.crt`)
