import type { KubeObject } from '../../api/types.ts'
import type { Signal, Task } from '../../kernel/index.ts'

/** A pod as the kubelet handles it. Never changed in place. */
export type Pod = KubeObject

/** v1.Container. */
export type ContainerSpec = any

/** v1.PodStatus. */
export type PodStatus = any

/** Thrown into a worker that waits, to make it look at its pod again. */
export class Abandon extends Error {}

/** Where a pod came from. */
export type Source = 'api' | 'file'

/** Stages of a pod's life on this node; see pod.machine.ts. */
export type WorkState = 'syncing' | 'terminating' | 'terminated' | 'finished'

/** Everything the kubelet keeps about one pod. */
export interface PodRecord {
  readonly uid: string
  readonly source: Source
  pod: Pod
  state: WorkState
  /** Set when the pod was refused: it never runs. */
  rejected: { reason: string; message: string } | undefined
  /** What the status has to say beyond the containers: Evicted, DeadlineExceeded, … */
  /** Its manifest or its object has gone: nothing of it must stay. */
  removed: boolean
  verdict: { phase?: 'Failed'; reason?: string; message?: string; conditions?: any[] } | undefined
  /** Seconds that a stop may take, when something overrides the pod's own. */
  graceOverride: number | undefined
  /** Last status generated. */
  status: PodStatus | undefined
  /** What was sent last, to send only what is new. */
  sent: PodStatus | undefined
  /** ms of the host's clock. */
  readonly startTime: number
  wake: Signal
  dirty: boolean
  task: Task<void> | undefined
  /** True while nothing is lost by abandoning the present sync (pulls, waiting for volumes). */
  interruptible: boolean
  /** Kernel ms until when the deadline holds. */
  deadlineAt: number | undefined
  /** Containers whose last failure is told in the status (reasonCache). */
  readonly reasons: Map<string, { reason: string; message: string }>
  /** Volumes set up: name → directory on the host. */
  readonly volumes: Map<string, MountedVolume>
  readonly volumeRetry: Map<string, { at: number; backoff: number }>
  /** Results of probes by container and kind. */
  readonly probes: Map<string, ProbeState>
  /** What containers still have while a resize of theirs cannot be carried out, by container ID. */
  readonly unresized: Map<string, { readonly resources: unknown; readonly generation: number | undefined }>
  /** Finished postStart hooks and the like belong to the container ID. */
  readonly started: Set<string>
  observedGeneration: number | undefined
  /** When it was looked at beside the periodic look at all containers, kernel ms. */
  seen?: number
  firstSync: boolean
  /** Ip given at the last time there was a sandbox. */
  ip: string
}

/** A volume that is set up for a pod. */
export interface MountedVolume {
  readonly name: string
  /** Host path that is bind-mounted. */
  readonly path: string
  readonly node: import('../../host/index.ts').Inode
  /** No container may write into it, whatever its own mount says. */
  readonly readOnly?: boolean
  /** Writes the content again when the source changed. */
  readonly refresh?: () => void
}

interface ProbeState {
  containerId: string
  ready: boolean | undefined
  started: boolean | undefined
  stop: () => void
}

/** `namespace/name`. */
export const podKey = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`
/** `name_namespace(uid)`, as messages name a pod. */
export const podFormat = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`

/** It came from a file or a URL, not from the API server. */
export const isStatic = (pod: Pod): boolean =>
  pod.metadata.annotations?.['kubernetes.io/config.source'] !== undefined &&
  pod.metadata.annotations['kubernetes.io/config.source'] !== 'api'

/** It stands in the API for a static pod. */
export const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined

/** In the order in which they run. */
export const initContainers = (pod: Pod): ContainerSpec[] => pod.spec.initContainers ?? []

/** Of the spec, in its order. */
export const containers = (pod: Pod): ContainerSpec[] => pod.spec.containers ?? []

/** What `kubectl debug` has added. */
export const ephemeralContainers = (pod: Pod): ContainerSpec[] => pod.spec.ephemeralContainers ?? []
/** An init container that goes on running beside the pod (a sidecar). */
export const isSidecar = (c: ContainerSpec): boolean => c.restartPolicy === 'Always'

/** The field path of a container in events. */
export function fieldPath(pod: Pod, name: string): string {
  for (const [list, field] of [
    [containers(pod), 'containers'],
    [initContainers(pod), 'initContainers'],
    [ephemeralContainers(pod), 'ephemeralContainers'],
  ] as const)
    if (list.some((c) => c.name === name)) return `spec.${field}{${name}}`
  return ''
}

/** Is a container that ended with this code started again? Its rules come first, then its own policy, then the pod's. */
export function restartsAfter(pod: Pod, spec: ContainerSpec, exitCode: number): boolean {
  for (const { action, exitCodes } of spec.restartPolicyRules ?? [])
    if (action === 'Restart' && exitCodes?.values?.includes(exitCode) === (exitCodes?.operator === 'In')) return true
  const policy = spec.restartPolicy ?? pod.spec.restartPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}
