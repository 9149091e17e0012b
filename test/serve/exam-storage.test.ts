import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ExamResult } from '../../src/game/exam/result.ts'
import { noHistory, withResult } from '../../src/game/exam/result.ts'
import { ExamLog, HISTORY } from '../../src/serve/exam-storage.ts'
import { load, type Problem, save } from '../../src/serve/storage.ts'
import { ownHome } from '../ui/home.ts'

const home = ownHome()
const troubles: string[] = []
const trouble = ({ kind, path }: Problem): void => void troubles.push(`${kind} ${path.replace(home(), '~')}`)

const HEAD = { seed: 7, practice: true, minutes: 120, begun: '2026-11-21T09:00:00.000Z', drawn: 'abc' }
const RESULT: ExamResult = {
  begun: HEAD.begun,
  seed: 7,
  practice: false,
  minutes: 45,
  seconds: 60,
  tasks: [
    {
      id: 'quick-expose',
      kind: 'task',
      domain: 'services-networking',
      seed: 1,
      host: 'exam1111',
      worth: 100,
      entered: true,
      kept: true,
      checks: [true, false],
      points: 3,
      earned: 2,
    },
  ],
}

test('an exam that was killed is gone on with up to its last whole line', () => {
  const log = new ExamLog(trouble)
  expect(log.peek()).toBeUndefined()
  log.begin(HEAD)
  log.append({ at: 1, show: 3 })
  log.append({ at: 2, key: { name: 'enter' } })
  log.append({ at: 5, time: true })
  appendFileSync(join(home(), 'notready/exam.jsonl'), '{"at":6,"fla')
  expect(new ExamLog(trouble).peek()).toEqual(HEAD)
  expect(new ExamLog(trouble).load()).toEqual({
    ...HEAD,
    inputs: [
      { at: 1, show: 3 },
      { at: 2, key: { name: 'enter' } },
      { at: 5, time: true },
    ],
  })
  log.end()
  expect([new ExamLog(trouble).peek(), troubles]).toEqual([undefined, []])
})

test.each([
  ['exam.jsonl', '{"version":1,"seed":"x"}\n', () => new ExamLog(trouble).peek()],
  ['exam-history.json', '{"version":1,"exams":[{"seed":1}]}', () => load(HISTORY, trouble).exams[0]],
])('a damaged %s is set aside as it is', (name, text, read) => {
  troubles.length = 0
  mkdirSync(join(home(), 'notready'), { recursive: true })
  writeFileSync(join(home(), 'notready', name), text)
  expect(read()).toBeUndefined()
  expect(troubles).toEqual([`damaged ~/notready/${name}`])
  expect(readFileSync(join(home(), 'notready', `${name}.damaged`), 'utf8')).toBe(text)
})

test('the history keeps each exam once', () => {
  const history = withResult(withResult(noHistory(), RESULT), { ...RESULT, seconds: 61 })
  save(HISTORY, history, trouble)
  expect(load(HISTORY, trouble)).toEqual({ version: 1, exams: [{ ...RESULT, seconds: 61 }] })
})
