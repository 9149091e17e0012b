import type { World } from '../../src/cluster/index.ts'
import { executable } from '../../src/cluster/install.ts'
import type { Program } from '../../src/host/index.ts'
import { replayEtcd } from './etcd-replay.ts'
import { labOf } from './lab.ts'
import { Identities } from './node-lab/identities.ts'
import {
  MEASUREMENT,
  sortedEnvironment,
  sortedFields,
  sortedRows,
  UNORDERED,
  withoutClockNoise,
  withoutFigures,
  withoutNoise,
} from './node-lab/noise.ts'
import { TOPICS } from './node-lab/topics.ts'
import { normalise } from './normalise.ts'
import { paces, setPace } from './pace.ts'
import type { Recording, Step } from './recording.ts'
import { asSet, serverLog } from './server-logs.ts'
import { setupOf } from './setups/index.ts'
import { podsBeside, type Setup } from './setups/setup.ts'
import { leftOut, standIn } from './stand-ins.ts'

export type Verdict = 'equal' | 'different' | 'left-out'

export interface StepResult {
  readonly step: Step
  readonly verdict: Verdict
  /** First differing line, or why the step was left out. */
  readonly why?: string
  readonly actual?: { exit: number; stdout: string; stderr: string }
}

/** Steps that only show what a server logged meanwhile, or were cut. */
const notComparable = (step: Step, words?: string): string | undefined =>
  step.cmd.trimStart().startsWith('#')
    ? 'server log or heading'
    : step.truncated
      ? 'recording was cut'
      : leftOut(step.cmd, words)

/** Replays one recording in a fresh world. */
export function replay(recording: Recording, seed = 1): StepResult[] {
  if (recording.area === 'etcd') return replayEtcd(recording, seed, notComparable, difference)
  const world = labOf(recording, seed)
  for (const [name, content] of Object.entries(recording.files)) world.write(`/root/${name}`, content)
  const lab = setupOf(recording)
  for (const [path, content] of Object.entries(lab.files ?? {})) world.write(path, content)
  for (const [path, program] of Object.entries(lab.programs ?? {})) {
    ;(world.home.programs as Map<string, Program>).set(program.name, program)
    executable(world.home, path, program.name)
  }
  for (const [name, value] of Object.entries({ ...recording.env, ...lab.env }))
    run(world, lab, `export ${name}='${value}'`)
  const pace = recording.area === 'kubectl' ? paces(recording) : undefined
  if (pace) setPace(world, pace[0] ?? 1)
  for (const line of [...besides(lab), ...(lab.before ?? [])]) run(world, lab, line)
  lab.prepare?.(world)
  for (const line of recording.setup) run(world, lab, line)
  for (const line of lab.after ?? []) run(world, lab, line)
  if (recording.area === 'node') return nodeSteps(recording, world, lab)
  if (lab.phase !== undefined) world.advance((((lab.phase * 1000 - world.home.clock.now()) % 1000) + 1000) % 1000)
  const start = world.now()
  const kept = [...(lab.kept ?? [])]
  return recording.steps.map((step, i) => {
    if (pace) setPace(world, pace[i])
    while (kept.length > 0 && kept[0].at <= (step.at ?? 0)) {
      const { at, run: line } = kept.shift()!
      world.advance(Math.max(0, start + at * 1000 - world.now()))
      run(world, lab, line)
    }
    return one(world, lab, step, start)
  })
}

/** Steps of the node lab carry no times of their own: what they took, and what happened between them, is in TOPICS. */
function nodeSteps(recording: Recording, world: World, lab: Setup): StepResult[] {
  const topic = TOPICS[recording.topic]
  const ids = new Identities(world.hosts.get(topic?.host ?? world.home.name)!, topic?.ids ?? {})
  return recording.steps.map((step, i) => {
    const pause = topic?.pauses?.[i]
    if (pause) world.advance(pause * 1000)
    for (const deed of topic?.before?.[i] ?? [])
      if (typeof deed === 'string') run(world, lab, deed, topic?.host)
      else deed(world)
    const begin = world.now()
    const cmd = (topic?.rewrite ?? []).reduce(
      (t, [pattern, here]) => t.replace(pattern, () => (typeof here === 'string' ? here : here(world)).trim()),
      ids.translate(step.cmd),
    )
    const result = one(world, lab, { ...step, cmd, stdin: '' }, begin, topic?.host)
    const rest = begin + (topic?.took?.[i] ?? step.took ?? 0) * 1000 - world.now()
    if (rest > 0) world.advance(rest)
    if (result.actual) ids.learn(step, result.actual)
    // How the recorder ended what did not end by itself is in no tool's hands.
    if (result.actual && step.interrupted) result.actual.exit = step.exit
    const why =
      result.actual && result.verdict !== 'left-out' ? nodeDifference(step, result.actual, topic?.logs) : result.why
    return { ...result, step, why, verdict: result.verdict === 'left-out' ? 'left-out' : why ? 'different' : 'equal' }
  })
}

function nodeDifference(step: Step, actual: Output, logs?: RegExp): string | undefined {
  if (logs?.test(step.cmd)) return logDifference(step, actual, {}, false)
  const inspected = /crictl inspect /.test(step.cmd)
    ? sortedEnvironment
    : /journalctl .*-o json/.test(step.cmd)
      ? sortedFields
      : (t: string): string => t
  const order = UNORDERED.test(step.cmd) ? (t: string): string => sortedRows(normalise(t)) : (t: string): string => t
  const figures = MEASUREMENT.test(step.cmd)
    ? withoutFigures
    : /^chronyc/.test(step.cmd)
      ? withoutClockNoise
      : (t: string): string => t
  const clean = (o: Output): Output => ({
    exit: o.exit,
    stdout: order(figures(withoutNoise(inspected(o.stdout)))),
    stderr: order(withoutNoise(o.stderr)),
  })
  return difference({ ...step, ...clean(step) }, clean(actual))
}

interface Output {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** The pods of other topics, and the time in which they start. */
export function besides({ beside = {} }: Setup): string[] {
  const lines = Object.entries(beside).map(([node, n]) => podsBeside(node, n))
  return lines.length > 0 ? ['kubectl create ns beside', ...lines, 'sleep 5'] : []
}

/** The recorder's own words in terms of the simulation. */
function here(lab: Setup, line: string): string {
  let text = standIn(line, lab.env?.ORACLE !== undefined)
  for (const [pattern, words] of lab.rewrite ?? []) text = text.replace(pattern, () => words)
  return text
}

function run(world: World, lab: Setup, line: string, host?: string, timeoutMs?: number, stdin?: string): Output {
  return world.run(here(lab, line), { host, timeoutMs, stdin: stdin ?? lab.stdin })
}

function one(world: World, lab: Setup, step: Step, start: number, host = step.node): StepResult {
  if (step.at !== undefined) world.advance(Math.max(0, start + step.at * 1000 - world.now()))
  const skipped = notComparable(step, here(lab, step.cmd))
  if (skipped && step.cmd.trimStart().startsWith('#')) return { step, verdict: 'left-out', why: skipped }
  let actual: Output
  try {
    // The recorder of the node lab had no terminal.
    actual = run(world, lab, step.cmd, host, step.interrupted && step.interrupted * 1000, step.stdin)
  } catch (error) {
    return {
      step,
      verdict: 'different',
      why: `crash: ${(error as Error).stack?.split('\n').slice(0, 3).join(' | ')} ${((error as Error).cause as Error)?.stack?.split('\n').slice(0, 4).join(' | ') ?? ''}`,
    }
  }
  if (skipped) return { step, verdict: 'left-out', why: skipped, actual }
  const why = lab.logs ? logDifference(step, actual, lab) : difference(step, actual)
  return { step, verdict: why ? 'different' : 'equal', why, actual }
}

function logDifference(step: Step, actual: Output, lab: Setup, fork = true): string | undefined {
  const dirs = [lab.env?.R, lab.env?.ORACLE].filter((d): d is string => d !== undefined)
  const clean = (o: Output): Output => ({
    exit: o.exit,
    stdout: asSet(normalise(serverLog(o.stdout, dirs, fork))),
    stderr: asSet(normalise(serverLog(o.stderr, dirs, fork))),
  })
  return difference({ ...step, ...clean(step) }, clean(actual))
}

/** The first difference in words, or undefined when all three agree. */
export function difference(step: Step, actual: Output): string | undefined {
  for (const stream of ['stdout', 'stderr'] as const) {
    const want = normalise(step[stream]).split('\n')
    const have = normalise(actual[stream]).split('\n')
    for (let i = 0; i < Math.max(want.length, have.length); i++) {
      if (want[i] !== have[i])
        return `${stream}:${i + 1} want ${JSON.stringify(want[i])} have ${JSON.stringify(have[i])}`
    }
  }
  return step.exit === actual.exit ? undefined : `exit want ${step.exit} have ${actual.exit}`
}
