import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultSettings, type Input, noProgress, withAttempt, withDiagnosis } from '../../src/game/index.ts'
import { RunLog } from '../../src/serve/run-log.ts'
import { load, PROGRESS, type Problem, SETTINGS, save } from '../../src/serve/storage.ts'

let home: string
let dir: string
const saved = { ...process.env }
const troubles: string[] = []
const trouble = ({ kind, path, why }: Problem): void =>
  void troubles.push(`${kind} ${path} ${why}`.replaceAll(home, '~'))

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'notready-'))
  dir = join(home, 'notready')
  process.env.XDG_STATE_HOME = home
  process.env.XDG_CONFIG_HOME = home
  troubles.length = 0
})
afterEach(() => {
  process.env = { ...saved }
  rmSync(home, { recursive: true, force: true })
})

const INPUTS: Input[] = [
  { at: 1000, size: [80, 20] },
  { at: 1000.5, key: { name: 'char', text: 'é' } },
  { at: 2000, key: { name: 'c', ctrl: true } },
  { at: 2000, hint: true },
  { at: 3000, check: true },
  { at: 9000, time: true },
]

function begun(): RunLog {
  const log = new RunLog(trouble)
  log.begin({ scenario: 'quiet-nodes', seed: 3 })
  for (const input of INPUTS) log.append(input)
  return log
}

describe('progress and settings', () => {
  test('come back as they were kept, and nothing else lies there', () => {
    const progress = withAttempt(noProgress(), 'quiet-nodes', { points: 90, seconds: 61 })
    const settings = { ...defaultSettings(), language: 'fr' as const, speed: 5 as const }
    save(PROGRESS, progress, trouble)
    save(SETTINGS, settings, trouble)
    expect([load(PROGRESS, trouble), load(SETTINGS, trouble)]).toEqual([progress, settings])
    expect([readdirSync(dir).sort(), troubles]).toEqual([['progress.json', 'settings.json'], []])
  })

  test('a damaged file is set aside and told of', () => {
    save(PROGRESS, noProgress(), trouble)
    writeFileSync(join(dir, 'progress.json'), '{"version":1,"missions":{"a":{"solved":-1}}}')
    expect(load(PROGRESS, trouble)).toEqual(noProgress())
    expect(readFileSync(join(dir, 'progress.json.damaged'), 'utf8')).toContain('"solved":-1')
    expect(troubles).toEqual([
      'damaged ~/notready/progress.json a.solved: expected a whole number from 0 to 9007199254740991',
    ])
  })

  test('a place that cannot be written to is told of, and the game goes on', () => {
    writeFileSync(dir, 'not a directory')
    save(PROGRESS, noProgress(), trouble)
    new RunLog(trouble).begin({ scenario: 'quiet-nodes', seed: 3 })
    expect(troubles).toEqual([
      'unwritable ~/notready/progress.json ENOTDIR: not a directory',
      'unwritable ~/notready/run.jsonl ENOTDIR: not a directory',
    ])
  })

  test('where no directory can be made, it is told at once', () => {
    process.env.XDG_STATE_HOME = '/proc/nowhere/deep'
    save(PROGRESS, noProgress(), trouble)
    expect(troubles).toEqual(['unwritable /proc/nowhere/deep/notready/progress.json ENOENT: no such file or directory'])
  })

  test('the better of two runs is kept', () => {
    const after = [
      { points: 70, seconds: 300 },
      { points: 90, seconds: 400 },
      { points: 90, seconds: 500 },
    ].reduce((p, r) => withAttempt(p, 'a', r), noProgress())
    expect(withAttempt(withDiagnosis(after, 'a'), 'a', undefined).missions.a).toEqual({
      solved: 3,
      attempts: 4,
      bestPoints: 90,
      bestSeconds: 400,
      diagnosed: true,
    })
  })

  test('what older games kept is read', () => {
    save(PROGRESS, noProgress(), trouble)
    const mission = { solved: 1, attempts: 2, bestPoints: 90, bestSeconds: 400 }
    writeFileSync(join(dir, 'progress.json'), JSON.stringify({ version: 1, missions: { a: mission } }))
    expect(load(PROGRESS, trouble)).toEqual({
      version: 1,
      missions: { a: { ...mission, diagnosed: false } },
      lessons: {},
      runs: [],
    })
    expect(troubles).toEqual([])
  })
})

describe('the log of the mission in play', () => {
  test('comes back as it was', () => {
    begun()
    expect(new RunLog(trouble).peek()).toEqual({ scenario: 'quiet-nodes', seed: 3 })
    expect(new RunLog(trouble).load()).toEqual({ scenario: 'quiet-nodes', seed: 3, inputs: INPUTS })
  })

  test('wherever it was cut, the whole inputs before the cut remain', () => {
    begun()
    const path = join(dir, 'run.jsonl')
    const text = readFileSync(path, 'utf8')
    const head = text.indexOf('\n') + 1
    for (let end = head; end <= text.length; end += 7) {
      writeFileSync(path, text.slice(0, end))
      const inputs = new RunLog(trouble).load()?.inputs ?? []
      expect(inputs).toEqual(INPUTS.slice(0, inputs.length))
      expect(inputs.length).toBeGreaterThanOrEqual(text.slice(head, end).split('\n').length - 1)
    }
  })

  test('goes on after half a line', () => {
    begun()
    appendFileSync(join(dir, 'run.jsonl'), '{"at":95')
    const log = new RunLog(trouble)
    log.resume(log.load()!)
    log.append({ at: 9999, time: true })
    expect(new RunLog(trouble).load()?.inputs).toEqual([...INPUTS, { at: 9999, time: true }])
  })

  test.each([
    ['binary', '\0\x01\x02\xff'],
    ['another version', '{"version":2,"scenario":"a","seed":1}\n'],
    ['nothing', ''],
  ])('%s is no log', (_case, text) => {
    begun().close()
    writeFileSync(join(dir, 'run.jsonl'), text)
    expect(new RunLog(trouble).peek()).toBeUndefined()
    expect(readdirSync(dir)).toEqual(['run.jsonl.damaged'])
  })

  test('time never goes back', () => {
    const log = begun()
    log.append({ at: 5, check: true })
    expect(new RunLog(trouble).load()?.inputs).toEqual(INPUTS)
  })

  test('is gone when the mission ends', () => {
    const log = begun()
    log.end()
    log.append({ at: 9999, time: true })
    expect(readdirSync(dir)).toEqual([])
  })
})
