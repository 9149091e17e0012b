// What reading lessons needs besides the text of the screens. Loaded when the first lesson is wanted.
export { scenarioOf } from '../../scenario/lesson/exercise.ts'
export { docs as pages, lessons } from '../../serve/lessons.ts'
export { lessonPage, textOf } from './page.ts'
