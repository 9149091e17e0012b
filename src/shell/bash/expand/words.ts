import type { Coro } from '../../../kernel/index.ts'
import { ShellError } from '../control.ts'
import { type ParameterExpansionPart, parseBody, parseWords, type Word, type WordPart } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { evaluateText } from './arith-scope.ts'
import { BraceLimit, expandBraces } from './brace.ts'
import { type Field, FieldBuilder } from './fields.ts'
import { glob } from './glob.ts'
import { expandParameter, expandSimple } from './parameter.ts'
import { hasGlob } from './pattern.ts'
import { commandSubstitution, processSubstitution } from './substitution.ts'
import { tildeLength, tildeValue } from './tilde.ts'

/** Everything between the words of a command line and its argv: braces, tildes, expansions, splitting, globs, quotes. */
export function* expandWords(sh: Shell, words: readonly Word[]): Coro<string[]> {
  const out: string[] = []
  for (const word of words) {
    if (isPlain(word)) out.push(word.value)
    else yield* expandInto(sh, word, out)
  }
  return out
}

/** A word that stands for itself. */
const isPlain = (word: Word): boolean =>
  word.parts === undefined && word.value === word.text && !/[~{*?[]/.test(word.text)

function* expandInto(sh: Shell, word: Word, out: string[]): Coro {
  if (sh.dialect !== 'dash' && word.text.includes('{') && sh.option('braceexpand')) {
    const texts = braces(word.text)
    if (texts.length !== 1 || texts[0] !== word.text) {
      for (const text of texts) {
        // An empty result (as in {,x}) is a word only when something quoted it.
        for (const w of text === '' ? [] : parseWords(text)) yield* expandFields(sh, w, out)
      }
      return
    }
  }
  yield* expandFields(sh, word, out)
}

function braces(text: string): string[] {
  try {
    return expandBraces(text)
  } catch (error) {
    if (error instanceof BraceLimit) throw new ShellError(`brace expansion: failed to allocate memory for elements`)
    throw error
  }
}

function* expandFields(sh: Shell, word: Word, out: string[]): Coro {
  const builder = new FieldBuilder(sh.vars.get('IFS') ?? ' \t\n', true)
  yield* wordInto(sh, builder, word, false)
  for (const field of builder.finish()) globInto(sh, field, out)
}

function globInto(sh: Shell, field: Field, out: string[]): void {
  if (sh.option('noglob') || !(hasGlob(field.pattern) || field.pattern === '**')) {
    out.push(field.text)
    return
  }
  const found = glob(sh.p, sh.cwd, field.pattern, {
    extglob: sh.shopts.has('extglob'),
    dotglob: sh.shopts.has('dotglob'),
    globstar: sh.shopts.has('globstar'),
    nocase: sh.shopts.has('nocaseglob'),
  })
  if (found.length > 0) out.push(...found)
  else if (sh.shopts.has('failglob')) throw new ShellError(`no match: ${field.text}`)
  else if (!sh.shopts.has('nullglob')) out.push(field.text)
}

/** Assignment values, redirect targets, `case` words: expanded but neither split nor globbed. */
export function* expandString(sh: Shell, word: Word, assignment = false): Coro<string> {
  if (isPlain(word)) return word.value
  return (yield* expandOne(sh, word, assignment)).text
}

/** A word as a pattern: what was quoted is escaped. */
export function* expandPattern(sh: Shell, word: Word): Coro<string> {
  return (yield* expandOne(sh, word, false)).pattern
}

function* expandOne(sh: Shell, word: Word, assignment: boolean): Coro<Field> {
  const builder = new FieldBuilder('', false)
  yield* wordInto(sh, builder, word, assignment)
  const fields = builder.finish()
  if (fields.length === 1) return fields[0]
  return {
    text: fields.map((f) => f.text).join(' '),
    pattern: fields.map((f) => f.pattern).join(' '),
    quoted: true,
  }
}

/** The operand of `${x:-word}`: joins the word under construction, so its pieces split like the rest. */
export function* wordInto(sh: Shell, builder: FieldBuilder, word: Word, assignment: boolean, inQuotes = false): Coro {
  if (!word.parts) {
    if (inQuotes) builder.quoted(word.value)
    else literalInto(sh, builder, word.text, true, assignment)
    return
  }
  let first = true
  for (const part of word.parts) {
    if (part.type === 'Literal' && !inQuotes) literalInto(sh, builder, part.text, first, assignment)
    else yield* partInto(sh, builder, part, inQuotes)
    first = false
  }
}

/** Unquoted literal text: backslashes escape, a leading tilde expands. */
function literalInto(sh: Shell, builder: FieldBuilder, text: string, start: boolean, assignment: boolean): void {
  let i = 0
  const tilde = (at: number): number => {
    const length = tildeLength(text, at, assignment)
    const value = length > 0 ? tildeValue(sh, text.slice(at + 1, at + length)) : undefined
    if (value === undefined) return at
    builder.escaped(value)
    return at + length
  }
  if (start && text[0] === '~') i = tilde(0)
  let from = i
  for (; i < text.length; i++) {
    const ch = text[i]
    if (ch === '\\') {
      builder.plain(text.slice(from, i))
      const next = text.codePointAt(i + 1)
      if (next === undefined) builder.escaped('\\')
      else if (next !== 10) builder.escaped(String.fromCodePoint(next))
      i += next !== undefined && next > 0xffff ? 2 : 1
      from = i + 1
    } else if (assignment && ch === ':' && text[i + 1] === '~') {
      builder.plain(text.slice(from, i + 1))
      from = tilde(i + 1)
      i = from - 1
    }
  }
  builder.plain(text.slice(from))
}

function* partInto(sh: Shell, builder: FieldBuilder, part: WordPart, quoted: boolean): Coro {
  switch (part.type) {
    case 'Literal':
      if (quoted) builder.quoted(part.value)
      else literalInto(sh, builder, part.text, false, false)
      return
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      builder.quoted(part.value)
      return
    case 'DoubleQuoted':
    case 'LocaleString': {
      // "$@" without arguments is no word at all; everything else in quotes is one, however empty.
      const alone = part.parts.length === 1 ? part.parts[0] : undefined
      if (!alone || !isAt(alone)) builder.quoted('')
      for (const child of part.parts) yield* partInto(sh, builder, child, true)
      return
    }
    case 'SimpleExpansion':
      expandSimple(sh, builder, part.text.slice(1), quoted)
      return
    case 'ParameterExpansion':
      yield* expandParameter(sh, builder, part, quoted)
      return
    case 'CommandExpansion': {
      const text = yield* commandSubstitution(sh, part)
      if (quoted) builder.quoted(text)
      else builder.expanded(text)
      return
    }
    case 'ArithmeticExpansion': {
      const source = part.text.startsWith('$[') ? part.text.slice(2, -1) : part.text.slice(3, -2)
      const value = String(yield* evaluateText(sh, source))
      if (quoted) builder.quoted(value)
      else builder.expanded(value)
      return
    }
    case 'ProcessSubstitution':
      builder.quoted(yield* processSubstitution(sh, part))
      return
    case 'Glob':
      if (part.kind === 'bracket' && part.parts.some((p) => p.type !== 'Literal')) {
        builder.plain(part.text.startsWith('[!') || part.text.startsWith('[^') ? part.text.slice(0, 2) : '[')
        for (const [i, p] of part.parts.entries()) {
          const text = i === 0 && p.type === 'Literal' ? p.text.replace(/^[!^]/, '') : undefined
          if (text !== undefined) builder.plain(text)
          else yield* partInto(sh, builder, p, false)
        }
        builder.plain(']')
      } else builder.plain(part.text)
      return
    case 'ExtendedGlob':
      if (part.parts) {
        builder.plain(`${part.operator}(`)
        for (const p of part.parts) yield* partInto(sh, builder, p, false)
        builder.plain(')')
      } else builder.plain(part.text)
      return
    case 'BraceExpansion':
      if (part.parts) {
        // Not a brace expansion after all ({1..$n}): its text, with what expands in it.
        builder.plain('{')
        for (const p of part.parts) yield* partInto(sh, builder, p, false)
        builder.plain('}')
      } else literalInto(sh, builder, part.text, false, false)
      return
  }
}

const isAt = (part: WordPart): boolean =>
  (part.type === 'SimpleExpansion' && part.text === '$@') ||
  (part.type === 'ParameterExpansion' && part.prefix !== '#' && atList(part))

const atList = (part: ParameterExpansionPart): boolean =>
  (part.parameter === '@' || part.index?.value === '@') && part.operation?.type !== 'Default'

/** Here-document bodies and other text where expansions are active but quotes are not. */
export function* expandBody(sh: Shell, parts: readonly WordPart[]): Coro<string> {
  const builder = new FieldBuilder('', false)
  for (const part of parts) yield* partInto(sh, builder, part, true)
  return builder
    .finish()
    .map((f) => f.text)
    .join(' ')
}

/** Expands raw text as if it stood in a here-document. */
export function* expandText(sh: Shell, text: string): Coro<string> {
  if (!/[$`\\]/.test(text)) return text
  // A here-document's body ends with a line break.
  return (yield* expandBody(sh, parseBody(text))).replace(/\n$/, '')
}
