import { setup } from 'xstate'

/**
 * One pressure condition of a node. It comes as soon as a threshold is crossed and goes only when the signal has been
 * good for the whole transition period, so that it does not flap.
 */
export const nodeConditionMachine = setup({
  types: {
    events: {} as { type: 'crossed' | 'relieved' },
    context: {} as { period: number },
    input: {} as { period: number },
  },
  delays: { transitionPeriod: ({ context }) => context.period },
}).createMachine({
  id: 'nodeCondition',
  context: ({ input }) => ({ period: input.period }),
  initial: 'False',
  states: {
    False: { on: { crossed: 'True' } },
    True: { on: { relieved: 'Relieved' } },
    Relieved: { on: { crossed: 'True' }, after: { transitionPeriod: 'False' } },
  },
})
