import type { Node } from './ast.ts'
import { type Evaluator, type Item, made, pathOf, recurse } from './item.ts'
import { type Json, print } from './json.ts'
import { order } from './order.ts'
import { getPath } from './paths.ts'
import type { Env } from './scope.ts'
import { JqError, truthy } from './values.ts'

/** A builtin that takes filters, keeps paths, or reaches outside. */
type Filter = (m: Evaluator, at: Item, args: readonly Node[], env: Env | undefined) => Generator<Item>

const orderedBy = (name: string): Filter =>
  function* (m, at, [key], env) {
    yield made(
      at,
      order(name, at.v, (item) => [...m.values(key, item, env)]),
    )
  }

function* recurseBy(m: Evaluator, at: Item, step: Node, env: Env | undefined): Generator<Item> {
  yield at
  for (const next of m.eval(step, at, env)) yield* recurseBy(m, next, step, env)
}

/** The builtins that cannot be written as functions on values alone, by name and arity. */
export const filters: Readonly<Record<string, Filter>> = {
  *'empty/0'() {},
  *'error/0'(_m, at) {
    throw new JqError(at.v)
  },
  *'error/1'(m, at, [message], env) {
    for (const v of m.values(message, at.v, env)) throw new JqError(v)
  },
  *'not/0'(_m, at) {
    yield made(at, !truthy(at.v))
  },
  *'path/1'(m, at, [f], env) {
    for (const item of m.eval(f, { v: at.v, p: [] }, env)) yield made(at, pathOf(item) as Json[])
  },
  *'select/1'(m, at, [f], env) {
    for (const test of m.values(f, at.v, env)) if (truthy(test)) yield at
  },
  *'recurse/1'(m, at, [f], env) {
    yield* recurseBy(m, at, f, env)
  },
  *'getpath/1'(m, at, [path], env) {
    for (const found of m.values(path, at.v, env)) {
      const p = found as Json[]
      yield { v: getPath(at.v, p), p: at.p && [...at.p, ...p] }
    }
  },
  *'paths/0'(_m, at) {
    for (const item of recurse({ v: at.v, p: [] })) if (item.p!.length > 0) yield made(at, [...item.p!])
  },
  *'range/1'(m, at, [upto], env) {
    for (const to of m.values(upto, at.v, env)) for (let i = 0; i < (to as number); i++) yield made(at, i)
  },
  *'range/2'(m, at, [first, upto], env) {
    for (const from of m.values(first, at.v, env))
      for (const to of m.values(upto, at.v, env))
        for (let i = from as number; i < (to as number); i++) yield made(at, i)
  },
  *'limit/2'(m, at, [n, f], env) {
    for (const count of m.values(n, at.v, env)) {
      if ((count as number) <= 0) continue
      let i = 0
      for (const item of m.eval(f, at, env)) {
        yield item
        if (++i >= (count as number)) break
      }
    }
  },
  *'first/1'(m, at, [f], env) {
    for (const item of m.eval(f, at, env)) {
      yield item
      return
    }
  },
  *'isempty/1'(m, at, [f], env) {
    for (const _ of m.eval(f, at, env)) {
      yield made(at, false)
      return
    }
    yield made(at, true)
  },
  *'input/0'(m, at) {
    const v = m.host.input()
    if (v === undefined) throw new JqError('No more inputs')
    yield made(at, v)
  },
  *'inputs/0'(m, at) {
    for (let v = m.host.input(); v !== undefined; v = m.host.input()) yield made(at, v)
  },
  *'debug/0'(m, at) {
    debug(m, at.v)
    yield at
  },
  *'debug/1'(m, at, [message], env) {
    for (const v of m.values(message, at.v, env)) debug(m, v)
    yield at
  },
  *'stderr/0'(m, at) {
    m.host.warn(print(at.v, { indent: '' }))
    yield at
  },
  *'env/0'(m, at) {
    yield made(at, m.host.env())
  },
  *'now/0'(m, at) {
    yield made(at, m.host.now() / 1000)
  },
  *'input_filename/0'(_m, at) {
    yield made(at, null)
  },
  'sort_by/1': orderedBy('sort_by'),
  'group_by/1': orderedBy('group_by'),
  'unique_by/1': orderedBy('unique_by'),
  'min_by/1': orderedBy('min_by'),
  'max_by/1': orderedBy('max_by'),
}

const debug = (m: Evaluator, v: Json): void => m.host.warn(`${print(['DEBUG:', v], { indent: '' })}\n`)
