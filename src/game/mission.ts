import { type RunningMachine, runMachine } from '../kernel/index.ts'
import type { Scenario, Stage, Verdict } from '../scenario/index.ts'
import type { Input } from './input.ts'
import { missionMachine } from './mission.machine.ts'
import { score } from './score.ts'
import { PlaySession } from './session.ts'

/** One line of the debrief's timeline. */
export interface Moment {
  /** Virtual ms. */
  readonly at: number
  readonly who: 'player' | 'cluster'
  readonly what: string
}

const HINT_COST = 10
const TIMELINE_LIMIT = 200

/** A mission being played: the stage, the player's session and the mission's own states. */
export class Mission {
  readonly session: PlaySession
  readonly startedAt: number
  private readonly machine: RunningMachine<typeof missionMachine>
  private readonly moments: Moment[] = []
  private typed = ''
  endedAt: number | undefined

  constructor(readonly stage: Stage) {
    this.session = new PlaySession(stage.world)
    this.startedAt = stage.world.now()
    this.machine = runMachine(stage.world.kernel, missionMachine, {
      input: { judge: () => stage.check(), hints: stage.scenario.hints.length },
    })
  }

  get scenario(): Scenario {
    return this.stage.scenario
  }

  get state(): string {
    return String(this.machine.snapshot.value)
  }

  get verdict(): Verdict | undefined {
    return this.machine.snapshot.context.last as Verdict | undefined
  }

  get hintsShown(): number {
    return this.machine.snapshot.context.hintsShown
  }

  get failedChecks(): number {
    return this.machine.snapshot.context.failedChecks
  }

  /** Seconds of virtual time that the player has used. */
  get seconds(): number {
    return Math.floor(((this.endedAt ?? this.stage.world.now()) - this.startedAt) / 1000)
  }

  get points(): number {
    const costs = this.scenario.hints
      .slice(0, this.hintsShown)
      .map((h) => (typeof h === 'object' && 'cost' in h ? h.cost : HINT_COST))
    return score({
      seconds: this.seconds,
      parMinutes: this.scenario.minutes,
      hintCosts: costs,
      failedChecks: this.failedChecks,
    })
  }

  start(): void {
    if (this.state === 'briefing') this.machine.send({ type: 'start' })
  }

  quit(): void {
    this.machine.send({ type: 'quit' })
  }

  /** Does what an input says at its time. The one door for play and replay. */
  apply(input: Input): void {
    this.session.runUntil(input.at)
    this.start()
    if ('key' in input) {
      this.remember(input)
      this.session.press(input.key)
    } else if ('size' in input) this.session.resize(...input.size)
    else if ('hint' in input) this.machine.send({ type: 'hint' })
    else if ('check' in input) {
      this.machine.send({ type: 'submit' })
      if (this.state === 'solved') this.endedAt ??= this.stage.world.now()
    }
  }

  /** What happened, in order: the player's command lines, and Warning events of the cluster. */
  timeline(): readonly Moment[] {
    return this.moments
  }

  private remember(input: Extract<Input, { key: unknown }>): void {
    const editing = this.session.tty.editing
    if (input.key.name !== 'enter' || !editing) return
    this.typed = editing.before + editing.after
    if (this.typed.trim() !== '' && this.moments.length < TIMELINE_LIMIT)
      this.moments.push({ at: input.at, who: 'player', what: this.typed })
  }
}
