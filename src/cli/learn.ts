import { inLanguage } from '../scenario/language.ts'
import { type LessonFile, lessons } from '../serve/lessons.ts'
import { missionFiles } from '../serve/missions.ts'
import { lessonPage, PAGE_WIDTH } from '../ui/lessons/page.ts'
import { lessonText } from '../ui/lessons/text.ts'
import { plain } from '../ui/plain-text.ts'
import type { Invocation } from './invocation.ts'

/** `notready learn [ID]`: the reader on a terminal, plain text elsewhere. */
export async function learn(call: Invocation): Promise<number> {
  const { args, language, text } = call
  const [id, ...more] = args
  if (more.length > 0) {
    process.stderr.write(text.tooMany(more[0]))
    return 2
  }
  const all = lessons(language)
  const wanted = all.find((l) => l.id === id)
  if (id !== undefined && !wanted?.lesson) {
    process.stderr.write(wanted ? `notready: ${wanted.error}\n` : text.noLesson(id))
    return 2
  }
  if (process.stdin.isTTY && process.stdout.isTTY) return (await import('./play.ts')).read(call, id)
  if (wanted) return print(wanted, all, call)
  for (const { lesson } of all)
    if (lesson) process.stdout.write(`${lesson.id.padEnd(16)}${lesson.title} (${lesson.minutes} ${text.minutes})\n`)
  const broken = all.filter(({ error }) => error !== undefined)
  for (const { error } of broken) process.stderr.write(`${text.broken}  ${error}\n`)
  return broken.length > 0 ? 1 : 0
}

async function print({ lesson }: LessonFile, all: readonly LessonFile[], { language }: Invocation): Promise<number> {
  if (!lesson) return 1
  const t = lessonText(language)
  const cards = (await missionFiles()).flatMap(({ card }) => card ?? [])
  const page = lessonPage(lesson, {
    width: PAGE_WIDTH,
    language,
    done: new Set(),
    lessonTitle: (id) => all.find((l) => l.id === id)?.lesson?.title,
    missionTitle: (id) => cards.filter((c) => c.id === id).map((c) => inLanguage(c.title, language))[0],
  })
  process.stdout.write(`${[t.title(lesson.order, lesson.title), '', ...page.lines.map(plain)].join('\n')}\n`)
  return 0
}
