import { asInput, type Input } from '../game/input.ts'
import { InputLog, type LogKind, type Saved } from './input-log.ts'
import type { Trouble } from './storage.ts'

/** Which mission it is. */
interface Run {
  readonly scenario: string
  readonly seed: number
}

/** A mission that was begun and not ended. */
export type SavedRun = Saved<Run, Input>

const RUN: LogKind<Run, Input> = {
  file: 'run.jsonl',
  head({ scenario, seed }) {
    if (typeof scenario !== 'string' || !Number.isInteger(seed)) throw new Error('not a log of this game')
    return { scenario, seed }
  },
  entry: asInput,
}

/** The log of the mission in play. */
export class RunLog extends InputLog<Run, Input> {
  constructor(trouble: Trouble) {
    super(RUN, trouble)
  }
}
