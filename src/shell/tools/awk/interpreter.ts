import type { Process } from '../../../host/index.ts'
import { type Coro, sleep, textToBytes } from '../../../kernel/index.ts'
import type { Tool } from '../../command.ts'
import { type AwkFunction, type AwkProgram, type Expr, type Rule, type Stmt, usesAsArray } from './ast.ts'
import { callBuiltin } from './builtins.ts'
import { Input } from './input.ts'
import { type Frame, Memory, type Table } from './memory.ts'
import { Output } from './output.ts'
import { AwkError, arithmetic, compare, fromInput, sprintf, toNumber, toText, truth, type Value } from './values.ts'

class Jump extends Error {
  constructor(
    readonly to: 'next' | 'nextfile' | 'break' | 'continue' | 'exit' | 'return',
    readonly value: Value = undefined,
  ) {
    super(to)
  }
}

/** Statements that run before virtual time passes. */
const STEPS_PER_MS = 20_000

/** Runs a program: its rules over the records of its input. */
export class Interpreter {
  readonly memory: Memory
  private readonly input: Input
  private readonly output: Output
  /** The range rules, by index, that the current record lies in. */
  private readonly ranges = new Set<number>()
  private exitStatus = 0
  private steps = 0
  private readonly p: Process

  /** `args` is ARGV, the program's own name first. */
  constructor(
    readonly t: Tool,
    private readonly program: AwkProgram,
    args: readonly string[],
  ) {
    this.p = t.p
    this.memory = new Memory(args, t.p.env)
    this.output = new Output(t)
    this.input = new Input(t, this.memory)
  }

  *run(): Coro<number> {
    try {
      yield* this.phase('begin')
      const hasMain = this.program.rules.some((r) => r.kind !== 'begin')
      if (hasMain) yield* this.main()
    } catch (error) {
      if (!(error instanceof Jump && error.to === 'exit')) throw error
    }
    try {
      yield* this.phase('end')
    } catch (error) {
      if (!(error instanceof Jump && error.to === 'exit')) throw error
    }
    yield* this.output.closeAll()
    return this.exitStatus
  }

  private *phase(kind: 'begin' | 'end'): Coro {
    for (const rule of this.program.rules) if (rule.kind === kind && rule.body) yield* this.exec(rule.body)
  }

  private *main(): Coro {
    while (yield* this.input.next()) {
      try {
        for (let i = 0; i < this.program.rules.length; i++) {
          const rule = this.program.rules[i]
          if (rule.kind !== 'pattern' || !(yield* this.selects(rule, i))) continue
          if (rule.body) yield* this.exec(rule.body)
          else this.t.write(this.memory.record + this.memory.text('ORS'))
        }
      } catch (error) {
        if (!(error instanceof Jump && (error.to === 'next' || error.to === 'nextfile'))) throw error
        if (error.to === 'nextfile') this.input.skipFile()
      }
      yield* this.t.flushSome()
      if (this.input.drained) yield* this.t.flush()
    }
  }

  /** Whether a rule's pattern takes the current record; of a range, whether the record lies in it. */
  private *selects(rule: Rule, i: number): Coro<boolean> {
    if (!rule.pattern) return true
    if (!rule.until) return truth(yield* this.eval(rule.pattern))
    if (!this.ranges.has(i)) {
      if (!truth(yield* this.eval(rule.pattern))) return false
      this.ranges.add(i)
    }
    if (truth(yield* this.eval(rule.until))) this.ranges.delete(i)
    return true
  }

  private *subscript(index: readonly Expr[]): Coro<string> {
    if (index.length === 1) return toText(yield* this.eval(index[0]), this.memory.text('CONVFMT'))
    const parts: string[] = []
    for (const e of index) parts.push(toText(yield* this.eval(e), this.memory.text('CONVFMT')))
    return parts.join(this.memory.text('SUBSEP'))
  }

  *assign(target: Expr, v: Value): Coro {
    if (target.k === 'var') this.memory.set(target.name, v)
    else if (target.k === 'field') this.memory.setField(Math.trunc(toNumber(yield* this.eval(target.index))), v)
    else if (target.k === 'elem') this.memory.table(target.name).set(yield* this.subscript(target.index), v)
    else if (target.k === 'group' && target.list.length === 1) yield* this.assign(target.list[0], v)
  }

  *eval(e: Expr): Coro<Value> {
    switch (e.k) {
      case 'num':
        return e.n
      case 'str':
        return e.s
      case 'regex':
        e.regex.lastIndex = 0
        return e.regex.test(this.memory.record) ? 1 : 0
      case 'var':
        return this.memory.get(e.name)
      case 'field':
        return this.memory.field(e.index.k === 'num' ? e.index.n : Math.trunc(toNumber(yield* this.eval(e.index))))
      case 'elem': {
        const table = this.memory.table(e.name)
        const key = yield* this.subscript(e.index)
        if (!table.has(key)) table.set(key, undefined)
        return table.get(key)
      }
      case 'group': {
        if (e.list.length === 1) return yield* this.eval(e.list[0])
        return yield* this.subscript(e.list)
      }
      case 'assign': {
        const right = yield* this.eval(e.value)
        const v = e.op === '' ? right : arithmetic(e.op, toNumber(yield* this.eval(e.target)), toNumber(right))
        yield* this.assign(e.target, v)
        return v
      }
      case 'cond':
        return truth(yield* this.eval(e.test)) ? yield* this.eval(e.yes) : yield* this.eval(e.no)
      case 'binary':
        return yield* this.binary(e)
      case 'unary': {
        const v = yield* this.eval(e.a)
        return e.op === '!' ? (truth(v) ? 0 : 1) : e.op === '-' ? -toNumber(v) : toNumber(v)
      }
      case 'incr': {
        const old = toNumber(yield* this.eval(e.target))
        yield* this.assign(e.target, old + e.delta)
        return e.prefix ? old + e.delta : old
      }
      case 'match': {
        const text = toText(yield* this.eval(e.a), this.memory.text('CONVFMT'))
        const regex = e.b.k === 'regex' ? e.b.regex : this.memory.regexes.get(toText(yield* this.eval(e.b)))
        regex.lastIndex = 0
        return regex.test(text) !== e.negated ? 1 : 0
      }
      case 'in':
        return this.memory.table(e.name).has(yield* this.subscript(e.index)) ? 1 : 0
      case 'call':
        return yield* this.call(e.name, e.args)
      case 'builtin':
        return yield* callBuiltin(this, e.name, e.args)
      case 'getline':
        return yield* this.getline(e)
    }
  }

  private *binary(e: Extract<Expr, { k: 'binary' }>): Coro<Value> {
    if (e.op === '&&') return truth(yield* this.eval(e.a)) && truth(yield* this.eval(e.b)) ? 1 : 0
    if (e.op === '||') return truth(yield* this.eval(e.a)) || truth(yield* this.eval(e.b)) ? 1 : 0
    const a = yield* this.eval(e.a)
    const b = yield* this.eval(e.b)
    switch (e.op) {
      case ' ': {
        const format = this.memory.text('CONVFMT')
        return toText(a, format) + toText(b, format)
      }
      case '<':
        return compare(a, b) < 0 ? 1 : 0
      case '<=':
        return compare(a, b) <= 0 ? 1 : 0
      case '==':
        return compare(a, b) === 0 ? 1 : 0
      case '!=':
        return compare(a, b) !== 0 ? 1 : 0
      case '>':
        return compare(a, b) > 0 ? 1 : 0
      case '>=':
        return compare(a, b) >= 0 ? 1 : 0
      default:
        return arithmetic(e.op, toNumber(a), toNumber(b))
    }
  }

  private *call(name: string, args: readonly Expr[]): Coro<Value> {
    const fn: AwkFunction | undefined = this.program.functions.get(name)
    if (!fn) throw new AwkError(`function ${name} never defined`)
    this.memory.checkDepth()
    const frame: Frame = new Map()
    for (const [i, param] of fn.params.entries()) {
      const arg = args[i]
      if (!arg) frame.set(param, undefined)
      else if (arg.k === 'var' && this.memory.isArray(arg.name)) frame.set(param, this.memory.table(arg.name))
      else if (arg.k === 'var' && this.memory.get(arg.name) === undefined && usesAsArray(fn.body, param))
        frame.set(param, this.memory.table(arg.name))
      else frame.set(param, yield* this.eval(arg))
    }
    this.memory.enter(frame)
    try {
      yield* this.exec(fn.body)
      return undefined
    } catch (error) {
      if (error instanceof Jump && error.to === 'return') return error.value
      throw error
    } finally {
      this.memory.leave()
    }
  }

  private *getline(e: Extract<Expr, { k: 'getline' }>): Coro<Value> {
    const named = e.file ?? e.command
    if (!named) return yield* this.getlineMain(e.target)
    const line = yield* this.input.nextOf(e.file ? '<' : '|', toText(yield* this.eval(named)))
    if (line === null) return -1
    if (line === undefined) return 0
    if (e.target) yield* this.assign(e.target, fromInput(line))
    else this.memory.record = line
    if (e.command) this.memory.setGlobal('NR', this.memory.number('NR') + 1)
    return 1
  }

  private *getlineMain(target: Expr | undefined): Coro<Value> {
    const saved = this.memory.record
    if (!(yield* this.input.next())) return 0
    if (target) {
      const line = this.memory.record
      this.memory.record = saved
      yield* this.assign(target, fromInput(line))
    }
    return 1
  }

  /** close(): ends an output or input by its name. Returns -1 when it is not open. */
  *close(name: string): Coro<number> {
    const read = this.input.close(name)
    return (yield* this.output.close(name)) ?? (read ? 0 : -1)
  }

  private *print(to: { op: string; target: Expr } | undefined, text: string): Coro {
    if (to) yield* this.output.write(to.op, toText(yield* this.eval(to.target)), text)
    else this.t.write(text)
  }

  *exec(s: Stmt): Coro {
    if (++this.steps % STEPS_PER_MS === 0) yield* sleep(this.p.host.kernel, 1)
    switch (s.k) {
      case 'block':
        for (const x of s.list) yield* this.exec(x)
        return
      case 'expr':
        yield* this.eval(s.e)
        return
      case 'print':
        yield* this.print(s.to, yield* this.printed(s))
        yield* this.t.flushSome()
        return
      case 'if':
        if (truth(yield* this.eval(s.test))) yield* this.exec(s.yes)
        else if (s.no) yield* this.exec(s.no)
        return
      case 'while':
        while (truth(yield* this.eval(s.test))) if (!(yield* this.iterate(s.body))) return
        return
      case 'do':
        do {
          if (!(yield* this.iterate(s.body))) return
        } while (truth(yield* this.eval(s.test)))
        return
      case 'for':
        if (s.init) yield* this.exec(s.init)
        while (!s.test || truth(yield* this.eval(s.test))) {
          if (!(yield* this.iterate(s.body))) return
          if (s.step) yield* this.exec(s.step)
        }
        return
      case 'forin':
        for (const key of hashOrder(this.memory.table(s.array))) {
          this.memory.set(s.name, fromInput(key))
          if (!(yield* this.iterate(s.body))) return
        }
        return
      case 'delete':
        if (s.index) this.memory.table(s.name).delete(yield* this.subscript(s.index))
        else this.memory.table(s.name).clear()
        return
      case 'exit':
        if (s.e) this.exitStatus = Math.trunc(toNumber(yield* this.eval(s.e))) & 255
        throw new Jump('exit')
      case 'return':
        throw new Jump('return', s.e ? yield* this.eval(s.e) : undefined)
      default:
        throw new Jump(s.k)
    }
  }

  private *printed(s: Extract<Stmt, { k: 'print' }>): Coro<string> {
    if (s.format) {
      const args: Value[] = []
      for (const a of s.args) args.push(yield* this.eval(a))
      return sprintf(toText(args[0]), args.slice(1), 'printf')
    }
    const parts: string[] = []
    if (s.args.length === 0) parts.push(this.memory.record)
    for (const a of s.args) parts.push(toText(yield* this.eval(a), this.memory.text('OFMT')))
    return parts.join(this.memory.text('OFS')) + this.memory.text('ORS')
  }

  /** Runs a loop body. Returns false after `break`. */
  private *iterate(body: Stmt): Coro<boolean> {
    try {
      if (++this.steps % STEPS_PER_MS === 0) yield* sleep(this.p.host.kernel, 1)
      yield* this.exec(body)
      return true
    } catch (error) {
      if (error instanceof Jump && error.to === 'continue') return true
      if (error instanceof Jump && error.to === 'break') return false
      throw error
    }
  }
}

/** The real order is that of a hash table; integers ascending and then insertion order is what small arrays look like. */
/** Chains of mawk's hash tables at first, and how long they get on average before their number doubles. */
const CHAINS = 64
const MAX_AVERAGE = 12

/** Keys in the order in which mawk goes through them: by their chain (FNV-1a), in each the newest first. */
function hashOrder(table: Table): string[] {
  let chains = CHAINS
  while (table.size > chains * MAX_AVERAGE) chains *= 2
  return [...table.keys()]
    .reverse()
    .map((key) => {
      let hash = 0x811c9dc5
      for (const byte of textToBytes(key)) hash = Math.imul(hash ^ byte, 0x01000193)
      return { key, chain: (hash >>> 0) % chains }
    })
    .sort((a, b) => a.chain - b.chain)
    .map(({ key }) => key)
}
