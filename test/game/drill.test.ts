import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deckOf, levelOf, NEW_A_DAY, pickFor, sessionOn } from '../../src/game/drill/deck.ts'
import { RATINGS, ratingOf } from '../../src/game/drill/rating.ts'
import { type DrillState, noDrill, parseDrill } from '../../src/game/drill/record.ts'
import { reflexRun, runShare, withReflex, withRun } from '../../src/game/drill/reflexes.ts'
import { aheadOf, type Review, retrievability, streakOn, withReview } from '../../src/game/drill/schedule.ts'
import { forecast, strengths } from '../../src/game/drill/strength.ts'
import { SKILLS } from '../../src/scenario/curriculum.ts'
import { taskCard } from './task-cards.ts'

const TODAY = 20_000

const review = (skill: string, rating: Review['rating'], difficulty = 1): Review => ({
  skill,
  task: 'a',
  seed: 0,
  difficulty,
  rating,
})

test.each([
  // seconds of a par of 100, hints, failed checks, given up → rating
  [0, 0, 0, false, 'easy'],
  [50, 0, 0, false, 'easy'],
  [51, 0, 0, false, 'good'],
  [100, 0, 0, false, 'good'],
  [150, 0, 0, false, 'good'],
  [151, 0, 0, false, 'hard'],
  [300, 0, 0, false, 'hard'],
  [301, 0, 0, false, 'again'],
  [10, 1, 0, false, 'hard'],
  [10, 0, 1, false, 'hard'],
  [80, 2, 3, false, 'hard'],
  [301, 1, 1, false, 'again'],
  [10, 0, 0, true, 'again'],
] as const)('%d s, %d hints, %d failed checks, given up: %s → %s', (seconds, hints, failedChecks, gaveUp, rating) => {
  expect(ratingOf({ seconds, par: 100, hints, failedChecks, gaveUp })).toBe(rating)
})

describe('schedule', () => {
  test('what goes well comes again later and later, what fails sooner', () => {
    let state = noDrill()
    const dues: number[] = []
    for (const rating of ['good', 'good', 'good', 'good', 'again', 'hard', 'good'] as const) {
      const on = state.skills.rbac?.due ?? TODAY
      state = withReview(state, review('rbac', rating), on)
      dues.push(state.skills.rbac.due - on)
    }
    expect(dues).toEqual([2, 11, 46, 60, 4, 8, 16])
    expect(levelOf(state.skills.rbac)).toBe(3)
  })

  test('the same day twice: more of it does not make it firmer, failing makes it weaker', () => {
    const once = withReview(noDrill(), review('rbac', 'good'), TODAY)
    const twice = withReview(once, review('rbac', 'easy'), TODAY)
    const failed = withReview(once, review('rbac', 'again'), TODAY)
    expect(twice.skills.rbac.stability).toBeCloseTo(once.skills.rbac.stability)
    expect(failed.skills.rbac.due).toBe(TODAY + 1)
    expect(failed.skills.rbac.stability).toBeLessThan(once.skills.rbac.stability)
  })

  test('a clock that went back: the latest day stays, nothing is told of a streak', () => {
    const before = withReview(withReview(noDrill(), review('rbac', 'good'), TODAY - 1), review('etcd', 'good'), TODAY)
    const after = withReview(before, review('rbac', 'good'), TODAY - 400)
    expect(before.streak).toEqual({ days: 2, last: TODAY, best: 2 })
    expect(after.streak).toEqual(before.streak)
    expect(after.skills.rbac.last).toBe(TODAY - 1)
    expect(after.skills.rbac.due).toBeGreaterThan(TODAY)
    expect([streakOn(after.streak, TODAY - 400), aheadOf(after, TODAY - 400)]).toEqual([undefined, TODAY])
    expect([TODAY, TODAY + 1, TODAY + 2].map((day) => streakOn(after.streak, day))).toEqual([2, 2, 0])
  })

  const days = fc.integer({ min: 0, max: 60_000 })
  const reviews = fc.array(
    fc.tuple(
      fc.record({
        skill: fc.constantFrom(...SKILLS.slice(0, 3)),
        task: fc.constantFrom('a', 'b', '__proto__'),
        seed: fc.nat(100),
        difficulty: fc.integer({ min: 1, max: 5 }),
        rating: fc.constantFrom(...RATINGS),
      }),
      days,
    ),
    { maxLength: 30 },
  )
  const played = (of: readonly (readonly [Review, number])[]): DrillState =>
    of.reduce((state, [what, on]) => withReview(state, what, on), noDrill())

  test('however the clock goes, days never go back, and what is kept is read as it was', () => {
    fc.assert(
      fc.property(reviews, days, (of, on) => {
        let state = noDrill()
        for (const [what, day] of of) {
          const old = state.skills[what.skill]
          state = withReview(state, what, day)
          const now = state.skills[what.skill]
          expect(now.last).toBeGreaterThanOrEqual(Math.max(day, old?.last ?? 0))
          expect(now.due).toBeGreaterThan(now.last)
          expect(state.streak.last).toBeGreaterThanOrEqual(day)
          expect(state.streak.best).toBeGreaterThanOrEqual(state.streak.days)
        }
        for (const record of Object.values(state.skills)) {
          const chance = retrievability(record, on)
          expect(chance).toBeGreaterThan(0)
          expect(chance).toBeLessThanOrEqual(1)
        }
        expect(parseDrill(JSON.parse(JSON.stringify(state)))).toEqual(state)
      }),
      { numRuns: 300 },
    )
  })

  test('a better rating never brings a card earlier', () => {
    fc.assert(
      fc.property(reviews, days, (of, on) => {
        const state = played(of)
        const dues = RATINGS.map((rating) => withReview(state, review(SKILLS[0], rating), on).skills[SKILLS[0]].due)
        expect(dues).toEqual([...dues].sort((a, b) => a - b))
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    ['another version', { version: 2 }, 'the file.version: expected one of 1'],
    ['a skill that is none', { skills: { rbac: { first: 1 } } }, 'the file.skills.rbac.last: expected a whole number'],
    ['no memory at all', { skills: { rbac: { stability: 0 } } }, 'the file.skills.rbac.stability: expected a number'],
    ['more than there is', { levels: {} }, 'the file.levels: expected nothing'],
  ])('%s is refused', (_case, change, why) => {
    const { rbac } = withReview(noDrill(), review('rbac', 'good'), TODAY).skills
    const skills = (change as any).skills
    const data = {
      ...noDrill(),
      ...change,
      ...(skills?.rbac.stability === 0 ? { skills: { rbac: { ...rbac, stability: 0 } } } : {}),
    }
    expect(() => parseDrill(data)).toThrow(why)
  })
})

describe('deck', () => {
  test('new skills come by the weight of their domain, so many a day; what is due comes first, longest overdue first', () => {
    const deck = deckOf(SKILLS.map((skill) => taskCard(skill, skill)))
    expect(deck.map(({ skill }) => skill).slice(0, 7)).toEqual([...SKILLS.slice(0, 7)])
    expect(sessionOn(deck, noDrill(), TODAY)).toEqual({ due: [], fresh: SKILLS.slice(0, NEW_A_DAY) })
    let state = withReview(noDrill(), review(SKILLS[0], 'good'), TODAY)
    expect(sessionOn(deck, state, TODAY).fresh).toEqual(SKILLS.slice(1, NEW_A_DAY))
    state = withReview(state, review(SKILLS[5], 'again'), TODAY)
    expect(sessionOn(deck, state, TODAY + 30).due).toEqual([SKILLS[5], SKILLS[0]])
    expect(forecast(deck, state, TODAY, 4)).toEqual([0, 1, 1, 0])
  })

  test('a skill without tasks cannot come up', () => {
    const deck = deckOf([taskCard('a', 'rbac')])
    expect(sessionOn(deck, noDrill(), TODAY)).toEqual({ due: [], fresh: ['rbac'] })
    expect(pickFor(deck.find(({ skill }) => skill === 'dns')!, undefined)).toBeUndefined()
  })

  test('no task twice running, no variant twice running; harder as the skill gets firm', () => {
    const [card] = deckOf([
      taskCard('one', 'applications'),
      taskCard('two', 'applications'),
      taskCard('hard', 'applications', { difficulty: 4 }),
    ])
    let state = noDrill()
    const asked: string[] = []
    for (let n = 0; n < 7; n++) {
      const { task: chosen, seed } = pickFor(card, state.skills.applications)!
      asked.push(`${chosen.id}/${seed % chosen.variants}`)
      const on = state.skills.applications?.due ?? TODAY
      state = withReview(state, { ...review('applications', 'good', chosen.difficulty), task: chosen.id, seed }, on)
    }
    expect(asked).toEqual(['two/0', 'one/1', 'hard/2', 'two/0', 'hard/1', 'two/2', 'hard/0'])
    const [single] = deckOf([taskCard('only', 'applications', { variants: 2 })])
    const record = { ...state.skills.applications, task: 'only' }
    for (const seed of [0, 1])
      for (const times of [3, 4]) expect((pickFor(single, { ...record, seed, times })!.seed - seed) % 2).not.toBe(0)
  })
})

test('strength counts what was drilled, what failed as unknown', () => {
  const deck = deckOf([
    taskCard('a', 'services', { difficulty: 2 }),
    taskCard('b', 'dns', { difficulty: 2 }),
    taskCard('c', 'ingress', { difficulty: 2 }),
  ])
  const state = withReview(
    withReview(noDrill(), review('services', 'good', 2), TODAY),
    review('dns', 'again', 2),
    TODAY,
  )
  const cells = (on: number) => strengths(deck, state, on).find(({ domain }) => domain === 'services-networking')!.cells
  expect(cells(TODAY)['2']).toEqual({ skills: 3, drilled: 2, strength: 0.5 })
  expect(cells(TODAY)['1']).toEqual({ skills: 0, drilled: 0, strength: 0 })
  expect(cells(TODAY + 30)['2'].strength).toBeLessThan(0.5)
})

describe('reflexes', () => {
  const tasks = [
    ...['a', 'b', 'c', 'd'].map((id) => taskCard(id, 'services', { reflex: true })),
    taskCard('slow', 'services'),
  ]

  test('a run asks everything before anything comes again, and never the same variant twice', () => {
    for (let n = 0; n < 20; n++) {
      const run = reflexRun(tasks, n)
      expect(run).toHaveLength(10)
      expect(new Set(run.slice(0, 4).map((p) => p.task.id)).size).toBe(4)
      expect(new Set(run.map((p) => `${p.task.id} ${p.seed % p.task.variants}`)).size).toBe(10)
      expect(run).toEqual(reflexRun(tasks, n))
    }
    expect(reflexRun([taskCard('slow', 'services')], 0)).toEqual([])
  })

  test('the best times are kept: without hints, and a run only without gaps', () => {
    const of = (seconds: number | undefined, hints = 0) => ({ task: tasks[0], seconds, hints })
    let state = noDrill()
    for (const result of [of(40), of(30, 1), of(undefined), of(35), of(38)]) state = withReflex(state, result, TODAY)
    expect(state.reflexes.best).toEqual({ a: 35 })
    expect(state.streak.days).toBe(1)
    expect([runShare([of(30), of(60)]), runShare([of(30), of(undefined)]), runShare([])]).toEqual([
      75,
      undefined,
      undefined,
    ])
    for (const run of [[of(30)], [of(20), of(undefined)], [of(40)]]) state = withRun(state, run)
    expect(state.reflexes).toMatchObject({ runs: 3, bestRun: 50 })
    expect(parseDrill(JSON.parse(JSON.stringify(state)))).toEqual(state)
  })
})
