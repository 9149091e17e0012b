/** How an expression reaches the shell's variables. */
export interface ArithmeticScope {
  get(name: string, index: string | undefined): string | undefined
  set(name: string, index: string | undefined, value: string): void
}

/** An expression that bash refuses; the message goes after `line N: `. */
export class ArithmeticError extends Error {}

/** Values of variables are expressions themselves; deeper nesting than this is a loop. */
const MAX_DEPTH = 1024

type Token = { readonly text: string; readonly at: number; readonly kind: 'num' | 'name' | 'op' }

// biome-ignore format: one table
const OPERATORS = [
  '<<=', '>>=', '**', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '+=', '-=', '*=', '/=', '%=', '&=',
  '|=', '^=', '+', '-', '*', '/', '%', '<', '>', '=', '!', '~', '&', '|', '^', '?', ':', ',', '(', ')',
]

// biome-ignore format: one table
const BINARY: Record<string, number> = {
  '||': 3, '&&': 4, '|': 5, '^': 6, '&': 7, '==': 8, '!=': 8, '<': 9, '<=': 9, '>': 9, '>=': 9, '<<': 10, '>>': 10,
  '+': 11, '-': 11, '*': 12, '/': 12, '%': 12, '**': 13,
}

const wrap = (n: bigint): bigint => BigInt.asIntN(64, n)

/** Evaluates a bash arithmetic expression (64-bit wrapping integers). An empty one is 0. */
export function evaluate(source: string, scope: ArithmeticScope, depth = 0): bigint {
  if (depth > MAX_DEPTH)
    throw new ArithmeticError(`${source}: expression recursion level exceeded (error token is "${source}")`)
  return new Evaluator(source, scope, depth).run()
}

class Evaluator {
  private readonly tokens: Token[]
  private pos = 0
  /** Above 0 inside the branch that is not taken: nothing is assigned, nothing divides by zero. */
  private dry = 0

  constructor(
    private readonly source: string,
    private readonly scope: ArithmeticScope,
    private readonly depth: number,
  ) {
    this.tokens = this.scan()
  }

  run(): bigint {
    if (this.tokens.length === 0) return 0n
    const value = this.comma()
    const rest = this.tokens[this.pos]
    if (rest) {
      if (rest.kind === 'op' && /^[-+*/%&|^]?=$|^(<<|>>)=$/.test(rest.text))
        this.fail('attempted assignment to non-variable', rest)
      this.fail('syntax error in expression', rest)
    }
    return value
  }

  private scan(): Token[] {
    const s = this.source
    const tokens: Token[] = []
    for (let i = 0; i < s.length; ) {
      if (/\s/.test(s[i])) {
        i++
        continue
      }
      const number = /^\d[\w@#]*/.exec(s.slice(i, i + 64))
      if (number) {
        tokens.push({ text: number[0], at: i, kind: 'num' })
        i += number[0].length
        continue
      }
      const name = /^[A-Za-z_]\w*/.exec(s.slice(i, i + 512))
      if (name) {
        let end = i + name[0].length
        if (s[end] === '[') {
          let level = 0
          let j = end
          for (; j < s.length; j++) {
            if (s[j] === '[') level++
            else if (s[j] === ']' && --level === 0) break
          }
          if (j >= s.length) this.failAt('bad array subscript', end)
          end = j + 1
        }
        tokens.push({ text: s.slice(i, end), at: i, kind: 'name' })
        i = end
        continue
      }
      const op = OPERATORS.find((o) => s.startsWith(o, i))
      const last = tokens.at(-1)
      const operand = last !== undefined && (last.kind !== 'op' || last.text === ')')
      if (!op) this.failAt(`syntax error: ${operand ? 'invalid arithmetic operator' : 'operand expected'}`, i)
      else {
        tokens.push({ text: op, at: i, kind: 'op' })
        i += op.length
      }
    }
    return tokens
  }

  private failAt(what: string, at: number): never {
    throw new ArithmeticError(`${this.source.trimStart()}: ${what} (error token is "${this.source.slice(at)}")`)
  }

  private fail(what: string, token: Token | undefined): never {
    return this.failAt(what, token ? token.at : Math.max(0, this.tokens[this.tokens.length - 1]?.at ?? 0))
  }

  private peek(text: string): boolean {
    const t = this.tokens[this.pos]
    return t?.kind === 'op' && t.text === text
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false
    this.pos++
    return true
  }

  private comma(): bigint {
    let value = this.assignment()
    while (this.take(',')) value = this.assignment()
    return value
  }

  private assignment(): bigint {
    const target = this.tokens[this.pos]
    const op = this.tokens[this.pos + 1]
    if (target?.kind === 'name' && op?.kind === 'op' && /^([-+*/%&|^]|<<|>>)?=$/.test(op.text)) {
      this.pos += 2
      const right = this.assignment()
      const value = op.text === '=' ? right : this.binary(op.text.slice(0, -1), this.read(target.text), right, target)
      this.write(target.text, value)
      return value
    }
    return this.ternary()
  }

  private ternary(): bigint {
    const test = this.operators(3)
    if (!this.take('?')) return test
    const yes = test !== 0n
    if (!yes) this.dry++
    const a = this.comma()
    if (!yes) this.dry--
    if (!this.take(':')) this.fail("`:' expected for conditional expression", this.tokens[this.pos])
    if (yes) this.dry++
    const b = this.assignment()
    if (yes) this.dry--
    return yes ? a : b
  }

  private operators(min: number): bigint {
    let left = this.unary()
    for (;;) {
      const op = this.tokens[this.pos]
      const power = op?.kind === 'op' ? BINARY[op.text] : undefined
      if (power === undefined || power < min) return left
      this.pos++
      if (op.text === '&&' || op.text === '||') {
        const decided = op.text === '&&' ? left === 0n : left !== 0n
        if (decided) this.dry++
        const right = this.operators(power + 1)
        if (decided) this.dry--
        left = (op.text === '&&' ? left !== 0n && right !== 0n : left !== 0n || right !== 0n) ? 1n : 0n
        continue
      }
      const at = this.tokens[this.pos]
      // ** is right-associative.
      const right = this.operators(op.text === '**' ? power : power + 1)
      left = this.binary(op.text, left, right, at)
    }
  }

  private unary(): bigint {
    const t = this.tokens[this.pos]
    if (!t) this.fail('syntax error: operand expected', this.tokens[this.tokens.length - 1])
    if (t.kind === 'op') {
      const next = this.tokens[this.pos + 1]
      if ((t.text === '++' || t.text === '--') && next?.kind === 'name') {
        this.pos += 2
        const value = wrap(this.read(next.text) + (t.text === '++' ? 1n : -1n))
        this.write(next.text, value)
        return value
      }
      if (t.text === '!' || t.text === '~' || t.text === '+' || t.text === '-' || t.text === '++' || t.text === '--') {
        this.pos++
        const value = this.unary()
        if (t.text === '!') return value === 0n ? 1n : 0n
        if (t.text === '~') return wrap(~value)
        return t.text === '-' ? wrap(-value) : value
      }
      if (t.text === '(') {
        this.pos++
        const value = this.comma()
        if (!this.take(')')) this.fail("missing `)'", this.tokens[this.pos] ?? t)
        return value
      }
      this.fail('syntax error: operand expected', t)
    }
    this.pos++
    if (t.kind === 'num') return this.number(t)
    if (this.peek('++') || this.peek('--')) {
      const up = this.tokens[this.pos++].text === '++'
      const value = this.read(t.text)
      this.write(t.text, wrap(value + (up ? 1n : -1n)))
      return value
    }
    return this.read(t.text)
  }

  private number(t: Token): bigint {
    const based = /^(\d+)#([\w@]+)$/.exec(t.text)
    if (based) {
      const base = Number(based[1])
      if (base < 2 || base > 64) this.fail('invalid arithmetic base', t)
      return this.digits(based[2], base, t)
    }
    if (/^0[xX][0-9a-fA-F]+$/.test(t.text)) return wrap(BigInt(t.text))
    if (/^0\d/.test(t.text)) return this.digits(t.text.slice(1), 8, t)
    if (!/^\d+$/.test(t.text)) this.fail('value too great for base', t)
    return wrap(BigInt(t.text))
  }

  private digits(text: string, base: number, t: Token): bigint {
    let value = 0n
    for (const ch of text) {
      const digit =
        ch >= '0' && ch <= '9'
          ? Number(ch)
          : ch >= 'a' && ch <= 'z'
            ? ch.charCodeAt(0) - 87
            : ch >= 'A' && ch <= 'Z'
              ? ch.charCodeAt(0) - (base <= 36 ? 55 : 29)
              : ch === '@'
                ? 62
                : ch === '_'
                  ? 63
                  : 99
      if (digit >= base) this.fail('value too great for base', t)
      value = value * BigInt(base) + BigInt(digit)
    }
    return wrap(value)
  }

  private binary(op: string, a: bigint, b: bigint, at: Token | undefined): bigint {
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
    const [base, index] = this.split(name)
    const text = this.scope.get(base, index)
    if (text === undefined || text.trim() === '') return 0n
    if (/^-?[1-9]\d{0,14}$|^0$/.test(text)) return BigInt(text)
    return evaluate(text, this.scope, this.depth + 1)
  }

  private write(name: string, value: bigint): void {
    if (this.dry > 0) return
    const [base, index] = this.split(name)
    this.scope.set(base, index, String(value))
  }
}
