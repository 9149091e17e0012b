export {
  aside,
  because,
  forNoReason,
  type Happening,
  happened,
  happenedByItself,
  learn,
  learnFromSilence,
  reported,
} from './because.ts'
export { byText } from './by-text.ts'
export { base64, bytesToText, textToBytes, utf8Length } from './bytes.ts'
export { MONTHS } from './calendar.ts'
export { globRegex } from './glob.ts'
export { forever, Kernel, type KernelOptions, sleep, type Timeline, type Timers, waitFor } from './kernel.ts'
export { type CompiledMachine, compileMachine, Lifecycle, type RunningMachine, runMachine } from './lifecycle.ts'
export { Lockstep } from './lockstep.ts'
export { type Timer, TimerQueue } from './queue.ts'
export { hash, Rng } from './rng.ts'
export { Stackless } from './stackless.ts'
export { type Coro, Interrupt, Signal, Task, type TaskState, type Wait } from './task.ts'
