// Prints the differences between the real kubectl and ours: main.ts [FIRST] begins at that line of
// commands.txt.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Comparison, readTable } from './compare.ts'

const folder = 'test/serve/kubectl'
const steps = readTable(readFileSync(`${folder}/commands.txt`, 'utf8'))
const comparison = await Comparison.start(`${folder}/files`)
const counts = { raw: 0, equal: 0, explained: 0, different: 0 }
const last = Number(process.argv[3] ?? Number.POSITIVE_INFINITY)
const only = process.argv[2] ? Number(process.argv[2]) : 0
for (const step of steps) {
  if (step.line < only) continue
  if (step.line > last) break
  const { real, ours, raw } = await comparison.run(step)
  if (raw) counts.raw++
  else if (real === ours) counts.equal++
  else if (step.differs) counts.explained++
  if (real === ours ? !step.differs : step.differs) continue
  counts.different++
  process.stdout.write(
    `\n== ${step.line}: ${step.cmd}${step.differs ? ` (explained, but equal: ${step.differs})` : ''}\n`,
  )
  if (real !== ours) show(real.split('\n'), ours.split('\n'))
}
process.stdout.write(`\n${steps.length} commands: ${JSON.stringify(counts)}\n`)
await comparison.stop()

/** Lines of one side that the other does not have in the same order. */
function show(real: string[], ours: string[]): void {
  const dir = mkdtempSync(join(tmpdir(), 'compare-'))
  writeFileSync(join(dir, 'real'), real.join('\n'))
  writeFileSync(join(dir, 'ours'), ours.join('\n'))
  const { stdout } = spawnSync('diff', ['-U1', 'real', 'ours'], { cwd: dir, encoding: 'utf8' })
  rmSync(dir, { recursive: true })
  for (const line of stdout.split('\n').slice(2, 30)) process.stdout.write(`${line.slice(0, 300)}\n`)
}
