/** How an expression reaches the shell's variables. */
export interface ArithmeticScope {
  get(name: string, index: string | undefined): string | undefined
  set(name: string, index: string | undefined, value: string): void
}

/** An expression that bash refuses; the message goes after `line N: `. */
export class ArithmeticError extends Error {}

/** Values of variables are expressions themselves; deeper nesting than this is a loop. */
const MAX_DEPTH = 1024

type Token = { readonly text: string; readonly at: number; readonly kind: 'num' | 'name' | 'op' | 'end' }

/** Longest first. */
// biome-ignore format: one table
const OPERATORS = [
  '<<=', '>>=', '**', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '+=', '-=', '*=', '/=', '%=', '&=',
  '|=', '^=', '+', '-', '*', '/', '%', '<', '>', '=', '!', '~', '&', '|', '^', '?', ':', ',', '(', ')',
]

// biome-ignore format: one table
const BINARY: Record<string, number> = {
  '||': 3, '&&': 4, '|': 5, '^': 6, '&': 7, '==': 8, '!=': 8, '<': 9, '<=': 9, '>': 9, '>=': 9, '<<': 10, '>>': 10,
  '+': 11, '-': 11, '*': 12, '/': 12, '%': 12, '**': 13,
}

const wrap = (n: bigint): bigint => BigInt.asIntN(64, n)

/** Evaluates a bash arithmetic expression (64-bit wrapping integers). An empty one is 0. */
export function evaluate(source: string, scope: ArithmeticScope, depth = 1): bigint {
  if (depth >= MAX_DEPTH)
    throw new ArithmeticError(`${source}: expression recursion level exceeded (error token is "${source}")`)
  return new Evaluator(source, scope, depth).run()
}

/** Reads one token ahead and no further, so that the first error is the one that bash finds first (expr.c). */
class Evaluator {
  private readonly source: string
  private readonly scope: ArithmeticScope
  private readonly depth: number
  private token: Token = { text: '', at: 0, kind: 'end' }
  /** What was read; errors show the rest from `shown` on. */
  private at = 0
  private shown = 0
  /** Above 0 inside the branch that is not taken: nothing is assigned, nothing divides by zero. */
  private dry = 0
  /** The variable that the value just read is, while it may be assigned to. */
  private variable: string | undefined
  private afterPrefix = false

  constructor(source: string, scope: ArithmeticScope, depth: number) {
    this.source = source
    this.scope = scope
    this.depth = depth
  }

  run(): bigint {
    this.advance()
    if (this.ended()) return 0n
    const value = this.comma()
    if (!this.ended()) this.fail('syntax error in expression')
    return value
  }

  private advance(): void {
    const s = this.source
    const before = this.token
    while (/\s/.test(s[this.at] ?? '')) this.at++
    const at = this.at
    if (at >= s.length) {
      this.token = { text: '', at, kind: 'end' }
      return
    }
    this.shown = at
    const number = /^\d[\w@#]*/.exec(s.slice(at))
    const name = /^[A-Za-z_]\w*/.exec(s.slice(at))
    if (number) this.accept('num', number[0].length)
    else if (name) this.accept('name', name[0].length + this.subscript(at + name[0].length))
    else if (/^(\+\+|--)/.test(s.slice(at))) this.increment(before)
    else {
      const op = OPERATORS.find((o) => s.startsWith(o, at))
      if (!op) {
        const operand = before.kind === 'num' || before.kind === 'name' || before.text === ')'
        this.fail(`syntax error: ${operand ? 'invalid arithmetic operator' : 'operand expected'}`)
      }
      this.accept('op', op!.length)
    }
  }

  private accept(kind: Token['kind'], length: number): void {
    this.token = { text: this.source.slice(this.at, this.at + length), at: this.at, kind }
    this.at += length
  }

  /** Length of `[…]` after a name. */
  private subscript(from: number): number {
    const s = this.source
    if (s[from] !== '[') return 0
    let level = 0
    for (let i = from; i < s.length; i++) {
      if (s[i] === '[') level++
      else if (s[i] === ']' && --level === 0) return i + 1 - from
    }
    return this.fail('bad array subscript')
  }

  /** `++` and `--` need a variable before or behind; otherwise they are two signs. */
  private increment(before: Token): void {
    const op = this.source.slice(this.at, this.at + 2)
    if (before.kind === 'name' && !this.afterPrefix) return this.accept('op', 2)
    if (this.afterPrefix) this.fail(`${op}: assignment requires lvalue`)
    this.accept('op', /^\s*[A-Za-z_]/.test(this.source.slice(this.at + 2)) ? 2 : 1)
  }

  /** Ends the evaluation; the rest of the text from the last token on is shown. */
  private fail(what: string, at = this.shown): never {
    return this.failWith(`${what} (error token is "${this.source.slice(at)}")`)
  }

  private failWith(what: string): never {
    throw new ArithmeticError(`${this.source.trimStart()}: ${what}`)
  }

  private ended(): boolean {
    return this.token.kind === 'end'
  }

  private peek(text: string): boolean {
    return this.token.kind === 'op' && this.token.text === text
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false
    this.advance()
    return true
  }

  private comma(): bigint {
    let value = this.assignment()
    while (this.take(',')) value = this.assignment()
    return value
  }

  private assignment(): bigint {
    const value = this.ternary()
    const op = this.token
    if (op.kind !== 'op' || !/^([-+*/%&|^]|<<|>>)?=$/.test(op.text)) return value
    const target = this.variable
    if (target === undefined) this.fail('attempted assignment to non-variable')
    this.advance()
    const right = this.assignment()
    const result = op.text === '=' ? right : this.binary(op.text.slice(0, -1), value, right, this.shown)
    this.write(target!, result)
    this.variable = undefined
    return result
  }

  private ternary(): bigint {
    const test = this.operators(3)
    if (!this.peek('?')) return test
    const yes = test !== 0n
    if (!yes) this.dry++
    this.advance()
    if (this.ended() || this.peek(':')) this.fail('expression expected')
    const a = this.comma()
    if (!yes) this.dry--
    if (!this.peek(':')) this.fail("`:' expected for conditional expression")
    if (yes) this.dry++
    this.advance()
    if (this.ended()) this.fail('expression expected')
    const b = this.ternary()
    if (yes) this.dry--
    this.variable = undefined
    return yes ? a : b
  }

  private operators(min: number): bigint {
    let left = this.unary()
    for (;;) {
      const op = this.token
      const power = op.kind === 'op' ? BINARY[op.text] : undefined
      if (power === undefined || power < min) return left
      if (op.text === '&&' || op.text === '||') {
        const decided = op.text === '&&' ? left === 0n : left !== 0n
        if (decided) this.dry++
        this.advance()
        const right = this.operators(power + 1)
        if (decided) this.dry--
        left = (op.text === '&&' ? left !== 0n && right !== 0n : left !== 0n || right !== 0n) ? 1n : 0n
      } else {
        this.advance()
        const at = this.token.at
        // ** is right-associative.
        const right = this.operators(op.text === '**' ? power : power + 1)
        left = this.binary(op.text, left, right, op.text === '**' ? this.shown : at)
      }
      this.variable = undefined
    }
  }

  private unary(): bigint {
    const t = this.token
    this.variable = undefined
    if (t.kind === 'num') {
      const value = this.number(t)
      this.advance()
      return value
    }
    if (t.kind === 'name') return this.named(t.text)
    switch (t.text) {
      case '++':
      case '--':
        return this.prefixed(t.text)
      case '!':
      case '~':
      case '-':
      case '+': {
        this.advance()
        const value = this.unary()
        this.variable = undefined
        if (t.text === '!') return value === 0n ? 1n : 0n
        if (t.text === '~') return wrap(~value)
        return t.text === '-' ? wrap(-value) : value
      }
      case '(': {
        this.advance()
        const value = this.comma()
        if (!this.peek(')')) this.fail("missing `)'")
        this.advance()
        this.variable = undefined
        return value
      }
      default:
        return this.fail('syntax error: operand expected')
    }
  }

  private prefixed(op: string): bigint {
    this.advance()
    const { text } = this.token
    const value = wrap(this.read(text) + (op === '++' ? 1n : -1n))
    this.write(text, value)
    this.afterPrefix = true
    this.advance()
    this.afterPrefix = false
    return value
  }

  private named(name: string): bigint {
    // A variable that is only assigned to is not read.
    const value = /^\s*=(?!=)/.test(this.source.slice(this.at)) ? 0n : this.read(name)
    this.advance()
    if (this.peek('++') || this.peek('--')) {
      this.write(name, wrap(value + (this.peek('++') ? 1n : -1n)))
      this.token = { ...this.token, kind: 'op', text: ')' }
      this.advance()
      return value
    }
    this.variable = name
    return value
  }

  private number(t: Token): bigint {
    const refuse = (what: string): never => this.failWith(`${what} (error token is "${t.text}")`)
    const m = /^(?:(0[xX]|0(?=.))|(\d+)#)?(.*)$/s.exec(t.text)!
    const base = m[2] !== undefined ? Number(m[2]) : m[1] === undefined ? 10 : m[1] === '0' ? 8 : 16
    if (base < 2 || base > 64) refuse('invalid arithmetic base')
    if (m[2] !== undefined && m[3] === '') refuse('invalid integer constant')
    let value = 0n
    for (const ch of m[3]) {
      if (ch === '#') refuse('invalid number')
      const digit = digitOf(ch, base)
      if (digit >= base) refuse('value too great for base')
      value = value * BigInt(base) + BigInt(digit)
    }
    return wrap(value)
  }

  private binary(op: string, a: bigint, b: bigint, at: number): bigint {
    switch (op) {
      case '+':
        return wrap(a + b)
      case '-':
        return wrap(a - b)
      case '*':
        return wrap(a * b)
      case '/':
      case '%':
        if (b === 0n) {
          if (this.dry > 0) return 0n
          this.fail('division by 0', at)
        }
        return wrap(op === '/' ? a / b : a % b)
      case '**': {
        if (b < 0n) {
          if (this.dry > 0) return 0n
          this.fail('exponent less than 0', at)
        }
        let result = 1n
        let base = a
        for (let e = b; e > 0n; e >>= 1n) {
          if (e & 1n) result = wrap(result * base)
          base = wrap(base * base)
        }
        return result
      }
      case '<<':
        return wrap(a << (b & 63n))
      case '>>':
        return wrap(a >> (b & 63n))
      case '<':
        return a < b ? 1n : 0n
      case '<=':
        return a <= b ? 1n : 0n
      case '>':
        return a > b ? 1n : 0n
      case '>=':
        return a >= b ? 1n : 0n
      case '==':
        return a === b ? 1n : 0n
      case '!=':
        return a !== b ? 1n : 0n
      case '&':
        return a & b
      case '|':
        return a | b
      default:
        return a ^ b
    }
  }

  private split(name: string): [string, string | undefined] {
    const at = name.indexOf('[')
    return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1, -1)]
  }

  private read(name: string): bigint {
    if (this.dry > 0) return 0n
    let text: string | undefined = name
    // Names of names are followed here rather than by recursion.
    for (let depth = this.depth; ; depth++) {
      const [base, index] = this.split(text)
      text = this.scope.get(base, index)
      if (text === undefined || text.trim() === '') return 0n
      if (/^-?[1-9]\d{0,14}$|^0$/.test(text)) return BigInt(text)
      if (!/^[A-Za-z_]\w*$/.test(text) || depth + 1 >= MAX_DEPTH) return this.nested(text, depth + 1)
    }
  }

  private nested(text: string, depth: number): bigint {
    try {
      return evaluate(text, this.scope, depth)
    } catch (error) {
      // Our stack may end before bash's count does; either way the expression never will.
      if (error instanceof RangeError) this.fail('expression recursion level exceeded')
      throw error
    }
  }

  private write(name: string, value: bigint): void {
    if (this.dry > 0) return
    const [base, index] = this.split(name)
    this.scope.set(base, index, String(value))
  }
}

function digitOf(ch: string, base: number): number {
  if (ch >= '0' && ch <= '9') return Number(ch)
  if (ch >= 'a' && ch <= 'z') return ch.charCodeAt(0) - 87
  if (ch >= 'A' && ch <= 'Z') return ch.charCodeAt(0) - (base <= 36 ? 55 : 29)
  return ch === '@' ? 62 : 63
}
