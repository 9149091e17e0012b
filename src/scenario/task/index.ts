export { loadTask, scenarioOfTask } from './load.ts'
export { proveTask } from './prove.ts'
