import { BINARY_TESTS, FILE_OPERATORS } from '../test-file.ts'
import type { Lexer } from './lexer.ts'
import { type Sentence, SyntaxStop } from './problem.ts'
import type { Token } from './token.ts'

/** Reads `[[ … ]]` after its first token, with the words that bash has for what cannot stand there (`cond_term`). */
export function conditional(lexer: Lexer): void {
  const parser = new Conditional(lexer)
  lexer.conditional = 'plain'
  parser.read()
  lexer.conditional = 'no'
}

class Conditional {
  private readonly lexer: Lexer
  private readonly start: number
  private token: Token = { type: 'newline', text: '', start: 0, end: 0 }

  constructor(lexer: Lexer) {
    this.lexer = lexer
    this.start = lexer.lineAt(lexer.at)
  }

  read(): void {
    this.skip()
    this.or()
    if (this.token.type === ']]') return
    const shown = name(this.token)
    const text = `syntax error in conditional expression${shown ? `: unexpected token \`${shown}'` : ''}`
    this.fail(this.token.type === 'eof' ? "unexpected EOF while looking for `]]'" : text, this.start)
  }

  private or(): void {
    this.and()
    while (this.token.type === '||') {
      this.skip()
      this.and()
    }
  }

  private and(): void {
    this.term()
    while (this.token.type === '&&') {
      this.skip()
      this.term()
    }
  }

  private term(): void {
    const { token } = this
    if (token.type === ']]') this.fail()
    if (token.type === '(') return this.group()
    if (token.type === 'word' && token.text === '!') {
      this.skip()
      return this.term()
    }
    if (token.type !== 'word') this.fail(`unexpected token \`${name(token)}' in conditional command`)
    if (FILE_OPERATORS.test(token.text)) {
      this.advance('argument to conditional unary operator')
      if (this.token.type !== 'word') this.missing('argument', 'to conditional unary operator')
      return this.skip()
    }
    this.advance()
    const op = this.token
    const binary =
      op.type === '<' || op.type === '>' || (op.type === 'word' && (op.text === '=~' || BINARY_TESTS.has(op.text)))
    if (!binary) {
      if ([']]', '&&', '||', ')'].includes(op.type)) return
      const shown = name(op)
      this.fail(`${shown ? `unexpected token \`${shown}', ` : ''}conditional binary operator expected`)
    }
    if (op.text === '=~') this.lexer.conditional = 'regex'
    else if (op.text === '=' || op.text === '==' || op.text === '!=') this.lexer.conditional = 'glob'
    this.advance('argument to conditional binary operator')
    this.lexer.conditional = 'plain'
    if (this.token.type !== 'word') this.missing('argument', 'to conditional binary operator')
    this.skip()
  }

  private group(): void {
    const { lexer } = this
    const line = lexer.lineAt(lexer.at)
    this.skip()
    try {
      this.or()
    } catch (error) {
      // Of what failed inside only that is left which it had to say itself.
      if (!(error instanceof SyntaxStop) || error.problem.kind === 'incomplete') throw error
      const says: Sentence[] = error.problem.says.slice(0, -1)
      throw new SyntaxStop({
        ...error.problem,
        says: [...says, { line, text: "expected `)'" }, ...error.problem.says.slice(-1)],
      })
    }
    const shown = name(this.token)
    if (this.token.type !== ')') this.fail(shown ? `unexpected token \`${shown}', expected \`)'` : "expected `)'", line)
    this.skip()
  }

  private missing(what: string, where: string): never {
    const shown = name(this.token)
    this.fail(`unexpected ${what}${shown ? ` \`${shown}'` : ''} ${where}`)
  }

  /** The next token; what it was to be is told when a quote in it has no end. */
  private advance(wanted = "token `\ufffd' in conditional command"): void {
    const { lexer } = this
    try {
      this.token = lexer.next()
    } catch (error) {
      if (!(error instanceof SyntaxStop) || error.problem.kind !== 'incomplete') throw error
      const said = { line: lexer.lastLine, text: `unexpected ${wanted}` }
      throw new SyntaxStop({ ...error.problem, says: [...error.problem.says, said] })
    }
  }

  private skip(): void {
    do this.advance()
    while (this.token.type === 'newline')
  }

  /** Ends the reading with a sentence of its own, and the neighbourhood of the last token. */
  private fail(text?: string, at?: number): never {
    const { lexer, token } = this
    const eof = token.type === 'eof'
    const line = eof ? lexer.lastLine : lexer.lineAt(token.type === 'newline' ? token.start : token.end)
    const says: Sentence[] = text ? [{ line: at ?? line, text }] : []
    if (eof) says.push({ line, text: 'syntax error: unexpected end of file' })
    else says.push({ line, text: `syntax error near \`${near(lexer, line)}'` })
    throw new SyntaxStop({
      kind: eof ? 'incomplete' : 'unexpected',
      pos: token.start,
      token: name(token) ?? token.text,
      says,
      offending: eof ? undefined : { line, text: lexer.text.split('\n')[line - 1] },
    })
  }
}

/** Only operators are called by name; words are not. */
function name(token: Token): string | undefined {
  if (token.type === 'eof') return 'EOF'
  return token.type === 'word' ? undefined : token.type === 'number' ? token.text : token.type
}

/** What bash takes for the offending token when it only has the line (`error_token_from_text`). */
export function near(lexer: Lexer, line: number): string {
  const from = line === 1 ? 0 : nthNewline(lexer.text, line - 1) + 1
  const t = lexer.text.slice(from, lexer.text.indexOf('\n', from) + 1)
  let i = lexer.at - from
  if (i > 0 && i >= t.length) i = t.length - 1
  while (i > 0 && /\s/.test(t[i])) i--
  const end = i > 0 ? i + 1 : 0
  while (i > 0 && !' \n\t;|&'.includes(t[i])) i--
  while (i !== end && /[ \t\n]/.test(t[i])) i++
  return end > 0 ? t.slice(i, end) : t[i]
}

function nthNewline(text: string, n: number): number {
  let at = -1
  for (let i = 0; i < n; i++) at = text.indexOf('\n', at + 1)
  return at
}
