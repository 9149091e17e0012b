import type { Platform } from '../host/index.ts'

/** One machine of a cluster. */
export interface HostPlan {
  readonly name: string
  readonly address: string
  readonly role: 'control-plane' | 'worker' | 'load-balancer' | 'base'
  readonly cpus: number
  /** Bytes. */
  readonly memory: number
  /** Bytes of the root disk. */
  readonly disk: number
}

/** What a world starts with. */
export interface ClusterPlan {
  readonly name: string
  readonly hosts: readonly HostPlan[]
  /** Address and port that kubeconfigs use; the first control plane's own when absent. */
  readonly endpoint?: string
  readonly podSubnet: string
  readonly serviceSubnet: string
  /** Whether the control plane's taint is removed (single-node clusters). */
  readonly schedulableControlPlane?: boolean
  /** What kind adds to kubeadm: kindnet, which enforces NetworkPolicy, and a default StorageClass `standard` with its provisioner. */
  readonly kindLike?: boolean
  /** Static pods of the control planes; all of them by default. */
  readonly components?: readonly string[]
  /** How long before the world's start the certificates were issued, ms. */
  readonly certificateAge?: number
  /** How long after the control planes the workers are switched on, ms: they join a cluster whose add-ons already run. */
  readonly joinAfter?: number
  /** Make of all machines; Ubuntu 24.04 by default. */
  readonly platform?: Platform
  /** false: no flannel, nodes wait for somebody to configure a CNI. */
  readonly flannel?: false
  /** Fields of KubeletConfiguration that the administrator gave kubeadm. */
  readonly kubelet?: Readonly<Record<string, unknown>>
  /** Directories of CA certificates that kubeadm finds and mounts. */
  readonly caDirs?: readonly string[]
  /** false: no image is on any node yet. */
  readonly preloaded?: false
  /** Release of Kubernetes that is installed, e.g. `v1.35.3`; the newest by default. */
  readonly release?: string
  /** DNS domain or address of the network's gateway, .1 of the hosts' /24. */
  readonly gateway: string
}

const GIB = 1024 ** 3

const host = (name: string, address: string, role: HostPlan['role'], cpus = 4, memory = 4 * GIB): HostPlan => ({
  name,
  address,
  role,
  cpus,
  memory,
  disk: 40 * GIB,
})

const NETWORK = { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/12', gateway: '192.168.56.1' }

/** Workers are joined when the first control plane and its add-ons run: CoreDNS is placed before them, as with kubeadm. */
const JOIN_MS = 20_000

/** The clusters of sandbox.md, and `lab`, in which the node recordings were made. */
const PRESETS: Readonly<Record<string, (hostName?: string) => ClusterPlan>> = {
  default: () => ({
    name: 'default',
    ...NETWORK,
    joinAfter: JOIN_MS,
    hosts: [
      host('controlplane', '192.168.56.10', 'control-plane', 2),
      host('node01', '192.168.56.11', 'worker'),
      host('node02', '192.168.56.12', 'worker'),
    ],
  }),
  ha: () => ({
    name: 'ha',
    ...NETWORK,
    joinAfter: JOIN_MS,
    endpoint: 'lb:6443',
    hosts: [
      host('lb', '192.168.56.10', 'load-balancer', 1, GIB),
      host('controlplane', '192.168.56.11', 'control-plane', 2),
      host('cp2', '192.168.56.12', 'control-plane', 2),
      host('cp3', '192.168.56.13', 'control-plane', 2),
      host('node01', '192.168.56.21', 'worker'),
      host('node02', '192.168.56.22', 'worker'),
    ],
  }),
  /** Only etcd: in such a lab the etcd recordings were made. */
  'etcd-lab': () => ({
    ...PRESETS.ha(),
    name: 'etcd-lab',
    endpoint: undefined,
    components: ['etcd'],
    hosts: PRESETS.ha().hosts.filter((h) => h.role === 'control-plane'),
  }),
  single: (name = 'kind-control-plane') => ({
    name: 'single',
    ...NETWORK,
    schedulableControlPlane: true,
    kindLike: true,
    flannel: false,
    hosts: [host(name, '192.168.56.10', 'control-plane', 8, 8 * GIB)],
  }),
  lab: () => ({
    name: 'lab',
    ...NETWORK,
    gateway: '172.30.1.1',
    hosts: [host('cp1', '172.30.1.2', 'control-plane', 2), host('node01', '172.30.1.3', 'worker')],
  }),
}

/** A machine from which others are reached and on which there is nothing of Kubernetes. */
export const BARE: ClusterPlan = {
  name: 'bare',
  ...NETWORK,
  gateway: '10.20.0.1',
  components: [],
  hosts: [host('base', '10.20.0.2', 'base', 2, 2 * GIB)],
}

/** Presets that a player can ask for. */
export const clusterNames = (): string[] => ['default', 'ha', 'single']

/** The plan of a preset; undefined when there is none of that name. `hostName` renames the node of `single`. */
export const clusterPlan = (name: string, hostName?: string): ClusterPlan | undefined => PRESETS[name]?.(hostName)

/** `controlPlanes` control planes and `workers` workers on the default network (scenario files). */
export function customPlan(controlPlanes: number, workers: number): ClusterPlan {
  if (controlPlanes > 1) {
    const ha = PRESETS.ha()
    const cps = ha.hosts.filter((h) => h.role === 'control-plane')
    const extra = Array.from({ length: Math.max(0, controlPlanes - cps.length) }, (_, i) =>
      host(`cp${i + 4}`, `192.168.56.${14 + i}`, 'control-plane', 2),
    )
    const nodes = Array.from({ length: workers }, (_, i) => host(`node0${i + 1}`, `192.168.56.${21 + i}`, 'worker'))
    return { ...ha, name: 'custom', hosts: [ha.hosts[0], ...cps.slice(0, controlPlanes), ...extra, ...nodes] }
  }
  const base = PRESETS.default()
  const nodes = Array.from({ length: workers }, (_, i) =>
    host(`node${String(i + 1).padStart(2, '0')}`, `192.168.56.${11 + i}`, 'worker'),
  )
  return { ...base, name: 'custom', hosts: [base.hosts[0], ...nodes] }
}
