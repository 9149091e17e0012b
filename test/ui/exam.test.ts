import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ExamPool } from '../../src/serve/exam-pool.ts'
import { Controller } from '../../src/ui/controller.ts'
import { PlainView } from '../../src/ui/plain.ts'
import { openView, type View } from '../../src/ui/view.tsx'
import { ownHome } from './home.ts'
import { rowsOf, seeIn, typeInto } from './window.ts'

/** Two small tasks instead of the package's: their clusters are there at once. */
vi.mock('../../src/serve/exam-pool.ts', async (original) => ({
  ...(await original<object>()),
  examPool: async (): Promise<ExamPool> => ({
    candidates: [
      { id: 'config-as-environment', kind: 'task', domain: 'workloads-scheduling', skill: 'configuration', minutes: 4 },
      { id: 'quick-expose', kind: 'task', domain: 'services-networking', skill: 'services', minutes: 4 },
    ],
    titles: new Map([
      ['config-as-environment', { en: 'A ConfigMap', fr: 'Un ConfigMap' }],
      ['quick-expose', { en: 'A NodePort', fr: 'Un NodePort' }],
    ]),
    broken: ['content/tasks/x/half.yaml:3:1: skill: nonsense'],
  }),
}))

const home = ownHome()

let game: Controller
let view: View

/** Opens the exam's page in a window. */
function open(language: 'en' | 'fr', columns: number, rows: number): void {
  game = new Controller(language)
  game.resize(columns, rows)
  view = openView(game, () => {})
  game.exam.seed = 5
  game.exam.open()
}

/** As `kill -9` does: nothing is written any more. */
function kill(): void {
  const { exam } = game
  Object.assign(exam, { log: { append() {}, close() {} } })
  exam.stop()
  view.close()
}

beforeAll(async () => void (await import('../../src/ui/exam/library.ts')), 120_000)
afterEach(() => {
  game.exam.stop()
  view.close()
  rmSync(join(home(), 'notready/exam.jsonl'), { force: true })
})

const rows = (): string[] => rowsOf(view)
const type = (bytes: string): void => typeInto(game, bytes)
const see = (what: RegExp): Promise<string> => seeIn(view, what, 25)

const F = { hint: '\x1bOR', flag: '\x1bOS', next: '\x1b[17~', list: '\x1b[18~', pause: '\x1b[19~', end: '\x1b[21~' }
const ESC = '\x1b'
const RIGHT = '\x1b[C'

/** The commands that solve a task. */
const solution = (n: number): string =>
  game.exam
    .exam!.scenario(n)
    .solution.map((line) => `${line as string}\r`)
    .join('')

/** Where a task was whose exam was marked. */
const hostOfResult = (n: number): string => game.exam.result!.tasks[n].host

const hostOf = (n: number): string => game.exam.tasks[n].host

describe.sequential('an exam', { timeout: 60_000 }, () => {
  test('says its rules, and what was left out; the trademark stands there once', async () => {
    open('en', 80, 40)
    const rules = await see(/half\.yaml/)
    expect(rules.split('\n').slice(0, 6)).toEqual([
      ' NotReady — Mock exam',
      '',
      '  Mode: exam',
      '  Seed: 5',
      '',
      '  You have 120 minutes of real time for 15 to 20 tasks. Each says what it is',
    ])
    expect(rules.match(/CKA/g)).toHaveLength(1)
    expect(rules).toMatch(/✗ Left out, because it has mistakes: content\/tasks\/x\/half.yaml:3:1/)
    type('p')
    await see(/Mode: practice/)
    type('p')
  })

  test('in a narrow window: text, terminal, flags, list; killed, it goes on where it was', async () => {
    open('fr', 80, 24)
    await see(/Mode : examen/)
    type('\r')
    await see(/Tâche 1 sur 2 · .* · Charges et ordonnancement|Tâche 1 sur 2 · .* · Services et réseau/)
    expect(rows().at(-1)).toBe(' ↑↓ défiler · F5 F6 tâche · F4 marque · Échap terminal')
    type(ESC)
    await see(/root@base:~#/)
    type(`${F.flag}\x0fnssh ${hostOf(1)}\r`)
    await see(new RegExp(`^ Tâche 2 sur 2 .* sur ${hostOf(1)}  reste 1:59:\\d\\d`))
    type('vi x\riwritten')
    await see(/^written$/m)
    type(F.list)
    expect((await see(/▸/)).split('\n').slice(4, 6)).toEqual([
      expect.stringMatching(new RegExp(`^ {5}1 ⚑ ○  *\\d+ %  ${hostOf(0)}  Un (ConfigMap|NodePort)$`)),
      expect.stringMatching(new RegExp(`^ {2}▸ {2}2   ● *\\d+ %  ${hostOf(1)}  Un (ConfigMap|NodePort)$`)),
    ])
    kill()
    open('fr', 80, 24)
    await see(/Vous avez laissé un examen/)
    type('\r')
    await see(/^written$/m)
    expect(rows()[0]).toMatch(/^ Tâche 2 sur 2/)
    expect([...game.exam.exam!.flags]).toEqual([0])
    type(`${ESC}:wq\rexit\r`)
    await see(/Connection to exam\d+ closed\.\n.*root@base:~#/s)
    kill()
    open('fr', 80, 24)
    await see(/Vous avez laissé un examen/)
    type('x')
    await see(/Encore une fois x/)
    type('x')
    await see(/Mode : examen/)
    expect(existsSync(join(home(), 'notready/exam.jsonl'))).toBe(false)
  })

  test('in a wide window: the task beside the terminal; ended, it is marked and kept', async () => {
    open('en', 120, 40)
    await see(/Mode: exam/)
    type('\r')
    await see(/root@base:~# +│/)
    kill()
    open('en', 120, 40)
    await see(/You have left an exam/)
    type('\r')
    await see(/root@base:~# +│/)
    expect(rows()[1].slice(80)).toMatch(/^│ Task 1 of 2 · \d+ %/)
    type(`ssh ${hostOf(0)}\r`)
    await see(/root@kind-control-plane:~#/)
    type(solution(0))
    await see(/env updated|exposed/)
    type(F.end)
    const ending = await see(/End the exam\?/)
    expect(ending).toContain('Never visited: 1')
    type('\r')
    const result = await see(/NotReady — Result/)
    const { worth } = game.exam.result!.tasks[0]
    expect(result.split('\n').slice(2, 10)).toEqual([
      `  ✗ ${worth} % — not passed (66 % needed)`,
      expect.stringMatching(/^ {2}\d{4}-\d\d-\d\d \d\d:\d\d · 0:\d\d of 2:00:00 used, seed 5$/),
      '',
      '  By domain',
      expect.stringMatching(/^ {4}Services & networking +\d+ of \d+ %$/),
      expect.stringMatching(/^ {4}Workloads & scheduling +\d+ of \d+ %$/),
      '',
      expect.stringMatching(new RegExp(`^ {2}▸ 1. A (ConfigMap|NodePort) — ${worth} of ${worth} %$`)),
    ])
    expect(result).toMatch(/· never visited/)
    await see(/→ To read about this: ConfigMaps and Secrets · Deployments and rollouts/)
    expect(existsSync(join(home(), 'notready/exam.jsonl'))).toBe(false)
    const kept = JSON.parse(readFileSync(join(home(), 'notready/exam-history.json'), 'utf8'))
    expect(kept.exams.map((e: { seed: number }) => e.seed)).toEqual([5])
    // From a task to what there is to read about it, and back to the same task.
    type(`${RIGHT}\x1b[Dl`)
    expect((await see(/NotReady — To read/)).split('\n').slice(2, 5)).toEqual([
      expect.stringMatching(/^▸ {3}ConfigMaps and Secrets /),
      expect.stringMatching(/^ {4}Deployments and rollouts/),
      expect.stringMatching(/^(?! {4}\S)/),
    ])
    type('\x1b[B\r')
    await see(/^ Deployments and rollouts +0 %$/m)
    type(`${ESC}${ESC}`)
    await see(/^ {2}▸ 1\. A (ConfigMap|NodePort) — /m)
    type(`${RIGHT}l`)
    await see(/^ Services {9}/)
    type(ESC)
    await see(/^ {2}▸ 2\. A (ConfigMap|NodePort) — 0 of/m)
    // How it is done: what was asked, the checks, the author's own way; from task to task, and back.
    type('s')
    const solved = await see(/NotReady — Solution/)
    expect(solved.split('\n').slice(2, 4)).toEqual([
      expect.stringMatching(/^ {2}2\. A (ConfigMap|NodePort) — 0 of \d+ %$/),
      expect.stringMatching(new RegExp(`^ {2}${hostOfResult(1)} · .* · never visited$`)),
    ])
    expect(solved).toMatch(/^ {2}✗ .*\n\n {2}The shortest way\n {2}\$ kubectl /m)
    type('\x1b[D')
    await see(/^ {2}1\. A (ConfigMap|NodePort) — /m)
    type(`${RIGHT}${ESC}`)
    await see(/^ {2}▸ 2\. A (ConfigMap|NodePort) — 0 of/m)
    type('h')
    type(ESC)
    await see(/Mode: exam/)
    type(ESC)
    expect(await see(/your last exam: \d+ %$/m)).toMatch(/^ Search: +your last exam: \d+ %\n/m)
    type('e')
    await see(/Mode: exam/)
    type('h')
    expect(await see(/NotReady — Exams so far/)).toMatch(/▸ \d{4}-\d\d-\d\d \d\d:\d\d +\d+ % {2}✗ not passed/)
    type('\r')
    await see(/NotReady — Result/)
  })

  test('time runs out: a warning, the end, what was done counts, and keys meant for the terminal do not leave the result', async () => {
    open('fr', 80, 24)
    await see(/Mode : examen/)
    type('\r')
    await see(/Tâche 1 sur 2/)
    type(ESC)
    type(`ssh ${hostOf(0)}\r`)
    await see(/root@kind-control-plane:~#/)
    type(solution(0))
    await see(/env updated|exposed/)
    const { exam } = game.exam
    exam!.clock.runUntil(exam!.startedAt + 7_197_000)
    const bar = new RegExp(
      `^ Tâche 1 sur 2 · \\d+ % · ${hostOf(0)} +sur ${hostOf(0)}  plus que 1 minute !  0:0\\d$`,
      'm',
    )
    expect((await see(bar)).split('\n')[0].length).toBeLessThanOrEqual(80)
    type('vi x\rnot written')
    await see(/NotReady — Résultat/)
    type('q\r')
    const { worth } = game.exam.result!.tasks[0]
    const result = (await see(/NotReady — Résultat/)).split('\n')
    expect(result.slice(2, 4)).toEqual([
      `  ✗ ${worth} % — non réussi (il fallait 66 %)`,
      expect.stringMatching(/ · 2:00:00 sur 2:00:00, graine 5 · le temps était écoulé$/),
    ])
    expect(existsSync(join(home(), 'notready/exam.jsonl'))).toBe(false)
    await new Promise((done) => setTimeout(done, 1600))
    type('q')
    await see(/Missions/)
  })

  test('practice can be paused, shows hints, and can be left', async () => {
    open('en', 80, 24)
    game.exam.practice = true
    await see(/Mode: practice/)
    type('\r')
    await see(/Task 1 of 2/)
    type(`${ESC}${F.pause}`)
    await see(/No time passes/)
    const before = game.exam.now()
    await new Promise((done) => setTimeout(done, 300))
    expect([game.exam.now(), game.exam.exam!.state]).toEqual([before, 'paused'])
    type(`\r${F.hint}\r`)
    await see(/Hints/)
    expect(game.exam.exam!.state).toBe('working')
    type(`${ESC}${F.end}q`)
    await see(/Missions/)
    expect(await see(/▸ ↻ Go on with the exam you left: \d{4}-\d\d-\d\d \d\d:\d\d/)).toContain('Missions')
    type('\r')
    expect(await see(/You have left an exam/)).toContain('in practice')
    type('xx')
    await see(/Mode: practice/)
  })

  test('a screen reader hears tasks, turns to another, and hears the result', async () => {
    open('en', 80, 24)
    await see(/Mode: exam/)
    let said = ''
    const reader = new PlainView(game, (text) => {
      said += text
    })
    type('\r')
    await see(/Task 1 of 2/)
    said = ''
    type(`${F.next}${ESC}`)
    expect(said).toMatch(/Task 2 of 2 · \d+ % · .*\nA (ConfigMap|NodePort)\nssh exam\d{4}\n/)
    said = ''
    type(`${F.list}\x1b[A`)
    expect(said).toMatch(/Tasks\n.*\nTask 2 of 2, .*\nTask 1 of 2, \d+ %, exam\d{4}, A (ConfigMap|NodePort)\n/)
    type(`${ESC}${F.end}\r`)
    await see(/NotReady — Result/)
    expect(said).toMatch(/0 % — not passed \(66 % needed\)\n/)
    said = ''
    type(`s${RIGHT}`)
    expect(said).toMatch(/^Solution\n1\. A .*\nThe shortest way\n\$ kubectl .*\nSolution\n2\. A /s)
    reader.close()
  })
})
