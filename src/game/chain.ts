import type { Happening } from '../kernel/index.ts'

/** One line of the account of what led to what. */
export interface Link {
  readonly at: number
  readonly where: string
  readonly what: string
  /** 0: done from outside; more: what it led to. */
  readonly depth: number
  /** So many others fared alike for the same reason. */
  readonly alike: number
}

const MAX_DEPTH = 6
const MAX_LINKS = 60

/** What differs between those who fare alike: names of pods and machines, addresses. */
const kindOf = ({ where, what }: Happening): string => {
  const kind = where.includes('/') ? where.split('/')[0] : ''
  return `${kind} ${what.replace(/\b[a-z0-9-]+-[a-z0-9]{5}\b|\d+\.\d+\.\d+\.\d+(:\d+)?|"[^"]*"|\b[0-9a-f-]{32,36}\b/g, '…').replaceAll(where.split('/').at(-1)!, '…')}`
}

/**
 * What the model recorded, from what was done to what came of it: a tree as indented lines, those who fared alike
 * together. Deeds without consequences are left out, as is everything after `until`.
 */
export function chainOf(happenings: readonly Happening[], until: number): Link[] {
  const effects = new Map<Happening | undefined, Happening[]>()
  for (const h of happenings) {
    if (h.at > until) continue
    const list = effects.get(h.because)
    if (list) list.push(h)
    else effects.set(h.because, [h])
  }
  const out: Link[] = []
  const tell = (h: Happening, depth: number, alike: number): void => {
    if (out.length >= MAX_LINKS || depth > MAX_DEPTH) return
    out.push({ at: h.at, where: h.where, what: h.what, depth, alike })
    const kinds = new Map<string, Happening[]>()
    for (const effect of effects.get(h) ?? []) {
      const kind = kindOf(effect)
      const known = kinds.get(kind)
      if (known) known.push(effect)
      else kinds.set(kind, [effect])
    }
    for (const [first, ...others] of kinds.values()) tell(first, depth + 1, others.length)
  }
  for (const root of effects.get(undefined) ?? []) if (effects.has(root) || root.ofItself) tell(root, 0, 0)
  return out
}
