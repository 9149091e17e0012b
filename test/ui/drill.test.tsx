import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { render } from 'ink-testing-library'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { deckOf } from '../../src/game/drill/deck.ts'
import { noDrill } from '../../src/game/drill/record.ts'
import { withReview } from '../../src/game/drill/schedule.ts'
import type { TaskCard } from '../../src/game/task-card.ts'
import { linesOf } from '../../src/scenario/ways.ts'
import { DRILL } from '../../src/serve/drill-store.ts'
import { save } from '../../src/serve/storage.ts'
import { App } from '../../src/ui/app.tsx'
import { ControllerContext } from '../../src/ui/context.ts'
import { Controller } from '../../src/ui/controller.ts'
import { type RunDone, runLines } from '../../src/ui/drill/after.ts'
import { textOf } from '../../src/ui/drill/line.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'
import { handleKey } from '../../src/ui/keys.ts'
import { PlainView } from '../../src/ui/plain.ts'
import { taskCard } from '../game/task-cards.ts'
import { ownHome } from './home.ts'

const home = ownHome()

/** A Saturday. */
const TODAY = 20_778
const [ESC, DOWN, F4, F10] = ['\x1b', '\x1b[B', '\x1bOS', '\x1b[21~']

const QUICK = taskCard('quick-expose', 'services', { title: 'A NodePort in one line', reflex: true, variants: 3 })

const press = (game: Controller, bytes: string): void => {
  const decoder = new KeyDecoder()
  for (const key of [...decoder.feed(bytes), ...decoder.flush()]) handleKey(game, key)
}

let opened: Controller | undefined
afterEach(() => opened?.clock.stop())

/** The drill in a window, on a day of its own, with a few tasks. */
async function open(language: 'en' | 'fr', tasks: readonly TaskCard[], columns = 80, rows = 24) {
  const game = new Controller(language)
  opened = game
  game.drill.today = () => TODAY
  game.resize(columns, rows)
  press(game, 'd')
  await vi.waitFor(() => expect(game.drill.library).toBeDefined(), { timeout: 20_000 })
  game.drill.deck = deckOf(tasks)
  game.changed()
  const app = render(
    <ControllerContext.Provider value={game}>
      <App />
    </ControllerContext.Provider>,
  )
  const screen = (): string[] =>
    app
      .lastFrame()!
      .replaceAll('\u00a0', ' ')
      .replace(/\x1b\[[0-9;]*m/g, '')
      .split('\n')
      .map((line) => line.trimEnd())
  const type = async (bytes: string): Promise<string[]> => {
    press(game, bytes)
    // React draws later than the keys act.
    await new Promise((done) => setTimeout(done, 60))
    return screen()
  }
  const arrive = (place: string) =>
    vi.waitFor(() => expect(game.place.screen).toBe(place), { timeout: 50_000 }).then(() => type(''))
  return { game, type, arrive }
}

const kept = () => JSON.parse(readFileSync(join(home(), 'notready', 'drill.json'), 'utf8'))

/** A player who was here yesterday and two weeks ago. */
const BEFORE = [
  [{ skill: 'rbac', task: 'b', seed: 0, difficulty: 2, rating: 'good' as const }, TODAY - 14],
  [{ skill: 'services', task: 'quick-expose', seed: 0, difficulty: 1, rating: 'again' as const }, TODAY - 1],
] as const
const past = BEFORE.reduce((state, [review, day]) => withReview(state, review, day), noDrill())
const TASKS = [
  QUICK,
  taskCard('b', 'rbac', { difficulty: 2 }),
  taskCard('c', 'dns', { difficulty: 5 }),
  taskCard('d', 'nodes'),
]

const fail = (): never => expect.unreachable()

test('keys typed before the drill is there are not lost', { timeout: 60_000 }, async () => {
  const game = new Controller('en')
  opened = game
  press(game, `d${DOWN}${DOWN}\r`)
  await vi.waitFor(() => expect(game.place.screen).toBe('playing'), { timeout: 50_000 })
  game.endPractice('cancelled')
  expect([game.place.screen, game.drill.nav.at]).toEqual(['drill', 2])
})

describe('the page', () => {
  test('says what is due, how strong one is, what comes; the map can be read without colours', async () => {
    save(DRILL, past, fail)
    const { type } = await open('en', TASKS)
    expect((await type('')).slice(0, 17)).toEqual([
      ' NotReady — Drill                                        streak: 1 day (best 1)',
      '',
      "▸ Today's session                     2 due, 2 new",
      '  Reflexes                            a run of 3',
      '',
      '  Strength: per cent still known, and skills drilled of those with tasks',
      '                            ●         ●●        ●●●       ●●●●      ●●●●●',
      '  Troubleshooting           · 0/1',
      '  Cluster architecture                ▒ 74 1/1',
      '  Services & networking     ░ 0 1/1                                 · 0/1',
      '  Workloads & scheduling',
      '  Storage',
      '  █ from 90   ▓ from 80   ▒ from 60   ░ below   · not drilled yet',
      '',
      '  Coming: today 2 · Sun 0 · Mon 0 · Tue 0 · Wed 0 · Thu 0 · Fri 0',
      '',
      '  Skills',
    ])
    expect(await type(DOWN.repeat(8))).toContain('▸ RBAC                                ▒ 74%    due           1×')
    // A skill without tasks cannot be begun.
    expect((await type(`${DOWN}\r`)).join('\n')).toContain('▸ etcd backup and restore             no tasks yet')
  })

  test('in a small window every row can be reached', async () => {
    const { type } = await open('fr', TASKS, 44, 12)
    const seen = new Set(await type(''))
    for (let n = 0; n < 32; n++) for (const row of await type(DOWN)) seen.add(row)
    const all = [...seen].join('\n')
    for (const part of [
      'Séance du jour',

      'Stockage',
      'À venir',
      'RBAC',
      'Classes de sto',
    ])
      expect(all).toContain(part)
  }, 20_000)

  test('a clock that went back is told, and no streak', async () => {
    save(DRILL, past, fail)
    const { game, type } = await open('en', TASKS)
    game.drill.today = () => TODAY - 5
    game.changed()
    const shown = await type('')
    expect(shown[0]).toMatch(/streak: the clock is behind$/)
    expect(shown.join(' ')).toContain('the latest task was done on Fri 20 Nov')
  })

  test('a damaged file is set aside, and the page says so', async () => {
    writeFileSync(join(home(), 'notready', 'drill.json'), '{"version":1,"skills":{"rbac":{}}}')
    const { game } = await open('en', TASKS)
    expect(game.drill.state).toEqual(noDrill())
    expect(readFileSync(join(home(), 'notready', 'drill.json.damaged'), 'utf8')).toContain('"rbac":{}')
    expect(game.troubles).toHaveLength(1)
  })

  test('a screen reader is told the map in words, and each entry', async () => {
    save(DRILL, past, fail)
    const game = new Controller('en')
    game.drill.today = () => TODAY
    let told = ''
    new PlainView(game, (text) => {
      told += text
    })
    press(game, 'd')
    await vi.waitFor(() => expect(told).toContain("1/26: Today's session"), { timeout: 20_000 })
    expect(told).toMatch(/Services & networking: difficulty 1: 0%, 1 of \d+ skills/)
    told = ''
    press(game, DOWN.repeat(8))
    expect(told.split('\n').at(-2)).toMatch(/^9\/26: RBAC, 74%, due, 1×$/)
  })
})

test('a task is played, checked, explained, rated; Enter goes on; giving up is rated too', {
  timeout: 120_000,
}, async () => {
  save(DRILL, noDrill(), fail)
  const { game, type, arrive } = await open('en', [QUICK])
  await type('\r')
  expect((await arrive('playing'))[0]).toMatch(/^ A NodePort in one line +0:0\d \/ 1:00 +\d\d:\d\d:\d\d UTC$/)
  expect(game.past.scrollback.rows(80).join('\n')).toContain('Expose the Deployment')
  await type(`${F4}${ESC}${F10}${ESC}`)
  expect(game.mission?.failedChecks).toBe(1)
  await type(`${F10}\r`)
  await arrive('drilled')
  await vi.waitFor(() => expect(game.desk.reader.ready).toBe(true), { timeout: 20_000 })
  const failed = await type('')
  expect(failed.slice(0, 9)).toEqual([
    ' Drill: A NodePort in one line                                         Services',
    '',
    '  ★ Again: given up, or it took more than three times the time allowed',
    expect.stringMatching(/^ {4}0:0\d of 1:00, 0 hints, 1 check too early$/),
    '    It comes again tomorrow (Sun 22 Nov).',
    '',
    '  Checks',
    '  ✗ The Service web-node is of type NodePort — not met',
    '  ✗ web-node answers on 8080 — not met',
  ])
  expect(failed.at(-1)).toBe(' ↑↓ scroll · l read about it · Enter back to the drill')
  expect(kept().skills.services).toMatchObject({ times: 1, due: TODAY + 1, rating: 'again' })

  // To what there is to read about it, and back.
  await type('l')
  expect((await arrive('lesson'))[0]).toMatch(/^ Services +0 %$/)
  expect((await type(ESC)).slice(0, 3)).toEqual(failed.slice(0, 3))

  // The same skill by choice: another variant, and again until it is enough.
  await type(ESC)
  game.drill.deck = deckOf([QUICK])
  game.drill.session.beginSkill('services')
  await arrive('playing')
  expect(game.mission!.scenario.vars.app).not.toBe('web')
  for (const { line } of linesOf(game.mission!.scenario.solution)) {
    await type(`${line}\r`)
    game.simulate(() => game.session!.world.advance(3000))
  }
  await type(F4)
  const done = await arrive('drilled')
  expect(done[2]).toBe('  ★ Easy: done, in half the time allowed')
  expect(done).toContain('  How and why')
  expect(done.join('\n')).toContain('  $ kubectl expose deployment')
  expect(done.at(-1)).toBe(' Enter next: Services · l read about it · Esc stop')
  expect(kept()).toMatchObject({ skills: { services: { times: 2, rating: 'easy' } }, streak: { days: 1, last: TODAY } })
  expect(game.progress.missions).toEqual({})
  expect(game.saved).toBeUndefined()
})

test('a run without gaps is told by its share of the time allowed; what got better stands out, and how each is done', () => {
  const results = [
    { task: QUICK, seconds: 20, hints: 0 },
    { task: taskCard('b', 'rbac', { title: 'Who may what', minutes: 2 }), seconds: 130, hints: 0 },
  ]
  const before = { best: { 'quick-expose': 25 }, bestRun: 90 }
  const tasks = [
    { solution: ['kubectl expose deployment web'] },
    { solution: [{ on: 'node01', run: 'cat <<EOF\n  a: 1\nEOF\n' }, { wait: '1s' }] },
  ] as unknown as RunDone['tasks']
  expect(runLines({ results, tasks, before, whole: true }, 'en', 76).map(textOf)).toEqual([
    '                                  time   allowed your best',
    'A NodePort in one line            0:20      1:00      0:25  ★ new best',
    'Who may what                      2:10      2:00         –',
    'Together                          2:30      3:00',
    '',
    'The run took 83% of the time allowed. That is your best run.',
    '',
    'The shortest way',
    'A NodePort in one line',
    '  $ kubectl expose deployment web',
    'Who may what',
    '  $ node01  cat <<EOF',
    '      a: 1',
    '    EOF',
  ])
})

test('a run of reflexes: one after the other, the times against par', { timeout: 120_000 }, async () => {
  save(DRILL, noDrill(), fail)
  const { game, type, arrive } = await open('en', [QUICK], 120, 30)
  await type('r')
  expect((await arrive('playing'))[0]).toMatch(/ 1\/3 {2}0:0\d \/ 1:00 /)
  for (const { line } of linesOf(game.mission!.scenario.solution)) await type(`${line}\r`)
  game.simulate(() => game.session!.world.advance(3000))
  await type(F4)
  await vi.waitFor(() => expect(game.practice?.place).toBe('2/3'), { timeout: 50_000 })
  await arrive('playing')
  expect(game.past.scrollback.rows(80)[0]).toMatch(/^✓ 0:\d\d of 1:00/)
  await type(`${F10}\r`)
  await vi.waitFor(() => expect(game.practice?.place).toBe('3/3'), { timeout: 50_000 })
  await arrive('playing')
  await type(`${F10}r`)
  const result = await arrive('drilled')
  expect(result.slice(0, 8)).toEqual([
    ' Reflexes: the run',
    '',
    '                                                    time   allowed your best',
    expect.stringMatching(/^ {2}A NodePort in one line {28}0:\d\d {6}1:00 {9}–$/),
    '  A NodePort in one line                        left out      1:00         –',
    expect.stringMatching(/^ {2}Together {42}0:\d\d {6}2:00$/),
    '',
    '  With a gap or a hint it cannot be your best run.',
  ])
  expect(result.join('\n')).toMatch(
    /\n {2}The shortest way\n {2}A NodePort in one line\n {4}\$ kubectl expose .*\n {2}A NodePort in one line\n {4}\$ /,
  )
  expect(kept()).toMatchObject({ reflexes: { runs: 0, best: { 'quick-expose': expect.any(Number) } }, skills: {} })
  await type('\r')
  expect(game.place.screen).toBe('drill')
})
