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

/** The syntax tree. The parser forgives much: whether the source is a program at all, `judge` says. */
export const parseScript = (source: string): ParsedScript => parse(source)

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
