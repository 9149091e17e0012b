import type { Stack } from '../../host/index.ts'
import { byText } from '../../kernel/index.ts'
import { canonicalQuantity } from '../../print/index.ts'
import { GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { amount } from './resources.ts'

const KI = 1024
const FEATURES = [
  'ExtendWebSocketsToKubelet',
  'InPlacePodLevelResourcesVerticalScaling',
  'InPlacePodVerticalScalingInitContainers',
  'RestartAllContainersOnContainerExits',
]

const evictable = (k: Kubelet, signal: string, total: number): number => {
  const value = k.config.evictionHard[signal]
  if (!value) return 0
  return value.endsWith('%') ? (total * Number(value.slice(0, -1))) / 100 : amount(value)
}

const reserved = (k: Kubelet, resource: string): number =>
  amount(k.config.systemReserved[resource]) + amount(k.config.kubeReserved[resource])

/** Capacity and allocatable as the node reports them. */
export function nodeResources(k: Kubelet): { capacity: Record<string, string>; allocatable: Record<string, string> } {
  const { host } = k
  const disk = host.rootFs.capacity
  const finite = Number.isFinite(disk) ? disk : 40_470_732 * KI
  const memory = Math.floor(host.memory / KI)
  const capacity = {
    cpu: String(host.cpus),
    'ephemeral-storage': `${Math.floor(finite / KI)}Ki`,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${memory}Ki`,
    pods: String(k.config.maxPods),
  }
  const cpuReserved = reserved(k, 'cpu')
  const diskFree = Math.floor(finite / KI) * KI
  return {
    capacity,
    allocatable: {
      ...capacity,
      cpu: cpuReserved > 0 ? canonicalQuantity(`${Math.round((host.cpus - cpuReserved) * 1000)}m`) : capacity.cpu,
      'ephemeral-storage': String(
        Math.ceil(diskFree - evictable(k, 'nodefs.available', diskFree) - reserved(k, 'ephemeral-storage')),
      ),
      memory: `${memory - Math.floor((evictable(k, 'memory.available', host.memory) + reserved(k, 'memory')) / KI)}Ki`,
    },
  }
}

/** PRETTY_NAME of /etc/os-release. */
const osImage = byText((text): string | undefined => /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1])

const read = (k: Kubelet, path: string): string => {
  const node = k.host.fs.find(path)
  return node?.kind === 'file' ? node.read() : ''
}

/** 32 hex digits made of the host's name, as the recorded machines have them. */
const machineId = byText(
  (name): string =>
    [...`${name}oraclenode`.repeat(4)]
      .map((c) => c.charCodeAt(0).toString(16))
      .join('')
      .slice(0, 32),
  64,
)

const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`

/** status.nodeInfo. */
export function nodeInfo(k: Kubelet): Record<string, string> {
  const id = read(k, '/etc/machine-id').trim() || machineId(k.host.name)
  const stack = k.host.net as Partial<Stack>
  return {
    architecture: 'amd64',
    bootID: dashed(k.host.rng.fork(`boot/${k.host.clock.bootTrue}`).hex(32)),
    containerRuntimeVersion: `containerd://${k.runtimeVersion}`,
    kernelVersion: stack.sysctls?.get('kernel.osrelease') ?? '6.8.0-57-generic',
    kubeProxyVersion: '',
    kubeletVersion: k.release,
    machineID: id,
    operatingSystem: 'linux',
    osImage: osImage(read(k, '/etc/os-release')) ?? 'Ubuntu 24.04.2 LTS',
    systemUUID: dashed(machineId(k.host.name)),
  }
}

/** The 50 largest images, each with a digest and its tags. */
function nodeImages(k: Kubelet): any[] {
  try {
    return k.cri
      .listImages()
      .map((s) => ({ names: [...s.digests].slice(0, 1).concat([...s.tags]), sizeBytes: s.image.spec.size }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, 50)
  } catch {
    return []
  }
}

/** What a RuntimeClass may name; without an answer from the runtime, what every one has. */
function runtimeHandlers(k: Kubelet): Iterable<string> {
  try {
    return k.cri.settings.runtimes.keys()
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    return ['runc']
  }
}

/** Everything of a node's status but its conditions. */
export function nodeFacts(k: Kubelet): Record<string, any> {
  const { capacity, allocatable } = nodeResources(k)
  return {
    addresses: [
      { address: k.nodeIp, type: 'InternalIP' },
      { address: k.nodeName, type: 'Hostname' },
    ],
    allocatable,
    capacity,
    daemonEndpoints: { kubeletEndpoint: { Port: k.config.port } },
    declaredFeatures: FEATURES,
    features: { supplementalGroupsPolicy: true },
    images: nodeImages(k),
    nodeInfo: nodeInfo(k),
    runtimeHandlers: ['', ...runtimeHandlers(k)].map((name) => ({
      features: { recursiveReadOnlyMounts: true, userNamespaces: true },
      name,
    })),
  }
}
