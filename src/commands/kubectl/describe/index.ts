import { describeConfigMap, describeCsr, describeSecret, describeServiceAccount } from './config.ts'
import type { Describer } from './context.ts'
import { describeGeneric } from './generic.ts'
import { describeCsiNode, describeIpAddress, describeServiceCidr } from './infrastructure.ts'
import {
  describeEndpointSlice,
  describeEndpoints,
  describeIngress,
  describeIngressClass,
  describeNetworkPolicy,
  describeService,
} from './network.ts'
import { describeNode } from './node.ts'
import { describePod } from './pod.ts'
import {
  describeAutoscaler,
  describeDisruptionBudget,
  describeLimitRange,
  describeNamespace,
  describePriorityClass,
  describeQuota,
} from './policy.ts'
import { describeBinding, describeRole } from './rbac.ts'
import { describeClaim, describePersistentVolume, describeStorageClass } from './storage.ts'
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts'

/** Describers by group and kind. */
const DESCRIBERS: Record<string, Describer> = {
  '/Pod': describePod,
  '/ReplicationController': describeReplicaSet,
  '/Secret': describeSecret,
  '/Service': describeService,
  '/ServiceAccount': describeServiceAccount,
  '/Node': describeNode,
  '/LimitRange': describeLimitRange,
  '/ResourceQuota': describeQuota,
  '/PersistentVolume': describePersistentVolume,
  '/PersistentVolumeClaim': describeClaim,
  '/Namespace': describeNamespace,
  '/Endpoints': describeEndpoints,
  '/ConfigMap': describeConfigMap,
  'scheduling.k8s.io/PriorityClass': describePriorityClass,
  'discovery.k8s.io/EndpointSlice': describeEndpointSlice,
  'autoscaling/HorizontalPodAutoscaler': describeAutoscaler,
  'networking.k8s.io/Ingress': describeIngress,
  'networking.k8s.io/IngressClass': describeIngressClass,
  'networking.k8s.io/NetworkPolicy': describeNetworkPolicy,
  'networking.k8s.io/ServiceCIDR': describeServiceCidr,
  'networking.k8s.io/IPAddress': describeIpAddress,
  'storage.k8s.io/CSINode': describeCsiNode,
  'batch/Job': describeJob,
  'batch/CronJob': describeCronJob,
  'apps/StatefulSet': describeStatefulSet,
  'apps/Deployment': describeDeployment,
  'apps/DaemonSet': describeDaemonSet,
  'apps/ReplicaSet': describeReplicaSet,
  'certificates.k8s.io/CertificateSigningRequest': describeCsr,
  'storage.k8s.io/StorageClass': describeStorageClass,
  'policy/PodDisruptionBudget': describeDisruptionBudget,
  'rbac.authorization.k8s.io/Role': describeRole,
  'rbac.authorization.k8s.io/ClusterRole': describeRole,
  'rbac.authorization.k8s.io/RoleBinding': describeBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': describeBinding,
}

/** The kind's describer; kinds that have none are shown field by field. */
export const describerFor = (group: string, kind: string): Describer =>
  DESCRIBERS[`${group}/${kind}`] ?? describeGeneric
