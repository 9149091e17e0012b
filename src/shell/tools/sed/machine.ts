import { type Sink, SysError } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { openWrite } from '../../io/files.ts'
import type { Sed } from './index.ts'
import { Input } from './input.ts'
import type { Command } from './script.ts'
import { type Position, Selection } from './selection.ts'
import { unambiguous } from './unambiguous.ts'

/** Commands run on one input before the program counts as endless (`:a;ba`) and lets time pass. */
const STEPS_PER_MS = 20_000

/** Runs a script on its input files. */
export class Machine implements Position {
  /** A command ended the script before its input did. */
  quit = false
  /** The pattern space. */
  pattern = ''
  /** Lines read so far, the current one included. */
  lineNumber = 0
  private hold = ''
  private substituted = false
  private appended: string[] = []
  private ended = true
  private emit: (text: string) => void = () => {}
  private readonly input: Input
  private readonly selection: Selection
  private readonly outputs = new Map<string, Sink>()
  private steps = 0
  private missingNewline = false

  constructor(
    private readonly t: Sed,
    private readonly program: Command[],
    private readonly quiet: boolean,
    files: readonly string[],
  ) {
    this.input = new Input(t, files, this.end)
    // Files that are written to are made when the script is read.
    for (const c of program) {
      const path = c.name === 'w' ? c.text : c.flags?.file
      if (path) this.sink(path)
    }
    this.selection = new Selection(this, (message) => t.fail(message))
  }

  get isLast(): boolean {
    return this.input.isLast
  }

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

  private *nextLine(): Coro<boolean> {
    const line = yield* this.input.take()
    if (!line) return false
    this.pattern = line.text
    this.ended = line.ended
    this.lineNumber++
    this.substituted = false
    return true
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
      if (!this.selection.selects(c)) {
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
        case 'c':
          if (this.selection.endsHere(c)) this.emit(`${c.text}\n`)
          this.flushAppended()
          return undefined
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
          this.emit(`${this.input.fileName}\n`)
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
          if (this.isLast) {
            yield* this.endCycle()
            return 0
          }
          this.flushAppended()
          const line = yield* this.input.take()
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
          this.sink(c.text).write(`${this.pattern}\n`)
          break
        case 's': {
          const made = substitute(c, this.selection.use(c.regex), this.pattern)
          if (made === undefined) break
          this.pattern = made
          this.substituted = true
          if (c.flags?.print) this.print(made, true)
          if (c.flags?.file) this.sink(c.flags.file).write(`${made}\n`)
          break
        }
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
    const line = yield* this.input.take()
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

  private sink(path: string): Sink {
    if (path === '/dev/stdout') return { ...this.t.p.stdout, write: (text: string) => this.emit(text) } as Sink
    let sink = this.outputs.get(path)
    if (!sink) {
      try {
        sink = openWrite(this.t.p, path)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        return this.t.fail(`couldn't open file ${path}: ${error.strerror}`, 4)
      }
      this.outputs.set(path, sink)
    }
    return sink
  }
}

/** The text with the replacements of an `s` made; undefined when nothing matches. */
function substitute(c: Command, base: RegExp, text: string): string | undefined {
  const f = c.flags!
  let count = 0
  let out = ''
  let from = 0
  let changed = false
  let matchEnd = -1
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
  if (!changed) return undefined
  return out + text.slice(from)
}
