import type { Scenario } from '../load.ts'
import type { Exercise } from './load.ts'

/** An exercise as a scenario with one objective: the stage, the game and the proofs need nothing else. */
export const scenarioOf = (exercise: Exercise, lessonTitle: string): Scenario => ({
  version: 1,
  id: exercise.id,
  title: `${lessonTitle} — ${exercise.title}`,
  domain: 'troubleshooting',
  difficulty: 1,
  minutes: 5,
  seed: exercise.seed,
  cluster: exercise.cluster,
  brief: exercise.ask,
  symptoms: [],
  given: exercise.given,
  goals: [{ id: exercise.id, say: exercise.title, check: exercise.check }],
  keep: exercise.keep.map((check) => ({ say: exercise.title, check })),
  hints: exercise.hints.map((say) => ({ say, cost: 0 })),
  solution: exercise.solution,
  settle: exercise.settle,
  debrief: exercise.done,
  file: exercise.file,
  vars: {},
  places: exercise.places,
})
