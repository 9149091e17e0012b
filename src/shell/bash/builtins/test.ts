import { ShellError } from '../control.ts'
import { compare } from '../exec/test.ts'
import type { Shell } from '../shell.ts'
import { FILE_OPERATORS, fileTest } from '../test-file.ts'
import type { Builtin } from './index.ts'

const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'])

/** POSIX test: the number of arguments decides; more than four are parsed with -a, -o, ! and parentheses. */
function evaluate(sh: Shell, args: readonly string[]): boolean {
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
      if (BINARY.has(args[1])) return binary(sh, args[0], args[1], args[2])
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
  const parser = new Parser(sh, args)
  return parser.run()
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
  return BigInt(text.trim().replace(/^\+/, ''))
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
  constructor(
    private readonly sh: Shell,
    private readonly args: readonly string[],
  ) {}

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
      if (this.args[this.i] !== ')') throw new ShellError("`)' expected", 2)
      this.i++
      return value
    }
    if (op !== undefined && b !== undefined && BINARY.has(op)) {
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
    return evaluate(sh, argv.slice(1, -1)) ? 0 : 1
  },
}
