import type { Coro } from '../../../kernel/index.ts'
import { posixRegex, RegexError } from '../../text/regex.ts'
import { Unwind } from '../control.ts'
import { evaluateNow } from '../expand/arith-scope.ts'
import { matches } from '../expand/pattern.ts'
import { expandPattern, expandString } from '../expand/words.ts'
import type { TestExpression } from '../parse.ts'
import { quoteWord } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { fileTest } from '../test-file.ts'
import { reported } from './run.ts'
import { traceCommand } from './trace.ts'

/** A regular expression that is not one: `[[` answers 2. */
class BadRegex extends Unwind {}

/** `[[ … ]]` */
export function* runTest(sh: Shell, expression: TestExpression): Coro<number> {
  return yield* reported(sh, function* () {
    try {
      return (yield* holds(sh, expression)) ? 0 : 1
    } catch (error) {
      if (error instanceof BadRegex) return 2
      throw error
    }
  })
}

function* holds(sh: Shell, e: TestExpression): Coro<boolean> {
  switch (e.type) {
    case 'TestGroup':
      return yield* holds(sh, e.expression)
    case 'TestNot': {
      const value = yield* holds(sh, e.operand)
      return e.negations.length % 2 === 1 ? !value : value
    }
    case 'TestLogical': {
      for (const operand of e.operands)
        if ((yield* holds(sh, operand)) !== (e.operator === '&&')) return e.operator !== '&&'
      return e.operator === '&&'
    }
    case 'TestUnary': {
      const operand = yield* expandString(sh, e.operand)
      if (sh.option('xtrace')) traceCommand(sh, `[[ ${e.operator} ${quoteWord(operand)} ]]`)
      return fileTest(sh, e.operator, operand)
    }
    case 'TestBinary':
      return yield* binary(sh, e)
  }
}

function* binary(sh: Shell, e: Extract<TestExpression, { type: 'TestBinary' }>): Coro<boolean> {
  const left = yield* expandString(sh, e.left)
  const traced = (right: string): string => {
    if (sh.option('xtrace')) traceCommand(sh, `[[ ${quoteWord(left)} ${e.operator} ${right} ]]`)
    return right
  }
  const icase = sh.shopts.has('nocasematch')
  switch (e.operator) {
    case '=':
    case '==':
      return matches(left, traced(yield* expandPattern(sh, e.right)), { extglob: true, icase })
    case '!=':
      return !matches(left, traced(yield* expandPattern(sh, e.right)), { extglob: true, icase })
    case '=~':
      return match(sh, left, traced(yield* expandPattern(sh, e.right)), icase)
    case '<':
      return left < traced(yield* expandString(sh, e.right))
    case '>':
      return left > traced(yield* expandString(sh, e.right))
    case '-eq':
    case '-ne':
    case '-lt':
    case '-le':
    case '-gt':
    case '-ge': {
      const a = evaluateNow(sh, left, '[[: ')
      const b = evaluateNow(sh, traced(yield* expandString(sh, e.right)), '[[: ')
      return compare(e.operator, a, b)
    }
    default:
      return fileTest(sh, e.operator, left, traced(yield* expandString(sh, e.right)))
  }
}

/** The arithmetic operators of `test` and `[[`. */
export function compare(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b
    case '-ne':
      return a !== b
    case '-lt':
      return a < b
    case '-le':
      return a <= b
    case '-gt':
      return a > b
    default:
      return a >= b
  }
}

/** Quoted parts of the pattern match literally: their escapes are exactly those of a regular expression. */
function match(sh: Shell, text: string, pattern: string, icase: boolean): boolean {
  let regex: RegExp
  try {
    regex = posixRegex(pattern.replace(/\\([-!@&])/g, '$1'), { extended: true, icase })
  } catch (error) {
    if (error instanceof RegexError) throw new BadRegex()
    throw error
  }
  const m = regex.exec(text)
  sh.vars.define('BASH_REMATCH', { array: new Map((m ?? []).map((g, i) => [i, g ?? ''])) })
  return m !== null
}
