import { BARE, createWorld, type World } from '../../cluster/index.ts'
import type { Process } from '../../host/index.ts'
import { Lockstep, type RunningMachine, runMachine } from '../../kernel/index.ts'
import { lookupLocal } from '../../programs/lib/transport.ts'
import { lasting } from '../../scenario/curriculum.ts'
import type { Scenario, Workloads } from '../../scenario/index.ts'
import { PEERS } from '../../shell/index.ts'
import { PlaySession } from '../session.ts'
import type { DrawnTask } from './draw.ts'
import { examMachine } from './exam.machine.ts'
import type { ExamInput } from './input.ts'
import { Room } from './room.ts'

interface ExamOptions {
  readonly seed: number
  readonly practice: boolean
  /** How long it lasts. */
  readonly minutes: number
  readonly tasks: readonly DrawnTask[]
  /** Reads a task. Throws ContentError when it cannot be read any more. */
  readonly open: (task: DrawnTask) => Scenario
  readonly workloads: Workloads
}

/** Network of the machines as `base` knows them; their clusters have networks of their own. */
const addressOf = (n: number): string => `10.20.1.${n + 10}`

/**
 * An exam being sat: `base`, from which each task's machine is reached with ssh, and for each task that was looked at
 * its cluster, all on one clock. Everything that happens is a function of the draw and of the inputs.
 */
export class Exam {
  readonly base: World
  readonly clock: Lockstep
  readonly session: PlaySession
  readonly startedAt: number
  private readonly machine: RunningMachine<typeof examMachine>
  private readonly rooms = new Map<number, Room>()
  private readonly texts = new Map<number, Scenario>()
  /** The task that is being looked at. */
  current = 0
  /** By number of the task. */
  readonly flags = new Set<number>()
  readonly shown = new Set<number>()
  readonly entered = new Set<number>()
  private readonly hints = new Map<number, number>()

  constructor(readonly options: ExamOptions) {
    this.base = createWorld({ cluster: BARE, seed: options.seed })
    this.base.endure()
    const { home } = this.base
    const names = this.tasks.map(({ host }, n) => `${addressOf(n)} ${host}\n`)
    home.fs.writeFile('/etc/hosts', `${home.fs.readFile('/etc/hosts')}\n${names.join('')}`)
    const own = home.service(PEERS)
    home.attach(PEERS, { find: (name, p) => this.enter(p, lookupLocal(p, name)) ?? own.find(name, p) })
    this.clock = new Lockstep(this.base.kernel)
    this.session = new PlaySession(this.base, home.name, this.clock)
    this.startedAt = this.clock.now()
    this.machine = runMachine(this.base.kernel, examMachine, {
      input: { limit: options.minutes * 60_000, practice: options.practice },
      onTransition: ({ value }) => {
        if (value === 'ended') this.clock.end = this.clock.now()
      },
    })
    this.machine.send({ type: 'begin' })
  }

  get tasks(): readonly DrawnTask[] {
    return this.options.tasks
  }

  /** `working`, `paused`, `ended` or `results`. */
  get state(): string {
    const { value } = this.machine.snapshot
    return typeof value === 'string' ? value : Object.values(value)[0]
  }

  /** Only in practice: no time passes, nothing is typed. */
  pause(paused: boolean): void {
    this.machine.send({ type: paused ? 'pause' : 'resume' })
  }

  /** All was marked. */
  close(): void {
    this.machine.send({ type: 'marked' })
  }

  /** Seconds of the exam that have passed. */
  get seconds(): number {
    return Math.floor((this.clock.now() - this.startedAt) / 1000)
  }

  get secondsLeft(): number {
    return Math.max(0, this.options.minutes * 60 - this.seconds)
  }

  /** Minutes of the warning that is due: each is shown for a minute. */
  get warning(): number | undefined {
    const left = this.secondsLeft
    return lasting(this.options.minutes).exam.warnings.find(
      (minutes) => left <= minutes * 60 && left > (minutes - 1) * 60,
    )
  }

  /** Does what an input says at its time. The one door for sitting and replay; when time is up it is shut. */
  apply(input: ExamInput): void {
    this.clock.runUntil(input.at)
    if (this.state !== 'working') return
    if ('key' in input) this.session.press(input.key)
    else if ('size' in input) this.session.resize(...input.size)
    else if ('show' in input) this.show(input.show)
    else if ('flag' in input) this.flag(input.flag)
    else if ('hint' in input) this.hint()
    else if ('end' in input) this.machine.send({ type: 'end' })
  }

  private show(n: number): void {
    if (!this.tasks[n]) return
    this.current = n
    this.shown.add(n)
    this.room(n)
  }

  private flag(n: number): void {
    if (!this.tasks[n]) return
    if (!this.flags.delete(n)) this.flags.add(n)
  }

  private hint(): void {
    if (!this.options.practice) return
    const most = this.scenario(this.current).hints.length
    this.hints.set(this.current, Math.min(most, this.hintsShown(this.current) + 1))
  }

  hintsShown(n: number): number {
    return this.hints.get(n) ?? 0
  }

  /** What a task says. Throws ContentError. */
  scenario(n: number): Scenario {
    const scenario = this.texts.get(n) ?? this.options.open(this.tasks[n])
    this.texts.set(n, scenario)
    return scenario
  }

  private room(n: number): Room {
    const known = this.rooms.get(n)
    if (known) return known
    const room = new Room(this.tasks[n], this.scenario(n), this.options.workloads, this.clock, n + 1, this.session.tty)
    this.rooms.set(n, room)
    return room
  }

  /** Does a little for the clusters that lag, first that of the task in view; true when there is nothing to do. */
  prepare(): boolean {
    if (this.rooms.get(this.current)?.prepare() === false) return false
    for (const room of this.rooms.values()) if (!room.prepare()) return false
    return true
  }

  /** Clusters that could not be set up. */
  get failures(): readonly { readonly task: DrawnTask; readonly error: Error }[] {
    return [...this.rooms.values()].flatMap(({ task, error }) => (error ? [{ task, error }] : []))
  }

  /** To the machine of the task with that address. */
  private enter(visitor: Process, address: string | undefined): ReturnType<Room['peer']> {
    const n = this.tasks.findIndex((_, i) => address === addressOf(i))
    if (n < 0) return undefined
    const peer = this.room(n).peer(visitor)
    if (peer) this.entered.add(n)
    return peer
  }

  /** On which task's machines the terminal is; undefined on base. */
  get place(): number | undefined {
    const host = this.session.tty.foreground?.host
    for (const [n, room] of this.rooms) if (host && room.has(host)) return n
    return undefined
  }

  /** The cluster of a task on which somebody has worked. */
  worked(n: number): Room | undefined {
    return this.entered.has(n) ? this.rooms.get(n) : undefined
  }
}
