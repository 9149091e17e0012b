import type { Coro } from '../../../kernel/index.ts'
import { decodeAnsiC } from '../../text/escape.ts'
import { arrayText } from '../array-text.ts'
import { ShellError } from '../control.ts'
import type { ParameterExpansionPart } from '../parse.ts'
import { quoteDouble, quoteWord } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { keys } from '../variables.ts'
import { evaluateText } from './arith-scope.ts'
import type { Value } from './parameter.ts'
import { patternSource } from './pattern.ts'
import { expandPattern, expandText } from './words.ts'

type Operation = NonNullable<ParameterExpansionPart['operation']>

/** Applies an operator to a value, or to each element of a list. */
export function* applyOperation(
  sh: Shell,
  ref: { name: string; index: string | undefined },
  value: Value,
  op: Operation,
): Coro<Value> {
  const change = yield* changer(sh, ref, op)
  // ${a[@]@A} declares the whole array, once.
  // @K and @k pair keys with values: in one word, or as words of their own.
  if (value.list && op.type === 'Transform' && /^[Kk]$/.test(op.operand.text) && ref.index !== undefined) {
    const names = keys(sh.vars.lookup(ref.name))
    if (op.operand.text === 'k') return { list: value.list.flatMap((v, i) => [names[i], v]), star: value.star }
    return { list: [value.list.map((v, i) => `${names[i]} ${quoteDouble(v)}`).join(' ')], star: value.star }
  }
  if (value.list && op.type === 'Transform' && op.operand.text === 'A') return { list: [change('')], star: value.star }
  if (value.list) return { list: value.list.map(change), star: value.star }
  return { value: value.value === undefined ? undefined : change(value.value) }
}

function* changer(
  sh: Shell,
  ref: { name: string; index: string | undefined },
  op: Operation,
): Coro<(text: string) => string> {
  const extglob = sh.shopts.has('extglob')
  switch (op.type) {
    case 'Remove':
      return removal(op.operator, yield* expandPattern(sh, op.operand), extglob)
    case 'Replace': {
      const pattern = yield* expandPattern(sh, op.pattern)
      const replacement = yield* expandPattern(sh, op.replacement)
      return replacer(op.operator, pattern, replacement, extglob)
    }
    case 'Slice': {
      const offset = Number(yield* evaluateText(sh, op.offset.text))
      const length = op.length ? Number(yield* evaluateText(sh, op.length.text)) : undefined
      return (text) => substring(text, offset, length, op.length?.text ?? '')
    }
    case 'CaseModification': {
      const pattern = op.operand ? yield* expandPattern(sh, op.operand) : '?'
      const regex = new RegExp(`^(?:${patternSource(pattern || '?', { extglob })})$`, 'u')
      const upper = op.operator.startsWith('^')
      const all = op.operator.length === 2
      return (text) =>
        [...text]
          .map((c, i) => ((all || i === 0) && regex.test(c) ? (upper ? c.toUpperCase() : c.toLowerCase()) : c))
          .join('')
    }
    case 'Transform': {
      const prompt = op.operand.text === 'P'
      const how = op.operand.text
      if (prompt) return (text) => text
      if (how === 'A' || how === 'a') return (text) => attributes(sh, ref, how, text)
      return (text) => transform(text, how)
    }
    default:
      yield* expandText(sh, '')
      return (text) => text
  }
}

function removal(operator: string, pattern: string, extglob: boolean): (text: string) => string {
  const source = patternSource(pattern, { extglob, lazy: operator === '#' })
  if (operator.startsWith('#')) {
    const regex = new RegExp(`^(?:${source})`, 'u')
    return (text) => text.replace(regex, '')
  }
  const regex = new RegExp(`(?:${source})$`, 'uy')
  return (text) => {
    const at = (i: number): boolean => {
      regex.lastIndex = i
      return regex.test(text)
    }
    if (operator === '%%') {
      for (let i = 0; i <= text.length; i++) if (at(i)) return text.slice(0, i)
    } else {
      for (let i = text.length; i >= 0; i--) if (at(i)) return text.slice(0, i)
    }
    return text
  }
}

function replacer(operator: string, pattern: string, replacement: string, extglob: boolean): (text: string) => string {
  if (pattern === '' && operator !== '/#' && operator !== '/%') return (text) => text
  const source = patternSource(pattern, { extglob })
  const regex =
    operator === '/#'
      ? new RegExp(`^(?:${source})`, 'u')
      : operator === '/%'
        ? new RegExp(`(?:${source})$`, 'u')
        : new RegExp(source, operator === '//' ? 'gu' : 'u')
  // An unquoted & in the replacement is what matched (patsub_replacement).
  const substitute = (match: string): string =>
    replacement.replace(
      /\\([\s\S])|&/g,
      (whole, quoted: string | undefined) => quoted ?? (whole === '&' ? match : whole),
    )
  return (text) => text.replace(regex, (match) => (operator === '//' && match === '' ? '' : substitute(match)))
}

function substring(text: string, offset: number, length: number | undefined, shown: string): string {
  const chars = [...text]
  let from = offset
  if (from < 0) from += chars.length
  if (from < 0 || from > chars.length) return ''
  if (length === undefined) return chars.slice(from).join('')
  const to = length < 0 ? chars.length + length : from + length
  if (to < from) throw new ShellError(`${shown}: substring expression < 0`, 1, false, true)
  return chars.slice(from, to).join('')
}

function transform(text: string, how: string): string {
  switch (how) {
    case 'Q':
    case 'K':
    case 'k':
      return quoteWord(text, true)
    case 'U':
      return text.toUpperCase()
    case 'u':
      return text.charAt(0).toUpperCase() + text.slice(1)
    case 'L':
      return text.toLowerCase()
    case 'E':
      return decodeAnsiC(text)
    default:
      return text
  }
}

function attributes(sh: Shell, ref: { name: string; index: string | undefined }, how: string, text: string): string {
  const { name } = ref
  const v = sh.vars.lookup(name)
  if (!v) return ''
  const flags = [
    v.array ? 'a' : '',
    v.assoc ? 'A' : '',
    v.integer ? 'i' : '',
    v.lower ? 'l' : '',
    v.readonly ? 'r' : '',
    v.upper ? 'u' : '',
    v.exported ? 'x' : '',
  ].join('')
  if (how === 'a') return flags
  const whole = ref.index === '@' || ref.index === '*'
  const value = whole && (v.array || v.assoc) ? arrayText(v) : quoteWord(text, true)
  return flags === '' ? `${name}=${value}` : `declare -${flags} ${name}=${value}`
}
