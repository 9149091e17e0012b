import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ContentError } from '../scenario/errors.ts'
import type { Language } from '../scenario/language.ts'
import { type Lesson, loadDoc, loadLesson } from '../scenario/lesson/load.ts'
import { root } from './content-index.ts'

/** A lesson as the table of lessons shows it. */
export interface LessonFile {
  readonly id: string
  readonly file: string
  readonly lesson?: Lesson
  /** Why it cannot be read, with file:line:column. */
  readonly error?: string
}

/** The language in which front matter and exercises are written; the others translate its words. */
const ORIGINAL: Language = 'en'

const CONTENT = join(root ?? '', 'content')

const fileOf = (id: string, language: Language, content = CONTENT): string => join(content, language, `${id}.md`)

/** Ids of all lessons, of those too that exist in one language only. */
function lessonIds(content = CONTENT): string[] {
  const found = (['en', 'fr'] as const)
    .map((language) => join(content, language))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
  return [...new Set(found)].filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3))
}

/** Every lesson of a folder in the order of the course, broken ones last. */
export function lessons(language: Language, content = CONTENT): LessonFile[] {
  const last = (l: LessonFile): number => l.lesson?.order ?? Number.POSITIVE_INFINITY
  return lessonIds(content)
    .map((id) => lessonFile(id, language, content))
    .sort((a, b) => last(a) - last(b) || (a.id < b.id ? -1 : 1))
}

/** The reference pages, in the order of their titles, broken ones last. */
export function docs(language: Language, content = join(CONTENT, 'docs')): LessonFile[] {
  const title = (l: LessonFile): string => l.lesson?.title ?? '\uffff'
  return lessonIds(content)
    .map((id) => {
      const file = fileOf(id, language, content)
      return opened(id, file, () => loadDoc(file, readFileSync(file, 'utf8')))
    })
    .sort((a, b) => title(a).localeCompare(title(b), language) || (a.id < b.id ? -1 : 1))
}

function lessonFile(id: string, language: Language, content: string): LessonFile {
  const file = fileOf(id, language, content)
  return opened(id, file, () => {
    const first = fileOf(id, ORIGINAL, content)
    const original = loadLesson(first, readFileSync(first, 'utf8'))
    return file === first ? original : loadLesson(file, readFileSync(file, 'utf8'), original)
  })
}

/** A page by its id; broken when it cannot be read, whatever the reason: the others go on. */
function opened(id: string, file: string, read: () => Lesson): LessonFile {
  try {
    return { id, file, lesson: read() }
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException
    return { id, file, error: error instanceof ContentError ? message : `${file}:1:1: ${message}` }
  }
}

/** The files with exercises to prove. */
export const lessonPaths = (): string[] => lessonIds().map((id) => fileOf(id, ORIGINAL))

/** The file of a lesson by its id, when there is one. */
export const lessonPath = (id: string): string | undefined =>
  lessonPaths().find((path) => path === fileOf(id, ORIGINAL))
