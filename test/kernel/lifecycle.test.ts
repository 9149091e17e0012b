import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign, setup } from 'xstate'
import { compileMachine, Kernel, Lifecycle, runMachine } from '../../src/kernel/index.ts'

const machine = setup({
  types: { context: {} as { restarts: number; node: string; log: string[] }, events: {} as any },
  guards: {
    crashed: ({ event }: any) => event.code !== 0,
    mayRetry: ({ context }) => context.restarts < 3,
  },
  actions: {
    count: assign({ restarts: ({ context }) => context.restarts + 1 }),
    bind: assign(({ event }: any) => ({ node: event.node })),
    note: assign({ log: ({ context, event }: any) => [...context.log, event.type.replace(/^xstate.*/, 'auto')] }),
  },
  delays: { backOff: ({ context }) => 1000 * 2 ** context.restarts },
}).createMachine({
  id: 'toy',
  context: { restarts: 0, node: '', log: [] },
  initial: 'pending',
  states: {
    pending: { on: { BIND: { target: 'creating', actions: 'bind' } } },
    creating: { entry: 'note', after: { 500: 'running' }, on: { DELETE: 'gone' } },
    running: {
      on: { EXIT: [{ guard: 'crashed', target: 'waiting', actions: 'count' }, { target: 'done' }], DELETE: 'gone' },
    },
    waiting: {
      always: { guard: ({ context }) => context.restarts >= 4, target: 'done' },
      after: { backOff: [{ guard: 'mayRetry', target: 'running' }, { target: 'done' }] },
    },
    done: { exit: 'note', on: { DELETE: 'gone' } },
    gone: { type: 'final' },
  },
})

const event = fc.oneof(
  fc.record({ type: fc.constantFrom('BIND', 'DELETE', 'NOISE'), node: fc.string() }),
  fc.record({ type: fc.constant('EXIT'), code: fc.integer({ min: 0, max: 1 }) }),
  fc.record({ type: fc.constant('TIME'), ms: fc.integer({ min: 1, max: 4000 }) }),
)

describe('compileMachine', () => {
  test('a table takes the same steps at the same times as the xstate actor', () => {
    const compiled = compileMachine(machine)
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const a = new Kernel({ seed: 1, start: 0 })
        const b = new Kernel({ seed: 1, start: 0 })
        const actor = runMachine(a, machine)
        const table = new Lifecycle(compiled, b)
        for (const e of events as any[]) {
          if (e.type === 'TIME') {
            a.advance(e.ms)
            b.advance(e.ms)
          } else {
            actor.send(e)
            table.send(e)
          }
          expect(table.state).toBe(actor.snapshot.value)
          expect(table.context).toEqual(actor.snapshot.context)
        }
      }),
    )
  })

  test('refuses what a table cannot express', () => {
    const nested = setup({}).createMachine({
      id: 'n',
      initial: 'a',
      states: { a: { initial: 'b', states: { b: {} } } },
    })
    expect(() => compileMachine(nested)).toThrow('n.a is not flat')
  })
})
