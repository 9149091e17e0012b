export * from './base/index.ts'
export { ALL_CAPABILITIES, type Capability, may } from './capabilities.ts'
export { HostClock } from './clock.ts'
export { type Errno, SysError } from './errno.ts'
export * from './fs/index.ts'
export { Host, type HostSpec, type Programs, type ServiceKey, serviceKey } from './host.ts'
export { type Catalog, JOURNAL, Journal, type JournalEntry, JournalSink, type Write } from './journal.ts'
export { MACHINE, Machine, type PowerState, type Swap } from './machine.ts'
export { Modules } from './modules.ts'
export * from './net/index.ts'
export {
  type ExitStatus,
  Process,
  type ProcessSpec,
  type Program,
  parentOf,
  shellStatus,
  signalName,
  signalNumber,
} from './process.ts'
export * from './stream.ts'
export * from './systemd/index.ts'
