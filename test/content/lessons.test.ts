import { describe, expect, test } from 'vitest'
import type { Lesson } from '../../src/scenario/index.ts'
import { lessons } from '../../src/serve/lessons.ts'
import { scenarioFiles } from '../../src/serve/scenarios.ts'
import { MACHINES } from '../../src/ui/lessons/diagrams.ts'
import { LINK, lessonPage, PAGE_WIDTH, wordsOf } from '../../src/ui/lessons/page.ts'
import { plain } from '../../src/ui/plain-text.ts'
import width from '../../src/ui/width.ts'
import { isWords } from './texts.ts'

const en = lessons('en')
const fr = lessons('fr')
const readable = (files: typeof en): Lesson[] => files.flatMap(({ lesson }) => lesson ?? [])
const pairs = readable(en).map((lesson, i) => ({ lesson, french: readable(fr)[i] }))
const missions = new Set(scenarioFiles().flatMap(({ scenario }) => scenario?.id ?? []))
const ids = new Set(en.map(({ id }) => id))

const page = (lesson: Lesson, language: 'en' | 'fr') =>
  lessonPage(lesson, {
    width: PAGE_WIDTH,
    language,
    done: new Set(lesson.exercises.map(({ id }) => id)),
    lessonTitle: (id) => id,
    missionTitle: (id) => id,
  })

describe('the lessons', () => {
  test('none is broken, in either language', () => {
    expect([...en, ...fr].flatMap(({ error }) => error ?? [])).toEqual([])
    expect(en.length).toBeGreaterThanOrEqual(15)
  })

  test('the course has an order that respects what a lesson needs', () => {
    const order = new Map(readable(en).map((l) => [l.id, l.order]))
    expect(new Set(order.values()).size).toBe(en.length)
    for (const { id, needs, order: own } of readable(en))
      for (const need of needs)
        expect([id, need, (order.get(need) ?? Number.POSITIVE_INFINITY) < own]).toEqual([id, need, true])
  })

  test('no lesson has the id of a mission', () => {
    expect([...ids].filter((id) => missions.has(id))).toEqual([])
  })
})

describe.each(pairs)('$lesson.id', ({ lesson, french }) => {
  test('has the same parts in both languages', () => {
    const parts = (l: Lesson): string[] =>
      l.blocks.map((b) => {
        if (b.kind === 'list') return `list ${b.items.length}`
        if (b.kind === 'table') return `table ${b.rows.length}×${b.rows[0].length}`
        if (b.kind === 'fence') return b.language === 'machine' ? `machine ${b.text}` : `fence ${b.language}`
        return b.kind === 'exercise' ? `exercise ${b.exercise.id} ${b.exercise.hints.length}` : b.kind
      })
    expect(parts(french)).toEqual(parts(lesson))
  })

  test('is translated to the last paragraph', () => {
    const texts = lesson.blocks.map(wordsOf)
    const same = french.blocks.flatMap((block, i) =>
      wordsOf(block).filter((text, n) => isWords(text) && text === texts[i][n]),
    )
    expect(same).toEqual([])
    const english = /\b(?:the|which|with)\b/
    expect(french.blocks.flatMap(wordsOf).filter((text) => english.test(text.replace(/`[^`]*`/g, '')))).toEqual([])
  })

  test('leads only to what exists', () => {
    expect(lesson.helps.filter((id) => !missions.has(id))).toEqual([])
    for (const l of [lesson, french])
      for (const block of l.blocks) {
        if (block.kind === 'fence' && block.language === 'machine') expect(Object.keys(MACHINES)).toContain(block.text)
        for (const [, , target] of wordsOf(block).join('\n').matchAll(LINK)) expect(ids).toContain(target)
      }
  })

  test('fits into its width', () => {
    const long = [page(lesson, 'en'), page(french, 'fr')]
      .flatMap(({ lines }) => lines.map(plain))
      .filter((line) => width(line) > PAGE_WIDTH)
    expect(long).toEqual([])
  })
})

test('missions name lessons that exist', () => {
  const named = scenarioFiles().flatMap(({ scenario }) => scenario?.lessons ?? [])
  expect(named.filter((id) => !ids.has(id))).toEqual([])
})

test('from each mission’s debrief a lesson can be reached', () => {
  const helped = new Set(readable(en).flatMap(({ helps }) => helps))
  const alone = scenarioFiles().flatMap(({ scenario: s }) => (s && !s.lessons?.length && !helped.has(s.id) ? s.id : []))
  expect(alone).toEqual([])
})
