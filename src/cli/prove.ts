import { existsSync } from 'node:fs'
import { lessonPath, lessonPaths } from '../serve/lessons.ts'
import { scenarioPaths } from '../serve/missions.ts'
import { proveFiles } from '../serve/prove-pool.ts'
import { MOST_WATCHED, watchAndProve } from '../serve/prove-watch.ts'
import { type Answer, eachVariant } from '../serve/prove-worker.ts'
import { findScenario, taskPath } from '../serve/scenarios.ts'
import { taskPaths } from '../serve/tasks.ts'
import type { Invocation } from './invocation.ts'

/** Tells a proof: one line, then one a failure with its file, line and column. True when it holds. */
function report({ proof, seed, seconds }: Answer): boolean {
  const good = proof.findings.filter((f) => f.ok).length
  const which = seed === undefined ? '' : ` --seed ${seed}`
  process.stdout.write(
    `${proof.ok ? 'proven' : 'FAILED'}  ${proof.id}${which}  (${good}/${proof.findings.length}, ${seconds.toFixed(1)} s)\n`,
  )
  for (const f of proof.findings) if (!f.ok) process.stdout.write(`  ${f.where}: ${f.what}: ${f.why}\n`)
  return proof.ok
}

/** `notready prove [--variants|--watch] [FILE|ID …]`: scenarios, lessons and tasks; all of them when none is named. */
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
  if (options.watch) {
    if (files.length === 0 || files.length > MOST_WATCHED) {
      process.stderr.write(text.watchWhat(MOST_WATCHED))
      return 2
    }
    process.stderr.write(text.watching(files.length))
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
    return (await watchAndProve(files, seed, stop.signal, report, text.tooLong)) ? 0 : 1
  }
  let ok = true
  const all = args.length > 0 ? files : [...scenarioPaths(), ...lessonPaths(), ...taskPaths()]
  const questions = all.flatMap((file) => (options.variants ? eachVariant(file) : [{ file, seed }]))
  await proveFiles(questions, (answer) => {
    ok = report(answer) && ok
  })
  return ok ? 0 : 1
}
