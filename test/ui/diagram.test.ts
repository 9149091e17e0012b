import { describe, expect, test } from 'vitest'
import { setup } from 'xstate'
import { drawMachine } from '../../src/ui/lessons/diagram.ts'
import { MACHINES } from '../../src/ui/lessons/diagrams.ts'
import { PAGE_WIDTH } from '../../src/ui/lessons/page.ts'

const lamp = setup({ guards: { broken: () => false }, delays: { patience: 1000 } }).createMachine({
  initial: 'off',
  on: { smash: '.gone' },
  states: {
    off: { on: { press: [{ guard: 'broken', target: 'gone' }, { target: 'on' }], wipe: { actions: [] } } },
    on: { on: { press: 'off' }, after: { patience: 'dim' } },
    dim: { always: 'off', on: { press: { target: 'dim', reenter: true } } },
    gone: { type: 'final' },
  },
})

describe('a machine is drawn from its definition', () => {
  test('guards, delays, ways of every state, ways back, ways to itself, ends', () => {
    expect(drawMachine(lamp, 'any state')).toEqual([
      '   ┌───────────┐',
      '●─▶│ off       │◀───────────────────┐',
      '   │           ├─ press [broken] ───┼─┐',
      '   │           ├─ press ──────────┐ │ │',
      '   └───────────┘                  │ │ │',
      '   ┌───────────┐                  │ │ │',
      '   │ on        │◀─────────────────┘ │ │',
      '   │           ├─ press ────────────┤ │',
      '   │           ├─ after patience ─┐ │ │',
      '   └───────────┘                  │ │ │',
      '   ┌───────────┐                  │ │ │',
      '   │ dim       │◀─────────────────┤ │ │',
      '   │           ├─ press ──────────┘ │ │',
      '   │           ├─ [else] ───────────┘ │',
      '   └───────────┘                      │',
      '   ╔═══════════╗                      │',
      '   ║ gone      ║◀─────────────────────┤',
      '   ╚═══════════╝                      │',
      '   ┌───────────┐                      │',
      '   │ any state │                      │',
      '   │           ├─ smash ──────────────┘',
      '   └───────────┘',
    ])
  })

  test.each(Object.entries(MACHINES))('%s shows each state and fits into a lesson', (_, machine) => {
    const lines = drawMachine(machine, 'tout état')
    for (const state of Object.keys(machine.config.states ?? {}))
      expect(lines.filter((line) => line.includes(`│ ${state} `) || line.includes(`║ ${state} `))).toHaveLength(1)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(PAGE_WIDTH)
  })
})
