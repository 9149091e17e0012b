export { appMachine } from './app.machine.ts'
export { missionMachine } from './mission.machine.ts'
export { Mission, type Moment } from './mission.ts'
export {
  defaultSettings,
  inputSchema,
  noProgress,
  type Progress,
  progressSchema,
  type Settings,
  settingsSchema,
  withAttempt,
} from './progress.ts'
export { score } from './score.ts'
export { type Input, PlaySession } from './session.ts'
