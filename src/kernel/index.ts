export { forever, Kernel, type KernelOptions, sleep, waitFor } from './kernel.ts'
export { type Timer, TimerQueue } from './queue.ts'
export { hash, Rng } from './rng.ts'
export { type Coro, Interrupt, Signal, Task, type TaskState, type Wait } from './task.ts'
