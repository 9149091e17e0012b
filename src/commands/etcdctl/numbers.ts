import type { Id } from '../../etcd/ids.ts'
import { goQuote } from '../../print/index.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'

/** What strconv finds wrong with a number; undefined when nothing is. */
function problem(fn: string, text: string, digits: RegExp, base: string, max: bigint, min: bigint): string | undefined {
  if (!digits.test(text)) return `strconv.${fn}: parsing ${goQuote(text)}: invalid syntax`
  const negative = text.startsWith('-')
  const value = BigInt(base + text.replace(/^[-+]/, '')) * (negative ? -1n : 1n)
  return value > max || value < min ? `strconv.${fn}: parsing ${goQuote(text)}: value out of range` : undefined
}

const INT64_MAX = 2n ** 63n - 1n

/** strconv.ParseInt in base 10, whose error is the message as it is. */
export function parseInteger(text: string, fail = (why: string): ExitError => new ExitError(EXIT.error, why)): number {
  const why = problem('ParseInt', text, /^[-+]?\d+$/, '', INT64_MAX, -INT64_MAX - 1n)
  if (why) throw fail(why)
  return Number(text)
}

const hex = (text: string): Id => text.toLowerCase().replace(/^\+?0*(?=.)/, '')

/** strconv.ParseInt in base 16: the ID of a lease. `tell`: the message with what is wrong. */
export function parseHexInt(text: string, tell: (why: string) => string): Id {
  const why = problem('ParseInt', text, /^[-+]?[0-9a-fA-F]+$/, '0x', INT64_MAX, -INT64_MAX - 1n)
  if (why) throw badArgs(tell(why))
  if (!text.startsWith('-')) return hex(text)
  return BigInt.asUintN(64, -BigInt(`0x${text.slice(1)}`)).toString(16)
}

/** strconv.ParseUint in base 16: the ID of a member. */
export function parseHexUint(text: string, tell: (why: string) => string): Id {
  const why = problem('ParseUint', text, /^[0-9a-fA-F]+$/, '0x', 2n ** 64n - 1n, 0n)
  if (why) throw badArgs(tell(why))
  return hex(text)
}
