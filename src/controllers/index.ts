import { bootstrapSigner, tokenCleaner } from './bootstrap-tokens.ts'
import type { Controller } from './controller.ts'
import { cronJob } from './cronjob/index.ts'
import { csrApprover, csrSigner } from './csr.ts'
import { csrCleaner } from './csr-cleaner.ts'
import { daemonSet } from './daemonset.ts'
import { deployment } from './deployment/index.ts'
import { disruption } from './disruption.ts'
import { endpointSliceMirroring } from './endpoint-mirroring.ts'
import { endpointSlice } from './endpoint-slices.ts'
import { endpoints } from './endpoints.ts'
import { ephemeralVolume } from './ephemeral-volume.ts'
import { garbageCollector } from './garbage-collector.ts'
import {
  clusterRoleAggregation,
  nodeIpam,
  rootCaPublisher,
  serviceAccount,
  ttl,
  ttlAfterFinished,
} from './housekeeping.ts'
import { horizontalPodAutoscaler } from './hpa/index.ts'
import { job } from './job/index.ts'
import { namespace } from './namespace.ts'
import { nodeLifecycle, taintEviction } from './node-lifecycle.ts'
import { podGarbageCollector } from './pod-gc.ts'
import { policyStatus } from './policy-status.ts'
import { resourceQuota } from './quota.ts'
import { replicaSet, replicationController } from './replicaset.ts'
import { resourceClaim } from './resource-claim.ts'
import { serviceAccountTokens } from './service-account-tokens.ts'
import { serviceCidr } from './service-cidr.ts'
import { statefulSet } from './statefulset.ts'
import { volumeExpander } from './volume-expander.ts'
import { claimProtection, persistentVolumeBinder, volumeProtection } from './volumes.ts'

export type { ControllerContext } from './controller.ts'

/** All control loops of kube-controller-manager, in its order (NewControllerDescriptors). */
export const controllers: readonly Controller[] = [
  serviceAccountTokens,
  serviceAccount,
  endpoints,
  endpointSlice,
  endpointSliceMirroring,
  replicationController,
  podGarbageCollector,
  resourceQuota,
  namespace,
  garbageCollector,
  daemonSet,
  job,
  deployment,
  replicaSet,
  horizontalPodAutoscaler,
  disruption,
  statefulSet,
  cronJob,
  csrSigner,
  csrApprover,
  csrCleaner,
  ttl,
  bootstrapSigner,
  tokenCleaner,
  nodeIpam,
  nodeLifecycle,
  taintEviction,
  persistentVolumeBinder,
  volumeExpander,
  clusterRoleAggregation,
  claimProtection,
  volumeProtection,
  ttlAfterFinished,
  rootCaPublisher,
  ephemeralVolume,
  resourceClaim,
  policyStatus,
  serviceCidr,
]
