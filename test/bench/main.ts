import { rmSync } from 'node:fs'
import { exams } from './exam.ts'
import { kubectl } from './kubectl.ts'
import { type Row, table } from './measure.ts'
import { simulation } from './simulation.ts'
import { home, terminal } from './terminal.tsx'

/**
 * `npm run bench`: what players feel, as medians. Machines differ and are shared, so every number also stands as a
 * multiple of a bare `node` start measured in the same run. Some minutes; `npm run bench -- keys` measures the rows whose
 * name contains the word.
 */
const wanted = process.argv[2] ?? ''
const rows: Row[] = []
try {
  for (const measurement of [...terminal, ...kubectl, ...simulation, ...exams]) {
    if (rows.length > 0 && !measurement.name.includes(wanted)) continue
    rows.push(...(await measurement.run()).map((r) => ({ name: measurement.name, ...r })))
  }
  process.stdout.write(table(rows))
} finally {
  rmSync(home, { recursive: true, force: true })
}
process.exit(0)
