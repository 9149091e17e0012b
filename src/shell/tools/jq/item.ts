import type { Node } from './ast.ts'
import type { Json, JsonObject } from './json.ts'
import type { Env } from './scope.ts'
import { describe, JqError, type Path, short } from './values.ts'

/** A value and, while paths are asked for, where it was found. */
export interface Item {
  readonly v: Json
  readonly p: Path | undefined
}

/** What a program needs from outside. */
export interface JqHost {
  /** Next input, or undefined. */
  input(): Json | undefined
  env(): JsonObject
  now(): number
  warn(text: string): void
}

/** What runs filters, as its parts see it. */
export interface Evaluator {
  readonly host: JqHost
  /** The results of a filter, with their paths when `at` has one. */
  eval(n: Node, at: Item, env: Env | undefined): Generator<Item>
  /** The results without paths. */
  values(n: Node, v: Json, env: Env | undefined): Generator<Json>
}

/** Stands for "computed, not found in the input". */
const NO_PATH: Path = Object.freeze([]) as Path

/** Where an item was found; an error for a computed one. */
export function pathOf(item: Item): Path {
  if (item.p === NO_PATH) throw new JqError(`Invalid path expression with result ${short(item.v)}`)
  return item.p ?? []
}

/** `.[]` */
export function* iterate(t: Item): Generator<Item> {
  if (Array.isArray(t.v)) {
    for (let i = 0; i < t.v.length; i++) yield { v: t.v[i], p: t.p && [...t.p, i] }
  } else if (t.v instanceof Map) for (const [k, v] of [...t.v]) yield { v, p: t.p && [...t.p, k] }
  else throw new JqError(`Cannot iterate over ${describe(t.v)}`)
}

/** A computed value has no path; asking for one is an error, except for null. */
export function made(at: Item, v: Json): Item {
  return { v, p: at.p === undefined ? undefined : NO_PATH }
}

/** `..` */
export function* recurse(at: Item): Generator<Item> {
  yield at
  if (at.v !== null && typeof at.v === 'object') for (const child of iterate(at)) yield* recurse(child)
}
