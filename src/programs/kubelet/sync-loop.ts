import { deepEqual } from '../../kinds/index.ts'
import type { StructuredLog } from '../lib/structured-log.ts'
import { type Pod, podKey, type Source } from './types.ts'

/** What a pod source says of pods, and the line of kubelet.go that logs it. */
const PLACE = { ADD: 2724, UPDATE: 2731, REMOVE: 2734, DELETE: 2740 } as const
type Operation = keyof typeof PLACE

/** `SyncLoop ADD` and the like, from -v=2 on. Models syncLoopIteration. */
export function syncLoop(log: StructuredLog, operation: Operation, source: Source, pods: readonly Pod[]): void {
  if (pods.length > 0)
    log.v(2)?.info(`kubelet.go:${PLACE[operation]}`, `SyncLoop ${operation}`, { source, pods: pods.map(podKey) })
}

/** What a change of an object in the API is to the sync loop; undefined for a status alone. Models checkAndUpdatePod. */
export function operationOf(now: Pod | undefined, before: Pod | undefined): Operation | undefined {
  if (!now) return 'REMOVE'
  if (!before || before.metadata.uid !== now.metadata.uid) return 'ADD'
  const [a, b] = [before.metadata, now.metadata]
  if (
    deepEqual(before.spec, now.spec) &&
    deepEqual(a.labels, b.labels) &&
    deepEqual(a.annotations, b.annotations) &&
    a.deletionTimestamp === b.deletionTimestamp &&
    a.deletionGracePeriodSeconds === b.deletionGracePeriodSeconds
  )
    return undefined
  return now.metadata.deletionTimestamp ? 'DELETE' : 'UPDATE'
}
