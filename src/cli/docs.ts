import { docs } from '../serve/lessons.ts'
import { docsText } from '../ui/docs/text.ts'
import { lessonPage, PAGE_WIDTH, textOf } from '../ui/lessons/page.ts'
import { lessonText } from '../ui/lessons/text.ts'
import { plain } from '../ui/plain-text.ts'
import type { Invocation } from './invocation.ts'

/** `notready docs [WORD]`: the reference on a terminal; elsewhere a page, or a list of those in which the word stands. */
export async function docsCommand(call: Invocation): Promise<number> {
  const { args, language, text } = call
  const [word, ...more] = args
  if (more.length > 0) {
    process.stderr.write(text.tooMany(more[0]))
    return 2
  }
  if (process.stdin.isTTY && process.stdout.isTTY) return (await import('./play.ts')).consult(call, word)
  const all = docs(language)
  const wanted = all.find((page) => page.id === word)
  if (wanted?.lesson) {
    const page = lessonPage(wanted.lesson, {
      width: PAGE_WIDTH,
      language,
      done: new Set(),
      lessonTitle: (id) => all.find((l) => l.id === id)?.lesson?.title,
      missionTitle: () => undefined,
    })
    process.stdout.write(`${[wanted.lesson.title, '', ...page.lines.map(plain)].join('\n')}\n`)
    return 0
  }
  const needle = (word ?? '').toLowerCase()
  const found = all.filter(({ lesson }) => lesson && textOf(lesson).toLowerCase().includes(needle))
  for (const { lesson } of found) process.stdout.write(`${lesson!.id.padEnd(24)}${lesson!.title}\n`)
  if (found.length === 0)
    process.stderr.write(
      `notready: ${word === undefined ? docsText(language).empty : `${word}: ${lessonText(language).nowhere}`}\n`,
    )
  const broken = all.filter(({ error }) => error !== undefined)
  for (const { error } of broken) process.stderr.write(`${text.broken}  ${error}\n`)
  return found.length === 0 || broken.length > 0 ? 1 : 0
}
