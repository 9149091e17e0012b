// Prints the differences between the real kubectl and ours: main.ts [FIRST] begins at that line of
// commands.txt.
import { readFileSync } from 'node:fs'
import { Comparison, readTable } from './compare.ts'

const folder = 'test/serve/kubectl'
const steps = readTable(readFileSync(`${folder}/commands.txt`, 'utf8'))
const comparison = await Comparison.start(`${folder}/files`)
const counts = { raw: 0, equal: 0, explained: 0, different: 0 }
const only = process.argv[2] ? Number(process.argv[2]) : 0
for (const step of steps) {
  if (step.line < only) continue
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

function show(real: string[], ours: string[]): void {
  const only = (a: string[], b: string[], mark: string): void => {
    const lines = a.filter((l) => !b.includes(l))
    for (const line of lines.slice(0, 8)) process.stdout.write(`${mark} ${line.slice(0, 300)}\n`)
  }
  only(real, ours, 'real')
  only(ours, real, 'ours')
}
