import { describe, expect, test } from 'vitest'
import type { DrawnTask } from '../../src/game/exam/draw.ts'
import { Exam } from '../../src/game/exam/exam.ts'
import type { ExamInput } from '../../src/game/exam/input.ts'
import { hasPassed, mark, scoreOf, type TaskResult } from '../../src/game/exam/result.ts'
import { scenarioOfTask } from '../../src/scenario/index.ts'
import { findTask, workloads } from '../../src/serve/scenarios.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'
import { Scrollback } from '../../src/ui/scrollback.ts'

const task = (id: string, host: string, worth: number): DrawnTask => ({
  id,
  kind: 'task',
  domain: 'workloads-scheduling',
  skill: 'configuration',
  minutes: 5,
  seed: 1,
  host,
  worth,
})
const TASKS = [task('config-as-environment', 'exam1111', 70), task('quick-expose', 'exam2222', 30)]

function sit(practice = false): { exam: Exam; screen: () => string } {
  const exam = new Exam({
    seed: 5,
    practice,
    minutes: 120,
    tasks: TASKS,
    open: ({ id, seed }) => scenarioOfTask(findTask(id, seed)!),
    workloads,
  })
  const screen = new Scrollback()
  exam.session.tty.onOutput = (text) => screen.write(text)
  return { exam, screen: () => [...screen.rows(80), screen.tail].join('\n') }
}

type Deed = readonly [seconds: number, what: string | { show: number } | { flag: number } | { end: true }]

function inputs(start: number, deeds: readonly Deed[]): ExamInput[] {
  const decoder = new KeyDecoder()
  return deeds.flatMap(([seconds, what]): ExamInput[] => {
    const at = start + seconds * 1000
    return typeof what === 'string'
      ? [...decoder.feed(what), ...decoder.flush()].map((key) => ({ at, key }))
      : [{ at, ...what }]
  })
}

function play(exam: Exam, deeds: readonly Deed[], step = Number.POSITIVE_INFINITY): void {
  for (const input of inputs(exam.startedAt, deeds)) {
    while (exam.state === 'working' && exam.clock.now() + step < input.at) exam.clock.runUntil(exam.clock.now() + step)
    exam.apply(input)
  }
}

/** Marks it to the end. */
function marked(exam: Exam): readonly TaskResult[] {
  const steps = mark(exam, (error) => {
    throw error
  })
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

const SOLVE =
  'kubectl -n desk create configmap settings --from-literal=LEVEL=debug; kubectl -n desk set env deployment/desk --from=configmap/settings\r'

describe('base', () => {
  test('has no tools, and leads to each task’s machine and back', () => {
    const { exam, screen } = sit()
    play(exam, [
      [1, 'kubectl get nodes\r'],
      [2, { show: 0 }],
      [3, 'ssh exam1111\r'],
      [5, 'kubectl get nodes -o name\r'],
      [9, 'exit\r'],
      [11, 'ssh exam9999\r'],
      [12, 'ssh base hostname\r'],
    ])
    exam.clock.runUntil(exam.startedAt + 13_000)
    expect(screen().split('\n')).toEqual([
      'root@base:~# kubectl get nodes',
      '-bash: kubectl: command not found',
      'root@base:~# ssh exam1111',
      'root@kind-control-plane:~# kubectl get nodes -o name',
      'node/kind-control-plane',
      'root@kind-control-plane:~# exit',
      'logout',
      'Connection to exam1111 closed.',
      'root@base:~# ssh exam9999',
      'ssh: Could not resolve hostname exam9999: Name or service not known',
      'root@base:~# ssh base hostname',
      'base',
      '',
    ])
    expect([[...exam.entered], exam.place]).toEqual([[0], undefined])
  })

  test('relays what is typed to an editor, pipes, files and Ctrl-C', () => {
    const { exam, screen } = sit()
    play(exam, [
      [1, 'ssh exam1111\r'],
      [3, 'vi note\r'],
      [4, 'ithere\x1b'],
    ])
    expect(exam.session.tty.frame?.lines[0]).toBe('there')
    expect(exam.place).toBe(0)
    play(exam, [
      [5, ':wq\r'],
      [6, 'sleep 1000\r'],
      [7, '\x03'],
      [8, 'exit\r'],
      [9, 'ssh exam1111 cat note | tr a-z A-Z\r'],
      [10, 'echo brought > it; scp it exam1111:; ssh exam1111 cat it\r'],
    ])
    exam.clock.runUntil(exam.startedAt + 13_000)
    expect(screen().split('\n').slice(2)).toEqual([
      'root@kind-control-plane:~# sleep 1000',
      '^C',
      'root@kind-control-plane:~# exit',
      'logout',
      'Connection to exam1111 closed.',
      'root@base:~# ssh exam1111 cat note | tr a-z A-Z',
      'THERE',
      'root@base:~# echo brought > it; scp it exam1111:; ssh exam1111 cat it',
      'brought',
      '',
    ])
  })

  test('sees a machine that reboots from outside', () => {
    const { exam, screen } = sit()
    play(exam, [
      [1, 'ssh exam1111\r'],
      [3, 'systemctl stop ssh\r'],
      [4, 'exit\r'],
      [6, 'ssh exam1111\r'],
    ])
    exam.clock.runUntil(exam.startedAt + 8_000)
    expect(screen()).toContain('ssh: connect to host exam1111 port 22: Connection refused')
  })
})

describe('an exam', () => {
  const deeds: readonly Deed[] = [
    [1, { show: 0 }],
    [2, 'ssh exam1111\r'],
    [4, SOLVE],
    [15, { flag: 1 }],
    [16, 'exit\r'],
    [18, { show: 1 }],
    [20, 'ssh exam2222\r'],
    [22, 'ls\r'],
    [40, { end: true }],
    [50, 'exit\r'],
  ]

  test('is marked by what was reached on each machine, and a replay says the same', () => {
    const { exam, screen } = sit()
    play(exam, deeds)
    expect([exam.state, exam.seconds, [...exam.flags], [...exam.shown]]).toEqual(['ended', 40, [1], [0, 1]])
    const results = marked(exam)
    expect(
      results.map(({ id, entered, kept, checks, earned, points }) => [id, entered, kept, checks, earned, points]),
    ).toEqual([
      ['config-as-environment', true, true, [true, true], 3, 3],
      ['quick-expose', true, true, [false, false], 0, 2],
    ])
    const result = { begun: '', seed: 5, practice: false, minutes: 120, seconds: 40, tasks: results }
    expect([scoreOf(result), hasPassed(result)]).toEqual([70, true])
    // Cut into pieces, and with the clusters ready at other moments.
    const again = sit()
    while (!again.exam.prepare());
    play(again.exam, deeds, 333)
    expect(again.screen()).toBe(screen())
    expect(marked(again.exam)).toEqual(results)
  })

  test('clusters on which nobody is may lag: nobody can tell', () => {
    const visits: readonly Deed[] = [
      [1, { show: 0 }],
      [2, 'ssh exam1111\r'],
      [5, '(sleep 20; echo from behind) & disown; nohup sleep 3000 >/dev/null 2>&1 &\r'],
      [6, 'exit\r'],
      [8, { show: 1 }],
      [9, 'ssh exam2222\r'],
      [12, 'kubectl -n shelf get pods; kubectl scale -n kube-system deployment coredns --replicas=3\r'],
      [50, 'exit\r'],
      [300, 'ssh exam1111 date\r'],
      [305, 'ssh exam2222\r'],
      [310, 'kubectl -n kube-system get pods,leases; journalctl -n 5 --no-pager; cat /proc/uptime\r'],
      [320, 'exit\r'],
      [330, { end: true }],
    ]
    const [lagging, followed] = [sit(), sit()]
    play(lagging.exam, visits)
    for (const input of inputs(followed.exam.startedAt, visits)) {
      while (followed.exam.clock.now() + 5_000 < input.at) {
        followed.exam.clock.runUntil(followed.exam.clock.now() + 5_000)
        while (!followed.exam.prepare());
      }
      followed.exam.apply(input)
    }
    expect(lagging.screen()).toBe(followed.screen())
    expect(
      lagging
        .screen()
        .split('\n')
        .filter((line) => line.startsWith('pod/coredns')),
    ).toHaveLength(3)
    expect(marked(lagging.exam)).toEqual(marked(followed.exam))
  })

  test('gives nothing for work on the wrong machine, nor for what was never visited', () => {
    const { exam } = sit()
    play(exam, [
      [1, { show: 0 }],
      [2, 'ssh exam2222\r'],
      [4, `kubectl create namespace desk\r${SOLVE}`],
      [15, { end: true }],
    ])
    const results = marked(exam)
    expect(results.map(({ entered, earned }) => [entered, earned])).toEqual([
      [false, 0],
      [true, 0],
    ])
  })

  test('gives nothing when something is gone that had to stay', () => {
    const { exam } = sit()
    play(exam, [
      [2, 'ssh exam1111\r'],
      [4, 'kubectl -n desk delete deployment desk; kubectl -n desk create deployment desk --image=nginx:1.27\r'],
      [10, SOLVE],
      [30, { end: true }],
    ])
    expect(marked(exam)[0]).toMatchObject({ kept: false, checks: [true, true], earned: 0 })
  })

  test('ends by itself when time is up, and takes nothing more', () => {
    const { exam, screen } = sit()
    const warnings = [5399, 5400, 5459, 5460, 6600, 6900].map((seconds) => {
      exam.clock.runUntil(exam.startedAt + seconds * 1000)
      return exam.warning
    })
    expect(warnings).toEqual([undefined, 30, 30, undefined, 10, 5])
    play(exam, [[7199, 'echo in time\r']])
    expect(exam.warning).toBe(1)
    exam.clock.runUntil(exam.startedAt + 7_300_000)
    expect([exam.state, exam.seconds, exam.secondsLeft]).toEqual(['ended', 7200, 0])
    play(exam, [[7400, 'echo too late\r']])
    expect(screen()).toContain('in time\n')
    expect(screen()).not.toContain('late')
  })

  test('can be paused in practice only', () => {
    for (const practice of [true, false]) {
      const { exam } = sit(practice)
      exam.pause(true)
      expect(exam.state).toBe(practice ? 'paused' : 'working')
      exam.apply({ at: exam.startedAt + 1000, hint: true })
      exam.pause(false)
      exam.apply({ at: exam.startedAt + 2000, hint: true })
      expect([exam.state, exam.hintsShown(0)]).toEqual(['working', practice ? 1 : 0])
    }
  })
})
