import { type DrillState, noDrill, parseDrill } from '../game/drill/record.ts'
import { type Kept, stateDir } from './storage.ts'

/** What was reached in drills. */
export const DRILL: Kept<DrillState> = { dir: stateDir, name: 'drill.json', parse: parseDrill, initial: noDrill }

const DAY = 86_400_000

/** A clock that is further off than this is not believed: the year 4433. */
const LAST_DAY = 900_000

/** The day of a date in its own time zone, counted from 1 January 1970. */
export const dayOf = (date: Date): number =>
  Math.max(0, Math.min(LAST_DAY, Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY)))

/** A day as a date at midnight UTC, for printing. */
export const dateOf = (day: number): Date => new Date(day * DAY)
