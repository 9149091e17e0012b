import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Why a step differs. */
export interface Known {
  /** stand-in, load, chance or missing: see the head of the file. */
  readonly kind: string
  readonly reason: string
}

/** known-differences.txt of an area: `[kind] reason`, then lines `TOPIC: STEP…` with the numbers that --verbose shows. */
export function knownDifferences(root: string, area: string): (topic: string, step: number) => Known | undefined {
  const file = join(root, area, 'known-differences.txt')
  const all = new Map<string, Known>()
  let known: Known | undefined
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const head = /^\[([\w-]+)\] (.+)$/.exec(line)
    if (head) known = { kind: head[1], reason: head[2] }
    const steps = /^([\w-]+): ([\d ]+)$/.exec(line)
    if (steps && known) for (const n of steps[2].split(' ')) all.set(`${steps[1]} ${n}`, known)
  }
  return (topic, step) => all.get(`${topic} ${step}`) ?? all.get(`${topic.split('-')[0]} ${step}`)
}
