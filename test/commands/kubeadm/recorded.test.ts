import { describe, expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'
import recorded from './recorded.json' with { type: 'json' }

/** A line of the session; without `exit` it only had to be run: it prepares what follows, or no two runs of it are alike. */
interface Step {
  readonly cmd: string
  readonly exit?: number
  readonly stdout?: string
  readonly stderr?: string
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s+\d+ /g, '<klog> '],
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '<token>'],
  [/(kubeadm-[a-z-]*?)-?\d{8,}/g, '$1<number>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/[A-Z][a-z]{2} \d\d, \d{4} \d\d:\d\d [A-Z]{3}/g, '<date>'],
  [/(read udp \S+):\d+->/g, '$1:<port>->'],
]
const masked = (text: string): string => MASKS.reduce((t, [pattern, by]) => t.replace(pattern, by), text)

/**
 * What a real kubeadm (built from the sources of 1.36.2, version set to v1.36.4) printed and wrote on a machine whose
 * kubelet and systemctl did nothing, 2026-11-22.
 */
describe.each(Object.entries(recorded as Record<string, Step[]>))('%s, as a real kubeadm answered', (_name, steps) => {
  test('each line', () => {
    const world = createWorld({ cluster: 'default', seed: 1 })
    const wrong: unknown[] = []
    for (const { cmd, exit, stdout = '', stderr = '' } of steps) {
      const seen = world.observe(cmd, { timeoutMs: 1_200_000 })
      if (exit === undefined) continue
      const answer = { exit: seen.exit, stdout: masked(seen.stdout), stderr: masked(seen.stderr) }
      if (answer.exit !== exit || answer.stdout !== masked(stdout) || answer.stderr !== masked(stderr))
        wrong.push({ cmd, wanted: { exit, stdout: masked(stdout), stderr: masked(stderr) }, answer })
    }
    expect(wrong).toEqual([])
  })
})
