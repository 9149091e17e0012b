import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { MANIFESTS_DIR } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile, kubeconfigPath } from './client.ts'
import { uploadCerts } from './copy-certs.ts'
import { DryRunClient, wouldWrite } from './dry-run.ts'
import { readText } from './files.ts'
import { flagValues } from './flag-values.ts'
import { pullImages } from './images.ts'
import { writeManifest } from './phase-files.ts'
import { initChecks, runChecks } from './preflight.ts'
import type { Settings } from './settings.ts'
import { waitForComponents, waitForKubelet } from './waits.ts'

/** The client of a phase; in a dry run it is made of the kubeconfig file that the run itself wrote. */
export function admin(p: Process, flags: Flags, { dry }: Settings): Client {
  if (dry) {
    readText(p, `${dry}/admin.conf`)
    return new DryRunClient(p, clientFromFile(p, `${dry}/admin.conf`).config)
  }
  return clientFromFile(p, kubeconfigPath(p, flags.has('kubeconfig') ? flags.string('kubeconfig') : ADMIN_CONF))
}

/** Where kubeconfig files go. */
export const dirOf = (flags: Flags): string =>
  flags.has('kubeconfig-dir') ? flags.string('kubeconfig-dir') : '/etc/kubernetes'

/** Static pods of the control plane besides etcd. */
export const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const

/** `etcd local` */
export function localEtcd(p: Process, settings: Settings): void {
  const { dry, cluster } = settings
  if (cluster.externalEtcd) return
  if (dry) p.stdout.write(`[etcd] Would ensure that "${cluster.etcdDataDir}" directory is present\n`)
  else if (!p.fs.exists(cluster.etcdDataDir)) p.fs.mkdir(cluster.etcdDataDir, { parents: true, mode: 0o700 })
  p.stdout.write(`[etcd] Creating static Pod manifest for local etcd in "${dry ?? MANIFESTS_DIR}"\n`)
  writeManifest(p, settings, 'etcd')
  if (dry) wouldWrite(p, `${MANIFESTS_DIR}/etcd.yaml`, readText(p, `${dry}/etcd.yaml`))
}

/** `preflight`: the checks, then the images. */
export function* preflight(p: Process, settings: Settings): Coro<void> {
  const ignored = settings.ignored ?? []
  p.stdout.write('[preflight] Running pre-flight checks\n')
  yield* runChecks(p, initChecks(settings), ignored)
  if (settings.dry) p.stdout.write("[preflight] Would pull the required images (like 'kubeadm config images pull')\n")
  else yield* pullImages(p, settings, ignored)
}

/** Waits for the kubelet and then for the three components, as long as kubeadm does. */
export function* waitControlPlane(p: Process, { node, timeouts = {} }: Settings): Coro<void> {
  p.stdout.write(
    '[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"\n',
  )
  yield* waitForKubelet(p, node.kubelet, timeouts.kubelet)
  yield* waitForComponents(p, node, '/etc/kubernetes/super-admin.conf', timeouts.components)
}

/** What a dry run of init shows instead of waiting: the manifests and the kubelet's files. */
export function printFiles(p: Process, { dry }: Settings): void {
  const dir = dry!
  p.stdout.write(
    `[dryrun] Wrote certificates, kubeconfig files and control plane manifests to the ${JSON.stringify(dir)} directory\n[dryrun] The certificates or kubeconfig files would not be printed due to their sensitive nature\n[dryrun] Please examine the ${JSON.stringify(dir)} directory for details about what would be written\n`,
  )
  for (const component of COMPONENTS)
    wouldWrite(p, `${MANIFESTS_DIR}/${component}.yaml`, readText(p, `${dir}/${component}.yaml`))
  for (const name of ['config.yaml', 'kubeadm-flags.env'])
    wouldWrite(p, `/var/lib/kubelet/${name}`, readText(p, `${dir}/${name}`))
}

/** Without --upload-certs there is nothing to do, and that is said. */
export function skipsUpload(p: Process, flags: Flags): boolean {
  if (flagValues(flags).yes('upload-certs')) return false
  p.stdout.write('[upload-certs] Skipping phase. Please see --upload-certs\n')
  return true
}

/** The certificates of the control plane in a Secret, so that others can join. */
export const uploadCertificates = (p: Process, client: Client, settings: Settings, flags: Flags): Coro<string> =>
  uploadCerts(p, client, settings, flagValues(flags).text('certificate-key'))
