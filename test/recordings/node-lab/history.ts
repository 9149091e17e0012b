import type { World } from '../../../src/cluster/index.ts'
import { type Container, containerdOf } from '../../../src/programs/containerd/index.ts'

type Counted = { -readonly [K in keyof Container['config']]: Container['config'][K] }

/** The newest containers of a name on cp1, one a pod. */
function newest(world: World, name: string): Container[] {
  const all = [...containerdOf(world.home).containers.values()].filter((c) => c.config.name === name)
  return all
    .sort((a, b) => b.createdAt - a.createdAt)
    .filter((c, i, list) => list.findIndex((x) => x.sandbox === c.sandbox) === i)
}

/**
 * Restarts that the lab's day had counted before a recording, by container; a deed. Which day made them cannot be told
 * any more, but what follows counts on from them. `of`: so many pods of that name only.
 */
export const counted =
  (counts: Readonly<Record<string, number>>, of = Number.POSITIVE_INFINITY) =>
  (world: World): void => {
    for (const [name, count] of Object.entries(counts))
      for (const c of newest(world, name).slice(0, of)) {
        const config: Counted = c.config
        config.attempt = count
        config.annotations = { ...config.annotations, 'io.kubernetes.container.restartCount': String(count) }
      }
  }
