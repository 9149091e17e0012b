import type { Pattern } from './ast.ts'
import type { Evaluator } from './item.ts'
import { type Json, typeOf } from './json.ts'
import { type Env, withVariable } from './scope.ts'
import { index, JqError } from './values.ts'

/** The scopes in which a pattern's variables hold the parts of `v`; keys are filters over `at`. */
export function* destructure(
  m: Evaluator,
  p: Pattern,
  v: Json,
  env: Env | undefined,
  at: Json,
): Generator<Env | undefined> {
  switch (p.k) {
    case 'var':
      yield withVariable(env, p.name, v)
      return
    case 'array':
      if (v !== null && !Array.isArray(v)) throw new JqError(`Cannot index ${typeOf(v)} with number`)
      yield* elements(m, p.items, v ?? [], 0, env, at)
      return
    case 'object':
      yield* members(m, p.items, v, 0, env, at)
  }
}

function* elements(
  m: Evaluator,
  items: readonly Pattern[],
  values: readonly Json[],
  i: number,
  env: Env | undefined,
  at: Json,
): Generator<Env | undefined> {
  if (i === items.length) {
    yield env
    return
  }
  for (const scope of destructure(m, items[i], values[i] ?? null, env, at))
    yield* elements(m, items, values, i + 1, scope, at)
}

function* members(
  m: Evaluator,
  items: Extract<Pattern, { k: 'object' }>['items'],
  v: Json,
  i: number,
  env: Env | undefined,
  at: Json,
): Generator<Env | undefined> {
  if (i === items.length) {
    yield env
    return
  }
  const item = items[i]
  for (const key of m.values(item.key, at, env)) {
    const value = index(v, key)
    const bound = item.bind ? withVariable(env, item.bind, value) : env
    if (!item.value) yield* members(m, items, v, i + 1, bound, at)
    else for (const inner of destructure(m, item.value, value, bound, at)) yield* members(m, items, v, i + 1, inner, at)
  }
}
