import { compareBytes, formatGo } from '../../../print/index.ts'
import type { Describer } from './context.ts'
import { Writer } from './writer.ts'

const SKIP = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
])
const ACRONYMS = new Set(['API', 'URL', 'UID', 'GUID'])

/** `lastTransitionTime` → `Last Transition Time`. Three capitals and more stay with what follows: `URLs`, `DNSName`. */
function label(field: string): string {
  if (!field || /[^\p{L}-]/u.test(field)) return field
  const parts = field.match(/\p{Lu}{3,}\p{Ll}*|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|-|\p{L}/gu) ?? [field]
  return parts
    .map((part) =>
      ACRONYMS.has(part.toUpperCase())
        ? part.toUpperCase()
        : part.toLowerCase() === part
          ? part[0].toUpperCase() + part.slice(1)
          : part,
    )
    .join(' ')
}

function content(w: Writer, level: number, map: Record<string, any>, path: string): void {
  for (const field of Object.keys(map).sort(compareBytes)) {
    const here = `${path}.${field}`
    const value = map[field]
    if (SKIP.has(here) || value === undefined) continue
    if (Array.isArray(value)) {
      w.w(level, `${label(field)}:\n`)
      for (const item of value) {
        if (item && typeof item === 'object' && !Array.isArray(item)) content(w, level + 1, item, here)
        else w.w(level + 1, `${formatGo(item)}\n`)
      }
    } else if (value && typeof value === 'object') {
      w.w(level, `${label(field)}:\n`)
      content(w, level + 1, value, here)
    } else w.w(level, `${label(field)}:\t${formatGo(value)}\n`)
  }
}

/** Kinds without a describer of their own: every field, with its name spelt out. */
export const describeGeneric: Describer = function* (c, object) {
  const w = new Writer(c.now)
  w.meta(object)
  content(w, 0, object, '')
  w.events(yield* c.events(object))
  return w.toString()
}
