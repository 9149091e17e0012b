import type { Coro } from '../../../kernel/index.ts'
import { expandAliases } from '../aliases.ts'
import { Abandon, Exit, ShellError } from '../control.ts'
import { type Judgement, judge } from '../grammar/judge.ts'
import { type ParsedScript, parseScript, type Statement } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { reading, reportSyntax, warnHereDocs } from '../syntax.ts'
import { ReadonlyError } from '../variables.ts'
import { runStatement } from './run.ts'
import { statusOf } from './top.ts'

interface SourceOptions {
  /** What errors call it. */
  readonly name: string
  readonly firstLine?: number
  /** What syntax errors call it besides: `-c`, `eval`, `exit trap`. */
  readonly construct?: string
}

/**
 * Parses and runs a text, line by line as bash reads it: what precedes a syntax error has run, and an alias is known
 * from the line after its definition.
 */
export function* runSource(sh: Shell, source: string, options: SourceOptions): Coro<number> {
  const saved = { unit: sh.unit, pos: sh.pos }
  try {
    return yield* new Unit(sh, source, options).run()
  } finally {
    sh.unit = saved.unit
    sh.pos = saved.pos
  }
}

/** Errors in the words of compound commands. */
const isPassing = (error: unknown): boolean =>
  error instanceof ReadonlyError || (error instanceof ShellError && !error.fatal)

class Unit {
  private text: string
  private firstLine: number
  private judgement!: Judgement
  private script!: ParsedScript
  private next = 0
  /** Aliases and `extglob` when the rest of the text was read. */
  private state = ''
  private warned = false
  private readonly sh: Shell
  private readonly options: SourceOptions

  constructor(sh: Shell, source: string, options: SourceOptions) {
    this.sh = sh
    this.options = options
    this.text = source
    this.firstLine = options.firstLine ?? 1
  }

  *run(): Coro<number> {
    const { sh } = this
    this.load(0)
    for (;;) {
      sh.unit = { name: this.options.name, text: this.text, firstLine: this.firstLine }
      const statement: Statement | undefined = this.script.commands[this.next]
      this.warn(statement)
      if (!statement) {
        const { problem } = this.judgement
        if (!problem || this.report()) return sh.status
        // A bad array only costs its line.
        const end = this.text.indexOf('\n', problem.pos)
        if (problem.kind === 'incomplete' || end < 0) return sh.status
        this.load(end + 1)
        continue
      }
      this.next++
      try {
        yield* runStatement(sh, statement)
      } catch (error) {
        // A failed expression gives up the line; the next one is read.
        if (sh.interactive || !(error instanceof Abandon || (sh.dialect === 'bash' && isPassing(error)))) throw error
        sh.status = statusOf(sh, error)
        this.skipLine(statement)
      }
      const following = this.script.commands[this.next]
      const from = following?.pos ?? this.judgement.problem?.unit
      if (
        from !== undefined &&
        this.readingState() !== this.state &&
        this.text.slice(statement.end, from).includes('\n')
      )
        this.load(from)
    }
  }

  /** Reads what is left with the aliases and options of now. */
  private load(from: number): void {
    const { sh } = this
    this.state = this.readingState()
    this.firstLine += this.text.slice(0, from).split('\n').length - 1
    this.text = this.text.slice(from)
    if (sh.shopts.has('expand_aliases') && sh.aliases.size > 0)
      this.text = expandAliases(this.text, parseScript(this.text), sh.aliases)
    this.judgement = judge(this.text, reading(sh))
    const { problem } = this.judgement
    this.script = parseScript(problem ? this.text.slice(0, problem.unit) : this.text)
    this.next = 0
  }

  private readingState(): string {
    const { sh } = this
    const aliases = sh.shopts.has('expand_aliases') ? [...sh.aliases].join('\0') : ''
    return `${sh.shopts.has('extglob')} ${aliases}`
  }

  /**
   * Gives up the rest of a line. The reader goes on counting from the line of the command that failed, however many
   * lines its compound command has.
   */
  private skipLine(statement: Statement): void {
    const failed = this.sh.line
    const end = this.judgement.ends.find((e) => e > statement.pos) ?? this.text.length
    const { commands } = this.script
    while (commands[this.next] && commands[this.next].pos < end) this.next++
    const from = commands[this.next]?.pos ?? this.judgement.problem?.unit
    const ended = this.firstLine + this.text.slice(0, end - 1).split('\n').length - 1
    if (from === undefined || failed >= ended) return
    this.firstLine -= ended - failed
    this.load(from)
  }

  /** Here-documents that the end of the text cut short are told before their line runs. */
  private warn(statement: Statement | undefined): void {
    const { openHereDocs, unit } = this.judgement
    if (this.warned || openHereDocs.length === 0 || (statement && statement.pos < unit)) return
    this.warned = true
    warnHereDocs(this.sh, this.text, openHereDocs)
  }

  /** Tells the syntax error; false when the text goes on after it. */
  private report(): boolean {
    const { sh } = this
    const problem = this.judgement.problem!
    sh.pos = problem.pos
    reportSyntax(sh, this.text, problem, this.options.construct)
    // Over a missing quote the status before stays, when it was one of failure.
    if (problem.quote === undefined || sh.status === 0) sh.status = 2
    if (problem.within === 'array') sh.status = 1
    if (problem.within === 'substitution' && problem.kind === 'unexpected' && sh.dialect === 'bash') {
      sh.status = 1
      if (!sh.interactive) throw new Exit(sh.fromString ? 127 : this.options.construct ? 1 : 2)
    }
    return problem.within !== 'array'
  }
}
