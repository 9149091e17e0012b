import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { drill } from '../../src/cli/drill.ts'
import { nearest } from '../../src/cli/nearest.ts'
import { cliText } from '../../src/cli/text.ts'
import { noDrill } from '../../src/game/drill/record.ts'
import { withReview } from '../../src/game/drill/schedule.ts'
import { DRILL, dateOf, dayOf } from '../../src/serve/drill-store.ts'
import { load, save } from '../../src/serve/storage.ts'
import { ownHome } from '../ui/home.ts'

const home = ownHome()
const TODAY = 20_778

let [out, err] = ['', '']
beforeEach(() => {
  out = err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

const run = (language: 'en' | 'fr', args: string[], options = {}) =>
  drill({ language, text: cliText(language), args, options }, TODAY)

const state = withReview(
  noDrill(),
  { skill: 'services', task: 'quick-expose', seed: 0, difficulty: 1, rating: 'good' },
  TODAY - 1,
)

describe('notready drill without a terminal', () => {
  test('prints the page', async () => {
    save(DRILL, state, () => expect.unreachable())
    expect([await run('en', []), err]).toEqual([0, ''])
    const lines = out.split('\n')
    expect(lines[0]).toBe('Drill — streak: 1 day (best 1)')
    expect(lines).toContain('services        Services                            █ 95%    tomorrow      1×')
    expect(lines).toContain('█ from 90   ▓ from 80   ▒ from 60   ░ below   · not drilled yet')
    expect(out).not.toMatch(/\x1b/)
  })

  test('in French, for a screen reader', async () => {
    expect(await run('fr', [], { 'screen-reader': true })).toBe(0)
    expect(out).toMatch(/^Entraînement — 1 jour \(record\u00a0: 1\)\n/)
    expect(out).toMatch(/Services et réseau\u00a0: difficulté 1\u00a0: 95\u00a0%, 1 compétence sur \d/)
  })

  test.each([
    [['servcies'], 'notready: there is no skill "servcies", did you mean "services"?\nSkills: applications, '],
    [['services', 'dns'], 'notready: "dns" is one argument too many\n'],
  ])('%s is refused', async (args, why) => {
    expect([await run('en', args), out]).toEqual([2, ''])
    expect(err.startsWith(why)).toBe(true)
  })

  test('what is damaged is told and set aside, and the page comes', async () => {
    writeFileSync(join(home(), 'notready', 'drill.json'), '{')
    expect(await run('en', [])).toBe(0)
    expect(err).toMatch(/^notready: .*drill\.json: /)
    expect(readdirSync(join(home(), 'notready'))).toEqual(['drill.json.damaged'])
  })
})

test('what is kept is read as it was; a file that cannot be replaced stays', () => {
  save(DRILL, state, () => expect.unreachable())
  expect(load(DRILL, () => expect.unreachable())).toEqual(state)
  const dir = join(home(), 'notready')
  const before = readFileSync(join(dir, 'drill.json'), 'utf8')
  // Where the new file would be written, there is something else.
  mkdirSync(join(dir, `drill.json.${process.pid}.tmp`))
  const troubles: string[] = []
  expect(save(DRILL, noDrill(), ({ kind }) => troubles.push(kind))).toBe(false)
  expect([troubles, readFileSync(join(dir, 'drill.json'), 'utf8')]).toEqual([['unwritable'], before])
})

test('killed at any byte of a write, what was reached before is there; half a file is set aside, never read', () => {
  const path = join(home(), 'notready', 'drill.json')
  const later = withReview(state, { skill: 'dns', task: 'a', seed: 1, difficulty: 2, rating: 'hard' }, TODAY)
  const text = JSON.stringify(later, null, 2)
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.nat(9999), (cut, pid) => {
      rmSync(join(home(), 'notready'), { recursive: true, force: true })
      save(DRILL, state, () => expect.unreachable())
      writeFileSync(`${path}.${pid}.tmp`, text.slice(0, cut))
      expect(load(DRILL, () => expect.unreachable())).toEqual(state)
      writeFileSync(path, text.slice(0, cut))
      const troubles: string[] = []
      expect(load(DRILL, ({ kind }) => troubles.push(kind))).toEqual(noDrill())
      expect([troubles, readFileSync(`${path}.damaged`, 'utf8')]).toEqual([['damaged'], text.slice(0, cut)])
    }),
    { numRuns: 50 },
  )
})

test('days are those of the calendar on the wall', () => {
  expect(dayOf(new Date(2026, 10, 21, 0, 0))).toBe(TODAY)
  expect(dayOf(new Date(2026, 10, 21, 23, 59))).toBe(TODAY)
  expect(dateOf(TODAY).toISOString()).toBe('2026-11-21T00:00:00.000Z')
  expect([dayOf(new Date(-1)), dayOf(new Date(8.64e15))]).toEqual([0, 900_000])
})

test.each([
  ['plya', 'play'],
  ['ls', 'list'],
  ['nothing', undefined],
])('%s is near %s', (name, near) => {
  expect(nearest(name, ['play', 'list', 'learn'])).toBe(near)
})
