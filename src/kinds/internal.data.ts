/**
 * Order of the fields of the internal API structs (types.go of each group under pkg/apis): error messages show values as Go marshals these,
 * with Go's field names. `Name:code`: `*` pointer, `[` list, `{` map, `#Struct`; s string, i integer, b boolean,
 * q quantity, x IntOrString, y bytes, v as on the wire. `...Struct` is embedded.
 */
export const INTERNAL = `
AWSElasticBlockStoreVolumeSource VolumeID:s FSType:s Partition:i ReadOnly:b
Affinity NodeAffinity:*#NodeAffinity PodAffinity:*#PodAffinity PodAntiAffinity:*#PodAntiAffinity
AppArmorProfile Type:s LocalhostProfile:*s
AzureDiskVolumeSource DiskName:s DataDiskURI:s CachingMode:*s FSType:*s ReadOnly:*b Kind:*s
AzureFilePersistentVolumeSource SecretName:s ShareName:s ReadOnly:b SecretNamespace:*s
AzureFileVolumeSource SecretName:s ShareName:s ReadOnly:b
CELDeviceSelector Expression:s
CSIPersistentVolumeSource Driver:s VolumeHandle:s ReadOnly:b FSType:s VolumeAttributes:{s ControllerPublishSecretRef:*#SecretReference NodeStageSecretRef:*#SecretReference NodePublishSecretRef:*#SecretReference ControllerExpandSecretRef:*#SecretReference NodeExpandSecretRef:*#SecretReference
CSIVolumeSource Driver:s ReadOnly:*b FSType:*s VolumeAttributes:{s NodePublishSecretRef:*#LocalObjectReference
Capabilities Add:[s Drop:[s
CapacityRequirements Requests:{q
CephFSPersistentVolumeSource Monitors:[s Path:s User:s SecretFile:s SecretRef:*#SecretReference ReadOnly:b
CephFSVolumeSource Monitors:[s Path:s User:s SecretFile:s SecretRef:*#LocalObjectReference ReadOnly:b
CinderPersistentVolumeSource VolumeID:s FSType:s ReadOnly:b SecretRef:*#SecretReference
CinderVolumeSource VolumeID:s FSType:s ReadOnly:b SecretRef:*#LocalObjectReference
ClusterTrustBundleProjection Name:*s SignerName:*s LabelSelector:*v Optional:*b Path:s
ConfigMapEnvSource ...LocalObjectReference Optional:*b
ConfigMapKeySelector ...LocalObjectReference Key:s Optional:*b
ConfigMapProjection ...LocalObjectReference Items:[#KeyToPath Optional:*b
ConfigMapVolumeSource ...LocalObjectReference Items:[#KeyToPath DefaultMode:*i Optional:*b
Container Name:s Image:s Command:[s Args:[s WorkingDir:s Ports:[#ContainerPort EnvFrom:[#EnvFromSource Env:[#EnvVar Resources:#ResourceRequirements ResizePolicy:[#ContainerResizePolicy RestartPolicy:*s RestartPolicyRules:[#ContainerRestartRule VolumeMounts:[#VolumeMount VolumeDevices:[#VolumeDevice LivenessProbe:*#Probe ReadinessProbe:*#Probe StartupProbe:*#Probe Lifecycle:*#Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*#SecurityContext Stdin:b StdinOnce:b TTY:b
ContainerPort Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s
ContainerResizePolicy ResourceName:s RestartPolicy:s
ContainerRestartRule Action:s ExitCodes:*#ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes Operator:s Values:[i
DaemonSetUpdateStrategy Type:s RollingUpdate:*#RollingUpdateDaemonSet
DeploymentStrategy Type:s RollingUpdate:*#RollingUpdateDeployment
DeviceClaim Requests:[#DeviceRequest Constraints:[#DeviceConstraint Config:[#DeviceClaimConfiguration
DeviceClaimConfiguration Requests:[s Opaque:*#OpaqueDeviceConfiguration
DeviceConstraint Requests:[s MatchAttribute:*s DistinctAttribute:*s
DeviceRequest Name:s Exactly:*#ExactDeviceRequest FirstAvailable:[#DeviceSubRequest
DeviceSelector CEL:*#CELDeviceSelector
DeviceSubRequest Name:s DeviceClassName:s Selectors:[#DeviceSelector AllocationMode:s Count:i Tolerations:[#DeviceToleration Capacity:*#CapacityRequirements
DeviceToleration Key:s Operator:s Value:s Effect:s TolerationSeconds:*i
DownwardAPIProjection Items:[#DownwardAPIVolumeFile
DownwardAPIVolumeFile Path:s FieldRef:*#ObjectFieldSelector ResourceFieldRef:*#ResourceFieldSelector Mode:*i
DownwardAPIVolumeSource Items:[#DownwardAPIVolumeFile DefaultMode:*i
EmptyDirVolumeSource Medium:s SizeLimit:*q
EnvFromSource Prefix:s ConfigMapRef:*#ConfigMapEnvSource SecretRef:*#SecretEnvSource
EnvVar Name:s Value:s ValueFrom:*#EnvVarSource
EnvVarSource FieldRef:*#ObjectFieldSelector ResourceFieldRef:*#ResourceFieldSelector ConfigMapKeyRef:*#ConfigMapKeySelector SecretKeyRef:*#SecretKeySelector FileKeyRef:*#FileKeySelector
EphemeralContainer ...EphemeralContainerCommon TargetContainerName:s
EphemeralContainerCommon Name:s Image:s Command:[s Args:[s WorkingDir:s Ports:[#ContainerPort EnvFrom:[#EnvFromSource Env:[#EnvVar Resources:#ResourceRequirements ResizePolicy:[#ContainerResizePolicy RestartPolicy:*s RestartPolicyRules:[#ContainerRestartRule VolumeMounts:[#VolumeMount VolumeDevices:[#VolumeDevice LivenessProbe:*#Probe ReadinessProbe:*#Probe StartupProbe:*#Probe Lifecycle:*#Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*#SecurityContext Stdin:b StdinOnce:b TTY:b
EphemeralVolumeSource VolumeClaimTemplate:*#PersistentVolumeClaimTemplate
ExactDeviceRequest DeviceClassName:s Selectors:[#DeviceSelector AllocationMode:s Count:i AdminAccess:*b Tolerations:[#DeviceToleration Capacity:*#CapacityRequirements
ExecAction Command:[s
ExemptPriorityLevelConfiguration NominalConcurrencyShares:*i LendablePercent:*i
FCVolumeSource TargetWWNs:[s Lun:*i FSType:s ReadOnly:b WWIDs:[s
FileKeySelector VolumeName:s Path:s Key:s Optional:*b
FlexPersistentVolumeSource Driver:s FSType:s SecretRef:*#SecretReference ReadOnly:b Options:{s
FlexVolumeSource Driver:s FSType:s SecretRef:*#LocalObjectReference ReadOnly:b Options:{s
FlockerVolumeSource DatasetName:s DatasetUUID:s
FlowDistinguisherMethod Type:s
FlowSchemaSpec PriorityLevelConfiguration:#PriorityLevelConfigurationReference MatchingPrecedence:i DistinguisherMethod:*#FlowDistinguisherMethod Rules:[#PolicyRulesWithSubjects
FlowSubject Kind:s User:*#UserSubject Group:*#GroupSubject ServiceAccount:*#ServiceAccountSubject
GCEPersistentDiskVolumeSource PDName:s FSType:s Partition:i ReadOnly:b
GRPCAction Port:i Service:*s
GitRepoVolumeSource Repository:s Revision:s Directory:s
GlusterfsPersistentVolumeSource EndpointsName:s Path:s ReadOnly:b EndpointsNamespace:*s
GlusterfsVolumeSource EndpointsName:s Path:s ReadOnly:b
GroupSubject Name:s
HTTPGetAction Path:s Port:x Host:s Scheme:s HTTPHeaders:[#HTTPHeader
HTTPHeader Name:s Value:s
HostAlias IP:s Hostnames:[s
HostPathVolumeSource Path:s Type:*s
IPBlock CIDR:s Except:[s
ISCSIPersistentVolumeSource TargetPortal:s IQN:s Lun:i ISCSIInterface:s FSType:s ReadOnly:b Portals:[s DiscoveryCHAPAuth:b SessionCHAPAuth:b SecretRef:*#SecretReference InitiatorName:*s
ISCSIVolumeSource TargetPortal:s IQN:s Lun:i ISCSIInterface:s FSType:s ReadOnly:b Portals:[s DiscoveryCHAPAuth:b SessionCHAPAuth:b SecretRef:*#LocalObjectReference InitiatorName:*s
ImageVolumeSource Reference:s PullPolicy:s
IngressBackend Service:*#IngressServiceBackend Resource:*#TypedLocalObjectReference
IngressServiceBackend Name:s Port:#ServiceBackendPort
JobSpec Parallelism:*i Completions:*i PodFailurePolicy:*#PodFailurePolicy SuccessPolicy:*#SuccessPolicy ActiveDeadlineSeconds:*i BackoffLimit:*i BackoffLimitPerIndex:*i MaxFailedIndexes:*i Selector:*v ManualSelector:*b Template:#PodTemplateSpec TTLSecondsAfterFinished:*i CompletionMode:*s Suspend:*b PodReplacementPolicy:*s ManagedBy:*s
KeyToPath Key:s Path:s Mode:*i
Lifecycle PostStart:*#LifecycleHandler PreStop:*#LifecycleHandler StopSignal:*s
LifecycleHandler Exec:*#ExecAction HTTPGet:*#HTTPGetAction TCPSocket:*#TCPSocketAction Sleep:*#SleepAction
LimitResponse Type:s Queuing:*#QueuingConfiguration
LimitedPriorityLevelConfiguration NominalConcurrencyShares:i LimitResponse:#LimitResponse LendablePercent:*i BorrowingLimitPercent:*i
LocalObjectReference Name:s
LocalVolumeSource Path:s FSType:*s
NFSVolumeSource Server:s Path:s ReadOnly:b
NetworkPolicyPeer PodSelector:*v NamespaceSelector:*v IPBlock:*#IPBlock
NodeAddress Type:s Address:s
NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution:*#NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:[#PreferredSchedulingTerm
NodeSelector NodeSelectorTerms:[#NodeSelectorTerm
NodeSelectorRequirement Key:s Operator:s Values:[s
NodeSelectorTerm MatchExpressions:[#NodeSelectorRequirement MatchFields:[#NodeSelectorRequirement
NonResourceAttributes Path:s Verb:s
NonResourcePolicyRule Verbs:[s NonResourceURLs:[s
ObjectFieldSelector APIVersion:s FieldPath:s
ObjectReference Kind:s Namespace:s Name:s UID:s APIVersion:s ResourceVersion:s FieldPath:s
OpaqueDeviceConfiguration Driver:s Parameters:v
ParentReference Group:s Resource:s Namespace:s Name:s
PersistentVolumeClaimSpec AccessModes:[s Selector:*v Resources:#VolumeResourceRequirements VolumeName:s StorageClassName:*s VolumeMode:*s DataSource:*#TypedLocalObjectReference DataSourceRef:*#TypedObjectReference VolumeAttributesClassName:*s
PersistentVolumeClaimTemplate ...v Spec:#PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource ClaimName:s ReadOnly:b
PersistentVolumeSource GCEPersistentDisk:*#GCEPersistentDiskVolumeSource AWSElasticBlockStore:*#AWSElasticBlockStoreVolumeSource HostPath:*#HostPathVolumeSource Glusterfs:*#GlusterfsPersistentVolumeSource NFS:*#NFSVolumeSource RBD:*#RBDPersistentVolumeSource Quobyte:*#QuobyteVolumeSource ISCSI:*#ISCSIPersistentVolumeSource FlexVolume:*#FlexPersistentVolumeSource Cinder:*#CinderPersistentVolumeSource CephFS:*#CephFSPersistentVolumeSource FC:*#FCVolumeSource Flocker:*#FlockerVolumeSource AzureFile:*#AzureFilePersistentVolumeSource VsphereVolume:*#VsphereVirtualDiskVolumeSource AzureDisk:*#AzureDiskVolumeSource PhotonPersistentDisk:*#PhotonPersistentDiskVolumeSource PortworxVolume:*#PortworxVolumeSource ScaleIO:*#ScaleIOPersistentVolumeSource Local:*#LocalVolumeSource StorageOS:*#StorageOSPersistentVolumeSource CSI:*#CSIPersistentVolumeSource
PersistentVolumeSpec Capacity:{q ...PersistentVolumeSource AccessModes:[s ClaimRef:*#ObjectReference PersistentVolumeReclaimPolicy:s StorageClassName:s MountOptions:[s VolumeMode:*s NodeAffinity:*#VolumeNodeAffinity VolumeAttributesClassName:*s
PhotonPersistentDiskVolumeSource PdID:s FSType:s
PodAffinity RequiredDuringSchedulingIgnoredDuringExecution:[#PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[#WeightedPodAffinityTerm
PodAffinityTerm LabelSelector:*v Namespaces:[s TopologyKey:s NamespaceSelector:*v MatchLabelKeys:[s MismatchLabelKeys:[s
PodAntiAffinity RequiredDuringSchedulingIgnoredDuringExecution:[#PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[#WeightedPodAffinityTerm
PodCertificateProjection SignerName:s KeyType:s MaxExpirationSeconds:*i CredentialBundlePath:s KeyPath:s CertificateChainPath:s UserAnnotations:{s
PodDNSConfig Nameservers:[s Searches:[s Options:[#PodDNSConfigOption
PodDNSConfigOption Name:s Value:*s
PodDisruptionBudgetSpec MinAvailable:*x Selector:*v MaxUnavailable:*x UnhealthyPodEvictionPolicy:*s
PodFailurePolicy Rules:[#PodFailurePolicyRule
PodFailurePolicyOnExitCodesRequirement ContainerName:*s Operator:s Values:[i
PodFailurePolicyOnPodConditionsPattern Type:s Status:s
PodFailurePolicyRule Action:s OnExitCodes:*#PodFailurePolicyOnExitCodesRequirement OnPodConditions:[#PodFailurePolicyOnPodConditionsPattern
PodOS Name:s
PodReadinessGate ConditionType:s
PodResourceClaim Name:s ResourceClaimName:*s ResourceClaimTemplateName:*s
PodSchedulingGate Name:s
PodSchedulingGroup PodGroupName:*s
PodSecurityContext HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:*b HostUsers:*b SELinuxOptions:*#SELinuxOptions WindowsOptions:*#WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b SupplementalGroups:[i SupplementalGroupsPolicy:*s FSGroup:*i FSGroupChangePolicy:*s Sysctls:[#Sysctl SeccompProfile:*#SeccompProfile AppArmorProfile:*#AppArmorProfile SELinuxChangePolicy:*s
PodSpec Volumes:[#Volume InitContainers:[#Container Containers:[#Container EphemeralContainers:[#EphemeralContainer RestartPolicy:s TerminationGracePeriodSeconds:*i ActiveDeadlineSeconds:*i DNSPolicy:s NodeSelector:{s ServiceAccountName:s AutomountServiceAccountToken:*b NodeName:s SecurityContext:*#PodSecurityContext ImagePullSecrets:[#LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN:*b Affinity:*#Affinity SchedulerName:s Tolerations:[#Toleration HostAliases:[#HostAlias PriorityClassName:s Priority:*i PreemptionPolicy:*s DNSConfig:*#PodDNSConfig ReadinessGates:[#PodReadinessGate RuntimeClassName:*s Overhead:{q EnableServiceLinks:*b TopologySpreadConstraints:[#TopologySpreadConstraint OS:*#PodOS SchedulingGates:[#PodSchedulingGate ResourceClaims:[#PodResourceClaim Resources:*#ResourceRequirements HostnameOverride:*s SchedulingGroup:*#PodSchedulingGroup
PodTemplateSpec ...v Spec:#PodSpec
PolicyRulesWithSubjects Subjects:[#FlowSubject ResourceRules:[#ResourcePolicyRule NonResourceRules:[#NonResourcePolicyRule
PortworxVolumeSource VolumeID:s FSType:s ReadOnly:b
PreferredSchedulingTerm Weight:i Preference:#NodeSelectorTerm
PriorityLevelConfigurationReference Name:s
PriorityLevelConfigurationSpec Type:s Limited:*#LimitedPriorityLevelConfiguration Exempt:*#ExemptPriorityLevelConfiguration
Probe ...ProbeHandler InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:*i
ProbeHandler Exec:*#ExecAction HTTPGet:*#HTTPGetAction TCPSocket:*#TCPSocketAction GRPC:*#GRPCAction
ProjectedVolumeSource Sources:[#VolumeProjection DefaultMode:*i
QueuingConfiguration Queues:i HandSize:i QueueLengthLimit:i
QuobyteVolumeSource Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s
RBDPersistentVolumeSource CephMonitors:[s RBDImage:s FSType:s RBDPool:s RadosUser:s Keyring:s SecretRef:*#SecretReference ReadOnly:b
RBDVolumeSource CephMonitors:[s RBDImage:s FSType:s RBDPool:s RadosUser:s Keyring:s SecretRef:*#LocalObjectReference ReadOnly:b
ResourceAttributes Namespace:s Verb:s Group:s Version:s Resource:s Subresource:s Name:s FieldSelector:*v LabelSelector:*v
ResourceClaim Name:s Request:s
ResourceClaimSpec Devices:#DeviceClaim
ResourceClaimTemplateSpec ObjectMeta:v Spec:#ResourceClaimSpec
ResourceFieldSelector ContainerName:s Resource:s Divisor:q
ResourcePolicyRule Verbs:[s APIGroups:[s Resources:[s ClusterScope:b Namespaces:[s
ResourceRequirements Limits:{q Requests:{q Claims:[#ResourceClaim
RoleRef APIGroup:s Kind:s Name:s
RollingUpdateDaemonSet MaxUnavailable:x MaxSurge:x
RollingUpdateDeployment MaxUnavailable:x MaxSurge:x
SELinuxOptions User:s Role:s Type:s Level:s
ScaleIOPersistentVolumeSource Gateway:s System:s SecretRef:*#SecretReference SSLEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType:s ReadOnly:b
ScaleIOVolumeSource Gateway:s System:s SecretRef:*#LocalObjectReference SSLEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType:s ReadOnly:b
ScopeSelector MatchExpressions:[#ScopedResourceSelectorRequirement
ScopedResourceSelectorRequirement ScopeName:s Operator:s Values:[s
SeccompProfile Type:s LocalhostProfile:*s
SecretEnvSource ...LocalObjectReference Optional:*b
SecretKeySelector ...LocalObjectReference Key:s Optional:*b
SecretProjection ...LocalObjectReference Items:[#KeyToPath Optional:*b
SecretReference Name:s Namespace:s
SecretVolumeSource SecretName:s Items:[#KeyToPath DefaultMode:*i Optional:*b
SecurityContext Capabilities:*#Capabilities Privileged:*b SELinuxOptions:*#SELinuxOptions WindowsOptions:*#WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b ReadOnlyRootFilesystem:*b AllowPrivilegeEscalation:*b ProcMount:*s SeccompProfile:*#SeccompProfile AppArmorProfile:*#AppArmorProfile
ServiceAccountSubject Namespace:s Name:s
ServiceAccountTokenProjection Audience:s ExpirationSeconds:i Path:s
ServiceBackendPort Name:s Number:i
ServiceCIDRSpec CIDRs:[s
ServicePort Name:s Protocol:s AppProtocol:*s Port:i TargetPort:x NodePort:i
SleepAction Seconds:i
StorageOSPersistentVolumeSource VolumeName:s VolumeNamespace:s FSType:s ReadOnly:b SecretRef:*#ObjectReference
StorageOSVolumeSource VolumeName:s VolumeNamespace:s FSType:s ReadOnly:b SecretRef:*#LocalObjectReference
SuccessPolicy Rules:[#SuccessPolicyRule
SuccessPolicyRule SucceededIndexes:*s SucceededCount:*i
Sysctl Name:s Value:s
TCPSocketAction Port:x Host:s
Taint Key:s Value:s Effect:s TimeAdded:*v
Toleration Key:s Operator:s Value:s Effect:s TolerationSeconds:*i
TopologySpreadConstraint MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:*v MinDomains:*i NodeAffinityPolicy:*s NodeTaintsPolicy:*s MatchLabelKeys:[s
TypedLocalObjectReference APIGroup:*s Kind:s Name:s
TypedObjectReference APIGroup:*s Kind:s Name:s Namespace:*s
UserSubject Name:s
Volume Name:s ...VolumeSource
VolumeDevice Name:s DevicePath:s
VolumeMount Name:s ReadOnly:b RecursiveReadOnly:*s MountPath:s SubPath:s MountPropagation:*s SubPathExpr:s
VolumeNodeAffinity Required:*#NodeSelector
VolumeProjection Secret:*#SecretProjection DownwardAPI:*#DownwardAPIProjection ConfigMap:*#ConfigMapProjection ServiceAccountToken:*#ServiceAccountTokenProjection ClusterTrustBundle:*#ClusterTrustBundleProjection PodCertificate:*#PodCertificateProjection
VolumeResourceRequirements Limits:{q Requests:{q
VolumeSource HostPath:*#HostPathVolumeSource EmptyDir:*#EmptyDirVolumeSource GCEPersistentDisk:*#GCEPersistentDiskVolumeSource AWSElasticBlockStore:*#AWSElasticBlockStoreVolumeSource GitRepo:*#GitRepoVolumeSource Secret:*#SecretVolumeSource NFS:*#NFSVolumeSource ISCSI:*#ISCSIVolumeSource Glusterfs:*#GlusterfsVolumeSource PersistentVolumeClaim:*#PersistentVolumeClaimVolumeSource RBD:*#RBDVolumeSource Quobyte:*#QuobyteVolumeSource FlexVolume:*#FlexVolumeSource Cinder:*#CinderVolumeSource CephFS:*#CephFSVolumeSource Flocker:*#FlockerVolumeSource DownwardAPI:*#DownwardAPIVolumeSource FC:*#FCVolumeSource AzureFile:*#AzureFileVolumeSource ConfigMap:*#ConfigMapVolumeSource VsphereVolume:*#VsphereVirtualDiskVolumeSource AzureDisk:*#AzureDiskVolumeSource PhotonPersistentDisk:*#PhotonPersistentDiskVolumeSource Projected:*#ProjectedVolumeSource PortworxVolume:*#PortworxVolumeSource ScaleIO:*#ScaleIOVolumeSource StorageOS:*#StorageOSVolumeSource CSI:*#CSIVolumeSource Ephemeral:*#EphemeralVolumeSource Image:*#ImageVolumeSource
VsphereVirtualDiskVolumeSource VolumePath:s FSType:s StoragePolicyName:s StoragePolicyID:s
WeightedPodAffinityTerm Weight:i PodAffinityTerm:#PodAffinityTerm
WindowsSecurityContextOptions GMSACredentialSpecName:*s GMSACredentialSpec:*s RunAsUserName:*s HostProcess:*b
`
