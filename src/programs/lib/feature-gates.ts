/**
 * Feature gates of Kubernetes 1.36 that can still be set, in the order of the components' usage pages. A `+` marks a
 * beta gate that is on by default, a `-` one that is off; the others are alpha and off.
 */
const GATES = `
  APIResponseCompression+ APIServerIdentity+ APIServingWithRoutine AllAlpha AllBeta-
  AllowParsingUserUIDFromCertAuth+ AllowUnsafeMalformedObjectDeletion AtomicFIFO+
  AuthorizePodWebsocketUpgradeCreatePermission+ CBORServingAndStorage CPUManagerPolicyAlphaOptions
  CPUManagerPolicyBetaOptions+ CRDObservedGenerationTracking+ CRIListStreaming CSIVolumeHealth
  ClearingNominatedNodeNameAfterBinding+ ClientsAllowCARotation+ ClientsAllowCBOR ClientsAllowTLSCacheGC+
  ClientsPreferCBOR CloudControllerManagerWatchBasedRoutesReconciliation CloudControllerManagerWebhook
  ClusterTrustBundle- ClusterTrustBundleProjection- ComponentFlagz+ ComponentStatusz+ ConcurrentWatchObjectDecode-
  ConstrainedImpersonation+ ContainerCheckpoint+ ContainerRestartRules+ ContainerStopSignals ContextualLogging+
  ControllerManagerReleaseLeaderElectionLockOnExit CoordinatedLeaderElection- CrossNamespaceVolumeDataSource
  DRAConsumableCapacity+ DRADeviceBindingConditions+ DRADeviceTaintRules- DRADeviceTaints+ DRAExtendedResource+
  DRAListTypeAttributes DRANodeAllocatableResources DRAPartitionableDevices+ DRAResourceClaimDeviceStatus+
  DRAResourceClaimGranularStatusAuthorization+ DRAResourcePoolStatus DRASchedulerFilterTimeout+
  DRAWorkloadResourceClaims DeclarativeValidationBeta+ DeploymentReplicaSetTerminatingReplicas+
  DetectCacheInconsistency+ EnvFiles+ EventedPLEG ExtendWebSocketsToKubelet+ GangScheduling GenericWorkload
  GracefulNodeShutdown+ GracefulNodeShutdownBasedOnPodPriority+ HPAConfigurableTolerance+ HPAScaleToZero
  HostnameOverride+ ImageVolumeWithDigest InOrderInformersBatchProcess+ InPlacePodLevelResourcesVerticalScaling+
  InPlacePodVerticalScalingExclusiveCPUs InPlacePodVerticalScalingExclusiveMemory
  InPlacePodVerticalScalingInitContainers+ KubeletCrashLoopBackOffMax+ KubeletEnsureSecretPulledImages+
  KubeletInUserNamespace KubeletSeparateDiskGC+ KubeletServiceAccountTokenForCredentialProviders+
  ListFromCacheSnapshot+ LocalStorageCapacityIsolationFSQuotaMonitoring- LoggingAlphaOptions LoggingBetaOptions+
  ManifestBasedAdmissionControlConfig MatchLabelKeysInPodTopologySpread+
  MatchLabelKeysInPodTopologySpreadSelectorMerge+ MaxUnavailableStatefulSet- MemoryQoS MinimumKubeletVersion
  MutablePVNodeAffinity MutablePodResourcesForSuspendedJobs+ MutableSchedulingDirectivesForSuspendedJobs+
  NativeHistograms NodeDeclaredFeatures+ NominatedNodeNameForExpectation+ OpenAPIEnums+ OpportunisticBatching+
  PLEGOnDemandRelist+ PersistentVolumeClaimUnusedSinceTime PodAndContainerStatsFromCRI PodCertificateRequest-
  PodDeletionCost+ PodLevelResourceManagers PodLevelResources+ PodLogsQuerySplitStreams
  PodReadyToStartContainersCondition+ PodTopologyLabelsAdmission+ PodsAPI PortForwardWebsockets+
  PreventStaticPodAPIReferences+ QOSReserved ReduceDefaultCrashLoopBackOffDecay RelaxedServiceNameValidation+
  ReloadKubeletClientCAFile+ ReloadKubeletServerCertificateFile+ RemoteRequestHeaderUID+ ResourceHealthStatus+
  ResourceHealthStatusMessage+ RestartAllContainersOnContainerExits+ RotateKubeletServerCertificate+
  RouteExternalCertificate RuntimeClassInImageCriApi SELinuxMount- SchedulerAsyncAPICalls-
  SchedulerAsyncPreemption+ SchedulerPopFromBackoffQ+ ServiceAccountNodeAudienceRestriction+ ShardedListAndWatch
  SizeBasedListCostEstimate+ StaleControllerConsistencyDaemonSet+ StaleControllerConsistencyJob+
  StaleControllerConsistencyReplicaSet+ StaleControllerConsistencyStatefulSet+
  StatefulSetSemanticRevisionComparison+ StorageCapacityScoring StoragePerformantSecurityPolicy StorageVersionAPI
  StorageVersionHash+ StorageVersionMigrator- StrictIPCIDRValidation+
  StructuredAuthenticationConfigurationEgressSelector+ StructuredAuthenticationConfigurationJWKSMetrics+
  TaintTolerationComparisonOperators TokenRequestServiceAccountUIDValidation+ TopologyAwareWorkloadScheduling
  TopologyManagerPolicyAlphaOptions TopologyManagerPolicyBetaOptions+ TranslateStreamCloseWebsocketRequests+
  UnauthenticatedHTTP2DOSMitigation+ UnknownVersionInteroperabilityProxy+ UnlockWhileProcessingFIFO+
  UserNamespacesHostNetworkSupport VolumeLimitScaling WatchCacheInitializationPostStartHook+ WatchList+
  WatchListClient+ WindowsCPUAndMemoryAffinity WindowsGracefulNodeShutdown+ WorkloadAwarePreemption
  WorkloadWithJob`
  .trim()
  .split(/\s+/)
  .map((text) => ({ name: text.replace(/[+-]$/, ''), beta: /[+-]$/.test(text), on: text.endsWith('+') }))

/** Whether a component knows the gate. */
export const isFeatureGate = (name: string): boolean => GATES.some((gate) => gate.name === name)

/** The lines that a usage page has below --feature-gates, for all components but those gates that it lacks. */
export const gateLines = (lacks: readonly string[] = []): string =>
  GATES.filter((gate) => !lacks.includes(gate.name))
    .map(
      ({ name, beta, on }) => `${' '.repeat(59)}kube:${name}=true|false (${beta ? 'BETA' : 'ALPHA'} - default=${on})`,
    )
    .join('\n')
