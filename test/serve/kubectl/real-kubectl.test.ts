import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Comparison, readTable, realKubectl } from './compare.ts'

const version = realKubectl()
const steps = readTable(readFileSync(join(import.meta.dirname, 'commands.txt'), 'utf8'))
let comparison: Comparison | undefined

afterEach(() => comparison?.stop())

test.runIf(version)(
  `kubectl ${version ?? ''} and ours print the same (${steps.length} commands)`,
  // The real one lives by the machine's clock: what a pause of the machine may have done is looked at once more.
  { timeout: 600_000, retry: 1 }, // some 670 client processes, one after the other, on a slow machine
  async () => {
    comparison = await Comparison.start(join(import.meta.dirname, 'files'))
    // One after the other, in the same two worlds; all of them, so that one difference does not hide the next.
    for (const step of steps) {
      const { real, ours } = await comparison.run(step)
      const where = `commands.txt:${step.line}: ${step.cmd}`
      if (step.differs && version?.startsWith(`v${step.differs.release}.`))
        expect.soft(ours, `${where}: equal, although "${step.differs.why}"`).not.toBe(real)
      else expect.soft(ours, where).toBe(real)
    }
  },
)

test.runIf(!version)('there is no kubectl on PATH: nothing was compared', () => {
  expect(steps.length).toBeGreaterThanOrEqual(300)
})
