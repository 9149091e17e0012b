/** Models that are the roots of what is served: the kinds, and the bodies of their subresources. */
export const roots = `
CoreV1Event EventsV1Event AuthenticationV1TokenRequest ResourceV1ResourceClaim
V1Binding V1ComponentStatus V1ConfigMap V1Endpoints V1LimitRange V1Namespace V1Node V1PersistentVolumeClaim
V1PersistentVolume V1Pod V1PodTemplate V1ReplicationController V1ResourceQuota V1Secret V1ServiceAccount V1Service
V1APIService V1ControllerRevision V1DaemonSet V1Deployment V1ReplicaSet V1StatefulSet V1SelfSubjectReview
V1TokenReview V1LocalSubjectAccessReview V1SelfSubjectAccessReview V1SelfSubjectRulesReview V1SubjectAccessReview
V2HorizontalPodAutoscaler V1HorizontalPodAutoscaler V1CronJob V1Job V1CertificateSigningRequest V1IngressClass
V1Ingress V1IPAddress V1NetworkPolicy V1ServiceCIDR V1PodDisruptionBudget V1ClusterRoleBinding V1ClusterRole
V1RoleBinding V1Role V1CSIDriver V1CSINode V1CSIStorageCapacity V1StorageClass V1VolumeAttachment
V1VolumeAttributesClass V1MutatingAdmissionPolicy V1MutatingAdmissionPolicyBinding V1MutatingWebhookConfiguration
V1ValidatingAdmissionPolicy V1ValidatingAdmissionPolicyBinding V1ValidatingWebhookConfiguration
V1CustomResourceDefinition V1PriorityClass V1Lease V1RuntimeClass V1EndpointSlice V1DeviceClass
V1ResourceClaimTemplate V1ResourceSlice V1FlowSchema V1PriorityLevelConfiguration
V1Scale V1Eviction V1DeleteOptions V1Status
`
  .trim()
  .split(/\s+/)

/** Where the packages differ from what the API server of 1.36 publishes. Model.field → what to take instead. */
export const fixes = {
  'V1CSIStorageCapacity.capacity': { quantity: true },
  'V1CSIStorageCapacity.maximumVolumeSize': { quantity: true },
}
