// What an exam needs besides the text of its screens. Loaded when the exam is opened: the menu does not wait for it.
export { draw } from '../../game/exam/draw.ts'
export { Exam } from '../../game/exam/exam.ts'
export { mark } from '../../game/exam/result.ts'
export { examPool, openDrawn } from '../../serve/exam-pool.ts'
export { workloads } from '../../serve/scenarios.ts'
