export type { Block } from './blocks.ts'
export { scenarioOf } from './exercise.ts'
export { type Exercise, type Lesson, type LessonBlock, loadLesson } from './load.ts'
export { proveLesson } from './prove.ts'
