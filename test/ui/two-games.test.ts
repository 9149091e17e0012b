import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { missionFiles } from '../../src/serve/missions.ts'
import { Controller } from '../../src/ui/controller.ts'
import { openView, type View } from '../../src/ui/view.tsx'
import { ownHome } from './home.ts'
import { seeIn, typeInto } from './window.ts'

// Nothing is played here.
vi.mock('../../src/ui/engine.ts', () => ({ findScenario: () => undefined }))
vi.mock('../../src/ui/exam/library.ts', () => ({
  examPool: async () => ({ candidates: [], titles: new Map(), broken: [] }),
}))

const home = ownHome()
const file = (name: string): string => join(home(), 'notready', name)

/** As if the process that started this one were a game, too. */
const theirs = (): string =>
  `${process.ppid} ${readFileSync(`/proc/${process.ppid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')[19]}\n`

const RUN = '{"version":1,"scenario":"quiet-nodes","seed":3}\n{"at":1,"time":true}\n'
const EXAM = '{"version":1,"seed":5,"practice":false,"begun":"2026-11-21T09:00:00.000Z","drawn":"a,b"}\n'

let game: Controller
let view: View
const type = (bytes: string): void => typeInto(game, bytes)
const see = (what: RegExp): Promise<string> => seeIn(view, what, 20)

beforeEach(async () => {
  mkdirSync(file(''), { recursive: true })
  for (const [name, text] of [
    ['run.jsonl', RUN],
    ['exam.jsonl', EXAM],
  ]) {
    writeFileSync(file(name), text)
    writeFileSync(file(`${name}.lock`), theirs())
  }
  game = new Controller('en', await missionFiles())
  game.resize(80, 24)
  view = openView(game, () => {})
})
afterEach(() => view.close())

test('a mission that is played in another game cannot be gone on with here, and says where it is', async () => {
  type('\x1b[B')
  await see(/▸ ↻ Go on with the mission you left: The quiet nodes/)
  type('\r')
  await see(/Problem: another NotReady \(process \d+\) is at it: go on there, or leave it\n/)
  expect(game.place.screen).toBe('menu')
  expect(readFileSync(file('run.jsonl'), 'utf8')).toBe(RUN)
})

test('an exam that is sat in another game is neither gone on with nor given up here', async () => {
  type('\r')
  await see(/You have left an exam/)
  for (const key of ['\r', 'x']) {
    game.troubles.length = 0
    type(key)
    await see(/another NotReady \(process \d+\) is at it/)
    expect(game.exam.stage).toBe('left')
  }
  expect(readFileSync(file('exam.jsonl'), 'utf8')).toBe(EXAM)
})
