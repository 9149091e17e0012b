import { inLanguage } from '../scenario/language.ts'
import { missionFiles } from '../serve/missions.ts'
import { inColumns } from './columns.ts'
import type { Invocation } from './invocation.ts'

/** `notready list`: one line a mission; broken files say where they are broken. */
export async function list({ language, text }: Invocation): Promise<number> {
  const rows: string[][] = []
  const broken: string[] = []
  for (const { card, error } of await missionFiles()) {
    if (!card) broken.push(`${text.broken}  ${error}`)
    else
      rows.push([
        card.id,
        inLanguage(card.title, language),
        card.domain,
        '●'.repeat(card.difficulty).padEnd(5, '○'),
        `${card.minutes} ${text.minutes}`,
      ])
  }
  process.stdout.write(inColumns(rows))
  for (const line of broken) process.stderr.write(`${line}\n`)
  return broken.length > 0 ? 1 : 0
}
