import type { KubeObject } from '../api/index.ts'
import type { Deed } from '../scenario/index.ts'

/** One line of the debrief's timeline. */
export interface Moment {
  /** Virtual ms. */
  readonly at: number
  /** `before`: done to the cluster by the scenario; `cluster`: what the cluster reports. */
  readonly who: 'before' | 'cluster' | 'player' | 'hint' | 'check' | 'solved'
  /** Host or object. */
  readonly where?: string
  readonly what: string
}

const EVENT_LIMIT = 40
/** Events know whole seconds only: they come after what was done within the same one. */
const WITHIN = 999
/** Normal events that say something about the whole. */
const NOTABLE = /^(?:Node(?:Ready|NotReady|Schedulable|NotSchedulable)|Rebooted|TaintManagerEviction|LeaderElection)$/

/** What had been done to the cluster before the player came, as rows of the timeline. */
export const momentsOfDeeds = (deeds: readonly Deed[]): Moment[] =>
  deeds.map(({ at, on, what }) => ({ at, who: 'before', where: on, what }))

/** What the cluster reported from `from` to `until`: warnings and changes of nodes, once for each object and reason. */
export function momentsOfEvents(events: readonly KubeObject[], from: number, until: number): Moment[] {
  const first = new Map<string, Moment>()
  const found = events
    .map((e) => ({ e: e as any, at: Date.parse((e as any).firstTimestamp ?? (e as any).eventTime ?? '') }))
    .filter(({ e, at }) => at >= from && (e.type === 'Warning' || NOTABLE.test(e.reason)))
    .sort((a, b) => a.at - b.at)
  for (const { e, at } of found) {
    const object = e.involvedObject ?? e.regarding ?? {}
    const where = `${String(object.kind ?? '').toLowerCase()}/${object.name ?? ''}`
    const what = `${e.reason}: ${String(e.message ?? e.note ?? '').split('\n')[0]}`
    // Pods of one owner suffer alike.
    const key = `${where.replace(/-[a-z0-9]{5}$/, '')} ${e.reason}`
    if (!first.has(key)) first.set(key, { at: Math.min(at + WITHIN, until), who: 'cluster', where, what })
  }
  return [...first.values()].slice(0, EVENT_LIMIT)
}
