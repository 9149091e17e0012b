export { HostClock } from './clock.ts'
export { type Errno, SysError } from './errno.ts'
export * from './fs/index.ts'
export { Host, type HostSpec, type Programs, type ServiceKey, serviceKey } from './host.ts'
export * from './net/index.ts'
export {
  type ExitStatus,
  Process,
  type ProcessSpec,
  type Program,
  shellStatus,
  signalName,
  signalNumber,
} from './process.ts'
export * from './stream.ts'
