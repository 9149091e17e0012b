import { compare, equal, type Json, type JsonObject, print, typeOf } from './json.ts'
import { LIBRARY } from './library.ts'
import { format, natives, setPath } from './natives.ts'
import { type Definition, type Node, type Pattern, parseDefinitions } from './parser.ts'
import { describe, index, JqError, operate, type Path, short, slice, truthy } from './values.ts'

/** A name that is not defined: found while compiling. */
export class JqCompileError extends Error {}

class BreakOut extends Error {
  constructor(readonly label: object) {
    super('break')
  }
}

/** A value and, while paths are asked for, where it was found. */
export interface Item {
  readonly v: Json
  readonly p: Path | undefined
}

interface Closure {
  readonly body: Node
  readonly env: Env
}

/** Names in scope: a linked list, newest first. */
interface Env {
  readonly parent: Env | undefined
  readonly kind: 'var' | 'fn' | 'closure' | 'label'
  readonly name: string
  readonly value?: Json
  readonly def?: Definition
  readonly closure?: Closure
}

/** What a program needs from outside. */
export interface JqHost {
  /** Next input, or undefined. */
  input(): Json | undefined
  env(): JsonObject
  now(): number
  warn(text: string): void
}

/** More results or steps than this mean an endless program. */
const MAX_STEPS = 20_000_000
const MAX_DEPTH = 3000

let library: Env | undefined
const libraryNames = new Set<Env>()

function libraryEnv(): Env | undefined {
  if (!library) {
    for (const def of parseDefinitions(LIBRARY)) {
      library = { parent: library, kind: 'fn', name: `${def.name}/${def.params.length}`, def }
      libraryNames.add(library)
    }
  }
  return library
}

export class Machine {
  private steps = 0
  private depth = 0

  constructor(readonly host: JqHost) {}

  /** Runs a program on one input. */
  *run(program: Node, input: Json, vars: ReadonlyMap<string, Json>): Generator<Json> {
    let env = libraryEnv()
    for (const [name, value] of vars) env = { parent: env, kind: 'var', name, value }
    for (const item of this.eval(program, { v: input, p: undefined }, env)) yield item.v
  }

  *eval(n: Node, at: Item, env: Env | undefined): Generator<Item> {
    if (++this.steps > MAX_STEPS) throw new JqError('Program runs for too long')
    switch (n.k) {
      case 'identity':
        yield at
        return
      case 'empty':
        return
      case 'recurse':
        yield* this.recurse(at)
        return
      case 'literal':
        yield this.made(at, n.value)
        return
      case 'format':
        yield this.made(at, format(n.name, at.v))
        return
      case 'string':
        yield* this.interpolate(n, at, env, 0, '')
        return
      case 'index':
        for (const key of this.eval(n.key, { v: at.v, p: undefined }, env))
          for (const t of this.eval(n.target, at, env)) yield { v: index(t.v, key.v), p: t.p && [...t.p, key.v] }
        return
      case 'slice':
        for (const t of this.eval(n.target, at, env)) {
          const to = n.to ? [...this.values(n.to, at.v, env)] : [null]
          const from = n.from ? [...this.values(n.from, at.v, env)] : [null]
          for (const b of to)
            for (const a of from)
              yield {
                v: slice(t.v, a, b),
                p: t.p && [
                  ...t.p,
                  new Map<string, Json>([
                    ['start', a],
                    ['end', b],
                  ]),
                ],
              }
        }
        return
      case 'iterate':
        for (const t of this.eval(n.target, at, env)) yield* iterate(t)
        return
      case 'try':
        yield* this.attempt(n, at, env)
        return
      case 'pipe':
        for (const a of this.eval(n.a, at, env)) yield* this.eval(n.b, a, env)
        return
      case 'comma':
        yield* this.eval(n.a, at, env)
        yield* this.eval(n.b, at, env)
        return
      case 'and':
      case 'or':
        for (const a of this.values(n.a, at.v, env)) {
          if (truthy(a) !== (n.k === 'and')) yield this.made(at, n.k === 'or')
          else for (const b of this.values(n.b, at.v, env)) yield this.made(at, truthy(b))
        }
        return
      case 'alternative': {
        let any = false
        try {
          for (const a of this.eval(n.a, at, env))
            if (truthy(a.v)) {
              any = true
              yield a
            }
        } catch (error) {
          if (!(error instanceof JqError)) throw error
        }
        if (!any) yield* this.eval(n.b, at, env)
        return
      }
      case 'binary':
        for (const b of this.values(n.b, at.v, env))
          for (const a of this.values(n.a, at.v, env)) yield this.made(at, operate(n.op, a, b))
        return
      case 'assign':
        yield* this.assign(n, at, env)
        return
      case 'negate':
        for (const a of this.values(n.a, at.v, env)) {
          if (typeof a !== 'number') throw new JqError(`${describe(a)} cannot be negated`)
          yield this.made(at, -a)
        }
        return
      case 'array':
        yield this.made(at, n.body ? [...this.values(n.body, at.v, env)] : [])
        return
      case 'object':
        yield* this.object(n.items, 0, [], at, env)
        return
      case 'if':
        for (const test of this.values(n.test, at.v, env)) {
          if (truthy(test)) yield* this.eval(n.yes, at, env)
          else if (n.no) yield* this.eval(n.no, at, env)
          else yield at
        }
        return
      case 'reduce':
        for (const start of this.eval(n.init, at, env)) {
          let state: Item | undefined = start
          for (const source of this.eval(n.source, { v: at.v, p: at.p }, env))
            for (const scope of this.destructure(n.pattern, source.v, env, at.v)) {
              let last: Item | undefined
              if (state) for (const s of this.eval(n.update, state, scope)) last = s
              state = last
            }
          yield state ?? this.made(at, null)
        }
        return
      case 'foreach':
        for (const start of this.eval(n.init, at, env)) {
          let state = start
          for (const source of this.eval(n.source, at, env))
            for (const scope of this.destructure(n.pattern, source.v, env, at.v))
              for (const s of this.eval(n.update, state, scope)) {
                state = s
                if (n.extract) yield* this.eval(n.extract, s, scope)
                else yield s
              }
        }
        return
      case 'bind':
        yield* this.bind(n, at, env)
        return
      case 'var':
        yield this.made(at, this.variable(n.name, env))
        return
      case 'def':
        yield* this.eval(n.body, at, {
          parent: env,
          kind: 'fn',
          name: `${n.def.name}/${n.def.params.length}`,
          def: n.def,
        })
        return
      case 'label': {
        const scope: Env = { parent: env, kind: 'label', name: n.name }
        try {
          yield* this.eval(n.body, at, scope)
        } catch (error) {
          if (!(error instanceof BreakOut && error.label === scope)) throw error
        }
        return
      }
      case 'break': {
        for (let e = env; e; e = e.parent) if (e.kind === 'label' && e.name === n.name) throw new BreakOut(e)
        throw new JqCompileError(`$*label-${n.name} is not defined`)
      }
      case 'call':
        yield* this.call(n, at, env)
    }
  }

  /** Results without paths. */
  *values(n: Node, v: Json, env: Env | undefined): Generator<Json> {
    for (const item of this.eval(n, { v, p: undefined }, env)) yield item.v
  }

  /** A computed value has no path; asking for one is an error, except for null. */
  private made(at: Item, v: Json): Item {
    return { v, p: at.p === undefined ? undefined : NO_PATH }
  }

  private *recurse(at: Item): Generator<Item> {
    yield at
    if (at.v !== null && typeof at.v === 'object') for (const child of iterate(at)) yield* this.recurse(child)
  }

  private *attempt(n: Extract<Node, { k: 'try' }>, at: Item, env: Env | undefined): Generator<Item> {
    const it = this.eval(n.body, at, env)
    for (;;) {
      let next: IteratorResult<Item>
      try {
        next = it.next()
      } catch (error) {
        if (!(error instanceof JqError)) throw error
        if (n.handler) yield* this.eval(n.handler, { v: error.value, p: undefined }, env)
        return
      }
      if (next.done) return
      yield next.value
    }
  }

  private *interpolate(
    n: Extract<Node, { k: 'string' }>,
    at: Item,
    env: Env | undefined,
    i: number,
    text: string,
  ): Generator<Item> {
    if (i === n.parts.length) {
      yield this.made(at, text)
      return
    }
    const part = n.parts[i]
    if (typeof part === 'string') {
      yield* this.interpolate(n, at, env, i + 1, text + part)
      return
    }
    for (const v of this.values(part, at.v, env))
      yield* this.interpolate(n, at, env, i + 1, text + format(n.format ?? '@text', v))
  }

  private *object(
    items: readonly { key: Node; value: Node }[],
    i: number,
    done: [string, Json][],
    at: Item,
    env: Env | undefined,
  ): Generator<Item> {
    if (i === items.length) {
      yield this.made(at, new Map(done))
      return
    }
    for (const key of this.values(items[i].key, at.v, env)) {
      if (typeof key !== 'string') throw new JqError(`Object keys must be strings`)
      for (const value of this.values(items[i].value, at.v, env))
        yield* this.object(items, i + 1, [...done, [key, value]], at, env)
    }
  }

  private *bind(n: Extract<Node, { k: 'bind' }>, at: Item, env: Env | undefined): Generator<Item> {
    for (const v of this.values(n.source, at.v, env)) {
      for (let i = 0; i < n.patterns.length; i++) {
        try {
          for (const scope of this.destructure(n.patterns[i], v, env, at.v)) yield* this.eval(n.body, at, scope)
          break
        } catch (error) {
          if (!(error instanceof JqError) || i === n.patterns.length - 1) throw error
        }
      }
    }
  }

  private *destructure(p: Pattern, v: Json, env: Env | undefined, at: Json): Generator<Env | undefined> {
    if (p.k === 'var') {
      yield { parent: env, kind: 'var', name: p.name, value: v }
      return
    }
    if (p.k === 'array') {
      if (v !== null && !Array.isArray(v)) throw new JqError(`Cannot index ${typeOf(v)} with number`)
      yield* this.destructureAll(
        p.items.map((item, i) => ({ pattern: item, value: (v as Json[] | null)?.[i] ?? null })),
        0,
        env,
        at,
      )
      return
    }
    const go = function* (this: Machine, i: number, scope: Env | undefined): Generator<Env | undefined> {
      if (i === p.items.length) {
        yield scope
        return
      }
      const item = p.items[i]
      for (const key of this.values(item.key, at, scope)) {
        const value = index(v, key)
        const bound: Env | undefined = item.bind ? { parent: scope, kind: 'var', name: item.bind, value } : scope
        if (!item.value) yield* go.call(this, i + 1, bound)
        else for (const inner of this.destructure(item.value, value, bound, at)) yield* go.call(this, i + 1, inner)
      }
    }
    yield* go.call(this, 0, env)
  }

  private *destructureAll(
    items: { pattern: Pattern; value: Json }[],
    i: number,
    env: Env | undefined,
    at: Json,
  ): Generator<Env | undefined> {
    if (i === items.length) {
      yield env
      return
    }
    for (const scope of this.destructure(items[i].pattern, items[i].value, env, at))
      yield* this.destructureAll(items, i + 1, scope, at)
  }

  private variable(name: string, env: Env | undefined): Json {
    for (let e = env; e; e = e.parent) if (e.kind === 'var' && e.name === name) return e.value!
    if (name === 'ENV') return this.host.env()
    throw new JqCompileError(`$${name} is not defined`)
  }

  private *call(n: Extract<Node, { k: 'call' }>, at: Item, env: Env | undefined): Generator<Item> {
    const key = `${n.name}/${n.args.length}`
    for (let e = env; e; e = e.parent) {
      if (e.name !== key) continue
      if (e.kind === 'closure') {
        yield* this.eval(e.closure!.body, at, e.closure!.env)
        return
      }
      if (e.kind !== 'fn') continue
      if (++this.depth > MAX_DEPTH) throw new JqError('Call stack too deep')
      try {
        // Functions of the library see each other whatever their order.
        yield* this.enter(e.def!, 0, n.args, env, libraryNames.has(e) ? library! : e, at)
      } finally {
        this.depth--
      }
      return
    }
    yield* this.native(n, at, env, key)
  }

  /** Binds parameters: closures as they are, `$x` parameters for each of their values. */
  private *enter(
    def: Definition,
    i: number,
    args: readonly Node[],
    caller: Env | undefined,
    scope: Env,
    at: Item,
  ): Generator<Item> {
    if (i === def.params.length) {
      yield* this.eval(def.body, at, scope)
      return
    }
    const param = def.params[i]
    const closure = { body: args[i], env: caller! }
    if (!param.startsWith('$')) {
      yield* this.enter(def, i + 1, args, caller, { parent: scope, kind: 'closure', name: `${param}/0`, closure }, at)
      return
    }
    for (const value of this.values(args[i], at.v, caller)) {
      const named: Env = { parent: scope, kind: 'closure', name: `${param.slice(1)}/0`, closure }
      yield* this.enter(def, i + 1, args, caller, { parent: named, kind: 'var', name: param.slice(1), value }, at)
    }
  }

  private *native(n: Extract<Node, { k: 'call' }>, at: Item, env: Env | undefined, key: string): Generator<Item> {
    const [a, b] = n.args
    switch (key) {
      case 'empty/0':
        return
      case 'error/0':
        throw new JqError(at.v)
      case 'error/1':
        for (const v of this.values(a, at.v, env)) throw new JqError(v)
        return
      case 'not/0':
        yield this.made(at, !truthy(at.v))
        return
      case 'path/1':
        for (const item of this.eval(a, { v: at.v, p: [] }, env)) yield this.made(at, pathOf(item) as Json[])
        return
      case 'select/1':
        for (const test of this.values(a, at.v, env)) if (truthy(test)) yield at
        return
      case 'recurse/1': {
        const go = function* (this: Machine, item: Item): Generator<Item> {
          yield item
          for (const next of this.eval(a, item, env)) yield* go.call(this, next)
        }
        yield* go.call(this, at)
        return
      }
      case 'getpath/1':
        for (const p of this.values(a, at.v, env)) {
          let v: Json = at.v
          for (const k of p as Json[]) v = v === null ? null : index(v, k)
          yield { v, p: at.p && [...at.p, ...(p as Json[])] }
        }
        return
      case 'paths/0':
        for (const item of this.recurse({ v: at.v, p: [] })) if (item.p!.length > 0) yield this.made(at, [...item.p!])
        return
      case 'range/1':
        for (const to of this.values(a, at.v, env)) for (let i = 0; i < (to as number); i++) yield this.made(at, i)
        return
      case 'range/2':
        for (const from of this.values(a, at.v, env))
          for (const to of this.values(b, at.v, env))
            for (let i = from as number; i < (to as number); i++) yield this.made(at, i)
        return
      case 'limit/2':
        for (const count of this.values(a, at.v, env)) {
          if ((count as number) <= 0) continue
          let i = 0
          for (const item of this.eval(b, at, env)) {
            yield item
            if (++i >= (count as number)) break
          }
        }
        return
      case 'first/1':
        for (const item of this.eval(a, at, env)) {
          yield item
          return
        }
        return
      case 'isempty/1': {
        for (const _ of this.eval(a, at, env)) {
          yield this.made(at, false)
          return
        }
        yield this.made(at, true)
        return
      }
      case 'input/0': {
        const v = this.host.input()
        if (v === undefined) throw new JqError('No more inputs')
        yield this.made(at, v)
        return
      }
      case 'inputs/0':
        for (let v = this.host.input(); v !== undefined; v = this.host.input()) yield this.made(at, v)
        return
      case 'debug/0':
        this.host.warn(`${print(['DEBUG:', at.v], { indent: '' })}\n`)
        yield at
        return
      case 'debug/1':
        for (const v of this.values(a, at.v, env)) this.host.warn(`${print(['DEBUG:', v], { indent: '' })}\n`)
        yield at
        return
      case 'stderr/0':
        this.host.warn(print(at.v, { indent: '' }))
        yield at
        return
      case 'env/0':
        yield this.made(at, this.host.env())
        return
      case 'now/0':
        yield this.made(at, this.host.now() / 1000)
        return
      case 'input_filename/0':
        yield this.made(at, null)
        return
      case 'sort_by/1':
      case 'group_by/1':
      case 'unique_by/1':
      case 'min_by/1':
      case 'max_by/1':
        yield this.made(at, this.ordered(n.name, a, at.v, env))
        return
    }
    const native = natives[key]
    if (!native) throw new JqCompileError(`${key} is not defined`)
    yield* this.product(native, n.args, 0, [], at, env)
  }

  private *product(
    native: (v: Json, ...args: Json[]) => Json,
    args: readonly Node[],
    i: number,
    done: Json[],
    at: Item,
    env: Env | undefined,
  ): Generator<Item> {
    if (i === args.length) {
      yield this.made(at, native(at.v, ...done))
      return
    }
    for (const v of this.values(args[i], at.v, env)) yield* this.product(native, args, i + 1, [...done, v], at, env)
  }

  private ordered(name: string, key: Node, v: Json, env: Env | undefined): Json {
    if (!Array.isArray(v)) throw new JqError(`Cannot index ${typeOf(v)} with number`)
    const keyed = v.map((item) => ({ item, key: [...this.values(key, item, env)] as Json }))
    if (name === 'min_by' || name === 'max_by') {
      if (keyed.length === 0) return null
      return keyed.reduce((best, x) =>
        (name === 'min_by' ? compare(x.key, best.key) < 0 : compare(x.key, best.key) >= 0) ? x : best,
      ).item
    }
    keyed.sort((x, y) => compare(x.key, y.key))
    if (name === 'sort_by') return keyed.map((x) => x.item)
    const groups: { key: Json; items: Json[] }[] = []
    for (const x of keyed) {
      const last = groups.at(-1)
      if (last && equal(last.key, x.key)) last.items.push(x.item)
      else groups.push({ key: x.key, items: [x.item] })
    }
    return name === 'group_by' ? groups.map((g) => g.items) : groups.map((g) => g.items[0])
  }

  private *assign(n: Extract<Node, { k: 'assign' }>, at: Item, env: Env | undefined): Generator<Item> {
    const paths = (): Path[] => [...this.eval(n.a, { v: at.v, p: [] }, env)].map(pathOf)
    if (n.op === '|=') {
      let v = at.v
      const gone: Path[] = []
      for (const p of paths()) {
        let old: Json = v
        for (const k of p) old = old === null ? null : index(old, k)
        let found = false
        for (const next of this.values(n.b, old, env)) {
          v = setPath(v, p, next)
          found = true
          break
        }
        if (!found) gone.push(p)
      }
      yield this.made(at, gone.length > 0 ? natives['delpaths/1'](v, gone as Json[]) : v)
      return
    }
    for (const right of this.values(n.b, at.v, env)) {
      let v = at.v
      for (const p of paths()) {
        let old: Json = v
        for (const k of p) old = old === null ? null : index(old, k)
        const next =
          n.op === '=' ? right : n.op === '//=' ? (truthy(old) ? old : right) : operate(n.op.slice(0, -1), old, right)
        v = setPath(v, p, next)
      }
      yield this.made(at, v)
    }
  }
}

/** Stands for "computed, not found in the input". */
const NO_PATH: Path = Object.freeze([]) as Path

function pathOf(item: Item): Path {
  if (item.p === NO_PATH) throw new JqError(`Invalid path expression with result ${short(item.v)}`)
  return item.p ?? []
}

function* iterate(t: Item): Generator<Item> {
  if (Array.isArray(t.v)) {
    for (let i = 0; i < t.v.length; i++) yield { v: t.v[i], p: t.p && [...t.p, i] }
  } else if (t.v instanceof Map) for (const [k, v] of [...t.v]) yield { v, p: t.p && [...t.p, k] }
  else throw new JqError(`Cannot iterate over ${describe(t.v)}`)
}
