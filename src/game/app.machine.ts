import { setup } from 'xstate'

type Event =
  | { type: 'open' }
  | { type: 'resume' }
  | { type: 'sandbox' }
  | { type: 'settings' }
  | { type: 'back' }
  | { type: 'start' }
  | { type: 'ready' }
  | { type: 'show'; what: 'help' | 'briefing' | 'hints' | 'verdict' | 'settings' | 'leaving' }
  | { type: 'close' }
  | { type: 'solved' }
  | { type: 'ask' }
  | { type: 'answered' }
  | { type: 'leave' }
  | { type: 'lessons' }
  | { type: 'lesson' }
  | { type: 'exercise' }
  | { type: 'debrief' }
  | { type: 'restart' }
  | { type: 'drill' }
  | { type: 'drilled' }
  | { type: 'exam' }
  | { type: 'docs' }
  | { type: 'quit' }

/** Which screen the player sees. What happens in a mission is the mission machine's business. */
export const appMachine = setup({
  types: { events: {} as Event },
  guards: {
    help: ({ event }) => event.type === 'show' && event.what === 'help',
    briefing: ({ event }) => event.type === 'show' && event.what === 'briefing',
    hints: ({ event }) => event.type === 'show' && event.what === 'hints',
    verdict: ({ event }) => event.type === 'show' && event.what === 'verdict',
    settings: ({ event }) => event.type === 'show' && event.what === 'settings',
    leaving: ({ event }) => event.type === 'show' && event.what === 'leaving',
  },
}).createMachine({
  id: 'app',
  initial: 'menu',
  states: {
    menu: {
      on: {
        open: 'briefing',
        resume: 'loading',
        sandbox: 'loading',
        settings: 'settings',
        lessons: 'lessons',
        drill: 'drill',
        exam: 'exam',
        docs: 'docs',
        quit: 'closed',
      },
    },
    settings: { on: { back: 'menu' } },
    briefing: { on: { start: 'loading', resume: 'loading', back: 'menu' } },
    loading: { on: { ready: 'playing', back: 'menu', lesson: 'lesson', drill: 'drill', drilled: 'drilled' } },
    playing: {
      on: {
        solved: 'debrief',
        ask: 'diagnosis',
        leave: 'menu',
        back: 'menu',
        lesson: 'lesson',
        restart: 'loading',
        exercise: 'loading',
        drill: 'drill',
        drilled: 'drilled',
        quit: 'closed',
      },
      initial: 'terminal',
      states: {
        terminal: {
          on: {
            show: [
              { guard: 'help', target: 'help' },
              { guard: 'briefing', target: 'briefing' },
              { guard: 'hints', target: 'hints' },
              { guard: 'verdict', target: 'verdict' },
              { guard: 'settings', target: 'settings' },
              { guard: 'leaving', target: 'leaving' },
            ],
          },
        },
        help: { on: { close: 'terminal' } },
        briefing: { on: { close: 'terminal' } },
        hints: { on: { close: 'terminal' } },
        verdict: { on: { close: 'terminal' } },
        settings: { on: { close: 'terminal' } },
        leaving: { on: { close: 'terminal' } },
      },
    },
    diagnosis: { on: { answered: 'debrief' } },
    debrief: { on: { back: 'menu', lessons: 'lessons' } },
    // What one wanted to read about comes back: a debrief, a task of the drill, an exam's result.
    lessons: { on: { back: 'menu', lesson: 'lesson', debrief: 'debrief', drilled: 'drilled', exam: 'exam' } },
    lesson: {
      on: {
        lessons: 'lessons',
        exercise: 'loading',
        open: 'briefing',
        debrief: 'debrief',
        drilled: 'drilled',
        exam: 'exam',
      },
    },
    drill: { on: { back: 'menu', exercise: 'loading' } },
    drilled: { on: { drill: 'drill', exercise: 'loading', lessons: 'lessons' } },
    // What is to be seen there is the exam's own business.
    exam: { on: { back: 'menu', lessons: 'lessons' } },
    docs: { on: { back: 'menu' } },
    closed: { type: 'final' },
  },
})
