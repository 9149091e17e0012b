import { compare, equal, type Json, typeOf } from './json.ts'
import { JqError } from './values.ts'

interface Keyed {
  readonly item: Json
  readonly key: Json
}

const ORDERINGS: Readonly<Record<string, (items: Keyed[]) => Json>> = {
  min_by: (items) => best(items, (x, sofar) => compare(x.key, sofar.key) < 0),
  max_by: (items) => best(items, (x, sofar) => compare(x.key, sofar.key) >= 0),
  sort_by: (items) => sorted(items).map((x) => x.item),
  group_by: (items) => groups(items),
  unique_by: (items) => groups(items).map((group) => group[0]),
}

/** `sort_by(f)`, `group_by(f)`, `unique_by(f)`, `min_by(f)` and `max_by(f)`; `keyOf` gives all results of f as one array. */
export function order(name: string, v: Json, keyOf: (item: Json) => Json): Json {
  if (!Array.isArray(v)) throw new JqError(`Cannot index ${typeOf(v)} with number`)
  return ORDERINGS[name](v.map((item) => ({ item, key: keyOf(item) })))
}

function best(items: readonly Keyed[], better: (x: Keyed, sofar: Keyed) => boolean): Json {
  return items.length === 0 ? null : items.reduce((sofar, x) => (better(x, sofar) ? x : sofar)).item
}

const sorted = (items: Keyed[]): Keyed[] => items.sort((x, y) => compare(x.key, y.key))

function groups(items: Keyed[]): Json[][] {
  const out: { key: Json; items: Json[] }[] = []
  for (const x of sorted(items)) {
    const last = out.at(-1)
    if (last && equal(last.key, x.key)) last.items.push(x.item)
    else out.push({ key: x.key, items: [x.item] })
  }
  return out.map((group) => group.items)
}
