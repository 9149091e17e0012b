import { type Source, SysError } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import type { Tool } from '../../command.ts'
import { openRead } from '../../io/files.ts'

/** A line of the input; the last one of a file may lack its newline. */
interface Line {
  readonly text: string
  readonly ended: boolean
}

/** The lines of all input files, read one ahead so that `$` is known. */
export class Input {
  /** The file of the line taken last, for `F`. */
  fileName = '-'
  private readonly ahead: Line[] = []
  private next = 0
  private stream: { source: Source; rest: string; done: boolean; name: string } | undefined

  constructor(
    private readonly t: Tool,
    private readonly files: readonly string[],
    /** What ends a line: newline, or NUL with -z. */
    private readonly end: string,
  ) {}

  /** Whether nothing follows the line taken last. */
  get isLast(): boolean {
    return this.ahead.length === 0
  }

  *take(): Coro<Line | undefined> {
    yield* this.lookAhead()
    this.fileName = this.stream?.name ?? '-'
    return this.ahead.shift()
  }

  /** Reads until two lines are ahead, from one file into the next. */
  private *lookAhead(): Coro {
    for (;;) {
      yield* this.pull()
      if (this.ahead.length >= 2 || this.next === this.files.length) return
      const name = this.files[this.next++]
      const source = this.open(name)
      if (source) this.stream = { source, rest: '', done: false, name }
    }
  }

  private open(name: string): Source | undefined {
    const { p } = this.t
    if (p.fs.find(name, p.cwd)?.kind === 'dir') {
      this.t.complain(`read error on ${name}: Is a directory`, 2)
      return undefined
    }
    try {
      return name === '-' ? p.stdin : openRead(p, name)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.t.complain(`can't read ${name}: ${error.strerror}`, 2)
      return undefined
    }
  }

  private *pull(): Coro {
    const s = this.stream
    while (s && !s.done && this.ahead.length < 2) {
      const chunk = yield* this.t.chunk(s.source)
      if (chunk === null) {
        s.done = true
        if (s.rest !== '') this.ahead.push({ text: s.rest, ended: false })
        s.rest = ''
        return
      }
      const parts = (s.rest + chunk).split(this.end)
      s.rest = parts.pop()!
      for (const text of parts) this.ahead.push({ text, ended: true })
    }
  }
}
