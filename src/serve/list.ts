import stringWidth from 'string-width'
import type { Invocation } from '../main.ts'
import { inLanguage } from '../scenario/index.ts'
import { scenarioFiles } from './scenarios.ts'

/** `notready list`: one line a mission; broken files say where they are broken. */
export async function list({ language, text }: Invocation): Promise<number> {
  const rows: string[][] = []
  const broken: string[] = []
  for (const { scenario, error } of scenarioFiles()) {
    if (!scenario) broken.push(`${text.broken}  ${error}`)
    else
      rows.push([
        scenario.id,
        inLanguage(scenario.title, language),
        scenario.domain,
        '●'.repeat(scenario.difficulty).padEnd(5, '○'),
        `${scenario.minutes} ${text.minutes}`,
      ])
  }
  const widths = [0, 1, 2, 3].map((i) => Math.max(0, ...rows.map((r) => stringWidth(r[i]))))
  for (const row of rows)
    process.stdout.write(
      `${row.map((cell, i) => (i < 4 ? cell + ' '.repeat(widths[i] - stringWidth(cell)) : cell)).join('  ')}\n`,
    )
  for (const line of broken) process.stderr.write(`${line}\n`)
  return broken.length > 0 ? 1 : 0
}
