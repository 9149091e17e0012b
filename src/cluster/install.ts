import {
  createInternet,
  createMachine,
  type Host,
  type Internet,
  type Network,
  type Programs,
  type Segment,
  SysError,
} from '../host/index.ts'
import type { Kernel } from '../kernel/index.ts'
import { type Issuing, KUBECONFIGS, newKubeconfigCert, newSharedPki, type SharedPki } from '../pki/index.ts'
import { DEFAULT_CONFIG, preloadImages } from '../programs/containerd/index.ts'
import {
  type ClusterSettings,
  certKubeconfig,
  controlPlaneFiles,
  controlPlaneUrl,
  DEFAULT_CLUSTER,
  type EtcdCluster,
  images,
  KUBELET_DIR,
  type LaidFile,
  MANIFESTS_DIR,
  type NodeSettings,
  nodeSettings,
  PRIVATE_DIRS,
  workerFiles,
} from '../programs/kubeadm/index.ts'
import { KUBERNETES_PACKAGES, packageFiles } from '../programs/lib/packages.ts'
import { RELEASE } from '../programs/lib/releases.ts'
import { KIND_IMAGES, kindKubeconfig } from './kind.ts'
import { balancerFiles, CNI_PLUGINS, nodeFiles } from './node-files.ts'
import type { ClusterPlan, HostPlan } from './presets.ts'
import { installed, installedBare } from './programs.ts'

/** A cluster's machines with all that kubeadm would have put on them, not yet booted. */
export interface Installed {
  readonly hosts: Map<string, Host>
  /** What lies behind the gateway. */
  readonly internet: Internet
  readonly settings: ClusterSettings
  readonly pki: SharedPki
  readonly plan: ClusterPlan
}

/** Validity of kubeadm's certificates starts when they are issued. */
function issuingAt(kernel: Kernel, age: number): Issuing {
  return { rng: kernel.rng.fork('pki'), now: kernel.now() - age }
}

/** As the kubeadm guide asks: the default with one word changed. */
const containerdConfig = DEFAULT_CONFIG.replace('SystemdCgroup = false', 'SystemdCgroup = true')

/** Machines with everything installed as kubeadm leaves it, not yet switched on. */
export function install(kernel: Kernel, network: Network, programs: Programs, plan: ClusterPlan): Installed {
  const segment = network.segment('lan')
  const internet = createInternet(network, segment, `${plan.gateway}/24`)
  const controlPlanes = plan.hosts.filter((h) => h.role === 'control-plane')
  const settings = settingsFor(plan)
  const existing = membersOf(controlPlanes)
  const issuing = issuingAt(kernel, plan.certificateAge ?? 0)
  const pki = newSharedPki(issuing)
  const hosts = new Map<string, Host>()
  for (const h of plan.hosts) hosts.set(h.name, machine(h, plan, kernel, network, programs, segment))
  if (controlPlanes.length === 0) return { hosts, internet, settings, pki, plan }
  const first = nodeOf(controlPlanes[0], plan)
  const url = controlPlaneUrl(settings, first)
  for (const h of plan.hosts) {
    const host = hosts.get(h.name)!
    if (h.role === 'load-balancer') {
      lay(host, balancerFiles(controlPlanes))
      executable(host, '/usr/sbin/haproxy', 'haproxy')
    }
    if (h.role !== 'control-plane' && h.role !== 'worker') continue
    const node = nodeOf(h, plan)
    host.fs.mkdir(MANIFESTS_DIR, { parents: true })
    lay(host, packageFiles(settings.kubernetesVersion))
    if (plan.release) for (const name of KUBERNETES_PACKAGES) host.fs.file(`/usr/bin/${name}`).release = plan.release
    lay(host, nodeFiles(plan.podSubnet, containerdConfig, plan.flannel ?? true))
    for (const name of CNI_PLUGINS) executable(host, `/opt/cni/bin/${name}`, `cni-${name}`)
    if (plan.flannel !== false) executable(host, '/usr/local/bin/flanneld', 'flanneld')
    const isControlPlane = h.role === 'control-plane'
    const client = newKubeconfigCert(KUBECONFIGS.find((d) => d.name === 'kubelet.conf')!, h.name, pki.ca, issuing)
    const files = isControlPlane
      ? controlPlaneFiles({ cluster: settings, node, shared: pki, issuing, existing, first: h === controlPlanes[0] })
          .files
      : workerFiles({ cluster: settings, node, issuing, ca: pki.ca, server: url, client })
    for (const dir of isControlPlane ? PRIVATE_DIRS : [KUBELET_DIR]) {
      host.fs.mkdir(dir, { parents: true })
      host.fs.chmod(dir, 0o700)
    }
    const wanted = files.filter(
      (f) =>
        !f.path.startsWith(MANIFESTS_DIR) ||
        !plan.components ||
        plan.components.some((c) => f.path.endsWith(`/${c}.yaml`)),
    )
    lay(host, wanted)
    if (plan.flannel !== false) lay(host, [flannelConf(url, settings, pki, issuing)])
    if (isControlPlane) {
      const admin = files.find((f) => f.path.endsWith('/admin.conf'))!
      const ours = (plan.kindLike && kindKubeconfig(h.name, url, pki, issuing)) || admin
      lay(host, [{ ...ours, path: '/root/.kube/config' }])
      host.fs.writeFile('/root/.bashrc', `${host.fs.readFile('/root/.bashrc')}\nalias k=kubectl\n`)
    }
    if (plan.preloaded === false) continue
    preloadImages(
      host,
      isControlPlane ? images(settings) : images(settings).filter((i) => /proxy|pause|coredns/.test(i)),
    )
    if (plan.kindLike) preloadImages(host, KIND_IMAGES)
  }
  return { hosts, internet, settings, pki, plan }
}

/** Members of etcd of several control planes, which began together. */
function membersOf(controlPlanes: readonly HostPlan[]): EtcdCluster | undefined {
  if (controlPlanes.length < 2) return undefined
  return { members: controlPlanes.map((h) => `${h.name}=https://${h.address}:2380`), together: true }
}

function settingsFor(plan: ClusterPlan): ClusterSettings {
  return {
    ...DEFAULT_CLUSTER,
    kubernetesVersion: plan.release ?? RELEASE,
    podSubnet: plan.podSubnet,
    serviceSubnet: plan.serviceSubnet,
    controlPlaneEndpoint: plan.endpoint ?? '',
  }
}

/** The settings with which kubeadm would set up a host. */
export const nodeOf = (h: HostPlan, plan?: ClusterPlan): NodeSettings => ({
  ...nodeSettings(h.name, h.address),
  // kubeadm asks whether systemd-resolved is active.
  resolvConf: plan?.platform?.without?.includes('systemd-resolved') ? undefined : '/run/systemd/resolve/resolv.conf',
  kubelet: plan?.kubelet,
  caDirs: plan?.caDirs,
})

function machine(
  h: HostPlan,
  plan: ClusterPlan,
  kernel: Kernel,
  network: Network,
  programs: Programs,
  segment: Segment,
): Host {
  const names = plan.hosts.map((x) => `${x.address} ${x.name}`)
  return createMachine({
    kernel,
    programs,
    install: h.role === 'base' ? installedBare : installed,
    network,
    segment,
    name: h.name,
    cidr: `${h.address}/24`,
    gateway: plan.gateway,
    dns: [plan.gateway],
    ntp: [plan.gateway],
    hosts: names,
    cpus: h.cpus,
    memory: h.memory,
    disk: h.disk,
    platform: plan.platform,
  })
}

/** flanneld's own identity. It is in the administrators' group so that the cluster has no RBAC objects that kubeadm did not make. */
function flannelConf(server: string, settings: ClusterSettings, pki: SharedPki, issuing: Issuing): LaidFile {
  const definition = {
    name: 'flannel.conf',
    longName: '',
    commonName: () => 'flannel',
    organizations: ['kubeadm:cluster-admins'],
  }
  const pair = newKubeconfigCert(definition, '', pki.ca, issuing)
  const content = (): string => certKubeconfig(pki.ca.cert.pem, server, settings.clusterName, pair)
  return { path: '/etc/kubernetes/flannel.conf', mode: 0o600, size: 5600, content }
}

/** Lazy content is made when it is first read: what an installer writes does not change by itself. */
function readOnce(content: LaidFile['content']): LaidFile['content'] {
  if (typeof content === 'string') return content
  let text: string | undefined
  return () => (text ??= content())
}

/** Puts files on a machine, as an installer running as root does. */
function lay(host: Host, files: readonly LaidFile[]): void {
  for (const f of files) {
    host.fs.mkdir(f.path.slice(0, f.path.lastIndexOf('/')), { parents: true })
    if (f.target !== undefined) {
      try {
        host.fs.symlink(f.target, f.path)
      } catch (error) {
        if (!(error instanceof SysError) || error.code !== 'EEXIST') throw error
      }
    } else host.fs.writeFile(f.path, readOnce(f.content), { mode: f.mode, size: f.size })
  }
}

/** Puts a program's file on a host. */
export function executable(host: Host, path: string, program: string): void {
  host.fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true })
  const node = host.fs.writeFile(path, '\u007fELF', { mode: 0o755, size: 4_000_000 })
  node.program = program
}
