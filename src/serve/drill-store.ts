import { type DrillState, noDrill, parseDrill } from '../game/drill/record.ts'
import { readJson, stateDir, type Trouble, writeAtomically } from './storage.ts'

const FILE = 'drill.json'

/** What was reached in drills; a damaged file is set aside. */
export const loadDrill = (trouble: Trouble): DrillState => readJson(stateDir(), FILE, parseDrill, noDrill(), trouble)

/** Written as a whole after each task. */
export const saveDrill = (state: DrillState, trouble: Trouble): boolean =>
  writeAtomically(stateDir(), FILE, `${JSON.stringify(state, null, 2)}\n`, trouble)

const DAY = 86_400_000

/** A clock that is further off than this is not believed: the year 4433. */
const LAST_DAY = 900_000

/** The day of a date in its own time zone, counted from 1 January 1970. */
export const dayOf = (date: Date): number =>
  Math.max(0, Math.min(LAST_DAY, Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY)))

/** A day as a date at midnight UTC, for printing. */
export const dateOf = (day: number): Date => new Date(day * DAY)
