import type { KubeObject } from '../../api/types.ts'
import { type Cron, parseCron } from '../../kinds/index.ts'
import { zoneInDatabase } from '../../print/index.ts'

/** Added to the next time, ms: clocks are adjusted a little. */
const DELTA_MS = 100
const MANY = 100
/** Go's zero time, which robfig/cron gives for never. */
const ZERO_TIME = -62_135_596_800_000

/** The schedule as the controller reads it: in the CronJob's zone, unless the schedule names one. Throws Error. */
export function scheduleOf({ spec }: KubeObject): Cron {
  const named = spec.schedule.includes('TZ')
  const zoned = !named && spec.timeZone !== undefined && zoneInDatabase(spec.timeZone) !== undefined
  return parseCron(zoned ? `TZ=${spec.timeZone} ${spec.schedule}` : spec.schedule)
}

interface Recent {
  /** From when on starts are looked for. */
  readonly earliest: number
  /** The last time that is due; nothing when none is. */
  readonly time: number | undefined
  readonly missed: 'none' | 'few' | 'many'
}

const timeOf = (schedule: Cron, ms: number): number => schedule.next(ms) ?? ZERO_TIME

/** mostRecentScheduleTime of utils.go. Throws Error for a schedule that never comes. */
function mostRecent(cronJob: KubeObject, now: number, schedule: Cron, byDeadline: boolean): Recent {
  const deadline: number | undefined = cronJob.spec.startingDeadlineSeconds
  let earliest = Date.parse(cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp!)
  if (byDeadline && deadline !== undefined) earliest = Math.max(earliest, now - deadline * 1000)
  const first = timeOf(schedule, earliest)
  const second = timeOf(schedule, first)
  if (now < first) return { earliest, time: undefined, missed: 'none' }
  if (now < second) return { earliest, time: first, missed: 'none' }
  const apart = Math.round((second - first) / 1000)
  if (apart < 1) throw new Error('time difference between two schedules is less than 1 second')
  const count = Math.trunc(Math.trunc((now - first) / 1000) / apart) + 1
  let time: number | undefined
  for (let t = timeOf(schedule, first + (count - 2) * apart * 1000); t <= now; t = timeOf(schedule, t)) time = t
  return { earliest, time, missed: count > MANY ? 'many' : count > 0 ? 'few' : 'none' }
}

/** The time that is due now, and whether more were missed than one would believe. Throws Error as above. */
export function dueTime(
  cronJob: KubeObject,
  now: number,
  schedule: Cron,
): { readonly time: number; readonly tooMany: boolean } | undefined {
  const { time, missed } = mostRecent(cronJob, now, schedule, true)
  return time === undefined || time > now ? undefined : { time, tooMany: missed === 'many' }
}

/** How long until the next look, ms (nextScheduleTimeDuration). */
export function untilNext(cronJob: KubeObject, now: number, schedule: Cron): number {
  let from = now
  try {
    const { earliest, time, missed } = mostRecent(cronJob, now, schedule, false)
    from = time ?? (missed === 'none' ? earliest : now)
  } catch {
    // A schedule that never comes is looked at again as if it had come now.
  }
  return Math.max(0, timeOf(schedule, from) + DELTA_MS - now)
}
