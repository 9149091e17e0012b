import { type AnyStateMachine, createActor, type EventFromLogic, type InputFrom, type SnapshotFrom } from 'xstate'
import type { Kernel } from './kernel.ts'
import type { Timer } from './queue.ts'

/** A machine that is running as an xstate actor on the kernel's clock. */
export interface RunningMachine<M extends AnyStateMachine> {
  readonly snapshot: SnapshotFrom<M>
  send(event: EventFromLogic<M>): void
  stop(): void
}

/**
 * Runs an xstate machine with its delays in the kernel's queue. For tens of things (game flow, units, members);
 * masses run the same machine through `compileMachine`.
 */
export function runMachine<M extends AnyStateMachine>(
  kernel: Kernel,
  machine: M,
  options: { input?: InputFrom<M>; onTransition?: (snapshot: SnapshotFrom<M>) => void } = {},
): RunningMachine<M> {
  const clock = {
    setTimeout: (fn: () => void, ms: number): Timer => kernel.after(ms, fn),
    clearTimeout: (timer: Timer): void => kernel.cancel(timer),
  }
  const actor = createActor(machine, { clock: clock as never, input: options.input } as never)
  let snapshot = actor.getSnapshot() as SnapshotFrom<M>
  actor.subscribe((next: unknown) => {
    snapshot = next as SnapshotFrom<M>
    options.onTransition?.(snapshot)
  })
  actor.start()
  return {
    get snapshot() {
      return snapshot
    },
    send: (event) => {
      if ((snapshot as { status: string }).status === 'active') actor.send(event as never)
    },
    stop: () => actor.stop(),
  }
}

interface Args {
  context: any
  event: any
}
type Guard = (args: Args, params?: unknown) => boolean
type Action = (instance: Lifecycle, args: Args) => void

interface Transition {
  readonly target: State | undefined
  readonly guard: ((args: Args) => boolean) | undefined
  readonly actions: readonly Action[]
  readonly reenter: boolean
}

interface State {
  readonly name: string
  readonly on: Map<string, Transition[]>
  readonly always: Transition[]
  readonly after: { delay: (args: Args) => number; transitions: Transition[] }[]
  readonly entry: readonly Action[]
  readonly exit: readonly Action[]
  readonly final: boolean
}

/** A flat xstate machine turned into lookup tables. */
export interface CompiledMachine {
  readonly id: string
  readonly initial: State
  readonly states: ReadonlyMap<string, State>
  readonly context: (input: unknown) => any
}

/** One instance of a compiled machine: state, context and at most a few timers in the kernel's queue. */
export class Lifecycle {
  private node: State
  context: any
  private timers: Timer[] = []

  constructor(
    machine: CompiledMachine,
    private readonly kernel: Kernel,
    input?: unknown,
    private readonly onTransition?: (state: string, before: string) => void,
  ) {
    this.context = machine.context(input)
    this.node = machine.initial
    this.enter(machine.initial, { type: 'xstate.init', input })
  }

  get state(): string {
    return this.node.name
  }

  get done(): boolean {
    return this.node.final
  }

  /** Delivers an event. Returns false when the present state has no (permitted) transition for it. */
  send(event: { type: string; [field: string]: unknown }): boolean {
    const candidates = this.node.on.get(event.type) ?? this.node.on.get('*')
    return candidates !== undefined && this.take(candidates, event)
  }

  /** Withdraws all timers. */
  stop(): void {
    for (const t of this.timers) this.kernel.cancel(t)
    this.timers = []
  }

  private take(candidates: readonly Transition[], event: any): boolean {
    for (const t of candidates) {
      if (t.guard && !t.guard({ context: this.context, event })) continue
      const before = this.node
      const moves = t.target !== undefined && (t.target !== before || t.reenter)
      if (moves) {
        this.stop()
        for (const action of before.exit) action(this, { context: this.context, event })
      }
      for (const action of t.actions) action(this, { context: this.context, event })
      if (moves) this.enter(t.target!, event)
      else this.settle(event)
      if (before !== this.node) this.onTransition?.(this.node.name, before.name)
      return true
    }
    return false
  }

  private enter(state: State, event: any): void {
    this.node = state
    for (const action of state.entry) action(this, { context: this.context, event })
    for (const { delay, transitions } of state.after) {
      const timer = this.kernel.after(delay({ context: this.context, event }), () => {
        this.take(transitions, { type: `xstate.after.${state.name}` })
      })
      this.timers.push(timer)
    }
    this.settle(event)
  }

  private settle(event: any): void {
    if (this.node.always.length > 0) this.take(this.node.always, event)
  }
}

/**
 * Compiles a flat xstate machine (states without children; on, always, after, entry, exit; named or inline guards,
 * plain-function or assign actions). Throws when the machine uses anything else, so that a table never means less
 * than its chart. A property test holds both equal.
 */
export function compileMachine(machine: AnyStateMachine): CompiledMachine {
  const config = machine.config as any
  const implementations = machine.implementations as any
  const states = new Map<string, State>()
  const list = (x: unknown): any[] => (x === undefined ? [] : Array.isArray(x) ? x : [x])

  const guardOf = (guard: any): ((args: Args) => boolean) | undefined => {
    if (guard === undefined) return undefined
    const name = typeof guard === 'string' ? guard : typeof guard === 'object' ? guard.type : undefined
    const fn: Guard | undefined = name === undefined ? guard : implementations.guards?.[name]
    if (typeof fn !== 'function') throw new Error(`${config.id}: guard ${String(name)} has no implementation`)
    const params = typeof guard === 'object' ? guard.params : undefined
    return (args) => fn(args, typeof params === 'function' ? params(args) : params)
  }

  const actionOf = (action: any): Action => {
    const name = typeof action === 'string' ? action : typeof action === 'object' ? action.type : undefined
    const fn = name === undefined ? action : implementations.actions?.[name]
    if (typeof fn !== 'function') throw new Error(`${config.id}: action ${String(name)} has no implementation`)
    const params = typeof action === 'object' ? action.params : undefined
    const given = (args: Args): unknown => (typeof params === 'function' ? params(args) : params)
    if (fn.type === undefined) return (_, args) => void fn(args, given(args))
    if (fn.type !== 'xstate.assign') throw new Error(`${config.id}: ${fn.type} cannot be compiled`)
    const assignment = fn.assignment
    return (instance, args) => {
      const next = { ...instance.context }
      if (typeof assignment === 'function') Object.assign(next, assignment(args, given(args)))
      else
        for (const [key, value] of Object.entries(assignment))
          next[key] = typeof value === 'function' ? value(args, given(args)) : value
      instance.context = next
    }
  }

  const build = (name: string, node: any): State => {
    if (node.states || node.invoke || node.type === 'parallel') throw new Error(`${config.id}.${name} is not flat`)
    return {
      name,
      on: new Map(),
      always: [],
      after: [],
      entry: list(node.entry).map(actionOf),
      exit: list(node.exit).map(actionOf),
      final: node.type === 'final',
    }
  }

  const transitionOf = (t: any): Transition => {
    const spec = typeof t === 'string' ? { target: t } : t
    const target = spec.target === undefined ? undefined : states.get(String(spec.target).replace(/^[.#]/, ''))
    if (spec.target !== undefined && !target) throw new Error(`${config.id}: no state ${spec.target}`)
    return {
      target,
      guard: guardOf(spec.guard),
      actions: list(spec.actions).map(actionOf),
      reenter: spec.reenter === true,
    }
  }

  for (const [name, node] of Object.entries<any>(config.states)) states.set(name, build(name, node))
  for (const [name, node] of Object.entries<any>(config.states)) {
    const state = states.get(name)!
    for (const [event, t] of Object.entries<any>({ ...config.on, ...node.on }))
      state.on.set(event, list(t).map(transitionOf))
    state.always.push(...list(node.always).map(transitionOf))
    for (const [delay, t] of Object.entries<any>(node.after ?? {})) {
      const named = implementations.delays?.[delay]
      if (named === undefined && Number.isNaN(Number(delay))) throw new Error(`${config.id}: no delay ${delay}`)
      const ms = named ?? Number(delay)
      state.after.push({
        delay: typeof ms === 'function' ? (args) => ms(args) : () => ms,
        transitions: list(t).map(transitionOf),
      })
    }
  }
  const context = config.context
  return {
    id: config.id,
    initial: states.get(config.initial)!,
    states,
    context: typeof context === 'function' ? (input) => context({ input }) : () => ({ ...context }),
  }
}
