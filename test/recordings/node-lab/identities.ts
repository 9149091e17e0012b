import type { Host } from '../../../src/host/index.ts'
import { type Container, containerdOf, type Sandbox } from '../../../src/programs/containerd/index.ts'

interface Output {
  readonly stdout: string
  readonly stderr: string
}

const podOf = (x: Container | Sandbox): string => ('sandbox' in x ? x.sandbox.config.name : x.config.name)

const HEX = /\b[0-9a-f]{64}\b|\b[0-9a-f]{13}\b/g

/** Recorded commands name containers by the ids that they had in the lab; here they have others. */
export class Identities {
  private readonly known = new Map<string, string>()

  constructor(
    private readonly host: Host,
    /** `container NAME [of POD]` or `pod NAME`, by recorded id; POD may end in `*`, and `~N` is the Nth by the pods' names. */
    private readonly described: Readonly<Record<string, string>>,
  ) {}

  /** A command line with this world's ids. */
  translate(line: string): string {
    return line.replace(/\b[0-9a-f]{13}\b|\b[0-9a-f]{64}\b/g, (id) => this.known.get(id) ?? this.find(id) ?? id)
  }

  /** Listings of both sides with as many ids in the same places name the same things. */
  learn(wanted: Output, have: Output): void {
    const before = wanted.stdout.match(HEX) ?? []
    const after = have.stdout.match(HEX) ?? []
    if (before.length !== after.length) return
    for (const [i, id] of before.entries())
      if (!this.known.has(id) && !this.described[id]) this.known.set(id, after[i]!)
  }

  private find(id: string): string | undefined {
    const m = /^(container|pod) (\S+?)(?: of (\S+?))?(?:~(\d+))?$/.exec(this.described[id.slice(0, 13)] ?? '')
    if (!m) return undefined
    const state = containerdOf(this.host)
    const like = (name: string, pattern: string | undefined): boolean =>
      pattern === undefined || (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern)
    const found =
      m[1] === 'pod'
        ? [...state.sandboxes.values()].filter((s) => like(s.config.name, m[2]))
        : [...state.containers.values()].filter((c) => c.config.name === m[2] && like(c.sandbox.config.name, m[3]))
    const at = Number(m[4] ?? 0)
    const newest = found.sort((a, b) => b.createdAt - a.createdAt)
    const by = m[4] === undefined ? newest[0] : newest.sort((a, b) => (podOf(a) < podOf(b) ? -1 : 1))[at - 1]
    if (by) this.known.set(id, by.id.slice(0, id.length))
    return by?.id.slice(0, id.length)
  }
}
