import type { World } from '../../src/cluster/index.ts'
import { labOf } from './lab.ts'
import { normalise } from './normalise.ts'
import type { Recording, Step } from './recording.ts'
import { setupOf } from './setups/index.ts'
import type { Setup } from './setups/setup.ts'
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
const notComparable = (step: Step): string | undefined =>
  step.cmd.trimStart().startsWith('#')
    ? 'server log or heading'
    : step.truncated
      ? 'recording was cut'
      : leftOut(step.cmd)

/** Replays one recording in a fresh world. */
export function replay(recording: Recording, seed = 1): StepResult[] {
  const world = labOf(recording, seed)
  for (const [name, content] of Object.entries(recording.files)) world.write(`/root/${name}`, content)
  const lab = setupOf(recording)
  for (const [path, content] of Object.entries(lab.files ?? {})) world.write(path, content)
  for (const [name, value] of Object.entries({ ...recording.env, ...lab.env }))
    run(world, lab, `export ${name}='${value}'`)
  for (const line of lab.before ?? []) run(world, lab, line)
  for (const line of recording.setup) run(world, lab, line)
  for (const line of lab.after ?? []) run(world, lab, line)
  const start = world.now()
  return recording.steps.map((step) => one(world, lab, step, start))
}

function run(world: World, lab: Setup, line: string, host?: string): { exit: number; stdout: string; stderr: string } {
  return world.run(standIn(line, lab.env?.ORACLE !== undefined), { host })
}

function one(world: World, lab: Setup, step: Step, start: number): StepResult {
  if (step.at !== undefined) world.advance(Math.max(0, start + step.at * 1000 - world.now()))
  const skipped = notComparable(step)
  if (skipped && step.cmd.trimStart().startsWith('#')) return { step, verdict: 'left-out', why: skipped }
  let actual: { exit: number; stdout: string; stderr: string }
  try {
    actual = run(world, lab, step.cmd, step.node)
  } catch (error) {
    return {
      step,
      verdict: 'different',
      why: `crash: ${(error as Error).stack?.split('\n').slice(0, 3).join(' | ')} ${((error as Error).cause as Error)?.stack?.split('\n').slice(0, 4).join(' | ') ?? ''}`,
    }
  }
  if (skipped) return { step, verdict: 'left-out', why: skipped, actual }
  const why = difference(step, actual)
  return { step, verdict: why ? 'different' : 'equal', why, actual }
}

/** The first difference in words, or undefined when all three agree. */
export function difference(step: Step, actual: { exit: number; stdout: string; stderr: string }): string | undefined {
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
