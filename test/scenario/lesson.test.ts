import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { blocksOf } from '../../src/scenario/lesson/blocks.ts'
import { loadLesson, proveLesson } from '../../src/scenario/lesson/index.ts'
import { lessons } from '../../src/serve/lessons.ts'

const HEAD = '---\nid: one\ntitle: One\norder: 1\nminutes: 5\n---\n'
const EXERCISE = `\`\`\`exercise
id: first
title: The first
cluster: single
ask: Do it.
done: Done.
check: { type: command, run: test -f /root/done }
solution: [touch /root/done]
\`\`\`
`
const original = loadLesson('en/one.md', `${HEAD}Words.\n${EXERCISE}`)

describe('blocks', () => {
  test('are headings, paragraphs, lists, tables and fences, each with its line', () => {
    const text = `A paragraph
of two lines.
## A heading
- one
  and more
- two

1. first
| a | b |
|---|---|
| \`x|y\` | z |
\`\`\`sh
echo hi

\`\`\``
    expect(blocksOf(text, 10)).toEqual([
      { kind: 'text', text: 'A paragraph\nof two lines.', line: 10 },
      { kind: 'heading', text: 'A heading', line: 12 },
      {
        kind: 'list',
        items: [
          { mark: '·', text: 'one and more' },
          { mark: '·', text: 'two' },
        ],
        line: 13,
      },
      { kind: 'list', items: [{ mark: '1.', text: 'first' }], line: 17 },
      {
        kind: 'table',
        rows: [
          ['a', 'b'],
          ['`x|y`', 'z'],
        ],
        line: 18,
      },
      { kind: 'fence', language: 'sh', text: 'echo hi\n', line: 21 },
    ])
  })
})

describe('a broken lesson says where', () => {
  const problem = (text: string, translated = false): string => {
    try {
      loadLesson(translated ? 'fr/one.md' : 'en/one.md', text, translated ? original : undefined)
      return 'none'
    } catch (error) {
      return (error as Error).message
    }
  }
  test.each([
    ['no front matter', '# One', 'en/one.md:1:1: there is no front matter (begin with ---, then id: and title:)'],
    [
      'a field that is not known',
      HEAD.replace('minutes: 5', 'minutes: 5\nminuets: 5'),
      'en/one.md:2:1: the file: Unrecognized key',
    ],
    ['another id', HEAD.replace('id: one', 'id: two'), 'en/one.md:2:1: id: the file is called one.md'],
    [
      'a check that is not known',
      `${HEAD}Words.\n${EXERCISE.replace('type: command', 'type: comand')}`,
      'en/one.md:14:10: check.type: ',
    ],
    ['YAML that is none', `${HEAD}${EXERCISE.replace('ask: Do it.', 'ask: [')}`, 'en/one.md:12:'],
    ['two exercises of one id', `${HEAD}${EXERCISE}${EXERCISE}`, 'en/one.md:16:1: there are two exercises "first"'],
  ])('%s', (_, text, message) => {
    expect(problem(text)).toContain(message)
  })

  const FRENCH = '---\nid: one\ntitle: Un\n---\nDes mots.\n'
  const WORDS = '```exercise\nid: first\ntitle: Le premier\nask: Faites-le.\ndone: Fait.\n```\n'
  test.each([
    ['nothing', `${FRENCH}${WORDS}`, 'none'],
    ['an exercise', FRENCH, 'fr/one.md:1:1: the exercise "first" of en/one.md is missing'],
    ['its original', `${FRENCH}${WORDS.replace('first', 'last')}`, 'fr/one.md:7:1: en/one.md has no exercise "last"'],
    ['the right to change the check', `${FRENCH}${WORDS.replace('done:', 'check: {}\ndone:')}`, 'fr/one.md:7:1: '],
  ])('a translation that lacks %s', (_, text, message) => {
    expect(problem(text, true)).toContain(message)
  })

  test('a translation has the exercise of its original, in its own words', () => {
    const [exercise] = loadLesson('fr/one.md', `${FRENCH}${WORDS}`, original).exercises
    expect(exercise).toEqual({ ...original.exercises[0], title: 'Le premier', ask: 'Faites-le.', done: 'Fait.' })
  })
})

test('a broken lesson is listed last and does not break the others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'notready-lessons-'))
  try {
    mkdirSync(join(folder, 'en'))
    writeFileSync(join(folder, 'en', 'one.md'), `${HEAD}Words.\n`)
    writeFileSync(join(folder, 'en', 'bad.md'), '# no front matter')
    expect(lessons('en', folder).map(({ id, lesson, error }) => [id, lesson?.title, error])).toEqual([
      ['one', 'One', undefined],
      ['bad', undefined, `${folder}/en/bad.md:1:1: there is no front matter (begin with ---, then id: and title:)`],
    ])
    expect(lessons('fr', folder).map(({ error }) => error?.replace(/:.*(ENOENT|front).*/, ' $1'))).toEqual([
      `${folder}/en/bad.md front`,
      `${folder}/fr/one.md ENOENT`,
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('the proof of an exercise', () => {
  const prove = (exercise: string) => proveLesson('one.md', `${HEAD}Words.\n${exercise}`, () => undefined)

  test('unmet at the start, met after its solution', () => {
    expect(prove(EXERCISE)).toEqual({
      id: 'one',
      ok: true,
      findings: [
        { ok: true, what: 'exercise "first" is unmet at the start' },
        { ok: true, what: 'exercise "first" is met by its solution' },
      ],
    })
  })

  test('one that is met already, one whose solution solves nothing, one that is fooled, and one that cannot be set up', () => {
    expect(prove(EXERCISE.replace('test -f /root/done', 'echo')).findings[0]).toEqual({
      ok: false,
      what: 'exercise "first" is unmet at the start',
      where: 'one.md:14:1',
      why: 'it is already met',
    })
    expect(prove(EXERCISE.replace('[touch', '[echo')).findings[1]).toEqual({
      ok: false,
      what: 'exercise "first" is met by its solution',
      where: 'one.md:15:1',
      why: 'its check still fails',
    })
    const decoys =
      'decoys: [{ why: It only looks so., run: [mkdir /root/done] }, { why: And so, run: [touch /root/done] }]'
    expect(prove(EXERCISE.replace('check:', `${decoys}\ncheck:`)).findings.slice(2)).toEqual([
      { ok: true, what: 'exercise "first" is not met by decoy 1' },
      {
        ok: false,
        what: 'exercise "first" is not met by decoy 2',
        where: 'one.md:14:63',
        why: 'a wrong way passes: And so',
      },
    ])
    expect(prove(EXERCISE.replace('check:', 'given: [{ run: "false" }]\ncheck:')).findings).toEqual([
      {
        ok: false,
        what: 'exercise "first" can be set up',
        where: 'one.md:14:9',
        why: expect.stringContaining('"false" ended with status 1'),
      },
    ])
  })
})
