import { Capture, type Sink, SysError, TextSource } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import type { Tool } from '../../command.ts'
import { openWrite } from '../../io/files.ts'
import { runProgram } from '../../run-program.ts'
import { CannotOpen } from './values.ts'

interface Target {
  readonly sink: Sink
  /** A pipe: the command and what it reads, run when the target is closed. */
  readonly pipe?: { readonly command: string; readonly text: Capture }
}

/** The files and commands that print writes to, each open from its first use until close() or the end. */
export class Output {
  private readonly open = new Map<string, Target>()

  constructor(private readonly t: Tool) {}

  /** Prints to `> name`, `>> name` or `| name`. */
  *write(op: string, name: string, text: string): Coro {
    if (op !== '|' && (name === '/dev/stdout' || name === '-')) {
      this.t.write(text)
      return
    }
    let out = this.open.get(name)
    if (!out) {
      out = this.openTarget(op, name)
      this.open.set(name, out)
    }
    if (name === '/dev/stderr') yield* this.t.flush()
    out.sink.write(text)
  }

  /** The command's exit status, 0 for a file; undefined when nothing of that name is open. */
  *close(name: string): Coro<number | undefined> {
    const out = this.open.get(name)
    if (!out) return undefined
    this.open.delete(name)
    return yield* this.finish(out)
  }

  *closeAll(): Coro {
    for (const out of this.open.values()) yield* this.finish(out)
    this.open.clear()
  }

  private openTarget(op: string, name: string): Target {
    try {
      if (op !== '|') return { sink: openWrite(this.t.p, name, { append: op === '>>' }) }
    } catch (error) {
      if (error instanceof SysError) throw new CannotOpen(`cannot open "${name}" for output (${error.strerror})`)
      throw error
    }
    const text = new Capture()
    return { sink: text, pipe: { command: name, text } }
  }

  private *finish({ pipe }: Target): Coro<number> {
    if (!pipe) return 0
    yield* this.t.flush()
    return yield* runProgram(this.t.p, ['/bin/sh', '-c', pipe.command], {
      name: 'awk',
      stdin: new TextSource(pipe.text.text()),
    })
  }
}
