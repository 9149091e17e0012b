import type { Coro } from '../../../kernel/index.ts'
import { ShellError } from '../control.ts'
import { elementIndex, evaluateNow } from '../expand/arith-scope.ts'
import { expandString, expandWords } from '../expand/words.ts'
import { type ArrayValue, type Assignment, parseWords } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { elements, ReadonlyError, type Variable } from '../variables.ts'

/** The shell keeps no larger value; the real one would die of it a little later. */
const MAX_VALUE = 64 << 20

/** `x=1`, `x+=1`, `a[i]=1`, `a=(1 2)`. Returns the value for `set -x`. */
export function* assign(sh: Shell, node: Assignment): Coro<string> {
  if (node.value.type === 'ArrayValue' && node.index)
    throw new ShellError(`${node.name}[${node.index.text}]: cannot assign list to array member`, 1, false, true)
  if (node.value.type === 'ArrayValue') return yield* assignArray(sh, node.name, node.value, node.append ?? false)
  const text = yield* expandString(sh, node.value, true)
  const index = node.index ? yield* expandString(sh, node.index) : undefined
  assignText(sh, node.name, text, { append: node.append, index })
  return text
}

/** Assigns an expanded value, honouring += and the integer attribute. */
export function assignText(
  sh: Shell,
  name: string,
  text: string,
  how: { append?: boolean; index?: string } = {},
): void {
  const v = sh.vars.lookup(name)
  if (how.index === '') throw new ShellError(`${name}[]: bad array subscript`, 1, false, true)
  const at = how.index === undefined ? undefined : elementIndex(sh, name, how.index)
  if (how.index !== undefined && /^[@*]$/.test(how.index))
    throw new ShellError(`${name}[${how.index}]: bad array subscript`)
  const old =
    at === undefined
      ? sh.vars.get(name)
      : typeof at === 'string'
        ? v?.assoc?.get(at)
        : (v?.array?.get(at) ?? (at === 0 ? v?.value : undefined))
  let value = text
  if (v?.integer) {
    const number = evaluateNow(sh, text)
    value = String(how.append ? BigInt(old || '0') + number : number)
  } else if (how.append) value = (old ?? '') + text
  if (value.length > MAX_VALUE) throw new ShellError(`xrealloc: cannot allocate ${value.length} bytes`, 2, true)
  if (at === undefined) sh.vars.set(name, value)
  else sh.vars.setElement(name, at, value)
  if (sh.option('allexport')) sh.vars.export(name)
}

function* assignArray(sh: Shell, name: string, value: ArrayValue, append: boolean): Coro<string> {
  const v = sh.vars.lookup(name)
  if (v?.readonly) throw new ReadonlyError(name)
  if (v?.assoc) return yield* assignAssociative(sh, name, value, append, v)
  const array = new Map<number, string>(append ? (v?.array ?? (v?.value !== undefined ? [[0, v.value]] : [])) : [])
  let next = Math.max(-1, ...array.keys()) + 1
  const store = (i: number, text: string): void => {
    array.set(i, v?.integer ? String(evaluateNow(sh, text)) : text)
    next = i + 1
  }
  for (const element of value.elements) {
    const keyed = /^\[([^\]]*)\](\+?)=/s.exec(element.text)
    if (keyed) {
      const i = Number(evaluateNow(sh, yield* expandedKey(sh, keyed[1])))
      const text = yield* expandedValue(sh, element.text.slice(keyed[0].length))
      store(i, keyed[2] ? (array.get(i) ?? '') + text : text)
      continue
    }
    for (const text of yield* expandWords(sh, [element])) store(next, text)
  }
  sh.vars.define(sh.vars.resolve(name), { ...v, value: undefined, array })
  return `(${elements({ array }).join(' ')})`
}

function* assignAssociative(sh: Shell, name: string, value: ArrayValue, append: boolean, v: Variable): Coro<string> {
  const assoc = new Map(append ? v.assoc : [])
  const plain: string[] = []
  for (const element of value.elements) {
    const keyed = /^\[((?:"[^"]*"|'[^']*'|[^\]"'])*)\](\+?)=/s.exec(element.text)
    if (!keyed) {
      plain.push(...(yield* expandWords(sh, [element])))
      continue
    }
    const key = yield* expandedKey(sh, keyed[1])
    const text = yield* expandedValue(sh, element.text.slice(keyed[0].length))
    assoc.set(key, keyed[2] ? (assoc.get(key) ?? '') + text : text)
  }
  for (let i = 0; i < plain.length; i += 2) assoc.set(plain[i], plain[i + 1] ?? '')
  sh.vars.define(sh.vars.resolve(name), { ...v, value: undefined, assoc })
  return `(${[...assoc.values()].join(' ')})`
}

function* expandedKey(sh: Shell, text: string): Coro<string> {
  const word = parseWords(text)[0]
  return word ? yield* expandString(sh, word) : ''
}

function* expandedValue(sh: Shell, text: string): Coro<string> {
  const word = text === '' ? undefined : parseWords(text)[0]
  return word ? yield* expandString(sh, word, true) : ''
}
