/**
 * How lists and maps of the API merge, a fact the npm packages do not carry: x-kubernetes-list-type with its keys,
 * x-kubernetes-patch-strategy with its merge key, x-kubernetes-map-type. A list that is not here is atomic.
 *
 * Model.field: list type [keys] [patch strategy [merge key]] · Model alone: atomic (the struct is replaced as a whole)
 */
export const lists = `
CoreV1EndpointPort
DiscoveryV1EndpointPort
RbacV1Subject
V1APIServiceStatus.conditions: map [type] patch merge by type
V1AllocatedDeviceStatus.conditions: map [type]
V1CSIDriverSpec.volumeLifecycleModes: set
V1CSINodeSpec.drivers: map [name] patch merge by name
V1CertificateSigningRequestStatus.conditions: map [type]
V1ComponentStatus.conditions: map [type] patch merge by type
V1ConfigMapKeySelector
V1Container.env: map [name] patch merge by name
V1Container.ports: map [containerPort+protocol] patch merge by containerPort
V1Container.volumeDevices: map [devicePath] patch merge by devicePath
V1Container.volumeMounts: map [mountPath] patch merge by mountPath
V1ContainerRestartRuleOnExitCodes.values: set
V1ContainerStatus.allocatedResourcesStatus: map [name] patch merge by name
V1ContainerStatus.volumeMounts: map [mountPath] patch merge by mountPath
V1CrossVersionObjectReference
V1CustomResourceDefinitionStatus.conditions: map [type]
V1DaemonSetStatus.conditions: map [type] patch merge by type
V1DeploymentSpec.strategy: patch retainKeys
V1DeploymentStatus.conditions: map [type] patch merge by type
V1Endpoint.addresses: set
V1EndpointAddress
V1EphemeralContainer.env: map [name] patch merge by name
V1EphemeralContainer.ports: map [containerPort+protocol] patch merge by containerPort
V1EphemeralContainer.volumeDevices: map [devicePath] patch merge by devicePath
V1EphemeralContainer.volumeMounts: map [mountPath] patch merge by mountPath
V1FileKeySelector
V1FlowSchemaStatus.conditions: map [type] patch merge by type
V1JSONSchemaProps.x-kubernetes-validations: map [rule] patch merge by rule
V1JobStatus.conditions: atomic patch merge by type
V1LabelSelector
V1LocalObjectReference
V1MatchResources
V1MutatingAdmissionPolicySpec.matchConditions: map [name] patch merge by name
V1MutatingWebhook.matchConditions: map [name] patch merge by name
V1MutatingWebhookConfiguration.webhooks: map [name] patch merge by name
V1NamedRuleWithOperations
V1NamespaceStatus.conditions: map [type] patch merge by type
V1NodeAllocatableResourceClaimStatus.containers: set
V1NodeSelector
V1NodeSelectorTerm
V1NodeSpec.podCIDRs: set patch merge
V1NodeStatus.addresses: map [type] patch merge by type
V1NodeStatus.conditions: map [type] patch merge by type
V1NonResourcePolicyRule.nonResourceURLs: set
V1NonResourcePolicyRule.verbs: set
V1ObjectFieldSelector
V1ObjectMeta.finalizers: set patch merge
V1ObjectMeta.ownerReferences: map [uid] patch merge by uid
V1ObjectReference
V1OwnerReference
V1ParamKind
V1ParamRef
V1PersistentVolumeClaimStatus.allocatedResourceStatuses: map-granular
V1PersistentVolumeClaimStatus.conditions: map [type] patch merge by type
V1PersistentVolumeSpec.claimRef: map-granular
V1PodDisruptionBudgetSpec.selector: patch replace
V1PodDisruptionBudgetStatus.conditions: map [type] patch merge by type
V1PodFailurePolicyOnExitCodesRequirement.values: set
V1PodSpec.containers: map [name] patch merge by name
V1PodSpec.ephemeralContainers: map [name] patch merge by name
V1PodSpec.hostAliases: map [ip] patch merge by ip
V1PodSpec.imagePullSecrets: map [name] patch merge by name
V1PodSpec.initContainers: map [name] patch merge by name
V1PodSpec.nodeSelector: map-atomic
V1PodSpec.resourceClaims: map [name] patch merge,retainKeys by name
V1PodSpec.schedulingGates: map [name] patch merge by name
V1PodSpec.topologySpreadConstraints: map [topologyKey+whenUnsatisfiable] patch merge by topologyKey
V1PodSpec.volumes: map [name] patch merge,retainKeys by name
V1PodStatus.conditions: map [type] patch merge by type
V1PodStatus.hostIPs: atomic patch merge by ip
V1PodStatus.podIPs: map [ip] patch merge by ip
V1PodStatus.resourceClaimStatuses: map [name] patch merge,retainKeys by name
V1PriorityLevelConfigurationStatus.conditions: map [type] patch merge by type
V1ReplicaSetStatus.conditions: map [type] patch merge by type
V1ReplicationControllerSpec.selector: map-atomic
V1ReplicationControllerStatus.conditions: map [type] patch merge by type
V1ResourceClaimStatus.devices: map [driver+device+pool+shareID]
V1ResourceClaimStatus.reservedFor: map [uid] patch merge by uid
V1ResourceFieldSelector
V1ResourcePolicyRule.apiGroups: set
V1ResourcePolicyRule.namespaces: set
V1ResourcePolicyRule.resources: set
V1ResourcePolicyRule.verbs: set
V1ResourceRequirements.claims: map [name]
V1ResourceStatus.resources: map [resourceID]
V1RoleRef
V1Scheduling.nodeSelector: map-atomic
V1ScopeSelector
V1SecretKeySelector
V1SecretReference
V1ServiceAccount.secrets: map [name] patch merge by name
V1ServiceBackendPort
V1ServiceCIDRStatus.conditions: map [type] patch merge by type
V1ServiceSpec.ports: map [port+protocol] patch merge by port
V1ServiceSpec.selector: map-atomic
V1ServiceStatus.conditions: map [type] patch merge by type
V1StatefulSetStatus.conditions: map [type] patch merge by type
V1TopologySelectorTerm
V1TypedLocalObjectReference
V1UncountedTerminatedPods.failed: set
V1UncountedTerminatedPods.succeeded: set
V1ValidatingAdmissionPolicyBindingSpec.validationActions: set
V1ValidatingAdmissionPolicySpec.matchConditions: map [name] patch merge by name
V1ValidatingAdmissionPolicySpec.variables: map [name] patch merge by name
V1ValidatingAdmissionPolicyStatus.conditions: map [type]
V1ValidatingWebhook.matchConditions: map [name] patch merge by name
V1ValidatingWebhookConfiguration.webhooks: map [name] patch merge by name
V1Variable
V2HorizontalPodAutoscalerStatus.conditions: map [type] patch merge by type
`

/** Scalars that are pointers in Go: a zero value that was given stays (`replicas: 0`), other optional ones vanish. */
export const pointers = `
AdmissionregistrationV1ServiceReference: path port
AdmissionregistrationV1WebhookClientConfig: url
ApiextensionsV1ServiceReference: path port
ApiextensionsV1WebhookClientConfig: url
ApiregistrationV1ServiceReference: port
CoreV1EndpointPort: appProtocol
DiscoveryV1EndpointPort: name protocol port appProtocol
StorageV1TokenRequest: expirationSeconds
V1AllocatedDeviceStatus: shareID
V1AppArmorProfile: localhostProfile
V1AzureDiskVolumeSource: cachingMode fsType readOnly kind
V1AzureFilePersistentVolumeSource: secretNamespace
V1CSIDriverSpec: attachRequired podInfoOnMount storageCapacity fsGroupPolicy requiresRepublish seLinuxMount nodeAllocatableUpdatePeriodSeconds serviceAccountTokenInSecrets preventPodSchedulingIfMissing
V1CSIVolumeSource: readOnly fsType
V1CertificateSigningRequestSpec: expirationSeconds
V1ClientIPConfig: timeoutSeconds
V1ClusterTrustBundleProjection: name signerName optional
V1ConfigMap: immutable
V1ConfigMapEnvSource: optional
V1ConfigMapKeySelector: optional
V1ConfigMapProjection: optional
V1ConfigMapVolumeSource: defaultMode optional
V1Container: restartPolicy
V1ContainerStatus: started stopSignal
V1CronJobSpec: timeZone startingDeadlineSeconds suspend successfulJobsHistoryLimit failedJobsHistoryLimit
V1CustomResourceDefinitionVersion: deprecationWarning
V1CustomResourceSubresourceScale: labelSelectorPath
V1DaemonSetSpec: revisionHistoryLimit selector
V1DaemonSetStatus: collisionCount
V1DeleteOptions: gracePeriodSeconds orphanDependents propagationPolicy ignoreStoreReadErrorWithClusterBreakingPotential
V1DeploymentSpec: selector replicas revisionHistoryLimit progressDeadlineSeconds
V1DeploymentStatus: terminatingReplicas collisionCount
V1Device: nodeName allNodes bindsToNode allowMultipleAllocations
V1DeviceAttribute: int bool string version
V1DeviceClassSpec: extendedResourceName
V1DeviceConstraint: matchAttribute distinctAttribute
V1DeviceRequestAllocationResult: adminAccess shareID
V1DeviceToleration: tolerationSeconds
V1DownwardAPIVolumeFile: mode
V1DownwardAPIVolumeSource: defaultMode
V1Endpoint: hostname nodeName zone
V1EndpointAddress: nodeName
V1EndpointConditions: ready serving terminating
V1EphemeralContainer: restartPolicy
V1ExactDeviceRequest: adminAccess
V1ExemptPriorityLevelConfiguration: nominalConcurrencyShares lendablePercent
V1FCVolumeSource: lun
V1FileKeySelector: optional
V1GRPCAction: service
V1GlusterfsPersistentVolumeSource: endpointsNamespace
V1HTTPIngressPath: pathType
V1HTTPIngressPath: pathType
V1HorizontalPodAutoscalerSpec: minReplicas targetCPUUtilizationPercentage
V1HorizontalPodAutoscalerStatus: observedGeneration currentCPUUtilizationPercentage
V1HostPathVolumeSource: type
V1ISCSIPersistentVolumeSource: initiatorName
V1ISCSIVolumeSource: initiatorName
V1IngressClassParametersReference: apiGroup scope namespace
V1IngressPortStatus: error
V1IngressSpec: ingressClassName
V1JSONSchemaProps: $ref maximum minimum maxLength minLength maxItems minItems multipleOf maxProperties minProperties x-kubernetes-preserve-unknown-fields x-kubernetes-list-type x-kubernetes-map-type
V1JobSpec: parallelism completions activeDeadlineSeconds backoffLimit backoffLimitPerIndex maxFailedIndexes manualSelector ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy
V1JobStatus: terminating failedIndexes ready
V1KeyToPath: mode
V1LeaseSpec: holderIdentity leaseDurationSeconds leaseTransitions strategy preferredHolder
V1Lifecycle: stopSignal
V1LimitedPriorityLevelConfiguration: nominalConcurrencyShares lendablePercent borrowingLimitPercent
V1ListMeta: remainingItemCount
V1LoadBalancerIngress: ipMode
V1LocalVolumeSource: fsType
V1MatchResources: matchPolicy
V1MutatingAdmissionPolicySpec: failurePolicy
V1MutatingWebhook: sideEffects failurePolicy matchPolicy timeoutSeconds reinvocationPolicy
V1NamedRuleWithOperations: scope
V1NetworkPolicyPort: protocol endPort
V1NodeAllocatableResourceMapping: capacityKey
V1NodeFeatures: supplementalGroupsPolicy
V1NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts userNamespaces
V1NodeSwapStatus: capacity
V1ObjectMeta: deletionGracePeriodSeconds
V1OwnerReference: controller blockOwnerDeletion
V1ParamRef: parameterNotFoundAction
V1PersistentVolumeClaimSpec: storageClassName volumeMode volumeAttributesClassName
V1PersistentVolumeClaimStatus: currentVolumeAttributesClassName
V1PersistentVolumeSpec: volumeMode volumeAttributesClassName
V1PodCertificateProjection: maxExpirationSeconds
V1PodDNSConfigOption: value
V1PodDisruptionBudgetSpec: unhealthyPodEvictionPolicy
V1PodFailurePolicyOnExitCodesRequirement: containerName
V1PodResourceClaim: resourceClaimName resourceClaimTemplateName
V1PodResourceClaimStatus: resourceClaimName
V1PodSchedulingGroup: podGroupName
V1PodSecurityContext: runAsUser runAsGroup runAsNonRoot supplementalGroupsPolicy fsGroup fsGroupChangePolicy seLinuxChangePolicy
V1PodSpec: terminationGracePeriodSeconds activeDeadlineSeconds automountServiceAccountToken shareProcessNamespace priority runtimeClassName enableServiceLinks preemptionPolicy setHostnameAsFQDN hostUsers hostnameOverride
V1PortStatus: error
V1Preconditions: uid resourceVersion
V1PriorityClass: preemptionPolicy
V1Probe: terminationGracePeriodSeconds
V1ProjectedVolumeSource: defaultMode
V1ReplicaSetSpec: selector replicas
V1ReplicaSetStatus: terminatingReplicas
V1ReplicationControllerSpec: replicas
V1ResourceHealth: message
V1ResourceSliceSpec: nodeName allNodes perDeviceNodeSelection
V1RollingUpdateStatefulSetStrategy: partition
V1RuleWithOperations: scope
V1SeccompProfile: localhostProfile
V1Secret: immutable
V1SecretEnvSource: optional
V1SecretKeySelector: optional
V1SecretProjection: optional
V1SecretVolumeSource: defaultMode optional
V1SecurityContext: privileged runAsUser runAsGroup runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation procMount
V1ServiceAccount: automountServiceAccountToken
V1ServiceAccountTokenProjection: expirationSeconds
V1ServicePort: appProtocol
V1ServiceSpec: ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution
V1StatefulSetSpec: selector replicas revisionHistoryLimit
V1StatefulSetStatus: collisionCount
V1StorageClass: reclaimPolicy allowVolumeExpansion volumeBindingMode
V1SuccessPolicyRule: succeededIndexes succeededCount
V1TokenRequestSpec: expirationSeconds
V1Toleration: tolerationSeconds
V1TopologySpreadConstraint: minDomains nodeAffinityPolicy nodeTaintsPolicy
V1TypedLocalObjectReference: apiGroup
V1TypedObjectReference: apiGroup namespace
V1ValidatingAdmissionPolicySpec: failurePolicy
V1ValidatingWebhook: sideEffects failurePolicy matchPolicy timeoutSeconds
V1Validation: reason
V1ValidationRule: reason optionalOldSelf
V1VolumeAttachmentSource: persistentVolumeName
V1VolumeError: errorCode
V1VolumeMount: recursiveReadOnly mountPropagation
V1VolumeMountStatus: recursiveReadOnly
V1VolumeNodeResources: count
V1WindowsSecurityContextOptions: gmsaCredentialSpecName gmsaCredentialSpec runAsUserName hostProcess
V2HPAScalingRules: stabilizationWindowSeconds selectPolicy
V2HorizontalPodAutoscalerSpec: minReplicas
V2HorizontalPodAutoscalerStatus: observedGeneration
V2MetricTarget: averageUtilization
V2MetricValueStatus: averageUtilization
`

/** Optional fields that are always written: structs as {}, lists and times as null, scalars as their zero value. Besides metadata. */
export const present = `
AuthenticationV1TokenRequest: spec status
CoreV1Event: source reportingComponent reportingInstance firstTimestamp lastTimestamp eventTime
CoreV1EventSeries: lastObservedTime
EventsV1Event: regarding deprecatedSource deprecatedFirstTimestamp deprecatedLastTimestamp
ResourceV1ResourceClaim: status
V1APIService: spec status
V1APIServiceCondition: lastTransitionTime
V1AllocatedDeviceStatus: conditions
V1AllocationResult: devices
V1AzureFilePersistentVolumeSource: secretNamespace
V1CSINodeDriver: topologyKeys
V1CapacityRequestPolicy: default
V1CertificateSigningRequest: status
V1CertificateSigningRequestCondition: lastTransitionTime lastUpdateTime
V1ClusterRole: rules
V1Container: resources
V1ContainerImage: names
V1ContainerStateRunning: startedAt
V1ContainerStateTerminated: startedAt finishedAt
V1ContainerStatus: state lastState
V1CronJob: status
V1CustomResourceDefinition: status
V1CustomResourceDefinitionCondition: lastTransitionTime
V1CustomResourceDefinitionStatus: acceptedNames conditions storedVersions
V1DaemonSet: spec status
V1DaemonSetCondition: lastTransitionTime
V1DaemonSetSpec: updateStrategy
V1Deployment: spec status
V1DeploymentCondition: lastTransitionTime lastUpdateTime
V1DeploymentSpec: strategy
V1DeviceClaim: requests
V1Endpoint: conditions
V1EndpointSlice: endpoints ports
V1EphemeralContainer: resources
V1FlowSchema: spec status
V1FlowSchemaCondition: lastTransitionTime
V1FlowSchemaSpec: matchingPrecedence
V1GRPCAction: service
V1HorizontalPodAutoscaler: status
V1Ingress: spec status
V1IngressClass: spec
V1IngressClassParametersReference: scope
V1IngressServiceBackend: port
V1IngressStatus: loadBalancer
V1Job: spec status
V1JobCondition: lastTransitionTime lastProbeTime
V1JobTemplateSpec: spec
V1Lease: spec
V1LimitRange: spec
V1LimitedPriorityLevelConfiguration: limitResponse nominalConcurrencyShares
V1LocalSubjectAccessReview: status
V1MutatingAdmissionPolicy: spec
V1MutatingAdmissionPolicyBinding: spec
V1Namespace: spec status
V1NamespaceCondition: lastTransitionTime
V1NetworkPolicy: spec
V1NetworkPolicySpec: podSelector
V1Node: spec status
V1NodeCondition: lastTransitionTime lastHeartbeatTime
V1NodeDaemonEndpoints: kubeletEndpoint
V1NodeRuntimeHandler: name
V1NodeStatus: daemonEndpoints nodeInfo
V1PersistentVolume: spec status
V1PersistentVolumeClaim: spec status
V1PersistentVolumeClaimCondition: lastTransitionTime lastProbeTime
V1PersistentVolumeClaimSpec: resources
V1Pod: spec status
V1PodCondition: lastTransitionTime lastProbeTime
V1PodDisruptionBudget: spec status
V1PodDisruptionBudgetStatus: disruptionsAllowed currentHealthy desiredHealthy expectedPods
V1PodFailurePolicyOnPodConditionsPattern: status
V1PodTemplate: template
V1PodTemplateSpec: spec
V1PriorityClass: value
V1PriorityLevelConfiguration: spec status
V1PriorityLevelConfigurationCondition: lastTransitionTime
V1ProjectedVolumeSource: sources
V1QueuingConfiguration: queues handSize queueLengthLimit
V1ReplicaSet: spec status
V1ReplicaSetCondition: lastTransitionTime
V1ReplicaSetSpec: template
V1ReplicationController: spec status
V1ReplicationControllerCondition: lastTransitionTime
V1ResourceClaimSpec: devices
V1ResourcePolicyRule: namespaces
V1ResourceQuota: spec status
V1Role: rules
V1RoleRef: apiGroup
V1Scale: spec status
V1SelfSubjectAccessReview: status
V1SelfSubjectReview: status
V1SelfSubjectReviewStatus: userInfo
V1SelfSubjectRulesReview: status
V1Service: spec status
V1ServiceCIDR: spec status
V1ServiceStatus: loadBalancer
V1StatefulSet: spec status
V1StatefulSetCondition: lastTransitionTime
V1StatefulSetOrdinals: start
V1StatefulSetSpec: updateStrategy serviceName
V1StatefulSetStatus: availableReplicas
V1SubjectAccessReview: status
V1TokenRequestSpec: audiences expirationSeconds boundObjectRef
V1TokenRequestStatus: token expirationTimestamp
V1TokenReview: status
V1TokenReviewStatus: user
V1TypedLocalObjectReference: apiGroup
V1TypedObjectReference: apiGroup
V1ValidatingAdmissionPolicy: spec status
V1VolumeAttachment: status
V1VolumeError: time
V2HorizontalPodAutoscaler: status
V2HorizontalPodAutoscalerCondition: lastTransitionTime
V2HorizontalPodAutoscalerStatus: currentMetrics
`

/** Required by the documentation, yet left out when empty. */
export const omitted = `
V1CapacityRequestPolicyRange: min
V1ContainerRestartRule: action
V1ContainerRestartRuleOnExitCodes: operator
V1CounterSet: counters
V1DeviceCounterConsumption: counters
V1IPAddressSpec: parentRef
V1ImageVolumeStatus: imageRef
V1ParentReference: resource name
V1PodCertificateProjection: signerName keyType
V1TokenReviewSpec: token
V1ValidatingAdmissionPolicyBindingSpec: policyName validationActions
`
