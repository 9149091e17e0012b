import { defineTool } from '../command.ts'
import { UsageError } from '../options.ts'
import { curly } from '../text/quotes.ts'
import { posixRegex, RegexError } from '../text/regex.ts'

/** A mistake in an expression, in the words of coreutils 9.4. */
class ExprError extends Error {}

const INTEGER = /^-?\d+$/

/** Reads and evaluates the operands, weakest operator first. */
class Expression {
  private i = 0

  constructor(private readonly args: readonly string[]) {}

  value(): string {
    const value = this.level(0)
    if (this.i < this.args.length) throw new ExprError(`syntax error: unexpected argument ${curly(this.args[this.i])}`)
    return value
  }

  private level(n: number): string {
    const operators = LEVELS[n]
    if (!operators) return this.unary()
    let left = this.level(n + 1)
    for (let op = this.args[this.i]; operators.includes(op); op = this.args[this.i]) {
      this.i++
      left = apply(op, left, this.level(n + 1))
    }
    return left
  }

  private next(): string {
    const arg = this.args[this.i++]
    if (arg === undefined) throw new ExprError(`syntax error: missing argument after ${curly(this.args.at(-1)!)}`)
    return arg
  }

  private unary(): string {
    const word = this.next()
    switch (word) {
      case '+':
        return this.next()
      case '(': {
        const value = this.level(0)
        if (this.args[this.i] === undefined)
          throw new ExprError(`syntax error: expecting ')' after ${curly(this.args[this.i - 1])}`)
        if (this.args[this.i++] !== ')')
          throw new ExprError(`syntax error: expecting ')' instead of ${curly(this.args[this.i - 1])}`)
        return value
      }
      case ')':
        throw new ExprError("syntax error: unexpected ')'")
      case 'length':
        return String([...this.unary()].length)
      case 'match':
        return match(this.unary(), this.unary())
      case 'index': {
        const [text, letters] = [[...this.unary()], this.unary()]
        return String(text.findIndex((c) => letters.includes(c)) + 1)
      }
      case 'substr': {
        const [text, from, length] = [this.unary(), Number(this.unary()), Number(this.unary())]
        return from >= 1 && length >= 1 ? [...text].slice(from - 1, from - 1 + length).join('') : ''
      }
      default:
        return word
    }
  }
}

const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<', '<=', '=', '==', '!=', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
]

const empty = (text: string): boolean => text === '' || /^-?0+$/.test(text)

function apply(op: string, left: string, right: string): string {
  switch (op) {
    case '|':
      return empty(left) ? (empty(right) ? '0' : right) : left
    case '&':
      return empty(left) || empty(right) ? '0' : left
    case ':':
      return match(left, right)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%': {
      if (!INTEGER.test(left) || !INTEGER.test(right)) throw new ExprError('non-integer argument')
      const [a, b] = [BigInt(left), BigInt(right)]
      if ((op === '/' || op === '%') && b === 0n) throw new ExprError('division by zero')
      return String(op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : op === '/' ? a / b : a % b)
    }
    default:
      return compare(op, left, right) ? '1' : '0'
  }
}

function compare(op: string, left: string, right: string): boolean {
  const numbers = INTEGER.test(left) && INTEGER.test(right)
  const [a, b] = numbers ? [BigInt(left), BigInt(right)] : [left, right]
  switch (op) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>=':
      return a >= b
    case '>':
      return a > b
    case '!=':
      return a !== b
    default:
      return a === b
  }
}

/** `text : regex`, anchored at the start: the first group, or how many characters match. */
function match(text: string, pattern: string): string {
  let found: RegExpExecArray | null
  let groups: number
  try {
    const regex = posixRegex(`^${pattern.replace(/^\^/, '')}`)
    groups = new RegExp(`${regex.source}|`, regex.flags).exec('')!.length - 1
    found = regex.exec(text)
  } catch (error) {
    if (error instanceof RegexError) throw new ExprError(error.message)
    throw error
  }
  if (groups > 0) return found?.[1] ?? ''
  return String(found ? [...found[0]].length : 0)
}

export const expr = defineTool({
  name: 'expr',
  summary: 'Print the value of EXPRESSION to standard output.',
  usage: 'EXPRESSION\nOPTION',
  usageStatus: 2,
  ordered: true,
  // Nothing but a lone --help or --version is an option: `expr -1 + 2`.
  legacy: (argv) => (argv.length === 1 && /^--(help|version)$/.test(argv[0]) ? argv : ['--', ...argv]),
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    try {
      const value = new Expression(t.args).value()
      t.line(value)
      return empty(value) ? 1 : 0
    } catch (error) {
      if (error instanceof ExprError) return t.fail(error.message, 2)
      throw error
    }
  },
})
