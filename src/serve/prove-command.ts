import { readFileSync } from 'node:fs'
import type { Invocation } from '../main.ts'
import { prove } from '../scenario/index.ts'
import { findScenario, scenarioFiles, workloads } from './scenarios.ts'

/** `notready prove [FILE|ID …]`: one line a scenario, then one a failure with its file and line. */
export async function proveCommand({ args, options, text }: Invocation): Promise<number> {
  const seed = options.seed === undefined ? undefined : Number(options.seed)
  const files: string[] = []
  for (const name of args) {
    const found = findScenario(name)
    if (!found) {
      process.stderr.write(text.noScenario(name))
      return 2
    }
    files.push(found.file)
  }
  let failed = false
  for (const file of args.length > 0 ? files : scenarioFiles().map((s) => s.file)) {
    const started = performance.now()
    const proof = prove(file, readFileSync(file, 'utf8'), workloads, seed)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(
      `${proof.ok ? 'proven' : 'FAILED'}  ${proof.id}  (${proof.findings.filter((f) => f.ok).length}/${proof.findings.length}, ${seconds} s)\n`,
    )
    for (const f of proof.findings) if (!f.ok) process.stdout.write(`  ${f.where}: ${f.what}: ${f.why}\n`)
    if (!proof.ok) failed = true
  }
  return failed ? 1 : 0
}
