import { assign, setup } from 'xstate'

/** What the judge says of the cluster. */
interface Judgement {
  readonly objectives: readonly { readonly id: string; readonly met: boolean }[]
  readonly kept: readonly boolean[]
  readonly solved: boolean
}

interface Context {
  readonly judge: () => Judgement
  readonly hints: number
  hintsShown: number
  failedChecks: number
  last: Judgement | undefined
}

type Event = { type: 'start' } | { type: 'hint' } | { type: 'submit' } | { type: 'quit' } | { type: 'read' }

/** One attempt at one mission. It reaches the cluster only through `judge`. */
export const missionMachine = setup({
  types: {
    input: {} as { judge: () => Judgement; hints: number },
    context: {} as Context,
    events: {} as Event,
  },
  guards: {
    hintsLeft: ({ context }) => context.hintsShown < context.hints,
    solved: ({ context }) => context.last?.solved === true,
  },
  actions: {
    showHint: assign({ hintsShown: ({ context }) => context.hintsShown + 1 }),
    judge: assign({ last: ({ context }) => context.judge() }),
    countFailure: assign({ failedChecks: ({ context }) => context.failedChecks + 1 }),
  },
}).createMachine({
  id: 'mission',
  context: ({ input }) => ({ ...input, hintsShown: 0, failedChecks: 0, last: undefined }),
  initial: 'briefing',
  states: {
    briefing: { on: { start: 'working', quit: 'abandoned' } },
    working: {
      on: { hint: { guard: 'hintsLeft', actions: 'showHint' }, submit: 'judging', quit: 'abandoned' },
    },
    judging: {
      entry: 'judge',
      always: [
        { guard: 'solved', target: 'solved' },
        { target: 'working', actions: 'countFailure' },
      ],
    },
    solved: { on: { read: 'closed' } },
    abandoned: { type: 'final' },
    closed: { type: 'final' },
  },
})
