import { deckOf } from '../game/drill/deck.ts'
import { SKILLS } from '../scenario/curriculum.ts'
import { DRILL, dayOf } from '../serve/drill-store.ts'
import { load } from '../serve/storage.ts'
import { TASKS } from '../serve/tasks.ts'
import { spokenOf, textOf } from '../ui/drill/line.ts'
import { pageLines, skillName, streakText } from '../ui/drill/page.ts'
import { drillText } from '../ui/drill/text.ts'
import { plain } from '../ui/plain-text.ts'
import type { Invocation } from './invocation.ts'
import { nearest } from './nearest.ts'

const PAGE_WIDTH = 78

/** `notready drill [SKILL]`: the drill on a terminal, its page as plain text elsewhere. */
export async function drill(call: Invocation, today = dayOf(new Date())): Promise<number> {
  const { args, language, text, options } = call
  const [skill, ...more] = args
  const refuse = (why: string): number => {
    process.stderr.write(why)
    return 2
  }
  if (more.length > 0) return refuse(text.tooMany(more[0]))
  if (skill !== undefined && !SKILLS.includes(skill)) return refuse(text.noSkill(skill, nearest(skill, SKILLS), SKILLS))
  const files = await TASKS.files()
  const deck = deckOf(files.flatMap(({ card }) => card ?? []))
  const t = drillText(language)
  if (skill !== undefined && deck.every((card) => card.skill !== skill || card.tasks.length === 0))
    return refuse(`notready: ${t.noTasksFor(skillName(skill, language))}\n`)
  if (process.stdin.isTTY && process.stdout.isTTY) return (await import('./play.ts')).exercise(call, skill)
  const state = load(DRILL, ({ path, why }) => process.stderr.write(`notready: ${path}: ${why}\n`))
  const broken = files.flatMap(({ error }) => error ?? [])
  const lines = pageLines({ deck, broken: [], state, today, language, width: PAGE_WIDTH, ids: true })
  const shown = options['screen-reader'] ? spokenOf(lines) : lines.map((l) => plain(textOf(l)).trimEnd())
  process.stdout.write(`${[`${t.drill} — ${streakText({ state, today, language })}`, '', ...shown].join('\n')}\n`)
  for (const error of broken) process.stderr.write(`${text.broken}  ${error}\n`)
  return broken.length > 0 ? 1 : 0
}
