import { forEachChild, type ParsedScript, parse, type SyntaxNode, type Word, type WordPart } from 'unbash'

/** The only file that knows the parser library: everything else takes the tree from here. */
export type {
  ArithmeticFor,
  ArrayValue,
  Assignment,
  Case,
  Command,
  CommandArgument,
  CommandExpansionPart,
  CommandNode,
  CompoundList,
  For,
  Function as FunctionNode,
  If,
  ParameterExpansionPart,
  ParsedScript,
  Pipeline,
  PipelineNode,
  ProcessSubstitutionPart,
  Redirection,
  Select,
  Statement,
  TestExpression,
  While,
  Word,
  WordPart,
} from 'unbash'

/** The syntax tree, with the errors that were found in it. */
export const parseScript = (source: string): ParsedScript => parse(source)

/** What is wrong with a source. */
export type SyntaxProblem =
  /** More input could complete it: an interactive shell asks with PS2. */
  | { readonly kind: 'incomplete'; readonly quote?: string; readonly pos: number }
  | { readonly kind: 'unexpected'; readonly token: string; readonly pos: number }

const QUOTES: Record<string, string> = {
  'unterminated double quote': '"',
  'unterminated single quote': "'",
  'unterminated backtick': '`',
  'unterminated command substitution': ')',
  'unterminated parameter expansion': '}',
  'unterminated arithmetic expansion': ')',
  'unterminated process substitution': ')',
}

/** The first syntax error of a parsed source, told as bash would tell it. */
export function syntaxProblem(source: string, script: ParsedScript): SyntaxProblem | undefined {
  const error = script.errors?.find((e) => !e.message.startsWith('unterminated here'))
  if (!error) {
    // The parser drops a lone opening parenthesis after a word silently.
    const lost = lostParenthesis(source, script)
    return lost
  }
  const quote = QUOTES[error.message]
  if (quote) return { kind: 'incomplete', quote, pos: error.pos }
  if (error.message.startsWith('unterminated')) return { kind: 'incomplete', pos: error.pos }
  // Later errors of a truncated text may point before its end ("expected command in subshell" at the parenthesis).
  const atEnd = script.errors!.some((e) => e.message.startsWith('expected') && source.slice(e.pos).trim() === '')
  const unexpected = script.errors!.find((e) => e.message.startsWith('unexpected token'))
  if (unexpected && unexpected.pos <= error.pos + 1)
    return { kind: 'unexpected', token: tokenAt(source, unexpected.pos), pos: unexpected.pos }
  const token = tokenAt(source, error.pos)
  if (token === 'then' && source.slice(0, error.pos).trimEnd().endsWith('if'))
    return { kind: 'unexpected', token, pos: error.pos }
  if (unexpected && !atEnd) return { kind: 'unexpected', token: tokenAt(source, unexpected.pos), pos: unexpected.pos }
  if (atEnd && !unexpected) {
    if (/^expected (redirect target|command)/.test(error.message) && error.pos < source.trimEnd().length)
      return atEnd ? { kind: 'incomplete', pos: error.pos } : { kind: 'unexpected', token, pos: error.pos }
    // `echo <` and `if x; fi` cannot be completed any more.
    if (error.message === 'expected redirect target') return { kind: 'unexpected', token: 'newline', pos: error.pos }
    return { kind: 'incomplete', pos: source.length }
  }
  if (unexpected) return { kind: 'unexpected', token: tokenAt(source, unexpected.pos), pos: unexpected.pos }
  return { kind: 'unexpected', token, pos: error.pos }
}

function lostParenthesis(source: string, script: ParsedScript): SyntaxProblem | undefined {
  const last = script.commands[script.commands.length - 1]
  const rest = source.slice(last?.end ?? 0)
  const m = /^[ \t]*\(\s*$/.exec(rest)
  if (!m || !last) return undefined
  return { kind: 'unexpected', token: 'newline', pos: source.length }
}

/** The token that begins at `pos` (blanks skipped), in bash's wording: a word, an operator or `newline`. */
function tokenAt(source: string, pos: number): string {
  let i = pos
  while (source[i] === ' ' || source[i] === '\t') i++
  if (i >= source.length || source[i] === '\n') return 'newline'
  const op = /^(;;&|;;|;&|&&|\|\||\|&|<<<|<<-|<<|>>|<>|>\||&>>|&>|<&|>&|[;&|<>()])/.exec(source.slice(i, i + 3))
  if (op) return op[0]
  return /^[^\s;&|<>()]+/.exec(source.slice(i))?.[0] ?? source[i]
}

/** True when a here-document still waits for its delimiter. */
export function openHereDoc(script: ParsedScript): boolean {
  let open = false
  const visit = (node: SyntaxNode): void => {
    if (open) return
    if (node.type === 'HereDoc') {
      if (node.closing === undefined) open = true
      return
    }
    if (node.type === 'Word' || node.type === 'Assignment') return
    forEachChild(node, visit)
  }
  visit(script)
  return open
}

/** Calls back with every node below `node`, in source order. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node)
  forEachChild(node, (child) => walk(child, visit))
}

const words = new Map<string, readonly Word[]>()
const bodies = new Map<string, readonly WordPart[]>()

/** Parses text as the words of a command, e.g. after brace expansion. */
export function parseWords(text: string): readonly Word[] {
  let found = words.get(text)
  if (!found) {
    const command = parse(`: ${text}`).commands[0]?.command
    found = command?.type === 'Command' ? command.args.filter((w): w is Word => w.type === 'Word') : []
    if (words.size > 500) words.clear()
    words.set(text, found)
  }
  return found
}

/** Parses text as the inside of a here-document: expansions are active, quotes are not. */
export function parseBody(text: string): readonly WordPart[] {
  let found = bodies.get(text)
  if (!found) {
    const command = parse(`: <<'' <<_EOF_BODY_\n\n${text}\n_EOF_BODY_\n`).commands[0]?.command
    const doc = command?.type === 'Command' ? command.redirects[1] : undefined
    const parts = doc?.type === 'HereDoc' ? doc.body.parts : undefined
    found = parts ?? [{ type: 'Literal', pos: 0, end: text.length, value: text, text }]
    if (bodies.size > 500) bodies.clear()
    bodies.set(text, found)
  }
  return found
}
