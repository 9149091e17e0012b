export { defaultPlugins } from './plugins/index.ts'
export { type SchedulerContext, type SchedulerEvents, startScheduler } from './scheduler.ts'
