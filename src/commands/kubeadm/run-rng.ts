import type { Process } from '../../host/index.ts'
import type { Rng } from '../../kernel/index.ts'

/** An independent stream of random numbers for one run. */
export const runRng = (p: Process): Rng => p.host.rng.fork(`kubeadm/${p.pid}/${p.startedAt}`)
