import type { z } from 'zod'
import { type Checked, checkedYaml } from '../checked-yaml.ts'
import { ContentError, type Place } from '../errors.ts'
import { type Block, blocksOf } from './blocks.ts'
import {
  docHead,
  type ExerciseSource,
  exerciseSource,
  type LessonHead,
  lessonHead,
  wordsOfExercise,
  wordsOfLesson,
} from './schema.ts'

/** A live exercise of a lesson, with the places of its parts in the file. */
export interface Exercise extends ExerciseSource {
  readonly file: string
  readonly places: ReadonlyMap<string, Place>
}

/** A block of a lesson as it is shown: text, a fence, or an exercise in place of its fence. */
export type LessonBlock =
  | Exclude<Block, { kind: 'fence' }>
  | Fence
  | { kind: 'exercise'; exercise: Exercise; line: number }
type Fence = Extract<Block, { kind: 'fence' }>

/** A checked lesson in one language. */
export interface Lesson extends LessonHead {
  readonly file: string
  readonly blocks: readonly LessonBlock[]
  readonly exercises: readonly Exercise[]
  /** Words under which a reference page is found besides those of its text. */
  readonly keywords?: readonly string[]
}

/** Front matter between two lines of three dashes, then the text. */
const FILE = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/

/**
 * Parses and checks a lesson. Throws ContentError (the first problem) with file, line and column. A translation is given
 * its `original`, from which it has everything that is not words.
 */
export function loadLesson(file: string, content: string, original?: Lesson): Lesson {
  const { front, body } = partsOf(file, content)
  const words = checkedYaml(file, front, original ? wordsOfLesson : lessonHead, 1)
  const head = { ...original, ...words.value } as LessonHead
  checkName(file, words, original?.id)
  const exercises: Exercise[] = []
  const blocks = blocksOf(body, front.split('\n').length + 3).map((block): LessonBlock => {
    if (block.kind !== 'fence' || block.language !== 'exercise') return block
    const exercise = loadExercise(file, block, original)
    if (exercises.some((e) => e.id === exercise.id))
      throw new ContentError(file, block.line, 1, `there are two exercises "${exercise.id}"`)
    exercises.push(exercise)
    return { kind: 'exercise', exercise, line: block.line }
  })
  const missing = original?.exercises.find((e) => !exercises.some((own) => own.id === e.id))
  if (missing) throw new ContentError(file, 1, 1, `the exercise "${missing.id}" of ${original!.file} is missing`)
  return { ...head, file, blocks, exercises }
}

/** Parses and checks a reference page: a lesson without a place in the course, without exercises. */
export function loadDoc(file: string, content: string): Lesson {
  const { front, body } = partsOf(file, content)
  const head = checkedYaml(file, front, docHead, 1)
  checkName(file, head)
  const blocks = blocksOf(body, front.split('\n').length + 3) as LessonBlock[]
  return { order: 0, minutes: 0, needs: [], helps: [], exercises: [], ...head.value, file, blocks }
}

function partsOf(file: string, content: string): { readonly front: string; readonly body: string } {
  const parts = FILE.exec(content)
  if (!parts) throw new ContentError(file, 1, 1, 'there is no front matter', 'begin with ---, then id: and title:')
  return { front: parts[1], body: parts[2] }
}

/** A file is called after what is in it. */
function checkName(file: string, head: Checked<{ readonly id: string }>, id = /([^/]*)\.md$/.exec(file)?.[1]): void {
  if (head.value.id !== id) throw problem(file, head, ['id'], `id: the file is called ${id}.md`)
}

function loadExercise(file: string, block: Fence, original: Lesson | undefined): Exercise {
  // The fence itself is a line before the YAML.
  const read = <S extends z.ZodType>(schema: S): Checked<z.output<S>> =>
    checkedYaml(file, block.text, schema, block.line)
  if (!original) {
    const { value, placeOf } = read(exerciseSource)
    const places = new Map(['check', 'solution'].map((key) => [key, placeOf([key])]))
    for (const key of ['given', 'decoys'] as const)
      for (const i of value[key].keys()) places.set(`${key}.${i}`, placeOf([key, i]))
    return { ...value, file, places }
  }
  const words = read(wordsOfExercise)
  const same = original.exercises.find((e) => e.id === words.value.id)
  if (!same) throw problem(file, words, ['id'], `${original.file} has no exercise "${words.value.id}"`)
  return { ...same, ...words.value }
}

function problem(file: string, at: Checked<unknown>, path: PropertyKey[], what: string): ContentError {
  const { line, column } = at.placeOf(path)
  return new ContentError(file, line, column, what)
}
