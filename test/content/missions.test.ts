import { expect, test } from 'vitest'
import type { Scenario, Text } from '../../src/scenario/index.ts'
import { DOMAINS } from '../../src/scenario/index.ts'
import { scenarioFiles } from '../../src/serve/scenarios.ts'

const files = scenarioFiles()
const missions = files.flatMap(({ scenario }) => scenario ?? [])

/** Everything that a player reads of a mission. */
function textsOf(s: Scenario): [string, Text][] {
  const each = <T>(name: string, list: readonly T[] | undefined, text: (item: T) => Text | undefined) =>
    (list ?? []).flatMap((item, i): [string, Text][] => {
      const said = text(item)
      return said === undefined ? [] : [[`${s.id} ${name}.${i}`, said]]
    })
  return [
    [`${s.id} title`, s.title],
    [`${s.id} brief`, s.brief],
    [`${s.id} debrief`, s.debrief],
    ...each('goals', s.goals, (g) => g.say),
    ...each('keep', s.keep, (k) => k.say),
    ...each('hints', s.hints, (h) => (typeof h === 'object' && 'say' in h ? h.say : h)),
    ...each('fixes', s.fixes, (f) => f.name),
    ...each('decoys', s.decoys, (d) => d.why),
    ...each('decoys names', s.decoys, (d) => d.name),
    ...each('decoys tempting', s.decoys, (d) => d.tempting),
    ...each('causes', s.causes, (c) => c.say),
  ]
}

/** A name, a number or a command says the same in every language. */
const isWords = (text: string): boolean => /\p{L}{3,}.*\s.*\p{L}{3,}/su.test(text.replace(/`[^`]*`/g, ''))

test('no mission is broken', () => {
  expect(files.flatMap(({ error }) => error ?? [])).toEqual([])
})

test('every mission asks for its root cause', () => {
  expect(missions.filter((m) => !m.causes).map((m) => m.id)).toEqual([])
})

test('everything that a player reads is there in both languages', () => {
  const untranslated = missions
    .flatMap(textsOf)
    .filter(([, text]) => (typeof text === 'string' ? isWords(text) : isWords(text.en) && text.en === text.fr))
    .map(([where]) => where)
  expect(untranslated).toEqual([])
})

test('each domain and each difficulty has missions, each mission five variants at least', () => {
  expect(DOMAINS.filter((d) => !missions.some((m) => m.domain === d))).toEqual([])
  expect([1, 2, 3, 4, 5].filter((n) => !missions.some((m) => m.difficulty === n))).toEqual([])
  expect(missions.filter((m) => (m.variants?.length ?? 1) < 5).map((m) => m.id)).toEqual([])
})
