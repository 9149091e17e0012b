import { type FieldError, invalid } from '../errors.ts'
import type { KubeObject } from '../object.ts'
import { checkNonNegative, type Errors } from './checks.ts'

/** What a status counts. Models the Validate…Status functions of pkg/apis/{apps,core,autoscaling,policy}/validation. */
interface Counts {
  /** Never negative, in the order in which they are looked at. */
  readonly counted: readonly string[]
  /** Never more than `replicas`. */
  readonly within?: readonly string[]
  /** What availableReplicas is compared with, as the message calls it. */
  readonly ready?: string
  /** Has a collisionCount that never falls. */
  readonly collides?: boolean
}

/** Validates the numbers of a status, and those alone. */
const validateCounts =
  ({ counted, within = [], ready, collides }: Counts) =>
  (next: KubeObject, old: KubeObject): FieldError[] => {
    const errors: Errors = []
    const status = next.status ?? {}
    for (const name of counted) checkNonNegative(errors, `status.${name}`, status[name])
    const { replicas = 0, availableReplicas = 0, readyReplicas = 0, collisionCount } = status
    for (const name of within) {
      if ((status[name] ?? 0) > replicas)
        errors.push(invalid(`status.${name}`, status[name] ?? 0, 'cannot be greater than status.replicas'))
    }
    if (ready && availableReplicas > readyReplicas)
      errors.push(invalid('status.availableReplicas', availableReplicas, `cannot be greater than ${ready}`))
    if (collides && (old.status?.collisionCount ?? -1) > (collisionCount ?? -1))
      errors.push(invalid('status.collisionCount', collisionCount ?? 0, 'cannot be decremented'))
    return errors
  }

const WITH_LABELS = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']

/** ValidateDeploymentStatusUpdate without the metadata, as all of these. */
export const validateDeploymentStatus = validateCounts({
  counted: [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ],
  within: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  ready: 'readyReplicas',
  collides: true,
})

/** ValidateReplicaSetStatusUpdate. */
export const validateReplicaSetStatus = validateCounts({
  counted: ['replicas', ...WITH_LABELS, 'observedGeneration', 'terminatingReplicas'],
  within: WITH_LABELS,
  ready: 'readyReplicas',
})

/** ValidateReplicationControllerStatusUpdate. */
export const validateReplicationControllerStatus = validateCounts({
  counted: ['replicas', ...WITH_LABELS, 'observedGeneration'],
  within: WITH_LABELS,
  ready: 'readyReplicas',
})

const SET_REPLICAS = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']

/** ValidateStatefulSetStatusUpdate. */
export const validateStatefulSetStatus = validateCounts({
  counted: ['replicas', ...SET_REPLICAS, 'observedGeneration', 'collisionCount'],
  within: SET_REPLICAS,
  ready: 'status.readyReplicas',
  collides: true,
})

/** ValidateDaemonSetStatusUpdate. */
export const validateDaemonSetStatus = validateCounts({
  counted: [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ],
  collides: true,
})

/** ValidateHorizontalPodAutoscalerStatusUpdate. */
export const validateAutoscalerStatus = validateCounts({ counted: ['currentReplicas', 'desiredReplicas'] })

/** The numbers of ValidatePodDisruptionBudgetStatusUpdate. */
export const validateBudgetCounts = validateCounts({
  counted: ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'],
})
