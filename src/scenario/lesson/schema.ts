import { z } from 'zod'
import { act, attempt, check, cluster, duration, slug } from '../schema.ts'

const line = z.string().min(1)

/** What a lesson says of itself. `content/en` has all of it, the other languages only what is said in words. */
export const wordsOfLesson = z.strictObject({ id: slug, title: line })
/** Front matter of a lesson. */
export const lessonHead = wordsOfLesson.extend({
  /** Place in the course. */
  order: z.number().int().min(1).max(999),
  /** How long it takes with its exercises. */
  minutes: z.number().int().min(1).max(60),
  /** Lessons that come before it. */
  needs: z.array(slug).max(8).default([]),
  /** Missions for which it is worth reading. */
  helps: z.array(slug).max(20).default([]),
})

/** What a reference page says of itself. */
export const docHead = wordsOfLesson.extend({ keywords: z.array(line).max(30).default([]) })

/** What is said of an exercise in the reader's language. */
export const wordsOfExercise = z.strictObject({
  id: slug,
  /** What is to be done, in a few words. */
  title: line,
  /** The same in full. */
  ask: line,
  hints: z.array(line).max(5).default([]),
  /** What it has shown, told when it is done. */
  done: line,
})
/** A live exercise: a fenced block `exercise` of a lesson. The check must fail at its start and hold after its solution. */
export const exerciseSource = wordsOfExercise.extend({
  cluster,
  seed: z.number().int().min(0).default(1),
  given: z.array(act).max(30).default([]),
  check,
  solution: z.array(attempt).min(1).max(20),
  /** What must stay as it is on the way. */
  keep: z.array(check).max(3).default([]),
  /** Ways that must not pass: for the proof. */
  decoys: z
    .array(z.strictObject({ why: line, run: z.array(attempt).min(1).max(20) }))
    .max(5)
    .default([]),
  /** Virtual time between the solution and the proof's look at the outcome. */
  settle: duration.default('5s'),
})

/** A lesson's front matter. */
export type LessonHead = z.output<typeof lessonHead>

/** An `exercise` block as its author wrote it. */
export type ExerciseSource = z.output<typeof exerciseSource>
