import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missionFiles } from '../../src/serve/missions.ts'
import { Controller } from '../../src/ui/controller.ts'
import { openView, type View } from '../../src/ui/view.tsx'
import { ownHome } from './home.ts'
import { rowsOf, seeIn, typeInto } from './window.ts'

const home = ownHome()

let game: Controller
let view: View

beforeAll(async () => {
  game = new Controller('en', await missionFiles())
  game.resize(120, 30)
  view = openView(game, () => {})
})
afterAll(() => {
  game.clock.stop()
  view.close()
})

const rows = (): string[] => rowsOf(view)
const screen = (): string => rows().join('\n')
const type = (bytes: string): void => typeInto(game, bytes)
const see = (what: RegExp): Promise<string> => seeIn(view, what)

const ESC = '\x1b'
const DOWN = `${ESC}[B`
const PAGE_DOWN = `${ESC}[6~`
const F = {
  help: '\x1bOP',
  check: '\x1bOS',
  skip: '\x1b[15~',
  speed: '\x1b[17~',
  settings: '\x1b[20~',
  leave: '\x1b[21~',
}
/** What is right on one of the three nodes does no harm on the others. */
const REPAIR = `for n in node01 node02 node03; do ssh $n "sed -i 's/^version = 3]/version = 3/' /etc/containerd/config.toml; systemctl restart containerd; sed -i 's#:6433#:6443#' /etc/kubernetes/kubelet.conf; systemctl enable kubelet; systemctl restart kubelet"; done`

describe.sequential('a mission, from its briefing to its debrief', { timeout: 120_000 }, () => {
  test('Escape leaves the loading screen, and nothing comes after it', async () => {
    type('/quiet nodes\r\r')
    await see(/Briefing: The quiet nodes/)
    type('\r')
    expect(await see(/Switching the machines on/)).toMatch(/\n Esc back$/)
    type(ESC)
    await see(/Missions: 0/)
    await new Promise((done) => setTimeout(done, 500))
    expect([game.place.screen, game.session]).toEqual(['menu', undefined])
  })

  test('the map shows what can be seen from afar', async () => {
    type('\r')
    await see(/Enter start/)
    type('\r')
    await see(/root@controlplane:~#/)
    const beside = (await see(/node03 +NotReady/)).split('\n').map((row) => row.slice(84))
    expect(beside.slice(1, 11)).toEqual([
      '│ Objectives',
      '│ ○ Every node is Ready',
      '│ ○ The shop has all its replicas',
      '│ ○ The node agents start by',
      '│   themselves after a reboot',
      '│',
      '│ Machines',
      '│ ■ controlplane  Ready     :6443 ✓',
      '│ ■ node01        NotReady',
      '│ ■ node02        NotReady',
    ])
    type('\x0fm')
    expect(await see(/Machines · Ctrl-O m opens/)).not.toContain('node03')
    type('\x0fm')
    await see(/■ node03/)
  })

  test('F6 changes the speed of time of this mission, and the bar says so', async () => {
    const speeds = []
    for (let i = 0; i < 4; i++) {
      type(F.speed)
      await new Promise((done) => setTimeout(done, 50))
      speeds.push(/UTC(.*)$/.exec(rows()[0])![1].trim())
    }
    expect(speeds).toEqual(['×2', '×5', '×10', ''])
  })

  test('a pager takes the terminal and gives it back', async () => {
    type('seq 100 | less\r')
    const pane = (): string[] => rows().map((row) => row.slice(0, 80).trimEnd())
    await see(/^27 .*\n: /m)
    type(' ')
    await see(/^54 /m)
    expect(pane().slice(1, 3)).toEqual(['28', '29'])
    type('G')
    await see(/\(END\)/)
    type('q')
    await see(/root@controlplane:~# *│/)
    expect(pane()[1]).toBe('root@controlplane:~# seq 100 | less')
  })

  test('a check too early says what is unmet, beside the map; keys lead from sheet to sheet', async () => {
    type(F.check)
    const verdict = await see(/Check: not repaired yet — 0 of 3 met/)
    expect(verdict).toMatch(/✗ Every node is Ready — not met +│/)
    expect(verdict).toMatch(/■ node03/)
    type(F.help)
    expect(await see(/F9 +Ctrl-O o +settings/)).not.toContain('not met')
    game.resize(120, 18)
    await see(/↓ \d+ lines below[\s\S]*↑↓ scroll · Enter or Esc back/)
    game.resize(120, 30)
    type(F.settings)
    await see(/▸ Language +‹ from the system ›/)
    type(`${ESC}[C${ESC}[C`)
    expect(await see(/▸ Langue +‹ Français ›/)).toContain('Objectifs')
    type(`${ESC}[D`)
    await see(/‹ English ›/)
    type(F.settings)
    await see(/F1 help/)
  })

  test('who leaves at once is left alone, even when everything is loaded', async () => {
    type(`${F.leave}\r`)
    await see(/Missions: 0/)
    type(`x${ESC}`)
    await new Promise((done) => setTimeout(done, 300))
    expect([game.place.screen, game.session]).toEqual(['menu', undefined])
    type('\r')
    await see(/F1 help/)
  })

  test('a mission that was left is gone on with from its briefing', async () => {
    type(`echo was here\r${F.speed}`)
    await see(/^was here/m)
    type(F.leave)
    expect(await see(/Leave the mission\?/)).toContain('the menu offers to go on with it')
    type(ESC)
    await see(/F1 help/)
    const lock = join(home(), 'notready/run.jsonl.lock')
    expect(existsSync(lock)).toBe(true)
    type(`${F.leave}\r`)
    expect(await see(/▸ ↻ Go on with the mission you left: The quiet nodes/)).toMatch(/Missions: 0/)
    // Another game may go on with it now.
    expect(existsSync(lock)).toBe(false)
    type(`${DOWN}\r`)
    await see(/Enter go on where you left it · r start anew/)
    type('\r')
    await see(/^was here/m)
    expect(game.mission?.failedChecks).toBe(1)
    // And again at the speed of the settings.
    expect(rows()[0]).toMatch(/UTC *$/)
  })

  test('the debrief tells what happened, in order', async () => {
    type(`${REPAIR}; clear; kubectl rollout status deploy/shop; kubectl wait --for=condition=Ready nodes --all\r`)
    await see(/F5 skip/)
    type(F.skip)
    await see(/node\/node03 condition met/)
    type('kubectl uncordon node01\r')
    await see(/node\/node01 uncordoned|already uncordoned/)
    type(F.check)
    expect(await see(/What was it\?/)).not.toContain('Three nodes, one symptom')
    const right = game.mission!.causes.findIndex((cause) => cause.right)
    type(`${DOWN.repeat(right)}\r`)
    const debrief = await see(/Three nodes, one symptom/)
    expect(debrief).toMatch(/★ \d+ points — \d+:\d\d, 0 hints, 1 check too early\n {2}✓ Diagnosis: right\./)
    type(PAGE_DOWN)
    expect(await see(/Traps you stepped into/)).toMatch(
      /✗ You uncordoned nodes or took their taints off\n +Uncordon does not/,
    )
    expect(screen()).toMatch(/The shortest way\n {2}\$ node01 {2}systemctl enable --now kubelet/)
    type(PAGE_DOWN.repeat(12))
    const end = await see(/✓ check: 3\/3 objectives met/)
    const marks = end.split('\n').flatMap((row) => /^ +-?\d+:\d\d ([·!$✗✓]) /.exec(row)?.[1] ?? [])
    expect(marks.join('')).toMatch(/^[·!]+\$.*✗.*\$.*✓$/)
    expect(end).toMatch(/\$ controlplane {2}echo was here/)
    // Looking is done after the player's time.
    const mission = game.mission!
    const solved = mission.timeline().find(({ who }) => who === 'solved')!
    expect(Math.floor((solved.at - mission.startedAt) / 1000)).toBe(mission.seconds)
    type('\r')
    expect(await see(/Missions: 1/)).toMatch(/✓ The quiet nodes +●●○○○ {2}15 min {2}★ +\d+ +\d+:\d\d/)
    // Nothing is left to go on with, whatever is done next.
    game.quit()
    expect(new Controller('en', game.missions).saved).toBeUndefined()
  })
})
