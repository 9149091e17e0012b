import type { World } from '../../src/cluster/index.ts'
import type { Process } from '../../src/host/index.ts'
import type { Coro, Kernel, Signal, Wait } from '../../src/kernel/index.ts'
import { replaceProgram } from './lab-programs.ts'
import type { Recording, Step } from './recording.ts'

/** What kubectl's own work takes here, ms: its start, and a request that reads or writes. */
const START = 80
const READ = 10
const WRITE = 35
/** Waits of kubectl up to here are work; longer ones are periods. */
const WORK = 100
const MOST = 10

/** Commands that wait for something else than themselves, or of which several run at once. */
const WAITS =
  /rollout status|kubectl wait|\bdelete\b|\bdrain\b|--timeout|\blogs\b|\battach\b|\bexec\b|\bcp\b|\bdebug\b|port-forward|\bproxy\b|\bedit\b|--rm\b|\s-w\b|--watch|\btimeout\b|[^&]&(?!&)|-i\b|-it\b|\btime\b|while |bash |replace --force/
const WRITES =
  /\b(?:create|apply|patch|replace|set|scale|label|annotate|expose|run|taint|cordon|uncordon|autoscale|undo|restart)\b/

/** What the kubectls of a step would take here and how long the step sleeps, ms. */
function workOf(cmd: string, files: Readonly<Record<string, string>>): { work: number; sleeps: number } {
  let work = 0
  let sleeps = 0
  let times = 1
  for (const part of cmd.split(/;|&&|\|\|?|\n/)) {
    const loop = /^\s*for \w+ in (.*)$/.exec(part)
    const seq = /\$\(seq (\d+)\)/.exec(loop?.[1] ?? '')
    if (loop) times *= seq ? Number(seq[1]) : loop[1].trim().split(/\s+/).length
    else if (/^\s*done\b/.test(part)) times = 1
    sleeps += times * 1000 * Number(/\bsleep ([\d.]+)/.exec(part)?.[1] ?? 0)
    if (!/\bkubectl\b/.test(part)) continue
    const file = files[/ -f (\S+)/.exec(part)?.[1] ?? '']
    const objects = (file?.match(/^kind:/gm) ?? ['']).length
    work += times * (START + objects * (READ + (WRITES.test(part) ? WRITE : 0)))
  }
  return { work, sleeps }
}

/** How many times slower than here the recorder's busy machine ran the kubectls of a step; undefined when that cannot be told. */
function slowness({ cmd, took }: Step, files: Readonly<Record<string, string>>): number | undefined {
  if (!took || WAITS.test(cmd)) return undefined
  const { work, sleeps } = workOf(cmd, files)
  return work === 0 ? undefined : Math.min(MOST, Math.max(1, (took * 1000 - sleeps) / work))
}

/** By step: as slow as the step itself tells, or else as the one before. */
export function paces({ steps, files }: Recording): number[] {
  let now = steps.map((s) => slowness(s, files)).find((f) => f !== undefined) ?? 1
  return steps.map((s) => (now = slowness(s, files) ?? now))
}

const slow = new WeakMap<Kernel, number>()

/** How many times longer kubectl's own work takes in this world from now on. */
export function setPace(world: World, times: number): void {
  slow.set(world.kernel, times)
  replaceProgram(world, 'kubectl', (own) => (p) => stretched(p, own.main(p)))
}

function* stretched(p: Process, main: Coro<any>): Coro<any> {
  const { kernel } = p.host
  const stretch = (wait: Wait): Wait => {
    const own = wait.until !== undefined && !wait.on ? wait.until - kernel.now() : 0
    return own > 0 && own <= WORK ? { until: kernel.now() + Math.round(own * (slow.get(kernel) ?? 1)) } : wait
  }
  let step = main.next(undefined)
  while (!step.done) {
    let woken: Signal | undefined
    try {
      woken = yield stretch(step.value)
    } catch (interrupt) {
      step = main.throw(interrupt)
      continue
    }
    step = main.next(woken)
  }
  return step.value
}
