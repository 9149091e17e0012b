import { describe, expect, test } from 'vitest'
import { type Input, Mission } from '../../src/game/index.ts'
import { Stage } from '../../src/scenario/index.ts'
import { findScenario, workloads } from '../../src/serve/scenarios.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'
import { Scrollback } from '../../src/ui/scrollback.ts'

/** What a player did: bytes at seconds after the start, with a check and a hint in between. */
const TYPED: readonly (readonly [seconds: number, bytes: string | 'check' | 'hint'])[] = [
  [1, 'kubectl get no\t\r'],
  [4, 'ssh node01 systemctl is-active kubelet\r'],
  [8.5, 'hint'],
  [9, 'sleep 3; exit\r'],
  [20, 'sleep 100\r'],
  [21.25, '\x03'],
  [22, 'check'],
  [23, 'for n in 1 2; do kubectl top node; done; date; echo $RANDOM $$\r'],
  [90, 'journalctl -u kubelet -n 3 --no-pager\r'],
]

function inputs(start: number): Input[] {
  const decoder = new KeyDecoder()
  return TYPED.flatMap(([seconds, what]): Input[] => {
    const at = start + seconds * 1000
    if (what === 'check') return [{ at, check: true }]
    if (what === 'hint') return [{ at, hint: true }]
    return decoder.feed(what).map((key) => ({ at, key }))
  })
}

/** Plays the inputs; `step` is how the real clock cuts time into pieces, which must not matter. */
function play(step: number): { fingerprint: string; screen: string; hints: number; failed: number } {
  const { scenario } = findScenario('quiet-nodes', 7)!
  const mission = new Mission(new Stage(scenario!, workloads, 7))
  const screen = new Scrollback()
  mission.session.tty.onOutput = (text) => screen.write(text)
  mission.start()
  for (const input of inputs(mission.startedAt)) {
    while (mission.stage.world.now() + step < input.at) mission.session.runUntil(mission.stage.world.now() + step)
    mission.apply(input)
  }
  mission.session.runUntil(mission.startedAt + 120_000)
  return {
    fingerprint: mission.stage.world.fingerprint(),
    screen: [...screen.rows(80), screen.tail].join('\n'),
    hints: mission.hintsShown,
    failed: mission.failedChecks,
  }
}

describe('replay', () => {
  test('the same inputs give the same machines and the same screen, however time was cut', () => {
    const once = play(Number.POSITIVE_INFINITY)
    expect(play(333)).toEqual(once)
    expect(once.screen).toContain('logout\n')
    expect(once).toMatchObject({ hints: 1, failed: 1 })
  })
})

test('a log with fractions of a millisecond, as older games wrote them, does no harm', () => {
  const { scenario } = findScenario('two-of-three')!
  const mission = new Mission(new Stage(scenario!, workloads))
  const at = mission.startedAt + 250.1458
  for (const key of new KeyDecoder().feed('kubectl get nodes\r')) mission.apply({ at, key })
  mission.apply({ at: at + 1000, check: true })
  mission.session.runUntil(at + 20_000)
  expect(mission.verdict).toMatchObject({ solved: false, inSight: false })
  expect(Number.isInteger(mission.stage.world.now())).toBe(true)
})
