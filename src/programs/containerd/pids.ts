import type { ContainerdState } from './store.ts'
import type { Container, Sandbox } from './types.ts'

/** A container's place in a PID namespace. */
interface Pids {
  readonly namespace: object
  /** Number of its main process there. */
  readonly first: number
}

const places = new WeakMap<Container, Pids>()
/** Containers that came into a pod's shared namespace. */
const guests = new WeakMap<Sandbox, number>()

/** A namespace of its own, its pod's (where /pause is 1), or that of the container that it debugs. */
export function pidsOf(state: ContainerdState, c: Container): Pids {
  let place = places.get(c)
  if (!place) places.set(c, (place = join(state, c)))
  return place
}

function join(state: ContainerdState, c: Container): Pids {
  const { pidMode, pidTarget } = c.config
  if (pidMode === 'POD') {
    const n = (guests.get(c.sandbox) ?? 0) + 1
    guests.set(c.sandbox, n)
    return { namespace: c.sandbox, first: 1 + 6 * n }
  }
  if (pidMode === 'TARGET')
    for (const other of state.containers.values())
      if (other.sandbox === c.sandbox && other.config.name === pidTarget && other.process)
        return { namespace: pidsOf(state, other).namespace, first: 1 + 6 * ++other.execCount }
  return { namespace: c, first: 1 }
}
