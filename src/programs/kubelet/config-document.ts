import { type Document, type Fields, isZeroTime, LOGGING, withDefaults } from '../lib/component-config.ts'

const DEFAULT_EVICTION_HARD = {
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
}

const MINUTE = '1m0s'

/** Fields in Go's order with their defaults: staging/src/k8s.io/kubelet/config/v1beta1/types.go, apis/config/v1beta1/defaults.go. */
const FIELDS: Fields = [
  ['enableServer', 'optional', true],
  ['staticPodPath', 'plain'],
  ['podLogsDir', 'plain', '/var/log/pods'],
  ['syncFrequency', 'time', MINUTE],
  ['fileCheckFrequency', 'time', '20s'],
  ['httpCheckFrequency', 'time', '20s'],
  ['staticPodURL', 'plain'],
  ['staticPodURLHeader', 'plain'],
  ['address', 'plain', '0.0.0.0'],
  ['port', 'plain', 10250],
  ['readOnlyPort', 'plain'],
  ['tlsCertFile', 'plain'],
  ['tlsPrivateKeyFile', 'plain'],
  ['tlsCipherSuites', 'plain'],
  ['tlsCurvePreferences', 'plain'],
  ['tlsMinVersion', 'plain'],
  ['rotateCertificates', 'plain'],
  ['serverTLSBootstrap', 'plain'],
  [
    'authentication',
    [
      ['x509', [['clientCAFile', 'plain']]],
      [
        'webhook',
        [
          ['enabled', 'optional', true],
          ['cacheTTL', 'time', '2m0s'],
        ],
      ],
      ['anonymous', [['enabled', 'optional', false]]],
    ],
  ],
  [
    'authorization',
    [
      ['mode', 'plain', 'Webhook'],
      [
        'webhook',
        [
          ['cacheAuthorizedTTL', 'time', '5m0s'],
          ['cacheUnauthorizedTTL', 'time', '30s'],
        ],
      ],
    ],
  ],
  ['registryPullQPS', 'optional', 5],
  ['registryBurst', 'plain', 10],
  ['imagePullCredentialsVerificationPolicy', 'plain', 'NeverVerifyPreloadedImages'],
  ['preloadedImagesVerificationAllowlist', 'plain'],
  ['eventRecordQPS', 'optional', 50],
  ['eventBurst', 'plain', 100],
  ['enableDebuggingHandlers', 'optional', true],
  ['enableContentionProfiling', 'plain'],
  ['healthzPort', 'optional', 10248],
  ['healthzBindAddress', 'plain', '127.0.0.1'],
  ['oomScoreAdj', 'optional', -999],
  ['clusterDomain', 'plain'],
  ['clusterDNS', 'plain'],
  ['streamingConnectionIdleTimeout', 'time', '4h0m0s'],
  ['nodeStatusUpdateFrequency', 'time', '10s'],
  ['nodeStatusReportFrequency', 'time', '5m0s'],
  ['nodeLeaseDurationSeconds', 'plain', 40],
  ['imageMinimumGCAge', 'time', '2m0s'],
  ['imageMaximumGCAge', 'time'],
  ['imageGCHighThresholdPercent', 'optional', 85],
  ['imageGCLowThresholdPercent', 'optional', 80],
  ['volumeStatsAggPeriod', 'time', MINUTE],
  ['kubeletCgroups', 'plain'],
  ['systemCgroups', 'plain'],
  ['cgroupRoot', 'plain'],
  ['cgroupsPerQOS', 'optional', true],
  ['cgroupDriver', 'plain', 'cgroupfs'],
  ['cpuManagerPolicy', 'plain', 'none'],
  ['singleProcessOOMKill', 'optional'],
  ['cpuManagerPolicyOptions', 'plain'],
  ['cpuManagerReconcilePeriod', 'time', '10s'],
  ['memoryManagerPolicy', 'plain', 'None'],
  ['topologyManagerPolicy', 'plain', 'none'],
  ['topologyManagerScope', 'plain', 'container'],
  ['topologyManagerPolicyOptions', 'plain'],
  ['qosReserved', 'plain'],
  ['runtimeRequestTimeout', 'time', '2m0s'],
  ['hairpinMode', 'plain', 'promiscuous-bridge'],
  ['maxPods', 'plain', 110],
  ['podCIDR', 'plain'],
  ['podPidsLimit', 'optional', -1],
  ['resolvConf', 'optional', '/etc/resolv.conf'],
  ['runOnce', 'plain'],
  ['cpuCFSQuota', 'optional', true],
  ['cpuCFSQuotaPeriod', 'optional time', '100ms'],
  ['nodeStatusMaxImages', 'optional', 50],
  ['maxOpenFiles', 'plain', 1_000_000],
  ['contentType', 'plain', 'application/vnd.kubernetes.protobuf'],
  ['kubeAPIQPS', 'optional', 50],
  ['kubeAPIBurst', 'plain', 100],
  ['serializeImagePulls', 'optional', true],
  ['maxParallelImagePulls', 'optional'],
  ['evictionHard', 'plain'],
  ['evictionSoft', 'plain'],
  ['evictionSoftGracePeriod', 'plain'],
  ['evictionPressureTransitionPeriod', 'time', '5m0s'],
  ['evictionMaxPodGracePeriod', 'plain'],
  ['evictionMinimumReclaim', 'plain'],
  ['mergeDefaultEvictionSettings', 'optional', false],
  ['podsPerCore', 'plain'],
  ['enableControllerAttachDetach', 'optional', true],
  ['protectKernelDefaults', 'plain'],
  ['makeIPTablesUtilChains', 'optional', true],
  ['iptablesMasqueradeBit', 'optional', 14],
  ['iptablesDropBit', 'optional', 15],
  ['featureGates', 'plain'],
  ['failSwapOn', 'optional', true],
  ['memorySwap', [['swapBehavior', 'plain']]],
  ['containerLogMaxSize', 'plain', '10Mi'],
  ['containerLogMaxFiles', 'optional', 5],
  ['containerLogMaxWorkers', 'optional', 1],
  ['containerLogMonitorInterval', 'optional time', '10s'],
  ['configMapAndSecretChangeDetectionStrategy', 'plain', 'Watch'],
  ['systemReserved', 'plain'],
  ['kubeReserved', 'plain'],
  ['reservedSystemCPUs', 'plain'],
  ['showHiddenMetricsForVersion', 'plain'],
  ['systemReservedCgroup', 'plain'],
  ['kubeReservedCgroup', 'plain'],
  ['enforceNodeAllocatable', 'plain', ['pods']],
  ['allowedUnsafeSysctls', 'plain'],
  ['volumePluginDir', 'plain', '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/'],
  ['providerID', 'plain'],
  ['kernelMemcgNotification', 'plain'],
  ['logging', LOGGING],
  ['enableSystemLogHandler', 'optional', true],
  ['enableSystemLogQuery', 'optional', false],
  ['shutdownGracePeriod', 'time'],
  ['shutdownGracePeriodCriticalPods', 'time'],
  ['shutdownGracePeriodByPodPriority', 'plain'],
  ['crashLoopBackOff', [['maxContainerRestartPeriod', 'optional time', '5m0s']]],
  ['reservedMemory', 'plain'],
  ['enableProfilingHandler', 'optional', true],
  ['enableDebugFlagsHandler', 'optional', true],
  ['seccompDefault', 'optional', false],
  ['memoryThrottlingFactor', 'optional', 0.9],
  ['memoryReservationPolicy', 'plain', 'None'],
  ['registerWithTaints', 'plain'],
  ['registerNode', 'optional', true],
  ['tracing', 'optional'],
  ['localStorageCapacityIsolation', 'optional', true],
  ['containerRuntimeEndpoint', 'plain', 'unix:///run/containerd/containerd.sock'],
  ['imageServiceEndpoint', 'plain'],
  ['failCgroupV1', 'optional', true],
  ['userNamespaces', 'optional'],
]

const KNOWN = new Set(['apiVersion', 'kind', ...FIELDS.map(([name]) => name)])

/** Fields of the document that the strict decoder does not know: it reads the document as JSON with sorted keys. */
export const unknownFields = (doc: Document): string[] =>
  Object.keys(doc)
    .filter((key) => !KNOWN.has(key))
    .sort()

/** The document with every default filled in, as the kubelet works with it and /configz shows it: fields in Go's order. */
export function effectiveDocument(doc: Document): Document {
  const more: Record<string, unknown> = {}
  const given = (name: string): unknown => doc[name] ?? undefined
  if (
    given('nodeStatusUpdateFrequency') &&
    isZeroTime(doc.nodeStatusReportFrequency) &&
    !isZeroTime(doc.nodeStatusUpdateFrequency)
  )
    more.nodeStatusReportFrequency = doc.nodeStatusUpdateFrequency
  if (given('serializeImagePulls') === undefined && Number(given('maxParallelImagePulls')) >= 2)
    more.serializeImagePulls = false
  if (given('evictionHard') === undefined) more.evictionHard = DEFAULT_EVICTION_HARD
  else if (doc.mergeDefaultEvictionSettings === true)
    more.evictionHard = { ...DEFAULT_EVICTION_HARD, ...(doc.evictionHard as Document) }
  if (Number(given('podPidsLimit')) < 0) more.podPidsLimit = -1
  return {
    kind: 'KubeletConfiguration',
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    ...withDefaults(FIELDS, { ...doc, ...more }),
  }
}
