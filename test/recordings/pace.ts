import type { World } from '../../src/cluster/index.ts'
import type { Process } from '../../src/host/index.ts'
import { type Kernel, sleep } from '../../src/kernel/index.ts'
import { replaceProgram } from './lab-programs.ts'
import type { Recording } from './recording.ts'

/** What a `kubectl get` takes here, ms. */
const OURS = 100

/** By how much the recorder's busy machine was slower: what the quicker ones of its plain reads took, ms. */
export function slowness({ steps }: Recording): number {
  const took = steps
    .filter((s) => s.took && /^kubectl (?:get|describe) [^;|\n]*$/.test(s.cmd) && !/ (?:-w|--watch)/.test(s.cmd))
    .map((s) => s.took! * 1000)
    .sort((a, b) => a - b)
  return took.length > 0 ? Math.max(0, Math.round(took[Math.floor(took.length / 3)] - OURS)) : 0
}

const slow = new WeakMap<Kernel, number>()

/** Lets each kubectl of this world start as late as the recorder's. */
export function slowDown(world: World, ms: number): void {
  slow.set(world.kernel, ms)
  replaceProgram(
    world,
    'kubectl',
    (own) =>
      function* (p: Process) {
        yield* sleep(p.host.kernel, slow.get(p.host.kernel) ?? 0)
        return yield* own.main(p)
      },
  )
}
