import { setup } from 'xstate'

interface Context {
  /** How long one may work, ms. */
  readonly limit: number
  /** It does not count, and may be paused. */
  readonly practice: boolean
}

type Event = { type: 'begin' } | { type: 'pause' } | { type: 'resume' } | { type: 'end' } | { type: 'marked' }

/** One exam. Its time is that of the machines, which stands still while it is paused. */
export const examMachine = setup({
  types: { input: {} as Context, context: {} as Context, events: {} as Event },
  guards: { practice: ({ context }) => context.practice },
  delays: { timeIsUp: ({ context }) => context.limit },
}).createMachine({
  id: 'exam',
  context: ({ input }) => input,
  initial: 'rules',
  states: {
    rules: { on: { begin: 'sitting' } },
    sitting: {
      // On the parent: a pause must not give time back.
      after: { timeIsUp: 'ended' },
      on: { end: 'ended' },
      initial: 'working',
      states: {
        working: { on: { pause: { guard: 'practice', target: 'paused' } } },
        paused: { on: { resume: 'working' } },
      },
    },
    ended: { on: { marked: 'results' } },
    results: { type: 'final' },
  },
})
