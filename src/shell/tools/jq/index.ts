import type { Program } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import type { Tool } from '../../command.ts'
import { Tool as ToolClass } from '../../command.ts'
import type { Node } from './ast.ts'
import { Machine } from './evaluate.ts'
import { type Json, JsonError, JsonReader, type PrintOptions, print } from './json.ts'
import { JqSyntaxError } from './lexer.ts'
import { Halt } from './natives.ts'
import { parseJq } from './parser.ts'
import { JqCompileError } from './scope.ts'
import { HELP, SEE_HELP, USAGE } from './usage.ts'
import { JqError } from './values.ts'

interface Options {
  filter: string | undefined
  files: string[]
  raw: boolean
  join: boolean
  rawInput: boolean
  nullInput: boolean
  slurp: boolean
  exitStatus: boolean
  seq: boolean
  nul: boolean
  compact: boolean
  tab: boolean
  indent: number
  sortKeys: boolean
  ascii: boolean
  color: boolean | undefined
  fromFile: string | undefined
  vars: Map<string, Json>
  named: Map<string, Json>
  positional: Json[]
}

class Usage extends Error {}

function parse(argv: readonly string[]): Options | 'version' | 'help' {
  // biome-ignore format: one table
  const o: Options = {
    filter: undefined, files: [], raw: false, join: false, rawInput: false, nullInput: false, slurp: false, exitStatus: false,
    seq: false, nul: false, compact: false, tab: false, indent: 2, sortKeys: false, ascii: false, color: undefined,
    fromFile: undefined, vars: new Map(), named: new Map(), positional: [],
  }
  let rest: 'files' | 'args' | 'jsonargs' = 'files'
  let options = true
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i]
    const operand = (): void => {
      if (o.filter === undefined && o.fromFile === undefined) o.filter = a
      else if (rest === 'files') o.files.push(a)
      else o.positional.push(rest === 'args' ? a : jsonArgument(a))
    }
    if (!options || !/^-./.test(a)) {
      operand()
      continue
    }
    if (a === '--') {
      options = false
      continue
    }
    if (a.startsWith('--')) {
      const name = a.slice(2)
      if (name === 'arg' || name === 'argjson' || name === 'slurpfile' || name === 'rawfile') {
        const [key, value] = [argv[++i], argv[++i]]
        if (value === undefined)
          throw new Usage(
            `jq: --${name} takes two parameters (e.g. --${name} ${name === 'arg' || name === 'argjson' ? 'varname value' : 'varname filename'})`,
          )
        const v: Json =
          name === 'arg'
            ? value
            : name === 'argjson'
              ? jsonArgument(value, key)
              : new Map<string, Json>([[name, value]])
        if (!o.vars.has(key)) o.vars.set(key, v)
        if (!o.named.has(key)) o.named.set(key, v)
        continue
      }
      const flags: Record<string, () => void> = {
        'raw-output': () => (o.raw = true),
        'join-output': () => (o.raw = o.join = true),
        'raw-output0': () => (o.raw = o.nul = true),
        'raw-input': () => (o.rawInput = true),
        'null-input': () => (o.nullInput = true),
        slurp: () => (o.slurp = true),
        'compact-output': () => (o.compact = true),
        tab: () => (o.tab = true),
        'sort-keys': () => (o.sortKeys = true),
        'ascii-output': () => (o.ascii = true),
        'color-output': () => (o.color = true),
        'monochrome-output': () => (o.color = false),
        'exit-status': () => (o.exitStatus = true),
        seq: () => (o.seq = true),
        unbuffered: () => {},
        stream: () => {},
        args: () => (rest = 'args'),
        jsonargs: () => (rest = 'jsonargs'),
        'from-file': () => (o.fromFile = argv[++i]),
        indent: () => (o.indent = Number(argv[++i])),
      }
      if (name === 'version') return 'version'
      if (name === 'help') return 'help'
      if (!flags[name]) throw new Usage(`jq: Unknown option ${a}`)
      flags[name]()
      continue
    }
    for (const c of a.slice(1)) {
      const letters: Record<string, () => void> = {
        r: () => (o.raw = true),
        j: () => (o.raw = o.join = true),
        R: () => (o.rawInput = true),
        n: () => (o.nullInput = true),
        s: () => (o.slurp = true),
        c: () => (o.compact = true),
        S: () => (o.sortKeys = true),
        a: () => (o.ascii = true),
        C: () => (o.color = true),
        M: () => (o.color = false),
        e: () => (o.exitStatus = true),
        f: () => (o.fromFile = argv[++i]),
      }
      if (c === 'h') return 'help'
      if (c === 'V') return 'version'
      if (!letters[c]) throw new Usage(`jq: Unknown option ${a}`)
      letters[c]()
    }
  }
  return o
}

function jsonArgument(text: string, name?: string): Json {
  try {
    const v = new JsonReader(text).next()
    if (v !== undefined) return v
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
  }
  throw new Usage(
    name === undefined ? `jq: Invalid JSON text passed to --jsonargs` : `jq: Invalid JSON text passed to --argjson`,
  )
}

export const jq: Program = {
  name: 'jq',
  *main(p) {
    let o: ReturnType<typeof parse>
    try {
      o = parse(p.argv.slice(1))
    } catch (error) {
      if (!(error instanceof Usage)) throw error
      p.stderr.write(`${error.message}\n${SEE_HELP}`)
      return 2
    }
    if (o === 'version') {
      p.stdout.write('jq-1.6\n')
      return 0
    }
    if (o === 'help') {
      p.stdout.write(HELP)
      return 0
    }
    const t = new ToolClass(p, 'jq', { values: {}, args: o.files, order: [] }) as Tool
    return yield* new Run(t, o).main()
  },
}

class Run {
  private readonly readers: { reader: JsonReader; name: string }[] = []
  private current: { reader: JsonReader; name: string } | undefined
  private text = ''
  private status = 0

  constructor(
    private readonly t: Tool,
    private readonly o: Options,
  ) {}

  *main(): Coro<number> {
    const { t, o } = this
    let source = o.filter
    if (o.fromFile !== undefined) {
      const file = t.open(o.fromFile)
      if (!file) return 2
      source = yield* t.all(file)
      if (o.filter !== undefined) o.files.unshift(o.filter)
    }
    // In a pipe the filter may be left out.
    if (source === undefined && !(t.p.stdin.isTty && t.p.stdout.isTty)) source = '.'
    if (source === undefined) {
      t.p.stderr.write(USAGE)
      return 2
    }
    let program: Node
    try {
      program = parseJq(source)
    } catch (error) {
      if (!(error instanceof JqSyntaxError)) throw error
      t.p.stderr.write(
        `jq: error: ${error.message} at <top-level>, line ${source.split('\n').length}:\n${source}${' '.repeat(Math.max(0, source.length - 1))}\njq: 1 compile error\n`,
      )
      return 3
    }
    for (const [name, v] of o.vars) {
      if (!(v instanceof Map) || !(v.has('slurpfile') || v.has('rawfile'))) continue
      const path = (v.get('slurpfile') ?? v.get('rawfile')) as string
      const file = t.open(path)
      if (!file) return 2
      const text = yield* t.all(file)
      o.vars.set(name, v.has('rawfile') ? text : readAllValues(text))
    }
    o.vars.set('__prog_args', null)
    o.vars.set('named', new Map(o.named))
    o.vars.set(
      'ARGS',
      new Map<string, Json>([
        ['positional', o.positional],
        ['named', new Map(o.named)],
      ]),
    )
    if (!o.nullInput || source.includes('input')) yield* this.load()
    return yield* this.evaluate(program, source)
  }

  /** Reads all input files. */
  private *load(): Coro {
    const { t, o } = this
    const names = o.files.length > 0 ? o.files : ['-']
    for (const name of names) {
      const file =
        name === '-' && o.files.length === 0 ? t.p.stdin : t.p.fs.exists(name, t.p.cwd) ? t.open(name) : undefined
      if (!file) {
        t.p.stderr.write(`jq: error: Could not open ${name}: No such file or directory\n`)
        this.status = 2
        continue
      }
      const text = yield* t.all(file)
      this.text += text
      this.readers.push({ reader: new JsonReader(text), name: o.files.length > 0 ? name : '<stdin>' })
    }
  }

  private *evaluate(program: Node, source: string): Coro<number> {
    const { t, o } = this
    const machine = new Machine({
      input: () => this.nextInput(),
      env: () => new Map(Object.entries(t.p.env)),
      now: () => t.p.now(),
      warn: (text) => t.p.stderr.write(text),
    })
    const printing: PrintOptions = {
      indent: o.compact ? '' : o.tab ? '\t' : ' '.repeat(o.indent),
      sortKeys: o.sortKeys,
      ascii: o.ascii,
      color: o.color ?? (t.p.stdout.isTty && !t.p.env.NO_COLOR),
    }
    let last: Json | undefined
    try {
      for (;;) {
        const input = o.nullInput ? null : this.nextInput()
        if (input === undefined) break
        try {
          for (const v of machine.run(program, input, o.vars)) {
            last = v
            const text = o.raw && typeof v === 'string' ? v : print(v, printing)
            t.write(`${o.seq ? '\u001e' : ''}${text}${o.join ? '' : o.nul ? '\0' : '\n'}`)
            yield* t.flushSome()
          }
        } catch (error) {
          if (!(error instanceof JqError)) throw error
          yield* t.flush()
          const where = o.nullInput ? '<unknown>' : `${this.current ? '<stdin>' : '<unknown>'}:${this.line}`
          const message =
            typeof error.value === 'string' ? error.value : `${print(error.value, { indent: '' })} (not a string)`
          t.p.stderr.write(
            `jq: error (at ${o.files.length > 0 ? where.replace('<stdin>', this.current?.name ?? '<stdin>') : where}): ${message}\n`,
          )
          this.status = 5
        }
        if (o.nullInput) break
      }
    } catch (error) {
      yield* t.flush()
      if (error instanceof JsonError) {
        t.p.stderr.write(`jq: parse error: ${error.message}\n`)
        return 5
      }
      if (error instanceof JqCompileError) {
        t.p.stderr.write(`jq: error: ${error.message} at <top-level>, line 1:\n${source}\njq: 1 compile error\n`)
        return 3
      }
      if (error instanceof Halt) {
        t.p.stderr.write(error.output)
        return error.status
      }
      if (error instanceof RangeError) {
        t.p.stderr.write('jq: error: stack overflow\n')
        return 5
      }
      throw error
    }
    yield* t.flush()
    if (this.status !== 0) return this.status
    if (o.exitStatus) return last === undefined ? 4 : last === null || last === false ? 1 : 0
    return 0
  }

  private get line(): number {
    return this.current?.reader.line ?? 0
  }

  private rawLines: string[] | undefined
  private done = false

  private nextInput(): Json | undefined {
    const { o } = this
    if (o.rawInput) {
      if (o.slurp) {
        if (this.done) return undefined
        this.done = true
        return this.text
      }
      if (!this.rawLines) {
        this.rawLines = this.text.split('\n')
        if (this.rawLines.at(-1) === '') this.rawLines.pop()
      }
      return this.rawLines.shift()
    }
    if (o.slurp) {
      if (this.done) return undefined
      this.done = true
      return this.readers.flatMap(({ reader }) => {
        const out: Json[] = []
        for (let v = reader.next(); v !== undefined; v = reader.next()) out.push(v)
        return out
      })
    }
    for (;;) {
      this.current ??= this.readers[0]
      if (!this.current) return undefined
      const v = this.current.reader.next()
      if (v !== undefined) return v
      this.readers.shift()
      if (this.readers.length === 0) {
        this.readers.push(this.current)
        return undefined
      }
      this.current = undefined
    }
  }
}

function readAllValues(text: string): Json[] {
  const reader = new JsonReader(text)
  const out: Json[] = []
  for (let v = reader.next(); v !== undefined; v = reader.next()) out.push(v)
  return out
}
