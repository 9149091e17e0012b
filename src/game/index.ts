export { appMachine } from './app.machine.ts'
export { chainOf, type Link } from './chain.ts'
export { asInput, type Input } from './input.ts'
export { missionMachine } from './mission.machine.ts'
export { Mission } from './mission.ts'
export {
  defaultSettings,
  noProgress,
  type Progress,
  parseProgress,
  parseSettings,
  type Settings,
  withAttempt,
  withDiagnosis,
} from './progress.ts'
export { score } from './score.ts'
export { PlaySession } from './session.ts'
export type { Moment } from './timeline.ts'
