import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { results } from '../../src/cli/results.ts'
import { cliText } from '../../src/cli/text.ts'
import { noProgress, withDiagnosis, withRepair } from '../../src/game/progress.ts'
import { HISTORY } from '../../src/serve/exam-storage.ts'
import { PROGRESS, save } from '../../src/serve/storage.ts'

const home = mkdtempSync(join(tmpdir(), 'notready-results-'))
const saved = { ...process.env }
let out = ''

beforeEach(() => {
  process.env.XDG_STATE_HOME = home
  out = ''
  const tell = (text: unknown): boolean => {
    out += text
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(tell)
  vi.spyOn(process.stderr, 'write').mockImplementation(tell)
})
afterEach(() => {
  vi.restoreAllMocks()
  process.env = { ...saved }
})

const ask = (options: Record<string, boolean> = {}, args: string[] = []) =>
  results({ language: 'en', text: cliText('en'), args, options })

test('what was played is told with its seeds: plainly, for a spreadsheet, for a program', async () => {
  expect([await ask(), out]).toEqual([0, 'Nothing has been played to its end yet.\n'])
  const run = { mission: 'echo', seed: 7, points: 90, seconds: 301, hints: 1, checks: 0, diagnosed: false }
  const first = withRepair(noProgress(), { ...run, at: '2026-11-21T10:00:00.000Z' })
  const second = withRepair(first, { ...run, at: '2026-11-21T11:00:00.000Z', points: 80 })
  const fail = (): never => expect.unreachable()
  save(PROGRESS, withDiagnosis(second, 'echo'), fail)
  const task = {
    id: 't',
    kind: 'task' as const,
    domain: 'storage',
    seed: 1,
    host: 'exam1000',
    entered: true,
    kept: true,
  }
  const exam = { begun: '2026-11-21T10:30:00.000Z', seed: 7, practice: false, minutes: 120, seconds: 7200 }
  const marked = { ...task, worth: 100, checks: [true, true], points: 2, earned: 2 }
  save(HISTORY, { version: 1, exams: [{ ...exam, tasks: [marked] }] }, fail)

  out = ''
  expect(await ask({ csv: true })).toBe(0)
  expect(out).toBe(
    'at,kind,id,seed,points,seconds,minutes,passed,hints,checks,diagnosed\n' +
      '2026-11-21T10:00:00.000Z,mission,echo,7,90,301,,,1,0,false\n' +
      '2026-11-21T10:30:00.000Z,exam,,7,100,7200,120,true,,,\n' +
      '2026-11-21T11:00:00.000Z,mission,echo,7,80,301,,,1,0,true\n',
  )
  out = ''
  await ask({ json: true })
  expect(JSON.parse(out)[1]).toEqual({
    kind: 'exam',
    seed: 7,
    at: exam.begun,
    seconds: 7200,
    minutes: 120,
    points: 100,
    passed: true,
    domains: { storage: { earned: 100, worth: 100 } },
  })
  out = ''
  await ask()
  expect(out.split('\n').slice(0, 2)).toEqual([
    'at                        kind     id    seed  points  seconds  minutes  passed  hints  checks  diagnosed',
    '2026-11-21T10:00:00.000Z  mission  echo  7     90      301                       1      0       false',
  ])
  out = ''
  expect([await ask({ csv: true, json: true }), out]).toEqual([
    2,
    'notready: results: give only one of --csv and --json\n',
  ])
  rmSync(home, { recursive: true })
})
