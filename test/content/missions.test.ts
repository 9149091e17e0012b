import { expect, test } from 'vitest'
import { DOMAINS } from '../../src/scenario/index.ts'
import { scenarioFiles } from '../../src/serve/scenarios.ts'
import { untranslated } from './texts.ts'

const files = scenarioFiles()
const missions = files.flatMap(({ scenario }) => scenario ?? [])

test('no mission is broken', () => {
  expect(files.flatMap(({ error }) => error ?? [])).toEqual([])
})

test('every mission asks for its root cause', () => {
  expect(missions.filter((m) => !m.causes).map((m) => m.id)).toEqual([])
})

test('everything that a player reads is there in both languages', () => {
  expect(untranslated(missions)).toEqual([])
})

test('each domain and each difficulty has missions, each mission five variants at least', () => {
  expect(DOMAINS.filter((d) => !missions.some((m) => m.domain === d))).toEqual([])
  expect([1, 2, 3, 4, 5].filter((n) => !missions.some((m) => m.difficulty === n))).toEqual([])
  expect(missions.filter((m) => (m.variants?.length ?? 1) < 5).map((m) => m.id)).toEqual([])
})
