import { Capture, type Process, readChunk, type Source, SysError, TextSource } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import type { Tool } from '../../command.ts'
import { openRead } from '../../io/files.ts'
import { runProgram } from '../../run-program.ts'
import { unescapeValue } from './lexer.ts'
import type { Memory } from './memory.ts'
import { CannotOpen, fromInput, toText } from './values.ts'

interface Reader {
  readonly source: Source
  rest: string
  done: boolean
}

const reader = (source: Source): Reader => ({ source, rest: '', done: false })

/**
 * Where records come from: the operands of the command line (files, and assignments between them) or standard input,
 * and the files and commands that getline names.
 */
export class Input {
  private readonly p: Process
  private current: Reader | undefined
  private argument = 1
  /** An operand was a file: standard input is not read after it. */
  private started = false
  private readonly named = new Map<string, Reader>()

  constructor(
    private readonly t: Tool,
    private readonly memory: Memory,
  ) {
    this.p = t.p
  }

  /** All that was read is used up, so the next record may have to wait. */
  get drained(): boolean {
    return this.current?.rest === ''
  }

  /** Reads the next main record into $0; false at the end of all input. */
  *next(): Coro<boolean> {
    for (;;) {
      if (!this.current && !(yield* this.openNext())) return false
      const line = yield* this.readRecord(this.current!)
      if (line === undefined) {
        this.current = undefined
        if (this.started && this.argument >= this.memory.number('ARGC')) return false
        continue
      }
      this.memory.record = line
      this.memory.setGlobal('NR', this.memory.number('NR') + 1)
      this.memory.setGlobal('FNR', this.memory.number('FNR') + 1)
      return true
    }
  }

  /** Leaves the rest of the current file (`nextfile`). */
  skipFile(): void {
    this.current = undefined
  }

  /** The next record of a file (`<`) or of what a command printed (`|`); undefined at its end, null when it cannot be opened. */
  *nextOf(kind: '<' | '|', name: string): Coro<string | undefined | null> {
    const key = kind + name
    let from = this.named.get(key)
    if (!from) {
      yield* this.t.flush()
      if (kind === '<') {
        try {
          from = reader(name === '-' ? this.p.stdin : openRead(this.p, name))
        } catch (error) {
          if (error instanceof SysError) return null
          throw error
        }
      } else {
        const capture = new Capture()
        yield* runProgram(this.p, ['/bin/sh', '-c', name], { name: 'awk', stdout: capture })
        from = reader(new TextSource(capture.text()))
      }
      this.named.set(key, from)
    }
    return yield* this.readRecord(from)
  }

  /** Forgets a file or command that getline read. False when there is none of that name. */
  close(name: string): boolean {
    return this.named.delete(`<${name}`) || this.named.delete(`|${name}`)
  }

  private *openNext(): Coro<boolean> {
    const argc = this.memory.number('ARGC')
    while (this.argument < argc) {
      const arg = toText(this.memory.table('ARGV').get(String(this.argument++)))
      if (arg === '') continue
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(arg)
      if (assignment) {
        this.memory.setGlobal(assignment[1], fromInput(unescapeValue(assignment[2])))
        continue
      }
      this.started = true
      this.memory.setGlobal('FILENAME', arg)
      this.memory.setGlobal('FNR', 0)
      try {
        if (arg !== '-' && this.p.fs.find(arg, this.p.cwd)?.kind === 'dir') throw new SysError('EISDIR', arg)
        this.current = reader(arg === '-' ? this.p.stdin : openRead(this.p, arg))
        return true
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        if (error.code === 'EISDIR') {
          yield* this.t.flush()
          throw new CannotOpen(`read error (${error.strerror})`)
        }
        yield* this.t.flush()
        throw new CannotOpen(`cannot open "${arg}" (${error.strerror})`)
      }
    }
    if (this.started) return false
    this.started = true
    this.current = reader(this.p.stdin)
    return true
  }

  private *readRecord(r: Reader): Coro<string | undefined> {
    const rs = this.memory.text('RS')
    for (;;) {
      const line = this.takeRecord(r, rs)
      if (line !== undefined) return line
      if (r.done) return takeLast(r, rs)
      yield* this.t.flush()
      const chunk =
        r.source === this.p.stdin || r === this.current ? yield* this.t.chunk(r.source) : yield* readChunk(r.source)
      if (chunk === null) r.done = true
      else r.rest += chunk
    }
  }

  /** A record whose separator has been read: a paragraph (RS empty), up to a character, or up to a match. */
  private takeRecord(r: Reader, rs: string): string | undefined {
    if (rs === '') {
      const trimmed = r.rest.replace(/^\n+/, '')
      const at = trimmed.search(/\n\n+/)
      if (at < 0) return undefined
      r.rest = trimmed.slice(at).replace(/^\n\n+/, '')
      return trimmed.slice(0, at)
    }
    if (rs.length === 1) return cut(r, r.rest.indexOf(rs), 1)
    const m = this.memory.regexes.get(rs).exec(r.rest)
    // A match that ends with what was read so far may grow with the next chunk.
    if (!m || (!r.done && m.index + m[0].length >= r.rest.length)) return undefined
    return cut(r, m.index, m[0].length)
  }
}

function cut(r: Reader, at: number, separator: number): string | undefined {
  if (at < 0) return undefined
  const line = r.rest.slice(0, at)
  r.rest = r.rest.slice(at + separator)
  return line
}

/** What stands after the last separator. */
function takeLast(r: Reader, rs: string): string | undefined {
  const last = rs === '' ? r.rest.replace(/^\n+|\n+$/g, '') : rs.length > 1 ? r.rest.replace(/\n$/, '') : r.rest
  const none = rs === '' ? last === '' : r.rest === ''
  r.rest = ''
  return none ? undefined : last
}
