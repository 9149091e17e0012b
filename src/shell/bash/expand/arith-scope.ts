import type { Coro } from '../../../kernel/index.ts'
import { ShellError } from '../control.ts'
import type { Shell } from '../shell.ts'
import { keys } from '../variables.ts'
import { ArithmeticError, type ArithmeticScope, evaluate } from './arithmetic.ts'
import { expandText } from './words.ts'

/** Gives arithmetic the shell's variables. */
function arithmeticScope(sh: Shell): ArithmeticScope {
  return {
    get(name, index) {
      if (index !== undefined) return getElement(sh, name, index)
      const value = sh.vars.get(name)
      if (value === undefined && sh.option('nounset')) throw unbound(sh, name)
      return value
    },
    set(name, index, value) {
      if (index !== undefined) setElement(sh, name, index, value)
      else sh.vars.set(name, value)
    },
  }
}

/** The error of `set -u`. */
export const unbound = (sh: Shell, name: string): ShellError =>
  new ShellError(
    sh.dialect === 'bash' ? `${name}: unbound variable` : `${name}: parameter not set`,
    fatalStatus(sh),
    true,
  )

/** How a shell ends over a parameter that must be set: bash says 127 only for -c. */
export const fatalStatus = (sh: Shell): number => (sh.dialect !== 'bash' ? 2 : sh.fromString ? 127 : 1)

/** Evaluates an already expanded expression. Throws ShellError. */
export function evaluateNow(sh: Shell, source: string, label = ''): bigint {
  try {
    return evaluate(source, arithmeticScope(sh))
  } catch (error) {
    if (error instanceof ArithmeticError && sh.dialect === 'dash') {
      const what = /division by 0/.test(error.message) ? 'division by zero' : 'expecting primary'
      throw new ShellError(`arithmetic expression: ${what}: "${source}"`, 2, true)
    }
    if (error instanceof ArithmeticError && sh.dialect === 'ash') throw new ShellError('arithmetic syntax error', 2)
    if (error instanceof ArithmeticError) throw new ShellError(label + error.message, 1, false, label === '')
    throw error
  }
}

/** Expands and evaluates an expression as it was written. Double quotes in it mean nothing. */
export function* evaluateText(sh: Shell, source: string, label = ''): Coro<bigint> {
  const text = source.includes('"') ? source.replaceAll('"', '') : source
  return evaluateNow(sh, yield* expandText(sh, text), label)
}

/** Index of an array element: a key for associative arrays, otherwise an expression; negative counts from the end. */
export function elementIndex(sh: Shell, name: string, index: string): number | string {
  const v = sh.vars.lookup(name)
  if (v?.assoc) return index.replace(/^(["'])(.*)\1$/s, '$2')
  let n = Number(evaluateNow(sh, index))
  if (n < 0) {
    const last = Number(keys(v).at(-1) ?? -1)
    n += last + 1
    if (n < 0) throw new ShellError(`${name}[${index}]: bad array subscript`, 1, false, true)
  }
  return n
}

/** An array's element; the subscript is arithmetic or, of associative arrays, a key. */
export function getElement(sh: Shell, name: string, index: string): string | undefined {
  const v = sh.vars.lookup(name)
  const dynamic = v ? undefined : sh.arrayOf(name)
  if (dynamic) return dynamic[Number(evaluateNow(sh, index))]
  if (!v) return undefined
  const at = elementIndex(sh, name, index)
  if (typeof at === 'string') return v.assoc?.get(at)
  return v.array ? v.array.get(at) : at === 0 ? v.value : undefined
}

/** Assigns `name[index]`; the index is an expression, or a key of an associative array. */
export function setElement(sh: Shell, name: string, index: string, value: string): void {
  sh.vars.setElement(name, elementIndex(sh, name, index), value)
}
