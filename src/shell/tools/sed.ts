import { type Sink, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { defineTool, flag, list, optional, type Tool, value } from '../command.ts'
import { openRead, openWrite } from '../io/files.ts'
import { type Address, type Command, parseScript, SedError } from './sed-script.ts'

const OPTIONS = {
  quiet: { ...flag('n', 'quiet', 'suppress automatic printing of pattern space'), alias: 'silent' },
  expressions: list('e', 'expression', 'script', 'add the script to the commands to be executed'),
  files: list('f', 'file', 'script-file', 'add the contents of script-file to the commands to be executed'),
  extended: flag(
    'Er',
    'regexp-extended',
    'use extended regular expressions in the script (for portability use POSIX -E).',
  ),
  inPlace: optional('i', 'in-place', 'SUFFIX', 'edit files in place (makes backup if SUFFIX supplied)'),
  length: value('l', 'line-length', 'N', "specify the desired line-wrap length for the `l' command"),
  posix: flag('', 'posix', 'disable all GNU extensions.'),
  separate: flag('s', 'separate', 'consider files as separate rather than as a single continuous long stream.'),
  sandbox: flag('', 'sandbox', 'operate in sandbox mode (disable e/r/w commands).'),
  unbuffered: flag(
    'u',
    'unbuffered',
    'load minimal amounts of data from the input files and flush the output buffers more often',
  ),
  zero: flag('z', 'null-data', 'separate lines by NUL characters'),
  follow: flag('', 'follow-symlinks', 'follow symlinks when processing in place'),
  debug: flag('', 'debug', 'annotate program execution'),
}

/** Commands run on one input before the program counts as endless (`:a;ba`) and lets time pass. */
const STEPS_PER_MS = 20_000

type Sed = Tool<typeof OPTIONS>

export const sed = defineTool({
  name: 'sed',
  summary: '',
  usage: '[OPTION]... {script-only-if-no-other-script} [input-file]...',
  version: 'sed (GNU sed) 4.9',
  usageStatus: 1,
  options: OPTIONS,
  *run(t) {
    const args = [...t.args]
    const o = t.opts
    const parts: string[] = []
    for (const [key, text] of t.parsed.order) {
      if (key === 'expressions') parts.push(text)
      else if (key === 'files') {
        const source = t.open(text)
        if (!source) return t.fail(`couldn't open file ${text}: No such file or directory`)
        parts.push((yield* t.all(source)).replace(/\n$/, ''))
      }
    }
    if (parts.length === 0) {
      const first = args.shift()
      if (first === undefined) {
        t.p.stderr.write('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n')
        return 1
      }
      parts.push(first)
    }
    let program: Command[]
    let quiet = o.quiet > 0
    try {
      const parsed = parseScript(parts, o.extended > 0)
      program = parsed.commands
      quiet ||= parsed.quiet
    } catch (error) {
      if (!(error instanceof SedError)) throw error
      return t.fail(error.message)
    }
    if (o.inPlace !== undefined) {
      for (const file of args) {
        const status = yield* editInPlace(t, program, quiet, file)
        if (status !== undefined) return status
      }
      return t.status
    }
    const machine = new Machine(t, program, quiet, args.length > 0 ? args : ['-'])
    return yield* machine.run((text) => t.write(text))
  },
})

function* editInPlace(t: Sed, program: Command[], quiet: boolean, file: string): Coro<number | undefined> {
  const node = t.p.fs.find(file, t.p.cwd)
  if (!node) {
    t.complain(`can't read ${file}: No such file or directory`, 2)
    return undefined
  }
  if (node.kind === 'dir') {
    t.complain(`couldn't edit ${file}: not a regular file`, 4)
    return undefined
  }
  let out = ''
  const machine = new Machine(t, program, quiet, [file])
  const status = yield* machine.run((text) => {
    out += text
  })
  const suffix = t.opts.inPlace ?? ''
  const how = { cwd: t.p.cwd, creds: t.p.creds }
  try {
    if (suffix !== '' && node.kind === 'file')
      t.p.fs.writeFile(suffix.includes('*') ? suffix.replaceAll('*', file) : file + suffix, node.read(), how)
    // Like the real one, the result replaces the file by a rename: watchers see a new file.
    const temporary = `${file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : ''}sed${t.p.host.rng.suffix(6)}`
    const target = t.p.fs.realpath(file, t.p.cwd)
    const made = t.p.fs.writeFile(temporary, out, { ...how, mode: node.mode })
    made.uid = node.uid
    made.gid = node.gid
    t.p.fs.rename(temporary, t.opts.follow ? target : file, t.p.cwd, t.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    t.complain(`couldn't open temporary file ./sedXXXXXX: ${error.strerror}`, 4)
    return 4
  }
  return status !== 0 || machine.quit ? status : undefined
}

class Machine {
  quit = false
  private pattern = ''
  private hold = ''
  private lineNumber = 0
  private substituted = false
  private appended: string[] = []
  private lines: { text: string; ended: boolean }[] = []
  private file = 0
  private ended = true
  private fileName = '-'
  private emit: (text: string) => void = () => {}
  private readonly active = new Map<Command, { until: number }>()
  private readonly outputs = new Map<string, Sink>()
  private last: RegExp | undefined
  private steps = 0
  private missingNewline = false

  constructor(
    private readonly t: Sed,
    private readonly program: Command[],
    private readonly quiet: boolean,
    private readonly files: readonly string[],
  ) {}

  *run(emit: (text: string) => void): Coro<number> {
    this.emit = (text) => {
      // A last line without newline gets one as soon as something follows it.
      if (this.missingNewline && text !== '') {
        this.missingNewline = false
        emit(this.end)
      }
      emit(text)
    }
    let status = 0
    while (yield* this.nextLine()) {
      const result = yield* this.cycle()
      if (result !== undefined) {
        status = result
        this.quit = true
        break
      }
    }
    return Math.max(status, this.t.status)
  }

  private get end(): string {
    return this.t.opts.zero ? '\0' : '\n'
  }

  private print(text: string, ended = this.ended): void {
    this.emit(text + (ended ? this.end : ''))
    if (!ended) this.missingNewline = true
  }

  /** Reads ahead so that `$` is known. */
  private *fill(wanted: number): Coro {
    while (this.lines.length < wanted && this.file < this.files.length) {
      const name = this.files[this.file++]
      if (this.t.p.fs.find(name, this.t.p.cwd)?.kind === 'dir') {
        this.t.complain(
          `couldn't edit ${name}: not a regular file`
            .replace("couldn't edit", 'read error on')
            .replace('not a regular file', 'Is a directory'),
          2,
        )
        continue
      }
      let source: ReturnType<typeof openRead>
      try {
        source = name === '-' ? this.t.p.stdin : openRead(this.t.p, name)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        this.t.complain(`can't read ${name}: ${error.strerror}`, 2)
        continue
      }
      this.stream = { source, rest: '', done: false, name }
      yield* this.pull(wanted)
    }
    if (this.stream && !this.stream.done) yield* this.pull(wanted)
  }

  private stream: { source: ReturnType<typeof openRead>; rest: string; done: boolean; name: string } | undefined

  private *pull(wanted: number): Coro {
    const s = this.stream
    while (s && !s.done && this.lines.length < wanted) {
      const chunk = yield* this.t.chunk(s.source)
      if (chunk === null) {
        s.done = true
        if (s.rest !== '') this.lines.push({ text: s.rest, ended: false })
        s.rest = ''
        return
      }
      const parts = (s.rest + chunk).split(this.end)
      s.rest = parts.pop()!
      for (const text of parts) this.lines.push({ text, ended: true })
    }
  }

  private *take(): Coro<{ text: string; ended: boolean } | undefined> {
    if (this.lines.length < 2) {
      const s = this.stream
      if (!s || s.done) yield* this.fill(2)
      else {
        yield* this.pull(2)
        if (this.lines.length < 2) yield* this.fill(2)
      }
    }
    this.fileName = this.stream?.name ?? '-'
    return this.lines.shift()
  }

  private *nextLine(): Coro<boolean> {
    const line = yield* this.take()
    if (!line) return false
    this.pattern = line.text
    this.ended = line.ended
    this.lineNumber++
    this.substituted = false
    return true
  }

  private get isLast(): boolean {
    return this.lines.length === 0
  }

  private *endCycle(): Coro {
    if (!this.quiet) this.print(this.pattern)
    this.flushAppended()
    yield* this.t.flushSome()
    if (this.t.p.stdin.isTty || this.t.opts.unbuffered) yield* this.t.flush()
  }

  private flushAppended(): void {
    for (const text of this.appended) this.emit(text)
    this.appended = []
  }

  /** Runs the program on the pattern space. Returns an exit status when it quits. */
  private *cycle(): Coro<number | undefined> {
    for (let pc = 0; pc < this.program.length; pc++) {
      if (++this.steps % STEPS_PER_MS === 0) yield { until: this.t.p.host.kernel.now() + 1 }
      const c = this.program[pc]
      if (!this.selects(c)) {
        if (c.name === '{') pc = c.target!
        continue
      }
      switch (c.name) {
        case '{':
        case '}':
        case ':':
        case '#':
          break
        case '=':
          this.emit(`${this.lineNumber}\n`)
          break
        case 'a':
          this.appended.push(`${c.text}\n`)
          break
        case 'i':
          this.emit(`${c.text}\n`)
          break
        case 'c': {
          const range = this.active.get(c)
          if (!(c.two && range && !c.negated) || this.rangeEnds(c)) this.emit(`${c.text}\n`)
          this.flushAppended()
          return undefined
        }
        case 'd':
          this.flushAppended()
          return undefined
        case 'D': {
          const at = this.pattern.indexOf('\n')
          if (at < 0) {
            this.flushAppended()
            return undefined
          }
          this.pattern = this.pattern.slice(at + 1)
          this.flushAppended()
          pc = -1
          break
        }
        case 'e':
          this.t.fail('e/r/w commands disabled in sandbox mode')
          break
        case 'F':
          this.emit(`${this.fileName}\n`)
          break
        case 'g':
          this.pattern = this.hold
          break
        case 'G':
          this.pattern += `\n${this.hold}`
          break
        case 'h':
          this.hold = this.pattern
          break
        case 'H':
          this.hold += `\n${this.pattern}`
          break
        case 'x':
          ;[this.pattern, this.hold] = [this.hold, this.pattern]
          break
        case 'l':
          this.emit(unambiguous(this.pattern, Number(c.text || this.t.opts.length || 70)))
          break
        case 'n': {
          if (this.isLast) yield* this.fill(1)
          if (this.isLast) {
            // GNU sed prints the pattern space when there is no next input.
            yield* this.endCycle()
            return 0
          }
          if (!this.quiet) this.print(this.pattern)
          this.flushAppended()
          yield* this.nextKeeping()
          break
        }
        case 'N': {
          if (this.isLast) yield* this.fill(1)
          if (this.isLast) {
            yield* this.endCycle()
            return 0
          }
          this.flushAppended()
          const line = yield* this.take()
          this.pattern += `\n${line!.text}`
          this.ended = line!.ended
          this.lineNumber++
          break
        }
        case 'p':
          this.print(this.pattern, true)
          break
        case 'P':
          this.print(this.pattern.split('\n')[0], true)
          break
        case 'q':
          yield* this.endCycle()
          return Number(c.text || 0)
        case 'Q':
          return Number(c.text || 0)
        case 'r':
          this.appendFile(c.text)
          break
        case 'w':
          this.file_(c.text).write(`${this.pattern}\n`)
          break
        case 's':
          if (this.substitute(c)) {
            this.substituted = true
            if (c.flags?.print) this.print(this.pattern, true)
            if (c.flags?.file) this.file_(c.flags.file).write(`${this.pattern}\n`)
          }
          break
        case 'y':
          this.pattern = [...this.pattern].map((ch) => c.map!.get(ch) ?? ch).join('')
          break
        case 'z':
          this.pattern = ''
          break
        case 'b':
          pc = c.target!
          break
        case 't':
          if (this.substituted) {
            this.substituted = false
            pc = c.target!
          }
          break
        case 'T':
          if (!this.substituted) pc = c.target!
          this.substituted = false
          break
      }
    }
    yield* this.endCycle()
    return undefined
  }

  private *nextKeeping(): Coro {
    const line = yield* this.take()
    this.pattern = line!.text
    this.ended = line!.ended
    this.lineNumber++
  }

  private appendFile(path: string): void {
    try {
      const node = this.t.p.fs.file(path, this.t.p.cwd, this.t.p.creds)
      this.appended.push(node.read())
    } catch (error) {
      if (!(error instanceof SysError)) throw error
    }
  }

  private file_(path: string): Sink {
    if (path === '/dev/stdout') return { ...this.t.p.stdout, write: (text: string) => this.emit(text) } as Sink
    let sink = this.outputs.get(path)
    if (!sink) {
      sink = openWrite(this.t.p, path)
      this.outputs.set(path, sink)
    }
    return sink
  }

  private matches(address: Address): boolean {
    switch (address.kind) {
      case 'line':
        return this.lineNumber === address.n
      case 'step':
        return address.step! <= 0
          ? this.lineNumber === address.n
          : this.lineNumber >= address.n! && (this.lineNumber - address.n!) % address.step! === 0
      case 'last':
        return this.isLast
      case 'regex': {
        const regex = address.regex ?? this.last
        if (!regex) return this.t.fail('no previous regular expression')
        this.last = regex
        regex.lastIndex = 0
        return regex.test(this.pattern)
      }
      default:
        return false
    }
  }

  private selects(c: Command): boolean {
    if (!c.one) return !c.negated
    if (!c.two) return this.matches(c.one) !== c.negated
    return this.inRange(c) !== c.negated
  }

  private inRange(c: Command): boolean {
    const range = this.active.get(c)
    if (range) {
      if (c.two!.kind === 'regex') {
        if (this.matches(c.two!)) this.active.delete(c)
        return true
      }
      if (c.two!.kind === 'last') return true
      if (this.lineNumber >= range.until) this.active.delete(c)
      return this.lineNumber <= range.until
    }
    const zero = c.one!.kind === 'line' && c.one!.n === 0
    if (zero && this.lineNumber === 1) {
      if (!this.matches(c.two!)) this.active.set(c, { until: Number.POSITIVE_INFINITY })
      return true
    }
    if (zero || !this.matches(c.one!)) return false
    const two = c.two!
    if (two.kind === 'line') {
      if (two.n! > this.lineNumber) this.active.set(c, { until: two.n! })
    } else if (two.kind === 'plus') {
      if (two.n! > 0) this.active.set(c, { until: this.lineNumber + two.n! })
    } else if (two.kind === 'multiple') {
      const until = two.n! === 0 ? this.lineNumber : Math.ceil(this.lineNumber / two.n!) * two.n!
      if (until > this.lineNumber) this.active.set(c, { until })
    } else this.active.set(c, { until: Number.POSITIVE_INFINITY })
    return true
  }

  private rangeEnds(c: Command): boolean {
    return !this.active.has(c) || this.isLast
  }

  private substitute(c: Command): boolean {
    const f = c.flags!
    const base = c.regex ?? this.last
    if (!base) return this.t.fail('no previous regular expression')
    this.last = base
    const text = this.pattern
    let count = 0
    let out = ''
    let from = 0
    let changed = false
    let matchEnd = -1
    base.lastIndex = 0
    for (const m of text.matchAll(new RegExp(base.source, base.flags.includes('g') ? base.flags : `${base.flags}g`))) {
      // An empty match right after the previous one does not count.
      if (m[0] === '' && m.index === matchEnd) continue
      matchEnd = m.index + m[0].length
      count++
      if (count < f.number) continue
      out += text.slice(from, m.index) + c.replace!(m)
      from = m.index + m[0].length
      changed = true
      if (!f.global) break
    }
    if (!changed) return false
    this.pattern = out + text.slice(from)
    return true
  }
}

/** The `l` command. */
function unambiguous(text: string, width: number): string {
  const names: Record<string, string> = {
    '\\': '\\\\',
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  }
  let out = ''
  let column = 0
  for (const ch of text) {
    const bytes = ch >= ' ' && ch <= '~' ? undefined : [...new TextEncoder().encode(ch)]
    const pieces = names[ch] ? [names[ch]] : bytes ? bytes.map((b) => `\\${b.toString(8).padStart(3, '0')}`) : [ch]
    for (const piece of pieces) {
      if (width > 1 && column + piece.length > width - 1) {
        out += '\\\n'
        column = 0
      }
      out += piece
      column += piece.length
    }
  }
  return `${out}$\n`
}
