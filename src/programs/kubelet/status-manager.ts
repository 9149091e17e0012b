import { StatusError, TransportError } from '../../api/types.ts'
import type { Kubelet } from './kubelet.ts'
import { type PodRecord, type PodStatus, podKey } from './types.ts'

const text = (value: unknown): string => JSON.stringify(value ?? null)

/** Fields that strategic merge keeps as keyed lists: only what changed is sent. */
function patchOf(before: PodStatus, after: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {}
  let any = false
  for (const key of Object.keys(after)) {
    if (text(before?.[key]) === text(after[key])) continue
    any = true
    patch[key] =
      key === 'conditions'
        ? after.conditions.filter((c: any) => text(before?.conditions?.find((b: any) => b.type === c.type)) !== text(c))
        : after[key]
  }
  for (const key of Object.keys(before ?? {}))
    if (!(key in after) && ['message', 'reason', 'podIP', 'nominatedNodeName'].includes(key)) {
      patch[key] = null
      any = true
    }
  return any ? patch : undefined
}

/** Sends pod statuses to the API server: at once when they change, and what could not be sent every ten seconds. */
export class StatusManager {
  private readonly pending = new Set<PodRecord>()

  constructor(private readonly k: Kubelet) {}

  start(): void {
    this.k.process.every(10_000, () => {
      for (const r of [...this.pending]) this.send(r)
    })
  }

  set(r: PodRecord, status: PodStatus): void {
    r.status = status
    this.pending.add(r)
    this.send(r)
  }

  get(r: PodRecord): PodStatus | undefined {
    return r.status
  }

  forget(r: PodRecord): void {
    this.pending.delete(r)
  }

  /** The record's mirror pod has come or gone: what was sent counts no more. */
  resend(r: PodRecord): void {
    r.sent = undefined
    this.pending.add(r)
    this.send(r)
  }

  private send(r: PodRecord): void {
    const { k } = this
    const target = r.source === 'file' ? k.mirrorOf(r) : r.pod
    if (!target || !r.status || !k.client) return
    if (r.source === 'file' && target.metadata.deletionTimestamp) return
    const before = r.sent ?? target.status ?? {}
    const patch = patchOf(before, r.status)
    if (!patch) {
      r.sent = r.status
      this.pending.delete(r)
      return
    }
    try {
      k.client.patch(
        'Pod',
        target.metadata.namespace,
        target.metadata.name,
        { metadata: { uid: target.metadata.uid }, status: patch },
        'application/strategic-merge-patch+json',
        { subresource: 'status' },
      )
      r.sent = r.status
      this.pending.delete(r)
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) this.pending.delete(r)
      else if (error instanceof StatusError || error instanceof TransportError)
        k.log.error(
          'status_manager.go:1023',
          'Failed to update status for pod',
          `failed to patch status ${JSON.stringify(text({ metadata: { uid: r.uid } }))} for pod "${target.metadata.namespace}"/"${target.metadata.name}": ${k.requestError('Patch', `/api/v1/namespaces/${target.metadata.namespace}/pods/${target.metadata.name}/status`, error)}`,
          { pod: podKey(r.pod) },
        )
      else throw error
    }
  }
}
