export { loadTask, scenarioOfTask, type Task } from './load.ts'
export { proveTask } from './prove.ts'
export { taskSchema } from './schema.ts'
