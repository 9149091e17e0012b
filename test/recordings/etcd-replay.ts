import { comparable } from './etcd-compare.ts'
import { EtcdLab } from './etcd-lab.ts'
import type { Recording, Step } from './recording.ts'

/** How a step came out; the same shape as replay.ts has. */
interface Outcome {
  readonly step: Step
  readonly verdict: 'equal' | 'different' | 'left-out'
  readonly why?: string
  readonly actual?: { exit: number; stdout: string; stderr: string }
}

const KILLED = /killed by recorder after (\d+)s/

/** Replays an etcd recording: every command was typed in a shell of its own. */
export function replayEtcd(
  recording: Recording,
  seed: number,
  leftOut: (step: Step) => string | undefined,
  difference: (step: Step, actual: { exit: number; stdout: string; stderr: string }) => string | undefined,
): Outcome[] {
  const lab = new EtcdLab(recording, seed)
  return recording.steps.map((step, i) => {
    lab.prepare(i)
    const skipped = leftOut(step)
    if (skipped && step.cmd.trimStart().startsWith('#')) return { step, verdict: 'left-out', why: skipped }
    const killed = KILLED.exec(String(step.exit))
    const timeoutMs = killed ? Number(killed[1]) * 1000 : undefined
    let actual = lab.world.observe(step.cmd, { host: step.node, timeoutMs, stdin: lab.stdin(i) })
    // The recorder killed it; the replayer presses Ctrl-C.
    if (killed && actual.exit === 130) actual = { ...actual, exit: step.exit }
    if (skipped) return { step, verdict: 'left-out', why: skipped, actual }
    const why = difference(
      comparable(step.cmd, lab.withoutChance(step)),
      comparable(step.cmd, lab.withoutChance(actual)),
    )
    return { step, verdict: why ? 'different' : 'equal', why, actual }
  })
}
