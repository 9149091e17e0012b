import { existsSync } from 'node:fs'
import type { Invocation } from '../main.ts'
import { lessonPath, lessonPaths } from './lessons.ts'
import { scenarioPaths } from './missions.ts'
import { proveFiles } from './prove-pool.ts'
import { findScenario, taskPath } from './scenarios.ts'
import { taskPaths } from './tasks.ts'

/** `notready prove [FILE|ID …]`: one line a scenario, lesson or task, then one a failure with its file and line. */
export async function proveCommand({ args, options, text }: Invocation): Promise<number> {
  const seed = options.seed === undefined ? undefined : Number(options.seed)
  const files: string[] = []
  for (const name of args) {
    const found =
      /\.md$/.test(name) && existsSync(name) ? name : (lessonPath(name) ?? taskPath(name) ?? findScenario(name)?.file)
    if (!found) {
      process.stderr.write(text.noScenario(name))
      return 2
    }
    files.push(found)
  }
  let failed = false
  const all = args.length > 0 ? files : [...scenarioPaths(), ...lessonPaths(), ...taskPaths()]
  await proveFiles(all, seed, ({ proof, seconds }) => {
    const good = proof.findings.filter((f) => f.ok).length
    process.stdout.write(
      `${proof.ok ? 'proven' : 'FAILED'}  ${proof.id}  (${good}/${proof.findings.length}, ${seconds.toFixed(1)} s)\n`,
    )
    for (const f of proof.findings) if (!f.ok) process.stdout.write(`  ${f.where}: ${f.what}: ${f.why}\n`)
    if (!proof.ok) failed = true
  })
  return failed ? 1 : 0
}
