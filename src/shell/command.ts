import { drain, type Process, type Program, type Source, SysError } from '../host/index.ts'
import { type Coro, sleep } from '../kernel/index.ts'
import { openRead } from './io/files.ts'
import { type OptionSpecs, type Parsed, parseOptions, UsageError } from './options.ts'
import { appletMessage, appletStatus } from './text/busybox.ts'
import { quoteIfNeeded } from './text/quotes.ts'

export { flag, list, optional, value } from './options.ts'

/** A generic Unix tool, declared once: parser, help and error texts derive from it. */
interface ToolSpec<O extends OptionSpecs> {
  readonly name: string
  /** First line of --help after the usage. */
  readonly summary: string
  /** `[OPTION]... [FILE]...`; several lines for several forms. */
  readonly usage?: string
  readonly options?: O
  /** Stop at the first operand (env, xargs, nohup …) instead of permuting as GNU getopt does. */
  readonly ordered?: boolean
  /** Rewrites historical forms (`head -5`) before the options are parsed. */
  readonly legacy?: (argv: readonly string[]) => readonly string[]
  /** Exit status of usage errors; 1 as in most of coreutils. */
  readonly usageStatus?: number
  /** What a wrong option is answered with before the hint to --help (grep and sed show their usage). */
  readonly onWrongOption?: string
  /** No hint to --help follows (sed). */
  readonly noHint?: boolean
  /** The hint to --help begins with the tool's name (diff). */
  readonly namedHint?: boolean
  /** Version line, `cat (GNU coreutils) 9.4` by default. */
  readonly version?: string
  /** What `read` faults are called in messages when the tool differs from `NAME: FILE: TEXT`. */
  run(t: Tool<O>): Coro<number>
}

/** Output beyond this many characters is passed on at once. */
const FLUSH_AT = 32768
/** Virtual ms that a chunk of work costs, so that endless input does not stop the clock. */
const CHUNKS_PER_MS = 16

const MEBIBYTE = 1 << 20

/** A running tool: its options, operands, and buffered output. */
export class Tool<O extends OptionSpecs = OptionSpecs> {
  /** Exit status to return unless `run` says otherwise; set by `complain`. */
  status = 0
  private buffer = ''
  private work = 0

  constructor(
    readonly p: Process,
    readonly name: string,
    readonly parsed: Parsed<O>,
  ) {}

  get opts(): Parsed<O>['values'] {
    return this.parsed.values
  }

  get args(): string[] {
    return this.parsed.args
  }

  /** Runs as an applet of busybox. */
  get applet(): boolean {
    return this.p.program.applet === true
  }

  /** Appends to the output; `flush` sends it. */
  write(text: string): void {
    this.buffer += text
  }

  line(text: string): void {
    this.buffer += `${text}\n`
  }

  /** Sends the output and waits while the reader is behind. */
  *flush(): Coro {
    if (this.buffer !== '') {
      const text = this.buffer
      this.buffer = ''
      this.p.stdout.write(text)
    }
    if (this.p.stdout.full) yield* drain(this.p.stdout)
  }

  /** Flushes when much has gathered. */
  *flushSome(): Coro {
    if (this.buffer.length >= FLUSH_AT) yield* this.flush()
  }

  /** Prints `NAME: message` on standard error and makes the status 1. */
  complain(message: string, status = 1): void {
    this.flushNow()
    this.p.stderr.write(`${this.name}: ${this.words(message)}\n`)
    const worst = this.applet ? appletStatus(this.name, status) : status
    if (worst > this.status) this.status = worst
  }

  /** A message in the words of this tool's maker. */
  words(message: string): string {
    return this.applet ? appletMessage(this.name, message) : message
  }

  /** Puts the output so far before a message on standard error, as line-buffered streams would. */
  private flushNow(): void {
    if (this.buffer === '' || this.p.stdout.full) return
    const text = this.buffer
    this.buffer = ''
    this.p.stdout.write(text)
  }

  /** Ends with `NAME: message` and a status. */
  fail(message: string, status = 1): never {
    throw new Failure(message, status)
  }

  /** Opens an operand; `-` is standard input. Reports and returns undefined when it cannot be opened. */
  open(path: string, dash = true): Source | undefined {
    if (dash && path === '-') return this.p.stdin
    try {
      return openRead(this.p, path)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.complain(`${quoteIfNeeded(path)}: ${error.strerror}`)
      return undefined
    }
  }

  /** Next chunk of input, '' never; null at the end. Lets time pass for endless sources. */
  *chunk(source: Source): Coro<string | null> {
    if (++this.work % CHUNKS_PER_MS === 0) yield* sleep(this.p.host.kernel, 1)
    for (;;) {
      const text = source.read()
      if (text !== '') return text
      yield* this.flush()
      yield { on: [source.readable] }
    }
  }

  /** Everything up to the end of input; what is held in memory counts as such, and may be too much for a container. */
  *all(source: Source): Coro<string> {
    let text = ''
    const { rss } = this.p
    for (;;) {
      const chunk = yield* this.chunk(source)
      if (chunk === null) return text
      text += chunk
      if (rss + text.length >= this.p.rss + MEBIBYTE) this.p.rss = rss + text.length
      if (text.length > 256 << 20) this.fail('memory exhausted')
    }
  }

  /**
   * Calls back with every line (without its newline; `ended` is false for a last line that lacks one) until it returns
   * false. What was read beyond that line is put back.
   */
  *lines(source: Source, each: (line: string, ended: boolean) => unknown, separator = '\n'): Coro<boolean> {
    let rest = ''
    for (;;) {
      const chunk = yield* this.chunk(source)
      if (chunk === null) {
        if (rest !== '' && each(rest, false) === false) return false
        return true
      }
      const text = rest + chunk
      let from = 0
      for (let at = text.indexOf(separator, from); at >= 0; at = text.indexOf(separator, from)) {
        const go = each(text.slice(from, at), true)
        from = at + separator.length
        if (go === false) {
          if (from < text.length) source.unread(text.slice(from))
          return false
        }
      }
      rest = text.slice(from)
      yield* this.flush()
    }
  }

  /** The operands' sources one after the other (standard input when there are none). */
  *inputs(paths: readonly string[] = this.args): Generator<{ source: Source; name: string }> {
    for (const name of paths.length > 0 ? paths : ['-']) {
      const source = this.open(name)
      if (source) yield { source, name }
    }
  }
}

/** Ends a tool with a message. */
class Failure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message)
  }
}

/** Makes a program of a tool's declaration. */
export function defineTool<const O extends OptionSpecs>(spec: ToolSpec<O>): Program {
  return {
    name: spec.name,
    *main(p) {
      const name = spec.name
      const argv = spec.legacy ? [p.argv[0], ...spec.legacy(p.argv.slice(1))] : p.argv
      let parsed: Parsed<O>
      try {
        parsed = parseOptions(spec, argv.slice(1))
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        p.stderr.write(`${name}: ${error.message}\n${hint(spec)}`)
        return spec.usageStatus ?? 1
      }
      if (parsed.help) {
        p.stdout.write(parsed.help)
        return 0
      }
      const t = new Tool<O>(p, name, parsed)
      return yield* contained(t, spec)
    },
  }
}

/** Where more is to be read, after a usage error. */
const hint = <O extends OptionSpecs>(spec: ToolSpec<O>): string =>
  (spec.onWrongOption ?? '') +
  (spec.noHint ? '' : `${spec.namedHint ? `${spec.name}: ` : ''}Try '${spec.name} --help' for more information.\n`)

/** The same tool as busybox has it: programs named `busybox-NAME`, which images' executables refer to. */
export const applet = (tool: Program): Program => ({ ...tool, name: `busybox-${tool.name}`, applet: true })

/** Runs a tool and renders what it throws. */
function* contained<O extends OptionSpecs>(t: Tool<O>, spec: ToolSpec<O>): Coro<number> {
  try {
    const status = yield* spec.run(t)
    yield* t.flush()
    return Math.max(status, t.status)
  } catch (error) {
    if (error instanceof SysError && error.syscall === 'write') {
      t.p.stderr.write(`${spec.name}: write error: ${error.strerror}\n`)
      return 1
    }
    if (error instanceof Failure || error instanceof UsageError || error instanceof SysError) {
      yield* quietly(t.flush())
      t.p.stderr.write(`${spec.name}: ${t.words(error.message)}\n`)
      if (error instanceof UsageError && !t.applet) t.p.stderr.write(hint(spec))
      return error instanceof Failure ? error.status : (spec.usageStatus ?? 1)
    }
    throw error
  }
}

function* quietly(coro: Coro): Coro {
  try {
    yield* coro
  } catch (error) {
    if (!(error instanceof SysError)) throw error
  }
}
