import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { CERTIFICATES, KUBECONFIGS } from '../../pki/index.ts'
import { type ClusterSettings, localUrl, MANIFESTS_DIR, rotatingKubeletConf } from '../../programs/kubeadm/index.ts'
import { ADMIN_CONF, type Client, clientFromFile } from './client.ts'
import { downloadCerts } from './copy-certs.ts'
import { errorText, KubeadmError } from './errors.ts'
import { checkMembers, joinMembers } from './etcd-members.ts'
import { loadCert, loadKey, writeText } from './files.ts'
import { pullImages } from './images.ts'
import { COMPONENTS } from './init-steps.ts'
import { runCertPhase } from './phase-certs.ts'
import { markControlPlane } from './phase-cluster.ts'
import { clusterCaPem, writeKubeconfig, writeManifest } from './phase-files.ts'
import { initChecks, runChecks } from './preflight.ts'
import type { Settings } from './settings.ts'
import { waitForComponents } from './waits.ts'

/** Certificates that must lie here when no key fetches them (checkIfReadyForAdditionalControlPlane). */
const SHARED: readonly [what: string, load: (p: Process, dir: string) => unknown][] = [
  ['certificate for CA', (p, dir) => loadCert(p, `${dir}/ca`)],
  ['key for service account', (p, dir) => loadKey(p, `${dir}/sa`)],
  ['certificate for front-proxy CA', (p, dir) => loadCert(p, `${dir}/front-proxy-ca`)],
  ['certificate for etcd CA', (p, dir) => loadCert(p, `${dir}/etcd/ca`)],
]

function unready(p: Process, { cluster }: Settings, key: string): string[] {
  const problems: string[] = []
  if (!cluster.controlPlaneEndpoint)
    problems.push(
      "unable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address",
    )
  if (!key)
    for (const [what, load] of SHARED)
      try {
        load(p, cluster.certificatesDir)
      } catch (error) {
        problems.push(`failure loading ${what}: ${errorText(error)}`)
      }
  return problems
}

/** What a further control plane must find before anything is written. */
export function* checkControlPlane(
  p: Process,
  settings: Settings,
  key: string,
  ignored: readonly string[],
): Coro<void> {
  const problems = unready(p, settings, key)
  if (problems.length > 0)
    throw new KubeadmError(
      `\nOne or more conditions for hosting a new control plane instance is not satisfied.\n\n${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}\n\nPlease ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n* The certificates that must be shared among control plane instances are provided.\n\n`,
    )
  p.stdout.write('[preflight] Running pre-flight checks before initializing the new control plane instance\n')
  yield* runChecks(p, initChecks(settings, true), ignored)
  yield* pullImages(p, settings, ignored)
}

const say = (p: Process, text: string): void => p.stdout.write(`${text}\n`)

/** The shared certificates out of the cluster's Secret. */
export function* downloadShared(p: Process, client: Client, settings: Settings, key: string): Coro<void> {
  try {
    yield* downloadCerts(p, client, settings, key)
  } catch (error) {
    throw new KubeadmError(`error downloading certs: ${errorText(error)}`)
  }
  say(p, `[download-certs] Saving the certificates to the folder: "${settings.cluster.certificatesDir}"`)
}

/** The machine's own certificates. */
export function* prepareCerts(p: Process, settings: Settings): Coro<void> {
  const dir = settings.cluster.certificatesDir
  say(p, `[certs] Using certificateDir folder "${dir}"`)
  for (const d of CERTIFICATES) runCertPhase(p, settings, d)
  say(p, `[certs] Valid certificates and keys now exist in "${dir}"`)
  runCertPhase(p, settings, 'sa')
}

/** Kubeconfig files of the administrator and of the components. */
export function* prepareKubeconfigs(p: Process, settings: Settings): Coro<void> {
  say(p, '[kubeconfig] Generating kubeconfig files')
  say(p, '[kubeconfig] Using kubeconfig folder "/etc/kubernetes"')
  for (const d of KUBECONFIGS)
    if (['admin.conf', 'controller-manager.conf', 'scheduler.conf'].includes(d.name))
      writeKubeconfig(p, settings, d, '/etc/kubernetes')
}

/** Static pods of the components; etcd's comes when it is announced. */
export function* prepareManifests(p: Process, settings: Settings): Coro<void> {
  say(p, `[control-plane] Using manifest folder "${settings.dry ?? MANIFESTS_DIR}"`)
  for (const component of COMPONENTS) writeManifest(p, settings, component)
}

/** Whether etcd is well, of which this machine is to be a member. */
export function* checkEtcd(p: Process, settings: Settings): Coro<void> {
  if (settings.cluster.externalEtcd) return say(p, '[check-etcd] Skipping etcd check in external mode')
  say(p, '[check-etcd] Checking that the etcd cluster is healthy')
  yield* checkMembers(p, clientFromFile(p, ADMIN_CONF), settings)
}

/** A new member of etcd. */
export function* joinEtcd(p: Process, settings: Settings): Coro<void> {
  if (settings.cluster.externalEtcd)
    return say(p, '[control-plane-join] Using external etcd - no local stacked instance added')
  yield* joinMembers(p, clientFromFile(p, ADMIN_CONF), settings, (members) => {
    const { etcdDataDir } = settings.cluster
    say(p, '[etcd] Creating static Pod manifest for "etcd"')
    if (!p.fs.exists(etcdDataDir)) p.fs.mkdir(etcdDataDir, { parents: true, mode: 0o700 })
    writeManifest(p, settings, 'etcd', { members })
  })
}

/** Marks the Node. */
export function* markJoined(p: Process, settings: Settings): Coro<void> {
  const { cluster, node } = settings
  // From its next start on the kubelet talks to the API server beside it (ControlPlaneKubeletLocalMode).
  const conf = rotatingKubeletConf(clusterCaPem(p, cluster), localUrl(node), cluster.clusterName, node.name)
  writeText(p, '/etc/kubernetes/kubelet.conf', conf, 0o600)
  yield* markControlPlane(p, clientFromFile(p, ADMIN_CONF), settings)
}

/** Until the components are well. */
export const waitJoined = (p: Process, { node, timeouts }: Settings): Coro<void> =>
  waitForComponents(p, node, ADMIN_CONF, timeouts?.components)

/** What is said in the end. */
export const done = ({ externalEtcd }: ClusterSettings): string => `
This node has joined the cluster and a new control plane instance was created:

* Certificate signing request was sent to apiserver and approval was received.
* The Kubelet was informed of the new secure connection details.
* Control plane label and taint were applied to the new node.
* The Kubernetes control plane instances scaled up.
${externalEtcd ? '' : '* A new etcd member was added to the local/stacked etcd cluster.'}

To start administering your cluster from this node, you need to run the following as a regular user:

\tmkdir -p $HOME/.kube
\tsudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
\tsudo chown $(id -u):$(id -g) $HOME/.kube/config

Run 'kubectl get nodes' to see this node join the cluster.

`
