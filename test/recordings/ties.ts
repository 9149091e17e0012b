import type { World } from '../../src/cluster/index.ts'
import { Rng } from '../../src/kernel/index.ts'

/** Which of equal nodes chance gave to a pod, by the beginning of the pod's name; the next pod of that name gets the next one. */
export type Ties = Readonly<Record<string, string>>

/** The scheduler's chance as it fell for the recorder. Where the recording does not tell, it is the world's own. */
class RecordedChance extends Rng {
  private readonly taken = new Map<string, number>()

  constructor(
    seed: string,
    private readonly ties: Ties,
  ) {
    super(seed)
  }

  override fork(label: string): Rng {
    const own = super.fork(label)
    const name = label.slice(label.indexOf('/') + 1)
    const known = Object.keys(this.ties).find((start) => name === start || name.startsWith(`${start}-`))
    if (known === undefined) return own
    const nodes = this.ties[known].split(' ')
    const n = this.taken.get(known) ?? 0
    this.taken.set(known, n + 1)
    const pick = own.pick.bind(own)
    own.pick = (items) => items.find((item: any) => item.name === nodes[n % nodes.length]) ?? pick(items)
    return own
  }
}

/** Lets the world's scheduler break ties as recorded; before the machines start. */
export function breakTies(world: World, ties: Ties): void {
  const { rng } = world.home
  const fork = rng.fork.bind(rng)
  rng.fork = (label) => (label === 'scheduler' ? new RecordedChance(fork(label).seed as string, ties) : fork(label))
}
