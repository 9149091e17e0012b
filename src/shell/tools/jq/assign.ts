import type { Node } from './ast.ts'
import { type Evaluator, type Item, made, pathOf } from './item.ts'
import type { Json } from './json.ts'
import { deletePaths, getPath, setPath } from './paths.ts'
import type { Env } from './scope.ts'
import { operate, type Path, truthy } from './values.ts'

type Assignment = Extract<Node, { k: 'assign' }>

/** `=`, `|=`, `+=`, `//=` …: the input with the values at the left side's paths made new. */
export function* assign(m: Evaluator, n: Assignment, at: Item, env: Env | undefined): Generator<Item> {
  if (n.op === '|=') {
    yield made(at, update(m, n, at.v, env))
    return
  }
  for (const right of m.values(n.b, at.v, env)) {
    let v = at.v
    for (const p of targets(m, n, at.v, env)) {
      const old = getPath(v, p)
      v = setPath(
        v,
        p,
        n.op === '=' ? right : n.op === '//=' ? (truthy(old) ? old : right) : operate(n.op.slice(0, -1), old, right),
      )
    }
    yield made(at, v)
  }
}

/** `|=`: each value replaced by the first result of the right side over it; without a result it goes. */
function update(m: Evaluator, n: Assignment, input: Json, env: Env | undefined): Json {
  let v = input
  const gone: Path[] = []
  for (const p of targets(m, n, input, env)) {
    const next = first(m.values(n.b, getPath(v, p), env))
    if (next === undefined) gone.push(p)
    else v = setPath(v, p, next)
  }
  return gone.length > 0 ? deletePaths(v, gone) : v
}

const targets = (m: Evaluator, n: Assignment, v: Json, env: Env | undefined): Path[] =>
  [...m.eval(n.a, { v, p: [] }, env)].map(pathOf)

function first(results: Iterable<Json>): Json | undefined {
  for (const v of results) return v
  return undefined
}
