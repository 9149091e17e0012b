import { assign } from './assign.ts'
import type { Definition, Node } from './ast.ts'
import { destructure } from './destructure.ts'
import { filters } from './filters.ts'
import { format } from './format.ts'
import { type Evaluator, type Item, iterate, type JqHost, made, recurse } from './item.ts'
import type { Json } from './json.ts'
import { natives } from './natives.ts'
import { bodyScope, type Env, JqCompileError, libraryScope, withClosure, withFunction, withVariable } from './scope.ts'
import { describe, index, JqError, operate, slice, truthy } from './values.ts'

class BreakOut extends Error {
  constructor(readonly label: object) {
    super('break')
  }
}

/** More results or steps than this mean an endless program. */
const MAX_STEPS = 20_000_000
const MAX_DEPTH = 3000

/** Runs jq programs: every filter gives its results one by one, as they are asked for. */
export class Machine implements Evaluator {
  private steps = 0
  private depth = 0

  constructor(readonly host: JqHost) {}

  /** Runs a program on one input. */
  *run(program: Node, input: Json, vars: ReadonlyMap<string, Json>): Generator<Json> {
    let env = libraryScope()
    for (const [name, value] of vars) env = withVariable(env, name, value)
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
        yield* recurse(at)
        return
      case 'literal':
        yield made(at, n.value)
        return
      case 'format':
        yield made(at, format(n.name, at.v))
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
          if (truthy(a) !== (n.k === 'and')) yield made(at, n.k === 'or')
          else for (const b of this.values(n.b, at.v, env)) yield made(at, truthy(b))
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
          for (const a of this.values(n.a, at.v, env)) yield made(at, operate(n.op, a, b))
        return
      case 'assign':
        yield* assign(this, n, at, env)
        return
      case 'negate':
        for (const a of this.values(n.a, at.v, env)) {
          if (typeof a !== 'number') throw new JqError(`${describe(a)} cannot be negated`)
          yield made(at, -a)
        }
        return
      case 'array':
        yield made(at, n.body ? [...this.values(n.body, at.v, env)] : [])
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
            for (const scope of destructure(this, n.pattern, source.v, env, at.v)) {
              let last: Item | undefined
              if (state) for (const s of this.eval(n.update, state, scope)) last = s
              state = last
            }
          yield state ?? made(at, null)
        }
        return
      case 'foreach':
        for (const start of this.eval(n.init, at, env)) {
          let state = start
          for (const source of this.eval(n.source, at, env))
            for (const scope of destructure(this, n.pattern, source.v, env, at.v))
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
        yield made(at, this.variable(n.name, env))
        return
      case 'def':
        yield* this.eval(n.body, at, withFunction(env, n.def))
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
      yield made(at, text)
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
      yield made(at, new Map(done))
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
          for (const scope of destructure(this, n.patterns[i], v, env, at.v)) yield* this.eval(n.body, at, scope)
          break
        } catch (error) {
          if (!(error instanceof JqError) || i === n.patterns.length - 1) throw error
        }
      }
    }
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
        yield* this.enter(e.def!, 0, n.args, env, bodyScope(e), at)
      } finally {
        this.depth--
      }
      return
    }
    const filter = filters[key]
    if (filter) {
      yield* filter(this, at, n.args, env)
      return
    }
    const native = natives[key]
    if (!native) throw new JqCompileError(`${key} is not defined`)
    yield* this.product(native, n.args, 0, [], at, env)
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
      yield* this.enter(def, i + 1, args, caller, withClosure(scope, param, closure), at)
      return
    }
    for (const value of this.values(args[i], at.v, caller)) {
      const named = withClosure(scope, param.slice(1), closure)
      yield* this.enter(def, i + 1, args, caller, withVariable(named, param.slice(1), value), at)
    }
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
      yield made(at, native(at.v, ...done))
      return
    }
    for (const v of this.values(args[i], at.v, env)) yield* this.product(native, args, i + 1, [...done, v], at, env)
  }
}
