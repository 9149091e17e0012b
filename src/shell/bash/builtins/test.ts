import { ShellError } from '../control.ts'
import { compare } from '../exec/test.ts'
import type { Shell } from '../shell.ts'
import { BINARY_TESTS, FILE_OPERATORS, fileTest } from '../test-file.ts'
import type { Builtin } from './index.ts'

/** POSIX test: the number of arguments decides; more than four are parsed with -a, -o, ! and parentheses. */
function evaluate(sh: Shell, args: readonly string[], closing?: string): boolean {
  switch (args.length) {
    case 0:
      return false
    case 1:
      return args[0] !== ''
    case 2:
      if (args[0] === '!') return args[1] === ''
      if (FILE_OPERATORS.test(args[0])) return unary(sh, args[0], args[1])
      throw new ShellError(`${args[0]}: unary operator expected`, 2)
    case 3:
      if (BINARY_TESTS.has(args[1])) return binary(sh, args[0], args[1], args[2])
      if (args[1] === '-a') return args[0] !== '' && args[2] !== ''
      if (args[1] === '-o') return args[0] !== '' || args[2] !== ''
      if (args[0] === '!') return !evaluate(sh, args.slice(1))
      if (args[0] === '(' && args[2] === ')') return evaluate(sh, args.slice(1, 2))
      if (sh.dialect === 'dash') throw new ShellError(`${args[0]}: unexpected operator`, 2)
      throw new ShellError(`${args[1]}: binary operator expected`, 2)
    case 4:
      if (args[0] === '!') return !evaluate(sh, args.slice(1))
      if (args[0] === '(' && args[3] === ')') return evaluate(sh, args.slice(1, 3))
  }
  return new Parser(sh, args, closing).run()
}

function unary(sh: Shell, op: string, operand: string): boolean {
  if (op === '-t' && !/^\d+$/.test(operand)) throw new ShellError(`${operand}: integer expression expected`, 2)
  return fileTest(sh, op, operand)
}

function integer(sh: Shell, text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text))
    throw new ShellError(
      sh.dialect === 'dash'
        ? `Illegal number: ${text}`
        : sh.dialect === 'ash'
          ? `${text}: bad number`
          : `${text}: integer expression expected`,
      2,
    )
  const value = BigInt(text.trim().replace(/^\+/, ''))
  if (BigInt.asIntN(64, value) !== value && sh.dialect === 'bash')
    throw new ShellError(`${text}: integer expression expected`, 2)
  return value
}

function binary(sh: Shell, a: string, op: string, b: string): boolean {
  switch (op) {
    case '=':
    case '==':
      if (op === '==' && sh.dialect === 'dash') throw new ShellError(`${a}: unexpected operator`, 2)
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '>':
      return a > b
    case '-nt':
    case '-ot':
    case '-ef':
      return fileTest(sh, op, a, b)
    default:
      return compare(op, integer(sh, a), integer(sh, b))
  }
}

class Parser {
  private i = 0
  private readonly sh: Shell
  private readonly args: readonly string[]
  private readonly closing: string | undefined

  constructor(sh: Shell, args: readonly string[], closing: string | undefined) {
    this.sh = sh
    this.args = args
    this.closing = closing
  }

  run(): boolean {
    const value = this.or()
    if (this.i < this.args.length) throw new ShellError('too many arguments', 2)
    return value
  }

  private or(): boolean {
    let value = this.and()
    while (this.args[this.i] === '-o') {
      this.i++
      const right = this.and()
      value = value || right
    }
    return value
  }

  private and(): boolean {
    let value = this.not()
    while (this.args[this.i] === '-a') {
      this.i++
      const right = this.not()
      value = value && right
    }
    return value
  }

  private not(): boolean {
    if (this.args[this.i] === '!') {
      this.i++
      return !this.not()
    }
    return this.primary()
  }

  private primary(): boolean {
    const [a, op, b] = this.args.slice(this.i, this.i + 3)
    if (a === undefined) throw new ShellError('argument expected', 2)
    if (a === '(' && op !== undefined) {
      this.i++
      const value = this.or()
      if (this.args[this.i] !== ')') {
        const found = this.args[this.i] ?? this.closing
        throw new ShellError(found === undefined ? "`)' expected" : `\`)' expected, found ${found}`, 2)
      }
      this.i++
      return value
    }
    if (op !== undefined && b !== undefined && BINARY_TESTS.has(op)) {
      this.i += 3
      return binary(this.sh, a, op, b)
    }
    if (FILE_OPERATORS.test(a) && op !== undefined) {
      this.i += 2
      return unary(this.sh, a, op)
    }
    this.i++
    return a !== ''
  }
}

export const testBuiltins: Record<string, Builtin> = {
  test: (sh, argv) => (evaluate(sh, argv.slice(1)) ? 0 : 1),
  '[': (sh, argv) => {
    if (argv[argv.length - 1] !== ']') throw new ShellError(sh.dialect === 'dash' ? 'missing ]' : "missing `]'", 2)
    return evaluate(sh, argv.slice(1, -1), ']') ? 0 : 1
  },
}
