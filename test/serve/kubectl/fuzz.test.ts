import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Comparison, realKubectl } from './compare.ts'
import { wrongInput } from './wrong-input.ts'

const version = realKubectl()
let comparison: Comparison | undefined

/** What 1.32 says otherwise than 1.36, or in the order of a Go map. */
const EXPLAINED: readonly [RegExp, string][] = [
  [/^(exit \d+\n--- stderr\n)Error: /, '$1error: '],
  [/<klog> run\.go:72\] "command failed" err="required flag\(s\) (.*) not set"/, 'error: required flag(s) $1 not set'],
  [/\\"/g, '"'],
  [/,kyaml,/g, ','],
  [/ from default namespace/g, ''],
  [/ *creationTimestamp: null\n/g, ''],
  [/raw data was:[\s\S]*/, 'raw data was: …'],
]
const shown = (text: string): string => EXPLAINED.reduce((t, [a, b]) => t.replace(a, b), text)
/** Where the two must differ, or the real one breaks down. */
const OUT_OF_COMPARISON = /panic: |Usage of dispatcher|sorter\.go:|subresource cannot be used/
/** `..` walks Go's maps. */
const RANDOM_ORDER = /\.\./

beforeAll(async () => {
  if (!version) return
  comparison = await Comparison.start(join(import.meta.dirname, 'files'))
  for (const cmd of ['kubectl create deploy web --image=nginx:1.27', 'kubectl create cm conf --from-literal=a=b'])
    await comparison.run({ line: 0, cmd, wait: 0 })
})
afterAll(() => comparison?.stop())

test.runIf(version)(
  'wrong input gets the same words from the real kubectl and from ours',
  async () => {
    // FUZZ_SEED and FUZZ_RUNS look further than CI does.
    const seed = Number(process.env.FUZZ_SEED ?? 36)
    const numRuns = Number(process.env.FUZZ_RUNS ?? 100)
    for (const cmd of fc.sample(wrongInput, { seed, numRuns })) {
      const { real, ours } = await comparison!.run({ line: 0, cmd, wait: 0 })
      if (OUT_OF_COMPARISON.test(real) || (RANDOM_ORDER.test(cmd) && real.startsWith('exit 0'))) continue
      expect.soft(shown(ours), cmd).toBe(shown(real))
    }
  },
  600_000,
)
