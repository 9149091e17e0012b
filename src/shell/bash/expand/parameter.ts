import type { Coro } from '../../../kernel/index.ts'
import { ShellError } from '../control.ts'
import type { ParameterExpansionPart } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { elements, keys } from '../variables.ts'
import { elementIndex, evaluateText, fatalStatus, getElement, unbound } from './arith-scope.ts'
import type { FieldBuilder } from './fields.ts'
import { applyOperation } from './operations.ts'
import { expandString, wordInto } from './words.ts'

/** What a parameter reference yields: one value, or a list (`$@`, `${a[@]}`); `star` joins it in quotes. */
export type Value =
  | { readonly list?: undefined; readonly value: string | undefined }
  | { readonly list: string[]; readonly star: boolean }

/** `$x`, `$1`, `$?` … without braces. */
export function expandSimple(sh: Shell, builder: FieldBuilder, name: string, quoted: boolean): void {
  const value = special(sh, name) ?? { value: sh.vars.get(name) }
  emit(sh, builder, check(sh, name, value), quoted)
}

/** Puts a value into the word. */
function emit(sh: Shell, builder: FieldBuilder, value: Value, quoted: boolean): void {
  if (!value.list) {
    if (quoted) builder.quoted(value.value ?? '')
    else builder.expanded(value.value ?? '')
    return
  }
  if (quoted && value.star) {
    const ifs = sh.vars.get('IFS')
    builder.quoted(value.list.join(ifs === undefined ? ' ' : (ifs[0] ?? '')))
    return
  }
  value.list.forEach((item, i) => {
    if (i > 0) builder.end()
    if (quoted) builder.quoted(item)
    else builder.expanded(item)
  })
}

function check(sh: Shell, name: string, value: Value): Value {
  if (sh.option('nounset') && !value.list && value.value === undefined) throw unbound(sh, name)
  return value
}

/** Positional and special parameters; undefined for ordinary names. */
function special(sh: Shell, name: string): Value | undefined {
  if (/^\d+$/.test(name)) return { value: name === '0' ? sh.name : sh.args[Number(name) - 1] }
  switch (name) {
    case '@':
      return { list: sh.args, star: false }
    case '*':
      return { list: sh.args, star: true }
    case '#':
      return { value: String(sh.args.length) }
    case '?':
      return { value: String(sh.status) }
    case '$':
      return { value: String(sh.mainPid) }
    case '!':
      return { value: sh.lastBackground === undefined ? undefined : String(sh.lastBackground) }
    case '-':
      return { value: sh.flags() }
    default:
      return undefined
  }
}

interface Reference {
  readonly name: string
  readonly index: string | undefined
}

/** Reads a reference: a special parameter, a variable, an element, or a whole array. */
function readValue(sh: Shell, ref: Reference): Value {
  const own = special(sh, ref.name)
  if (own) return own
  if (ref.index === undefined) return { value: sh.vars.get(ref.name) ?? sh.arrayOf(ref.name)?.[0] }
  if (ref.index === '@' || ref.index === '*')
    return { list: sh.arrayOf(ref.name) ?? elements(sh.vars.lookup(ref.name)), star: ref.index === '*' }
  return { value: getElement(sh, ref.name, ref.index) }
}

/** `${…}` in all its forms. */
export function* expandParameter(
  sh: Shell,
  builder: FieldBuilder,
  part: ParameterExpansionPart,
  quoted: boolean,
): Coro {
  const op = part.operation
  if (
    op?.type === 'Unknown' ||
    !/^(\w+|[@*#?$!-])$/.test(part.parameter) ||
    (sh.dialect === 'dash' && isBashOnly(part)) ||
    (op?.type === 'Slice' && op.offset.text === '' && !op.length) ||
    part.index?.text === ''
  )
    throw badSubstitution(sh, part)
  let ref: Reference = {
    name: part.parameter,
    index: part.index ? yield* expandString(sh, part.index) : undefined,
  }
  if (part.prefix === '!') {
    if (op?.type === 'Names') {
      const names = sh.vars.names().filter((n) => n.startsWith(ref.name))
      return emit(sh, builder, { list: names, star: op.operator === '*' }, quoted)
    }
    if (!op && (ref.index === '@' || ref.index === '*'))
      return emit(sh, builder, { list: keys(sh.vars.lookup(ref.name)), star: ref.index === '*' }, quoted)
    const own = sh.vars.own(ref.name)
    if (own?.nameref) return emit(sh, builder, { value: own.value }, quoted)
    const target = readValue(sh, ref)
    const text = target.list ? target.list.join(' ') : target.value
    if (text === undefined || text === '') {
      if (op?.type !== 'Default') throw new ShellError(`${ref.name}: invalid indirect expansion`, 1, false, true)
    }
    const m = /^([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(.*)\])?$/s.exec(text ?? '')
    if (!m && text) throw new ShellError(`${text}: invalid variable name`, 1, false, true)
    ref = { name: m?.[1] ?? '', index: m?.[2] }
  }
  const value = readValue(sh, ref)
  if (part.prefix === '#') {
    check(sh, ref.name, value)
    const length = value.list ? value.list.length : [...(value.value ?? '')].length
    return emit(sh, builder, { value: String(length) }, quoted)
  }
  if (!op) return emit(sh, builder, check(sh, label(ref), value), quoted)
  if (op.type === 'Default') return yield* defaulted(sh, builder, part, ref, value, quoted)
  if (op.type === 'Slice' && (value.list || ref.name === '@' || ref.name === '*')) {
    return emit(
      sh,
      builder,
      { list: yield* sliceList(sh, ref, value.list ?? [], op), star: value.list ? value.star : false },
      quoted,
    )
  }
  check(sh, label(ref), value)
  emit(sh, builder, yield* applyOperation(sh, ref, value, op), quoted)
}

const label = (ref: Reference): string => (ref.index === undefined ? ref.name : `${ref.name}[${ref.index}]`)

const badSubstitution = (sh: Shell, part: { text: string }): ShellError =>
  new ShellError(
    sh.dialect === 'bash' ? `${part.text}: bad substitution` : 'Bad substitution',
    sh.dialect === 'bash' ? 1 : 2,
    sh.dialect !== 'bash',
    true,
  )

const isBashOnly = (part: ParameterExpansionPart): boolean =>
  part.prefix === '!' ||
  part.index !== undefined ||
  (part.operation !== undefined && part.operation.type !== 'Default' && part.operation.type !== 'Remove')

/** `-`, `:-`, `=`, `:=`, `+`, `:+`, `?`, `:?`. */
function* defaulted(
  sh: Shell,
  builder: FieldBuilder,
  part: ParameterExpansionPart,
  ref: Reference,
  value: Value,
  quoted: boolean,
): Coro {
  const op = part.operation
  if (op?.type !== 'Default') return
  const colon = op.operator.startsWith(':')
  const missing = value.list
    ? value.list.length === 0 || (colon && value.list.length === 1 && value.list[0] === '')
    : value.value === undefined || (colon && value.value === '')
  switch (op.operator.at(-1)) {
    case '+':
      if (!missing) yield* wordInto(sh, builder, op.operand, false, quoted)
      return
    case '-':
      if (missing) yield* wordInto(sh, builder, op.operand, false, quoted)
      else emit(sh, builder, value, quoted)
      return
    case '=': {
      if (!missing) return emit(sh, builder, value, quoted)
      const text = yield* expandString(sh, op.operand)
      if (special(sh, ref.name)) throw new ShellError(`$${ref.name}: cannot assign in this way`, 1, true)
      if (ref.index !== undefined) sh.vars.setElement(ref.name, elementIndex(sh, ref.name, ref.index), text)
      else sh.vars.set(ref.name, text)
      return emit(sh, builder, { value: text }, quoted)
    }
    default: {
      if (!missing) return emit(sh, builder, value, quoted)
      const text = yield* expandString(sh, op.operand)
      const fallback = colon
        ? 'parameter null or not set'
        : sh.dialect === 'bash'
          ? 'parameter not set'
          : 'parameter not set'
      throw new ShellError(`${label(ref)}: ${text || fallback}`, fatalStatus(sh), true)
    }
  }
}

function* sliceList(
  sh: Shell,
  ref: Reference,
  list: string[],
  op: Extract<ParameterExpansionPart['operation'], { type: 'Slice' }>,
): Coro<string[]> {
  const positional = ref.name === '@' || ref.name === '*'
  const all = positional ? [sh.name, ...list] : list
  let from = Number(yield* evaluateText(sh, op.offset.text))
  if (from < 0) from += all.length
  if (from < 0) return []
  const length = op.length ? Number(yield* evaluateText(sh, op.length.text)) : undefined
  if (length !== undefined && length < 0)
    throw new ShellError(`${op.length?.text}: substring expression < 0`, 1, false, true)
  return all.slice(from, length === undefined ? undefined : from + length)
}
