export { type Lesson, loadLesson } from './load.ts'
export { proveLesson } from './prove.ts'
