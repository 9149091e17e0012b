import { type RunningMachine, runMachine } from '../kernel/index.ts'
import { type Scenario, type Stage, stepsInto, type Trap, trapsOf, type Verdict } from '../scenario/index.ts'
import { chainOf, type Link } from './chain.ts'
import { type Cause, causesOf } from './diagnosis.ts'
import type { Input } from './input.ts'
import { missionMachine } from './mission.machine.ts'
import { placeOfPrompt } from './prompt.ts'
import { score } from './score.ts'
import { PlaySession } from './session.ts'
import { type Moment, momentsOfDeeds, momentsOfEvents } from './timeline.ts'

const HINT_COST = 10
const TIMELINE_LIMIT = 200

/** A mission being played: the stage, the player's session and the mission's own states. */
export class Mission {
  readonly session: PlaySession
  readonly startedAt: number
  private readonly machine: RunningMachine<typeof missionMachine>
  private readonly moments: Moment[] = []
  /** What the cluster reported, asked for at the end. */
  private told: Moment[] | undefined
  /** Traps that the player stepped into, in order. */
  readonly trapped = new Set<Trap>()
  /** The root causes to choose from when all is repaired. */
  readonly causes: readonly Cause[]
  /** What the player took for the cause. */
  diagnosis: Cause | undefined
  endedAt: number | undefined

  constructor(readonly stage: Stage) {
    this.session = new PlaySession(stage.world)
    this.startedAt = stage.world.now()
    this.causes = causesOf(stage.scenario, stage.world.seed)
    const traps = trapsOf(stage.scenario)
    this.session.tty.onLine = (line, prompt) => {
      for (const trap of stepsInto(traps, line)) this.trapped.add(trap)
      const where = placeOfPrompt(prompt)?.host
      if (line.trim() !== '') this.note({ who: 'player', where, what: line.trim() })
    }
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
    if ('key' in input) this.session.press(input.key)
    else if ('size' in input) this.session.resize(...input.size)
    else if ('hint' in input) this.hint()
    else if ('check' in input) this.check()
  }

  private hint(): void {
    const before = this.hintsShown
    this.machine.send({ type: 'hint' })
    if (this.hintsShown > before) this.note({ who: 'hint', what: String(this.hintsShown) })
  }

  private check(): void {
    const asked = this.stage.world.now()
    this.machine.send({ type: 'submit' })
    const met = this.verdict?.objectives.filter((o) => o.met).length ?? 0
    // Looking takes its time, above all pulling plugs: that is not the player's.
    this.note(
      { who: this.state === 'solved' ? 'solved' : 'check', what: `${met}/${this.scenario.goals.length}` },
      asked,
    )
    if (this.state !== 'solved') return
    this.endedAt ??= asked
    // The game is over: looking may leave traces now.
    this.told ??= momentsOfEvents(this.stage.events(), this.firstDeedAt, asked)
  }

  private get firstDeedAt(): number {
    return this.stage.deeds()[0]?.at ?? this.startedAt
  }

  /** What was done to the cluster, what the player did, and (once solved) what the cluster reported, in order. */
  timeline(): readonly Moment[] {
    const all = [...momentsOfDeeds(this.stage.deeds()), ...(this.told ?? []), ...this.moments]
    return all.sort((a, b) => a.at - b.at)
  }

  /** How what was done to the cluster led to what the player found; what came later may be the player's own doing. */
  chain(): readonly Link[] {
    return chainOf(this.stage.world.kernel.happenings, this.startedAt)
  }

  private note(moment: Omit<Moment, 'at'>, at = this.stage.world.now()): void {
    if (this.moments.length < TIMELINE_LIMIT) this.moments.push({ at, ...moment })
  }
}
