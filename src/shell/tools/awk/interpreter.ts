import { Capture, type Process, readChunk, type Sink, type Source, SysError, TextSource } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import type { Tool } from '../../command.ts'
import { openRead, openWrite } from '../../io/files.ts'
import { runProgram } from '../../run-program.ts'
import type { AwkFunction, AwkProgram, Expr, Stmt } from './ast.ts'
import { callBuiltin } from './builtins.ts'
import { unescapeValue } from './lexer.ts'
import { awkRegex } from './parser.ts'
import { compare, fromInput, sprintf, toNumber, toText, truth, type Value } from './values.ts'

export type Table = Map<string, Value>

class Jump extends Error {
  constructor(
    readonly to: 'next' | 'nextfile' | 'break' | 'continue' | 'exit' | 'return',
    readonly value: Value = undefined,
  ) {
    super(to)
  }
}

/** A fault of the running program: awk ends with status 2. */
export class AwkError extends Error {}

/** Statements that run before virtual time passes. */
const STEPS_PER_MS = 20_000
const MAX_DEPTH = 800

interface Reader {
  readonly source: Source
  rest: string
  done: boolean
}

export class Interpreter {
  readonly globals = new Map<string, Value>()
  readonly arrays = new Map<string, Table>()
  private locals: Map<string, Value | Table>[] = []
  private record = ''
  private fields: string[] = []
  private splitDone = true
  private input: Reader | undefined
  private argument = 1
  private ranges = new Set<number>()
  private readonly outputs = new Map<string, { sink: Sink; command?: string; buffer?: Capture }>()
  private readonly readers = new Map<string, Reader>()
  private readonly regexes = new Map<string, RegExp>()
  private exitStatus = 0
  private steps = 0
  private readMain = false
  private readonly p: Process

  constructor(
    readonly t: Tool,
    private readonly program: AwkProgram,
    args: readonly string[],
  ) {
    this.p = t.p
    const defaults: Record<string, Value> = {
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      NF: 0,
      NR: 0,
      FNR: 0,
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: '',
      ENVIRON: undefined,
      ARGC: args.length,
    }
    for (const [k, v] of Object.entries(defaults)) this.globals.set(k, v)
    this.arrays.set('ENVIRON', new Map(Object.entries(this.p.env).map(([k, v]) => [k, fromInput(v)])))
    this.arrays.set('ARGV', new Map(args.map((a, i) => [String(i), fromInput(a)])))
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
    yield* this.closeAll()
    return this.exitStatus
  }

  private *phase(kind: 'begin' | 'end'): Coro {
    for (const rule of this.program.rules) if (rule.kind === kind && rule.body) yield* this.exec(rule.body)
  }

  private *main(): Coro {
    while (yield* this.nextRecord()) {
      try {
        for (let i = 0; i < this.program.rules.length; i++) {
          const rule = this.program.rules[i]
          if (rule.kind !== 'pattern') continue
          if (rule.pattern && rule.until) {
            if (!this.ranges.has(i)) {
              if (!truth(yield* this.eval(rule.pattern))) continue
              this.ranges.add(i)
            }
            if (truth(yield* this.eval(rule.until))) this.ranges.delete(i)
          } else if (rule.pattern && !truth(yield* this.eval(rule.pattern))) continue
          if (rule.body) yield* this.exec(rule.body)
          else this.t.write(this.record + this.text('ORS'))
        }
      } catch (error) {
        if (!(error instanceof Jump && (error.to === 'next' || error.to === 'nextfile'))) throw error
        if (error.to === 'nextfile') this.input = undefined
      }
      yield* this.t.flushSome()
      if (this.input && this.input.rest === '') yield* this.t.flush()
    }
  }

  /** Reads the next main record into $0. */
  private *nextRecord(): Coro<boolean> {
    for (;;) {
      if (!this.input && !(yield* this.openNext())) return false
      const line = yield* this.readRecord(this.input!)
      if (line === undefined) {
        this.input = undefined
        if (this.readMain && this.argument >= toNumber(this.globals.get('ARGC'))) return false
        continue
      }
      this.setRecord(line)
      this.globals.set('NR', toNumber(this.globals.get('NR')) + 1)
      this.globals.set('FNR', toNumber(this.globals.get('FNR')) + 1)
      return true
    }
  }

  private *openNext(): Coro<boolean> {
    const argc = toNumber(this.globals.get('ARGC'))
    while (this.argument < argc) {
      const arg = toText(this.arrays.get('ARGV')!.get(String(this.argument++)))
      if (arg === '') continue
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(arg)
      if (assignment) {
        this.globals.set(assignment[1], fromInput(unescapeValue(assignment[2])))
        continue
      }
      this.readMain = true
      this.globals.set('FILENAME', arg)
      this.globals.set('FNR', 0)
      try {
        if (arg !== '-' && this.p.fs.find(arg, this.p.cwd)?.kind === 'dir') throw new SysError('EISDIR', arg)
        this.input = { source: arg === '-' ? this.p.stdin : openRead(this.p, arg), rest: '', done: false }
        return true
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        this.t.complain(`cannot open ${arg} (${error.strerror})`, 2)
        this.exitStatus = 2
      }
    }
    if (this.readMain) return false
    this.readMain = true
    this.input = { source: this.p.stdin, rest: '', done: false }
    return true
  }

  private *readRecord(r: Reader): Coro<string | undefined> {
    const rs = this.text('RS')
    for (;;) {
      if (rs === '') {
        const trimmed = r.rest.replace(/^\n+/, '')
        const at = trimmed.search(/\n\n+/)
        if (at >= 0) {
          r.rest = trimmed.slice(at).replace(/^\n\n+/, '')
          return trimmed.slice(0, at)
        }
        if (r.done) {
          r.rest = ''
          const last = trimmed.replace(/\n+$/, '')
          return last === '' ? undefined : last
        }
      } else if (rs.length === 1) {
        const at = r.rest.indexOf(rs)
        if (at >= 0) {
          const line = r.rest.slice(0, at)
          r.rest = r.rest.slice(at + 1)
          return line
        }
      } else {
        const regex = this.regex(rs)
        regex.lastIndex = 0
        const m = regex.exec(r.rest)
        if (m && (r.done || m.index + m[0].length < r.rest.length)) {
          const line = r.rest.slice(0, m.index)
          r.rest = r.rest.slice(m.index + m[0].length)
          return line
        }
      }
      if (r.done) {
        if (r.rest === '') return undefined
        const line = rs.length > 1 ? r.rest.replace(/\n$/, '') : r.rest
        r.rest = ''
        return line
      }
      yield* this.t.flush()
      const chunk =
        r.source === this.p.stdin || r === this.input ? yield* this.t.chunk(r.source) : yield* readChunk(r.source)
      if (chunk === null) r.done = true
      else r.rest += chunk
    }
  }

  private setRecord(text: string): void {
    this.record = text
    this.splitDone = false
  }

  private splitFields(): void {
    if (this.splitDone) return
    this.splitDone = true
    this.fields = this.split(this.record, this.text('FS'))
    this.globals.set('NF', this.fields.length)
  }

  split(text: string, fs: string): string[] {
    if (text === '') return []
    if (fs === ' ') {
      const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '')
      return trimmed === '' ? [] : trimmed.split(/[ \t\n]+/)
    }
    if (this.text('RS') === '' && fs !== '\n') return text.split('\n').flatMap((l) => this.splitBy(l, fs))
    return this.splitBy(text, fs)
  }

  private splitBy(text: string, fs: string): string[] {
    if (fs === '') return [...text]
    if (fs === '\\|') return text.split('|')
    if (fs.length === 1) return text.split(fs)
    const out: string[] = []
    let from = 0
    for (const m of text.matchAll(this.regex(fs))) {
      if (m[0] === '') continue
      out.push(text.slice(from, m.index))
      from = m.index + m[0].length
    }
    out.push(text.slice(from))
    return out
  }

  regex(source: string): RegExp {
    let regex = this.regexes.get(source)
    if (!regex) {
      regex = awkRegex(source)
      this.regexes.set(source, regex)
    }
    regex.lastIndex = 0
    return regex
  }

  text(name: string): string {
    return toText(this.globals.get(name))
  }

  private getVar(name: string): Value {
    const local = this.locals.at(-1)
    if (local?.has(name)) {
      const v = local.get(name)
      if (v instanceof Map) throw new AwkError(`type error in reference to ${name}`)
      return v
    }
    if (name === 'NF') this.splitFields()
    return this.globals.get(name)
  }

  private setVar(name: string, v: Value): void {
    const local = this.locals.at(-1)
    if (local?.has(name)) {
      local.set(name, v)
      return
    }
    if (name === 'NF') {
      this.splitFields()
      const n = Math.max(0, Math.trunc(toNumber(v)))
      while (this.fields.length < n) this.fields.push('')
      this.fields.length = n
      this.globals.set('NF', n)
      this.rebuild()
      return
    }
    if (!this.splitDone && (name === 'FS' || name === 'RS')) this.splitFields()
    this.globals.set(name, v)
  }

  private rebuild(): void {
    this.record = this.fields.join(this.text('OFS'))
    this.splitDone = true
  }

  table(name: string): Table {
    const local = this.locals.at(-1)
    if (local?.has(name)) {
      let v = local.get(name)
      if (!(v instanceof Map)) {
        v = new Map()
        local.set(name, v)
      }
      return v
    }
    let table = this.arrays.get(name)
    if (!table) {
      table = new Map()
      this.arrays.set(name, table)
    }
    return table
  }

  getField(n: number): Value {
    if (n < 0) throw new AwkError(`attempt to access field ${n}`)
    if (n === 0) return fromInput(this.record)
    this.splitFields()
    return n <= this.fields.length ? fromInput(this.fields[n - 1]) : undefined
  }

  private setField(n: number, v: Value): void {
    const text = toText(v, this.text('CONVFMT'))
    if (n === 0) {
      this.setRecord(text)
      return
    }
    if (n > 1 << 20) throw new AwkError(`program limit exceeded: maximum number of fields size=${1 << 20}`)
    this.splitFields()
    while (this.fields.length < n) this.fields.push('')
    this.fields[n - 1] = text
    this.globals.set('NF', this.fields.length)
    this.rebuild()
  }

  private *subscript(index: readonly Expr[]): Coro<string> {
    if (index.length === 1) return toText(yield* this.eval(index[0]), this.text('CONVFMT'))
    const parts: string[] = []
    for (const e of index) parts.push(toText(yield* this.eval(e), this.text('CONVFMT')))
    return parts.join(this.text('SUBSEP'))
  }

  *assign(target: Expr, v: Value): Coro {
    if (target.k === 'var') this.setVar(target.name, v)
    else if (target.k === 'field') this.setField(Math.trunc(toNumber(yield* this.eval(target.index))), v)
    else if (target.k === 'elem') this.table(target.name).set(yield* this.subscript(target.index), v)
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
        return e.regex.test(this.record) ? 1 : 0
      case 'var':
        return this.getVar(e.name)
      case 'field':
        return this.getField(e.index.k === 'num' ? e.index.n : Math.trunc(toNumber(yield* this.eval(e.index))))
      case 'elem': {
        const table = this.table(e.name)
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
        const text = toText(yield* this.eval(e.a), this.text('CONVFMT'))
        const regex = e.b.k === 'regex' ? e.b.regex : this.regex(toText(yield* this.eval(e.b)))
        regex.lastIndex = 0
        return regex.test(text) !== e.negated ? 1 : 0
      }
      case 'in':
        return this.table(e.name).has(yield* this.subscript(e.index)) ? 1 : 0
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
        const format = this.text('CONVFMT')
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
    if (this.locals.length > MAX_DEPTH) throw new AwkError('function call nesting too deep')
    const frame = new Map<string, Value | Table>()
    for (const [i, param] of fn.params.entries()) {
      const arg = args[i]
      if (!arg) frame.set(param, undefined)
      else if (arg.k === 'var' && this.isArray(arg.name)) frame.set(param, this.table(arg.name))
      else if (arg.k === 'var' && this.getVar(arg.name) === undefined && usesAsArray(fn.body, param))
        frame.set(param, this.table(arg.name))
      else frame.set(param, yield* this.eval(arg))
    }
    this.locals.push(frame)
    try {
      yield* this.exec(fn.body)
      return undefined
    } catch (error) {
      if (error instanceof Jump && error.to === 'return') return error.value
      throw error
    } finally {
      this.locals.pop()
    }
  }

  isArray(name: string): boolean {
    const local = this.locals.at(-1)
    if (local?.has(name)) return local.get(name) instanceof Map
    return this.arrays.has(name)
  }

  private *getline(e: Extract<Expr, { k: 'getline' }>): Coro<Value> {
    if (!e.file && !e.command) {
      if (e.target) {
        const saved = this.record
        if (!(yield* this.nextRecord())) return 0
        const line = this.record
        this.setRecord(saved)
        yield* this.assign(e.target, fromInput(line))
        return 1
      }
      return (yield* this.nextRecord()) ? 1 : 0
    }
    const name = toText(yield* this.eval((e.file ?? e.command)!))
    const key = `${e.file ? '<' : '|'}${name}`
    let reader = this.readers.get(key)
    if (!reader) {
      yield* this.t.flush()
      if (e.file) {
        try {
          reader = { source: name === '-' ? this.p.stdin : openRead(this.p, name), rest: '', done: false }
        } catch (error) {
          if (error instanceof SysError) return -1
          throw error
        }
      } else {
        const capture = new Capture()
        yield* runProgram(this.p, ['/bin/sh', '-c', name], { name: 'awk', stdout: capture })
        reader = { source: new TextSource(capture.text()), rest: '', done: false }
      }
      this.readers.set(key, reader)
    }
    const line = yield* this.readRecord(reader)
    if (line === undefined) return 0
    if (e.target) yield* this.assign(e.target, fromInput(line))
    else this.setRecord(line)
    if (e.command) this.globals.set('NR', toNumber(this.globals.get('NR')) + 1)
    return 1
  }

  /** close(): ends an output or input by its name. Returns -1 when it is not open. */
  *close(name: string): Coro<number> {
    const out = this.outputs.get(name)
    const read = this.readers.delete(`<${name}`) || this.readers.delete(`|${name}`)
    if (!out) return read ? 0 : -1
    this.outputs.delete(name)
    return yield* this.finish(out)
  }

  private *finish(out: { sink: Sink; command?: string; buffer?: Capture }): Coro<number> {
    if (out.command === undefined) return 0
    yield* this.t.flush()
    return yield* runProgram(this.p, ['/bin/sh', '-c', out.command], {
      name: 'awk',
      stdin: new TextSource(out.buffer!.text()),
    })
  }

  private *closeAll(): Coro {
    for (const out of this.outputs.values()) yield* this.finish(out)
    this.outputs.clear()
  }

  private *output(to: { op: string; target: Expr } | undefined, text: string): Coro {
    if (!to) {
      this.t.write(text)
      return
    }
    const name = toText(yield* this.eval(to.target))
    if (to.op !== '|' && (name === '/dev/stdout' || name === '-')) {
      this.t.write(text)
      return
    }
    let out = this.outputs.get(name)
    if (!out) {
      try {
        const buffer = new Capture()
        out =
          to.op === '|'
            ? { sink: buffer, command: name, buffer }
            : { sink: openWrite(this.p, name, { append: to.op === '>>' }) }
      } catch (error) {
        if (error instanceof SysError) throw new AwkError(`cannot open "${name}" for output (${error.strerror})`)
        throw error
      }
      this.outputs.set(name, out)
    }
    if (name === '/dev/stderr') yield* this.t.flush()
    out.sink.write(text)
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
      case 'print': {
        if (s.format) {
          const args: Value[] = []
          for (const a of s.args) args.push(yield* this.eval(a))
          yield* this.output(s.to, sprintf(toText(args[0]), args.slice(1)))
        } else {
          const parts: string[] = []
          if (s.args.length === 0) parts.push(this.record)
          for (const a of s.args) parts.push(toText(yield* this.eval(a), this.text('OFMT')))
          yield* this.output(s.to, parts.join(this.text('OFS')) + this.text('ORS'))
        }
        yield* this.t.flushSome()
        return
      }
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
        for (const key of sortedKeys(this.table(s.array))) {
          this.setVar(s.name, fromInput(key))
          if (!(yield* this.iterate(s.body))) return
        }
        return
      case 'delete':
        if (s.index) this.table(s.name).delete(yield* this.subscript(s.index))
        else this.table(s.name).clear()
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
function sortedKeys(table: Table): string[] {
  const keys = [...table.keys()]
  return keys.every((k) => /^\d+$/.test(k)) ? keys.sort((a, b) => Number(a) - Number(b)) : keys
}

function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      if (b === 0) throw new AwkError('division by zero')
      return a / b
    case '%':
      if (b === 0) throw new AwkError('division by zero in %')
      return a % b
    default:
      return a ** b
  }
}

/** True when a function body subscripts or fills the parameter: an untyped argument is then an array. */
function usesAsArray(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((n) => usesAsArray(n, name))
  if (typeof node !== 'object' || node === null || node instanceof RegExp) return false
  const n = node as Record<string, unknown>
  if ((n.k === 'elem' || n.k === 'in' || n.k === 'delete') && n.name === name) return true
  if (n.k === 'forin' && n.array === name) return true
  if (n.k === 'builtin' && n.name === 'split' && (n.args as { name?: string }[])[1]?.name === name) return true
  return Object.values(n).some((v) => usesAsArray(v, name))
}
