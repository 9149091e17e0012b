// What reading reference pages needs besides the text of the screens. Loaded when the first one is wanted.
export { docs as lessons } from '../../serve/lessons.ts'
export { lessonPage, textOf } from '../lessons/page.ts'
