import type { Happening } from '../../kernel/index.ts'
import { parseGoDuration } from '../../print/index.ts'

/** The fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1) that make a difference here. Durations in ms. */
export interface KubeletConfig {
  /** Why it is as it is: what changed the file that it was read from. */
  readonly why?: Happening
  readonly staticPodPath: string
  readonly fileCheckFrequency: number
  readonly syncFrequency: number
  readonly nodeStatusUpdateFrequency: number
  readonly nodeStatusReportFrequency: number
  readonly nodeLeaseDurationSeconds: number
  readonly clusterDns: readonly string[]
  readonly clusterDomain: string
  readonly resolvConf: string
  readonly maxPods: number
  readonly address: string
  readonly port: number
  readonly readOnlyPort: number
  readonly healthzPort: number
  readonly healthzBindAddress: string
  readonly clientCaFile: string
  readonly anonymousAuth: boolean
  readonly webhookAuth: boolean
  readonly authorizationMode: string
  readonly rotateCertificates: boolean
  readonly serverTlsBootstrap: boolean
  readonly tlsCertFile: string
  readonly tlsPrivateKeyFile: string
  readonly containerRuntimeEndpoint: string
  readonly serializeImagePulls: boolean
  readonly imageMaximumGcAge: number
  readonly imageGcHighThresholdPercent: number
  readonly imageGcLowThresholdPercent: number
  readonly evictionHard: Readonly<Record<string, string>>
  readonly evictionPressureTransitionPeriod: number
  readonly containerLogMaxSize: string
  readonly containerLogMaxFiles: number
  readonly shutdownGracePeriod: number
  readonly shutdownGracePeriodCriticalPods: number
  readonly maxContainerBackOff: number
  readonly systemReserved: Readonly<Record<string, string>>
  readonly kubeReserved: Readonly<Record<string, string>>
  readonly failSwapOn: boolean
  readonly failCgroupV1: boolean
  readonly cgroupsPerQos: boolean
  readonly registerNode: boolean
  readonly enableServer: boolean
  readonly enableDebuggingHandlers: boolean
  readonly featureGates: Readonly<Record<string, boolean>>
  /** Up to which level lines are logged. */
  readonly verbosity: number
}

/** Fields that the strict decoder knows (v1beta1 of 1.36). */
const KNOWN = new Set(
  `apiVersion kind enableServer staticPodPath podLogsDir syncFrequency fileCheckFrequency httpCheckFrequency staticPodURL
  staticPodURLHeader address port readOnlyPort tlsCertFile tlsPrivateKeyFile tlsCipherSuites tlsMinVersion
  tlsCurvePreferences rotateCertificates serverTLSBootstrap authentication authorization registryPullQPS registryBurst
  eventRecordQPS eventBurst enableDebuggingHandlers enableContentionProfiling healthzPort healthzBindAddress oomScoreAdj
  clusterDomain clusterDNS streamingConnectionIdleTimeout nodeStatusUpdateFrequency nodeStatusReportFrequency
  nodeLeaseDurationSeconds imageMinimumGCAge imageMaximumGCAge imageGCHighThresholdPercent imageGCLowThresholdPercent
  volumeStatsAggPeriod kubeletCgroups systemCgroups cgroupRoot cgroupsPerQOS cgroupDriver cpuManagerPolicy
  singleProcessOOMKill cpuManagerPolicyOptions cpuManagerReconcilePeriod memoryManagerPolicy topologyManagerPolicy
  topologyManagerScope topologyManagerPolicyOptions qosReserved runtimeRequestTimeout hairpinMode maxPods podCIDR
  podPidsLimit resolvConf runOnce cpuCFSQuota cpuCFSQuotaPeriod nodeStatusMaxImages maxOpenFiles contentType
  kubeAPIQPS kubeAPIBurst serializeImagePulls maxParallelImagePulls evictionHard evictionSoft evictionSoftGracePeriod
  evictionPressureTransitionPeriod evictionMaxPodGracePeriod evictionMinimumReclaim mergeDefaultEvictionSettings
  podsPerCore enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains iptablesMasqueradeBit
  iptablesDropBit featureGates failSwapOn memorySwap containerLogMaxSize containerLogMaxFiles containerLogMaxWorkers
  containerLogMonitorInterval configMapAndSecretChangeDetectionStrategy systemReserved kubeReserved reservedSystemCPUs
  showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup enforceNodeAllocatable allowedUnsafeSysctls
  volumePluginDir providerID kernelMemcgNotification logging enableSystemLogHandler enableSystemLogQuery
  shutdownGracePeriod shutdownGracePeriodCriticalPods shutdownGracePeriodByPodPriority crashLoopBackOff reservedMemory
  enableProfilingHandler enableDebugFlagsHandler seccompDefault memoryThrottlingFactor registerWithTaints registerNode
  tracing localStorageCapacityIsolation containerRuntimeEndpoint imageServiceEndpoint failCgroupV1 userNamespaces
  imagePullCredentialsVerificationPolicy preloadedImagesVerificationAllowlist`.split(/\s+/),
)

const EVICTION_HARD = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
}

/** A Go duration, or `fallback` when the field is missing or zero. */
function duration(value: unknown, fallback: number): number {
  if (value === undefined || value === null || value === 0 || value === '' || value === '0s') return fallback
  const ms = parseGoDuration(String(value))
  return Number.isNaN(ms) || ms === 0 ? fallback : ms
}

/** Fields of the document that the strict decoder does not know: it reads the document as JSON with sorted keys. */
export const unknownFields = (doc: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(doc)
    .filter((key) => !KNOWN.has(key))
    .sort()

/** Applies defaults as pkg/kubelet/apis/config/v1beta1/defaults.go does. */
export function decodeConfig(doc: any): KubeletConfig {
  const auth = doc.authentication ?? {}
  const or = <T>(value: T | undefined | null, fallback: T): T => value ?? fallback
  return {
    staticPodPath: or(doc.staticPodPath, ''),
    fileCheckFrequency: duration(doc.fileCheckFrequency, 20_000),
    syncFrequency: duration(doc.syncFrequency, 60_000),
    nodeStatusUpdateFrequency: duration(doc.nodeStatusUpdateFrequency, 10_000),
    nodeStatusReportFrequency: duration(doc.nodeStatusReportFrequency, 300_000),
    nodeLeaseDurationSeconds: doc.nodeLeaseDurationSeconds || 40,
    clusterDns: or(doc.clusterDNS, []),
    clusterDomain: or(doc.clusterDomain, ''),
    resolvConf: or(doc.resolvConf, '/etc/resolv.conf'),
    maxPods: doc.maxPods || 110,
    address: or(doc.address, '0.0.0.0'),
    port: doc.port || 10250,
    readOnlyPort: doc.readOnlyPort || 0,
    healthzPort: or(doc.healthzPort, 10248),
    healthzBindAddress: or(doc.healthzBindAddress, '127.0.0.1'),
    clientCaFile: or(auth.x509?.clientCAFile, ''),
    anonymousAuth: or(auth.anonymous?.enabled, false),
    webhookAuth: or(auth.webhook?.enabled, true),
    authorizationMode: or(doc.authorization?.mode, 'Webhook'),
    rotateCertificates: or(doc.rotateCertificates, false),
    serverTlsBootstrap: or(doc.serverTLSBootstrap, false),
    tlsCertFile: or(doc.tlsCertFile, ''),
    tlsPrivateKeyFile: or(doc.tlsPrivateKeyFile, ''),
    containerRuntimeEndpoint: doc.containerRuntimeEndpoint || 'unix:///run/containerd/containerd.sock',
    serializeImagePulls: or(doc.serializeImagePulls, true),
    imageMaximumGcAge: duration(doc.imageMaximumGCAge, 0),
    imageGcHighThresholdPercent: or(doc.imageGCHighThresholdPercent, 85),
    imageGcLowThresholdPercent: or(doc.imageGCLowThresholdPercent, 80),
    evictionHard: or(doc.evictionHard, EVICTION_HARD),
    evictionPressureTransitionPeriod: duration(doc.evictionPressureTransitionPeriod, 300_000),
    containerLogMaxSize: or(doc.containerLogMaxSize, '10Mi'),
    containerLogMaxFiles: doc.containerLogMaxFiles || 5,
    shutdownGracePeriod: duration(doc.shutdownGracePeriod, 0),
    shutdownGracePeriodCriticalPods: duration(doc.shutdownGracePeriodCriticalPods, 0),
    maxContainerBackOff: duration(doc.crashLoopBackOff?.maxContainerRestartPeriod, 300_000),
    systemReserved: or(doc.systemReserved, {}),
    kubeReserved: or(doc.kubeReserved, {}),
    failSwapOn: or(doc.failSwapOn, true),
    failCgroupV1: or(doc.failCgroupV1, true),
    cgroupsPerQos: or(doc.cgroupsPerQOS, true),
    registerNode: or(doc.registerNode, true),
    enableServer: or(doc.enableServer, true),
    enableDebuggingHandlers: or(doc.enableDebuggingHandlers, true),
    featureGates: or(doc.featureGates, {}),
    verbosity: or(doc.logging?.verbosity, 0),
  }
}
