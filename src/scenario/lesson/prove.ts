import type { Workloads } from '../acts.ts'
import { ContentError } from '../errors.ts'
import { attempted, type Finding, failures, type Proof, playThrough, whereOf } from '../prove.ts'
import { Stage } from '../stage.ts'
import { scenarioOf } from './exercise.ts'
import { type Exercise, type Lesson, loadLesson } from './load.ts'

/** Proves the exercises of a lesson: unmet at the start, met by the solution, by no decoy. */
export function proveLesson(file: string, content: string, workloads: Workloads): Proof {
  let lesson: Lesson
  try {
    lesson = loadLesson(file, content)
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    return { id: file, ok: false, findings: failures('loads', error) }
  }
  const findings = lesson.exercises.flatMap((exercise) => proveExercise(exercise, lesson, workloads))
  return { id: lesson.id, ok: findings.every((f) => f.ok), findings }
}

function proveExercise(exercise: Exercise, { file, title }: Lesson, workloads: Workloads): Finding[] {
  const finding = (ok: boolean, what: string, key: string, why: string): Finding =>
    ok ? { ok, what } : { ok, what, where: whereOf(file, exercise.places.get(key)), why }
  const name = `exercise "${exercise.id}"`
  try {
    const fresh = (): Stage => new Stage(scenarioOf(exercise, title), workloads)
    const { atFirst, atLast } = playThrough(fresh())
    return [
      finding(!atFirst.solved, `${name} is unmet at the start`, 'check', 'it is already met'),
      finding(atLast.solved, `${name} is met by its solution`, 'solution', 'its check still fails'),
      ...exercise.decoys.map(({ why, run }, i) => {
        const passes = attempted(fresh(), run).solved
        return finding(!passes, `${name} is not met by decoy ${i + 1}`, `decoys.${i}`, `a wrong way passes: ${why}`)
      }),
    ]
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    return failures(`${name} can be set up`, error)
  }
}
