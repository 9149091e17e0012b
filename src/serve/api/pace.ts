import type { World } from '../../cluster/index.ts'

/** How often the world catches up with real time when nobody asks for anything, real ms. */
const TICK = 50
/** A machine that slept for days must not freeze the server while its world catches up, virtual ms. */
const MOST_AT_ONCE = 600_000

/** Moves a world's virtual time while real clients look at it. */
export interface Pace {
  /** Brings the world to the present; called before each request and after everything that may have caused events. */
  settle(): void
  /** Tells that somebody waits for the world: an open watch, a hanging request. */
  waiting(open: boolean): void
  stop(): void
}

/** Virtual time follows real time. `after` runs whenever the world has moved. */
export function realTime(world: World, after: () => void): Pace {
  let real = performance.now()
  let virtual = world.now()
  const settle = (): void => {
    // Whole milliseconds, as everywhere in the world.
    const due = virtual + Math.floor(performance.now() - real)
    if (due - world.now() > MOST_AT_ONCE) {
      real = performance.now()
      virtual = world.now() + MOST_AT_ONCE
    }
    world.kernel.runUntil(Math.min(due, virtual + MOST_AT_ONCE))
    after()
  }
  const timer = setInterval(settle, TICK)
  return { settle, waiting: () => {}, stop: () => clearInterval(timer) }
}

/** Real ms without a request after which a waiting client is taken to wait for the world. */
const PATIENCE = 25
const STRIDE = 1000

/**
 * Virtual time stands still between requests, and runs as fast as it can while somebody waits: for tests, which want
 * ages to be equal and 30 seconds of grace to be short.
 */
export function onDemand(world: World, after: () => void): Pace {
  let waiters = 0
  let last = performance.now()
  const settle = (): void => {
    last = performance.now()
    world.kernel.runUntil(world.now())
    after()
  }
  const timer = setInterval(() => {
    if (waiters === 0 || performance.now() - last < PATIENCE) return
    world.advance(STRIDE)
    after()
  }, 5)
  return { settle, waiting: (open) => (waiters += open ? 1 : -1), stop: () => clearInterval(timer) }
}
