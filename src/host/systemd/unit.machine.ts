import { setup } from 'xstate'

/**
 * What the life cycle of a service asks of its unit. The machine decides when, the unit knows how.
 */
export interface UnitActions {
  hasPre(): boolean
  /** Type=notify, dbus, forking or oneshot: starting is not yet running. */
  mustGetReady(): boolean
  startLimitHit(): boolean
  /** Restart= says so for the way in which the main process ended. */
  restarts(): boolean
  failed(): boolean
  remainsAfterExit(): boolean
  hasStop(): boolean
  announceStart(): void
  runPre(): void
  spawnMain(): void
  announceReady(): void
  recordExit(event: UnitEvent): void
  refuse(): void
  announceRestart(): void
  cancelRestart(): void
  announceStop(): void
  runStop(): void
  sendTerm(): void
  sendKill(): void
  timedOut(what: 'start' | 'stop'): void
  runReload(): void
  reset(): void
  restartMs(): number
  timeoutStartMs(): number
  timeoutStopMs(): number
}

/** What can happen to a service. */
export type UnitEvent =
  | { type: 'START' }
  | { type: 'STOP' }
  | { type: 'RELOAD' }
  | { type: 'PRE_DONE' }
  | { type: 'PRE_FAILED' }
  | { type: 'READY' }
  | { type: 'STOP_DONE' }
  | { type: 'RELOAD_DONE' }
  | { type: 'MAIN_EXITED'; code?: number; signal?: string }
  | { type: 'RESET' }

const launch = [
  { guard: 'startLimitHit', target: 'failed', actions: 'refuse' },
  { guard: 'hasPre', target: 'start-pre', actions: 'announceStart' },
  { guard: 'mustGetReady', target: 'start', actions: ['announceStart', 'spawnMain'] },
  { target: 'running', actions: ['announceStart', 'announceReady', 'spawnMain'] },
] as const
const relaunch = [
  { guard: 'startLimitHit', target: 'failed', actions: ['announceRestart', 'refuse'] },
  { guard: 'hasPre', target: 'start-pre', actions: ['announceRestart', 'announceStart'] },
  { guard: 'mustGetReady', target: 'start', actions: ['announceRestart', 'announceStart', 'spawnMain'] },
  { target: 'running', actions: ['announceRestart', 'announceStart', 'announceReady', 'spawnMain'] },
] as const
const afterExit = [
  { guard: 'restarts', target: 'auto-restart' },
  { guard: 'failed', target: 'failed' },
  { target: 'dead' },
] as const

/**
 * The life of a service unit; the state names are systemd's SUB states. A crash waits in auto-restart unless
 * Restart= forbids it; too many starts in StartLimitIntervalSec end in failed; a stop that is not obeyed ends in SIGKILL.
 */
export const unitMachine = setup({
  types: { context: {} as { unit: UnitActions }, events: {} as UnitEvent, input: {} as { unit: UnitActions } },
  guards: {
    hasPre: ({ context }) => context.unit.hasPre(),
    mustGetReady: ({ context }) => context.unit.mustGetReady(),
    startLimitHit: ({ context }) => context.unit.startLimitHit(),
    restarts: ({ context }) => context.unit.restarts(),
    failed: ({ context }) => context.unit.failed(),
    remainsAfterExit: ({ context }) => context.unit.remainsAfterExit(),
    hasStop: ({ context }) => context.unit.hasStop(),
  },
  actions: {
    announceStart: ({ context }) => context.unit.announceStart(),
    runPre: ({ context }) => context.unit.runPre(),
    spawnMain: ({ context }) => context.unit.spawnMain(),
    announceReady: ({ context }) => context.unit.announceReady(),
    recordExit: ({ context, event }) => context.unit.recordExit(event),
    refuse: ({ context }) => context.unit.refuse(),
    announceRestart: ({ context }) => context.unit.announceRestart(),
    cancelRestart: ({ context }) => context.unit.cancelRestart(),
    announceStop: ({ context }) => context.unit.announceStop(),
    runStop: ({ context }) => context.unit.runStop(),
    sendTerm: ({ context }) => context.unit.sendTerm(),
    sendKill: ({ context }) => context.unit.sendKill(),
    startTimedOut: ({ context }) => context.unit.timedOut('start'),
    stopTimedOut: ({ context }) => context.unit.timedOut('stop'),
    runReload: ({ context }) => context.unit.runReload(),
    reset: ({ context }) => context.unit.reset(),
  },
  delays: {
    restartSec: ({ context }) => context.unit.restartMs(),
    timeoutStart: ({ context }) => context.unit.timeoutStartMs(),
    timeoutStop: ({ context }) => context.unit.timeoutStopMs(),
  },
}).createMachine({
  id: 'unit',
  context: ({ input }) => ({ unit: input.unit }),
  initial: 'dead',
  states: {
    dead: { on: { START: launch, RESET: { actions: 'reset' } } },
    'start-pre': {
      entry: 'runPre',
      on: {
        PRE_DONE: [
          { guard: 'mustGetReady', target: 'start', actions: 'spawnMain' },
          { target: 'running', actions: ['announceReady', 'spawnMain'] },
        ],
        PRE_FAILED: afterExit,
        STOP: { target: 'stop-sigterm', actions: 'announceStop' },
      },
      after: { timeoutStart: { target: 'stop-sigterm', actions: 'startTimedOut' } },
    },
    start: {
      on: {
        READY: { target: 'running', actions: 'announceReady' },
        MAIN_EXITED: { target: 'judge', actions: 'recordExit' },
        STOP: { target: 'stop-sigterm', actions: 'announceStop' },
      },
      after: { timeoutStart: { target: 'stop-sigterm', actions: 'startTimedOut' } },
    },
    running: {
      on: {
        MAIN_EXITED: { target: 'judge', actions: 'recordExit' },
        STOP: [
          { guard: 'hasStop', target: 'stop', actions: 'announceStop' },
          { target: 'stop-sigterm', actions: 'announceStop' },
        ],
        RELOAD: { target: 'reload' },
      },
    },
    reload: {
      entry: 'runReload',
      on: {
        RELOAD_DONE: 'running',
        MAIN_EXITED: { target: 'judge', actions: 'recordExit' },
        STOP: { target: 'stop-sigterm', actions: 'announceStop' },
      },
    },
    // Passed through at once: what becomes of a unit whose main process has ended.
    judge: {
      always: [{ guard: 'remainsAfterExit', target: 'exited' }, ...afterExit],
    },
    exited: {
      on: {
        STOP: [
          { guard: 'hasStop', target: 'stop', actions: 'announceStop' },
          { target: 'dead', actions: 'announceStop' },
        ],
      },
    },
    stop: {
      entry: 'runStop',
      on: {
        STOP_DONE: 'stop-sigterm',
        MAIN_EXITED: { actions: 'recordExit' },
      },
      after: { timeoutStop: { target: 'stop-sigterm', actions: 'stopTimedOut' } },
    },
    'stop-sigterm': {
      entry: 'sendTerm',
      on: { MAIN_EXITED: { target: 'settle', actions: 'recordExit' } },
      after: { timeoutStop: { target: 'stop-sigkill', actions: 'stopTimedOut' } },
    },
    'stop-sigkill': {
      entry: 'sendKill',
      on: { MAIN_EXITED: { target: 'settle', actions: 'recordExit' } },
    },
    settle: { always: afterExit },
    'auto-restart': {
      on: { START: launch, STOP: { target: 'dead', actions: 'cancelRestart' }, RESET: { actions: 'reset' } },
      after: {
        restartSec: relaunch,
      },
    },
    failed: { on: { START: launch, STOP: 'dead', RESET: { target: 'dead', actions: 'reset' } } },
  },
})
