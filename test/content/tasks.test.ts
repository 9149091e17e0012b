import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { CURRICULUM, DOMAINS } from '../../src/scenario/curriculum.ts'
import { loadTask, scenarioOfTask } from '../../src/scenario/task/index.ts'
import { lessonPaths } from '../../src/serve/lessons.ts'
import { scenarioPaths } from '../../src/serve/missions.ts'
import { taskPaths } from '../../src/serve/tasks.ts'
import { untranslated } from './texts.ts'

const files = taskPaths()
const load = (seed?: number) => files.map((file) => loadTask(file, readFileSync(file, 'utf8'), seed))
const tasks = load()
const named = (paths: readonly string[]): string[] => paths.map((path) => basename(path).replace(/\.\w+$/, ''))

test('every task lies in the folder of its domain under its own id, which nothing else has', () => {
  expect(tasks.map((t) => `${t.domain}/${t.id}`)).toEqual(
    files.map((file) => `${basename(dirname(file))}/${named([file])}`),
  )
  const taken = new Set([...named(scenarioPaths()), ...named(lessonPaths())])
  expect(tasks.filter((t) => taken.has(t.id)).map((t) => t.id)).toEqual([])
  expect(new Set(tasks.map((t) => t.id)).size).toBe(tasks.length)
})

test('there are enough for an exam and for speed drills, and every skill has some', () => {
  expect(tasks.length).toBeGreaterThanOrEqual(40)
  expect(tasks.filter((t) => t.reflex).length).toBeGreaterThanOrEqual(12)
  expect(Object.keys(CURRICULUM.skills).filter((skill) => !tasks.some((t) => t.skill === skill))).toEqual([])
  expect([1, 2, 3, 4, 5].filter((n) => !tasks.some((t) => t.difficulty === n))).toEqual([])
})

test('the domains have their share, give or take a half', () => {
  const off = DOMAINS.filter((domain) => {
    const share = (100 * tasks.filter((t) => t.domain === domain).length) / tasks.length
    return Math.abs(share / CURRICULUM.domains[domain].weight - 1) > 0.5
  })
  expect(off).toEqual([])
})

test('each has three variants at least, and each variant its own words', () => {
  expect(tasks.filter((t) => (t.variants?.length ?? 0) < 3).map((t) => t.id)).toEqual([])
  const said = [0, 1, 2].map((seed) => load(seed).map((t) => JSON.stringify([t.ask, t.given, t.goals])))
  expect(tasks.filter((_, i) => new Set(said.map((s) => s[i])).size < 3).map((t) => t.id)).toEqual([])
})

test('everything that is read is there in both languages', () => {
  expect(untranslated(tasks.map(scenarioOfTask))).toEqual([])
})

test('the lessons and reference pages that they name exist', () => {
  const docs = named(readdirSync(join(import.meta.dirname, '../../content/docs/en')))
  const lessons = named(lessonPaths())
  expect(tasks.filter((t) => t.docs.length === 0).map((t) => t.id)).toEqual([])
  expect(tasks.flatMap((t) => t.docs.filter((id) => !docs.includes(id)))).toEqual([])
  expect(tasks.flatMap((t) => (t.lessons ?? []).filter((id) => !lessons.includes(id)))).toEqual([])
})
