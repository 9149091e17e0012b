import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Candidate, draw } from '../../src/game/exam/draw.ts'
import { share } from '../../src/game/exam/share.ts'
import { CURRICULUM, DOMAINS, lasting, SKILLS } from '../../src/scenario/curriculum.ts'

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** Some tasks of every skill, and missions, as the package has them. */
const pool = fc
  .tuple(
    fc.array(fc.record({ skill: fc.constantFrom(...SKILLS), minutes: fc.integer({ min: 1, max: 10 }) }), {
      minLength: 10,
      maxLength: 70,
    }),
    fc.array(fc.record({ domain: fc.constantFrom(...DOMAINS), minutes: fc.integer({ min: 10, max: 15 }) }), {
      maxLength: 20,
    }),
  )
  .map(([tasks, missions]): Candidate[] => [
    ...tasks.map((t, i) => ({
      ...t,
      id: `task-${i}`,
      kind: 'task' as const,
      domain: CURRICULUM.skills[t.skill].domain,
    })),
    ...missions.map((m, i) => ({ ...m, id: `mission-${i}`, kind: 'mission' as const, skill: `mission-${i}` })),
  ])
const seed = fc.integer({ min: 0, max: 1_000_000 })

describe('an exam’s draw', () => {
  test('the same seed draws the same, whatever the order in which the files were found', () => {
    fc.assert(
      fc.property(pool, seed, (p, s) => {
        expect(draw([...p].reverse(), s)).toEqual(draw(p, s))
      }),
    )
  })

  test('15 to 20 different tasks when there are as many, each on a host of its own', () => {
    fc.assert(
      fc.property(pool, seed, (p, s) => {
        const tasks = draw(p, s)
        expect(tasks.length).toBeGreaterThanOrEqual(Math.min(15, p.length))
        expect(tasks.length).toBeLessThanOrEqual(20)
        expect(new Set(tasks.map((t) => t.id)).size).toBe(tasks.length)
        expect(new Set(tasks.map((t) => t.host)).size).toBe(tasks.length)
      }),
    )
  })

  test('all is worth 100 per cent, each domain with tasks its weight, nothing less than one', () => {
    fc.assert(
      fc.property(pool, seed, (p, s) => {
        const tasks = draw(p, s)
        expect(sum(tasks.map((t) => t.worth))).toBe(100)
        expect(Math.min(...tasks.map((t) => t.worth))).toBeGreaterThanOrEqual(1)
        if (DOMAINS.some((d) => tasks.filter((t) => t.domain === d).length > CURRICULUM.domains[d].weight)) return
        const worth = (domain: string): number => sum(tasks.filter((t) => t.domain === domain).map((t) => t.worth))
        if (DOMAINS.every((d) => tasks.some((t) => t.domain === d)))
          expect(DOMAINS.map(worth)).toEqual(DOMAINS.map((d) => CURRICULUM.domains[d].weight))
      }),
    )
  })

  test('each domain has its share of the tasks, unless there are too few of it', () => {
    fc.assert(
      fc.property(pool, seed, (p, s) => {
        const tasks = draw(p, s)
        const count = (of: readonly Candidate[], domain: string): number => of.filter((t) => t.domain === domain).length
        const weights = DOMAINS.map((d) => CURRICULUM.domains[d].weight)
        const limits = DOMAINS.map((d) => count(p, d))
        expect(DOMAINS.map((d) => count(tasks, d))).toEqual(share(tasks.length, weights, limits))
      }),
    )
  })

  test('no skill comes twice while another of its domain is left', () => {
    fc.assert(
      fc.property(pool, seed, (p, s) => {
        const tasks = draw(p, s)
        for (const domain of DOMAINS) {
          const of = tasks.filter((t) => t.domain === domain)
          const uses = (skill: string): number => of.filter((t) => t.skill === skill).length
          const most = Math.max(0, ...of.map((t) => uses(t.skill)))
          for (const left of p.filter((c) => c.domain === domain && !of.some((t) => t.id === c.id)))
            expect(uses(left.skill)).toBeGreaterThanOrEqual(most - 1)
        }
      }),
    )
  })
})

describe('tasks of some minutes and missions of a quarter of an hour', () => {
  const tasks = SKILLS.flatMap((skill) =>
    [3, 6].map(
      (minutes): Candidate => ({
        id: `${skill}-${minutes}`,
        kind: 'task',
        domain: CURRICULUM.skills[skill].domain,
        skill,
        minutes,
      }),
    ),
  )
  const missions = DOMAINS.flatMap((domain) =>
    [12, 15].map((minutes): Candidate => {
      const id = `${domain}-${minutes}`
      return { id, kind: 'mission', domain, skill: id, minutes }
    }),
  )
  test.each([
    [120, 15, 20],
    [60, 8, 10],
    [30, 4, 5],
    [10, 1, 2],
  ])('fill %i minutes', (minutes, least, most) => {
    for (let seed = 0; seed < 50; seed++) {
      const drawn = draw([...tasks, ...missions], seed, lasting(minutes))
      expect(drawn.length).toBeGreaterThanOrEqual(least)
      expect(drawn.length).toBeLessThanOrEqual(most)
      const all = sum(drawn.map((t) => t.minutes))
      expect(all).toBeGreaterThanOrEqual(Math.floor((minutes * 5) / 6) - 2)
      expect(all).toBeLessThanOrEqual(minutes)
      expect(sum(drawn.map((t) => t.worth))).toBe(100)
    }
  })
})

test('a pool of hardly anything but one domain still makes an exam of 100 per cent', () => {
  const of = (skill: string, n: number): Candidate => ({
    id: `${skill}-${n}`,
    kind: 'task',
    domain: CURRICULUM.skills[skill].domain,
    skill,
    minutes: 5,
  })
  const pool = [
    of('nodes', 1),
    of('rbac', 1),
    of('dns', 1),
    of('jobs', 1),
    ...Array.from({ length: 16 }, (_, n) => of('claims', n)),
  ]
  const tasks = draw(pool, 1)
  expect(tasks.length).toBeGreaterThanOrEqual(15)
  expect(sum(tasks.map((t) => t.worth))).toBe(100)
})

test('seeds draw different exams', () => {
  const some = SKILLS.flatMap((skill) =>
    [1, 2, 3].map(
      (n): Candidate => ({
        id: `${skill}-${n}`,
        kind: 'task',
        domain: CURRICULUM.skills[skill].domain,
        skill,
        minutes: 5,
      }),
    ),
  )
  const ids = (seed: number): string =>
    draw(some, seed)
      .map((t) => t.id)
      .join()
  expect(new Set([1, 2, 3, 4, 5].map(ids)).size).toBe(5)
})

describe('share', () => {
  test.each([
    [17, [30, 25, 20, 15, 10], undefined, [5, 4, 3, 3, 2]],
    [17, [30, 25, 20, 15, 10], [2, 9, 9, 9, 9], [2, 5, 4, 4, 2]],
    [10, [1, 1], [3, 3], [3, 3]],
    [0, [1, 1], undefined, [0, 0]],
    [5, [0, 0], undefined, [0, 0]],
  ])('%i by %j, at most %j', (total, weights, limits, out) => {
    expect(share(total, weights, limits)).toEqual(out)
  })
})
