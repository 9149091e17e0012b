import { StatusError, TransportError } from '../../api/types.ts'
import { deepEqual } from '../../kinds/index.ts'
import { RESIZING } from './conditions.ts'
import type { Kubelet } from './kubelet.ts'
import { type PodRecord, type PodStatus, podKey } from './types.ts'

/** What reading the pod and patching its status takes: one status is sent after the other. */
const SEND_MS = 6

/** Sends pod statuses to the API server: when they change, and what could not be sent every ten seconds. */
export class StatusManager {
  private readonly pending = new Set<PodRecord>()
  /** Changed since they were sent last. */
  private readonly queue = new Set<PodRecord>()
  private sending = false
  /** The status last seen in the API that was found to be ours. */
  private readonly agreed = new WeakMap<PodRecord, unknown>()

  constructor(private readonly k: Kubelet) {}

  start(): void {
    this.k.process.every(10_000, () => {
      for (const r of this.k.records.values()) this.reconcile(r)
      for (const r of this.pending) this.submit(r)
    })
  }

  set(r: PodRecord, status: PodStatus): void {
    r.status = status
    this.submit(r)
  }

  /** Sends what is left at once: nothing may be said of the pod after this. */
  flush(r: PodRecord): void {
    if (this.queue.delete(r)) this.send(r)
  }

  private submit(r: PodRecord): void {
    this.pending.add(r)
    if (r.sent !== undefined && deepEqual(r.sent, r.status)) {
      this.pending.delete(r)
      return
    }
    this.queue.add(r)
    if (this.sending) return
    this.sending = true
    this.k.process.after(SEND_MS, () => this.next())
  }

  private next(): void {
    for (const r of this.queue) {
      this.queue.delete(r)
      this.send(r)
      break
    }
    this.sending = this.queue.size > 0
    if (this.sending) this.k.process.after(SEND_MS, () => this.next())
  }

  get(r: PodRecord): PodStatus | undefined {
    return r.status
  }

  forget(r: PodRecord): void {
    this.pending.delete(r)
    this.queue.delete(r)
  }

  /** The record's mirror pod has come or gone: what was sent counts no more. Nothing tells of that before the next round. */
  resend(r: PodRecord): void {
    r.sent = undefined
    this.pending.add(r)
  }

  /** Somebody else wrote the status (the node controller marks pods of silent nodes not ready): ours is sent again. */
  private reconcile(r: PodRecord): void {
    const target = r.source === 'file' ? this.k.mirrorOf(r) : r.pod
    if (!target?.status || !r.status || r.sent === undefined || this.agreed.get(r) === target.status) return
    const ours = r.status.conditions ?? []
    const theirs: any[] = target.status.conditions ?? []
    const same = ours.every((c: any) => theirs.some((x) => x.type === c.type && x.status === c.status))
    if (same) this.agreed.set(r, target.status)
    else {
      r.sent = undefined
      this.pending.add(r)
    }
  }

  private send(r: PodRecord): void {
    const { k } = this
    if (r.source === 'file' && r.removed && this.superseded(r)) return
    const target = r.source === 'file' ? k.mirrorOf(r) : r.pod
    if (!target && r.removed) return this.lookFor(r)
    if (!target || !r.status || !k.client) return
    if (r.source === 'file' && target.metadata.deletionTimestamp) return
    const status = withheld(r, r.status, target.status)
    if (r.sent !== undefined && deepEqual(r.sent, status)) {
      this.told(r, status)
      return
    }
    const { resourceVersion: _, managedFields: __, ...metadata } = target.metadata
    try {
      // The real kubelet patches; the result is the same, since nothing else writes these fields.
      k.client.updateStatus({ ...target, metadata, status: withForeignConditions(status, target.status?.conditions) })
      r.sent = status
      this.told(r, status)
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) this.pending.delete(r)
      // The pod is read first: who is not heard at all fails there.
      else if (error instanceof TransportError || (error instanceof StatusError && error.code === 401))
        this.unread(r, error)
      else if (error instanceof StatusError)
        k.log.error(
          'status_manager.go:1023',
          'Failed to update status for pod',
          `failed to patch status ${JSON.stringify(JSON.stringify({ metadata: { uid: r.uid } }))} for pod "${target.metadata.namespace}"/"${target.metadata.name}": ${k.requestError('Patch', `/api/v1/namespaces/${target.metadata.namespace}/pods/${target.metadata.name}/status`, error)}`,
          { pod: podKey(r.pod) },
        )
      else throw error
    }
  }

  /** What was withheld is sent once nothing runs any more. */
  private told(r: PodRecord, status: PodStatus): void {
    if (status === r.status) this.pending.delete(r)
  }

  /** Another static pod has the name by now: what this one came to is not told. */
  private superseded(r: PodRecord): boolean {
    const { k } = this
    const next = k.sources.queue.next(podKey(r.pod))?.metadata.uid
    if (!next || next === r.uid) return false
    this.pending.delete(r)
    k.log.v(2)?.info('status_manager.go:1173', 'Pod was deleted and then recreated, skipping status update', {
      pod: podKey(r.pod),
      oldPodUID: r.uid,
      podUID: next,
    })
    return true
  }

  /** A static pod that is not wanted any more and never had a mirror pod: the server is asked for one all the same. */
  private lookFor(r: PodRecord): void {
    const { name, namespace } = r.pod.metadata
    try {
      this.k.client?.get('Pod', namespace, name!)
      this.pending.delete(r)
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) this.pending.delete(r)
      else if (error instanceof StatusError || error instanceof TransportError) this.unread(r, error)
      else throw error
    }
  }

  private unread(r: PodRecord, error: StatusError | TransportError): void {
    const { name, namespace } = r.pod.metadata
    const text = this.k.requestError('Get', `/api/v1/namespaces/${namespace}/pods/${name}`, error)
    this.k.log.error('status_manager.go:1164', 'Failed to get status for pod', text, {
      podUID: r.uid,
      pod: podKey(r.pod),
    })
  }
}

const TERMINAL: ReadonlySet<string | undefined> = new Set(['Succeeded', 'Failed'])

/** No pod is said to have ended while its containers may run: the API keeps its phase until they were stopped (mergePodStatus). */
function withheld(r: PodRecord, ours: PodStatus, present: PodStatus | undefined): PodStatus {
  const stopped = r.state === 'terminated' || r.state === 'finished'
  if (stopped || !TERMINAL.has(ours.phase) || TERMINAL.has(present?.phase)) return ours
  const { reason: _, message: __, ...rest } = ours
  const { phase = 'Pending', reason, message } = present ?? {}
  return { ...rest, phase, ...(reason ? { reason } : {}), ...(message ? { message } : {}) }
}

/** Conditions that others set (DisruptionTarget, readiness gates) stay as they are in the API. */
function withForeignConditions(status: PodStatus, present: readonly any[] | undefined): PodStatus {
  const foreign = (present ?? []).filter(
    (c) => c.type !== RESIZING && !(status.conditions ?? []).some((own: any) => own.type === c.type),
  )
  return foreign.length > 0 ? { ...status, conditions: [...(status.conditions ?? []), ...foreign] } : status
}
