import type { Language } from '../../scenario/language.ts'
import type { Exercise, Lesson, LessonBlock } from '../../scenario/lesson/load.ts'
import { paragraphs } from '../paragraphs.ts'
import { plain } from '../plain-text.ts'
import { say } from '../typeset.ts'
import { drawMachine } from './diagram.ts'
import { MACHINES } from './diagrams.ts'
import { tableLines } from './table.ts'
import { lessonText } from './text.ts'

/** Somewhere a reader may want to go. */
export interface Place {
  readonly kind: 'section' | 'exercise' | 'lesson' | 'mission'
  readonly title: string
  /** Line of the page. */
  readonly line: number
  /** Of the exercise, lesson or mission. */
  readonly id?: string
}

/** A lesson as lines of a terminal, with SGR. */
export interface Page {
  readonly lines: readonly string[]
  readonly places: readonly Place[]
}

interface PageOptions {
  readonly width: number
  readonly language: Language
  /** Exercises that the reader has done. */
  readonly done: ReadonlySet<string>
  /** Titles of what is linked to; undefined for what is not there. */
  readonly lessonTitle: (id: string) => string | undefined
  readonly missionTitle: (id: string) => string | undefined
}

const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`
const bold = sgr(1, 22)
const italic = sgr(3, 23)
const underlined = sgr(4, 24)
const cyan = sgr(36, 39)
const green = sgr(32, 39)
const dim = sgr(90, 39)

/** Wider text is hard to read; diagrams have 76 columns. */
export const PAGE_WIDTH = 76
const INDENT = '  '

/** `[words](lesson)` */
export const LINK = /\[([^\]]+)\]\(([a-z0-9-]+)\)/g

/** Emphasis, code and links as SGR; their signs go. */
const inline = (text: string): string =>
  text
    .replace(LINK, (_, words: string) => underlined(words))
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => bold(words))
    .replace(/`([^`]+)`/g, (_, code: string) => cyan(code))
    .replace(/(?<![\w*])\*([^*\s][^*]*)\*(?!\*)/g, (_, words: string) => italic(words))

/** Lays a lesson out. Nothing that a file contains can drive the terminal. */
export function lessonPage(lesson: Lesson, options: PageOptions): Page {
  const { language } = options
  const t = lessonText(language)
  const width = Math.min(options.width, PAGE_WIDTH)
  const lines: string[] = []
  const places: Place[] = []
  const section = (block: LessonBlock): void => {
    if (lines.length > 0) lines.push('')
    if (block.kind === 'heading') {
      const title = say(plain(block.text), language)
      places.push({ kind: 'section', title, line: lines.length })
      lines.push(bold(title))
    } else if (block.kind === 'exercise') {
      const n = lesson.exercises.indexOf(block.exercise) + 1
      places.push({
        kind: 'exercise',
        title: say(plain(block.exercise.title), language),
        line: lines.length,
        id: block.exercise.id,
      })
      lines.push(...exerciseLines(block.exercise, n, width, options))
    } else lines.push(...blockLines(block, width, language))
  }
  lesson.blocks.forEach(section)
  const ways = (
    kind: 'lesson' | 'mission',
    head: string,
    ids: readonly string[],
    title: PageOptions['lessonTitle'],
  ) => {
    const known = ids.flatMap((id) => {
      const found = title(id)
      return found === undefined ? [] : [{ id, title: say(plain(found), language) }]
    })
    if (known.length > 0) lines.push('', dim(head))
    for (const way of known) {
      places.push({ kind, ...way, line: lines.length })
      lines.push(`${INDENT}→ ${way.title}`)
    }
  }
  ways('lesson', t.needs, lesson.needs, options.lessonTitle)
  ways('lesson', t.more, linked(lesson), options.lessonTitle)
  ways('mission', t.helps, lesson.helps, options.missionTitle)
  return { lines, places }
}

/** Words of a lesson as they are printed; line ends are only the author's, a number and its unit stay together. */
const set = (text: string, language: Language): string =>
  inline(
    say(plain(text).replace(/(?<!\n)\n(?!\n)/g, ' '), language).replace(/(\d) (?=(?:s|ms|%)(?!\p{L}))/gu, '$1\u00a0'),
  )

/** Lessons to which the text leads, besides those on which it builds. */
function linked({ blocks, needs, id }: Lesson): string[] {
  const found = blocks.flatMap((block) => wordsOf(block).flatMap((text) => [...text.matchAll(LINK)].map((m) => m[2])))
  return [...new Set(found)].filter((target) => target !== id && !needs.includes(target))
}

/** Everything that a lesson says, without marks: for searching, as laying all of them out would be felt. */
export const textOf = ({ title, keywords = [], blocks }: Lesson): string =>
  [title, ...keywords, ...blocks.flatMap((block) => (block.kind === 'fence' ? block.text : wordsOf(block)))]
    .join('\n')
    .replace(LINK, '$1')
    .replace(/[`*]/g, '')

/** All that a block says in words. */
export function wordsOf(block: LessonBlock): string[] {
  switch (block.kind) {
    case 'list':
      return block.items.map(({ text }) => text)
    case 'table':
      return block.rows.map((row) => row.join(' | '))
    case 'exercise':
      return [block.exercise.title, block.exercise.ask, block.exercise.done]
    case 'fence':
      return []
    default:
      return [block.text]
  }
}

function blockLines(block: Exclude<LessonBlock, { kind: 'exercise' }>, width: number, language: Language): string[] {
  const t = lessonText(language)
  switch (block.kind) {
    case 'heading':
      return [bold(block.text)]
    case 'text':
      return paragraphs(set(block.text, language), width)
    case 'list':
      return block.items.flatMap(({ mark, text }) => paragraphs(`${mark} ${set(text, language)}`, width))
    case 'table':
      return tableLines(
        block.rows.map((row) => row.map((cell) => set(cell, language))),
        width,
        bold,
        dim,
      )
    case 'fence': {
      if (block.language === 'machine') {
        const machine = MACHINES[block.text.trim()]
        return machine ? drawMachine(machine, t.anyState) : [t.noMachine(plain(block.text.trim()))]
      }
      const colour = block.language === 'sh' ? cyan : (text: string) => text
      return plain(block.text)
        .split('\n')
        .map((line) => `${block.language === 'sh' ? INDENT : ''}${colour(line)}`)
    }
  }
}

function exerciseLines(exercise: Exercise, n: number, width: number, { language, done }: PageOptions): string[] {
  const t = lessonText(language)
  const isDone = done.has(exercise.id)
  const colour = isDone ? green : cyan
  const said = (text: string): string[] =>
    paragraphs(set(text, language), width - 2).map((line) => `${colour('│')} ${line}`)
  return [
    `${colour('┌')} ${bold(colour(`${t.exercise(n)} — ${say(plain(exercise.title), language)}`))} ${isDone ? green('✓') : dim(`· ${t.howTo(n)}`)}`,
    ...said(exercise.ask),
    ...(isDone ? [colour('│'), ...said(exercise.done)] : []),
    colour('└'),
  ]
}
