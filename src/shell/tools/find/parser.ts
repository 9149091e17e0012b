import type { Tool } from '../../command.ts'
import { type Plan, simple, type Test } from './plan.ts'
import { primaries } from './primaries.ts'
import type { Words } from './words.ts'

/** Parses the expression into one test. */
export class Parser implements Words {
  private i = 0
  constructor(
    readonly t: Tool,
    private readonly args: readonly string[],
    readonly plan: Plan,
  ) {}

  parse(): Test {
    const test = this.args.length > 0 ? this.or() : simple(() => true)
    if (this.i < this.args.length) {
      const rest = this.args[this.i]
      if (rest === ')') this.t.fail("invalid expression; you have too many ')'")
      this.t.fail(`paths must precede expression: \`${rest}'`)
    }
    if (this.plan.acts) return test
    const t = this.t
    return function* (v) {
      if (yield* test(v)) t.line(v.path)
      return true
    }
  }

  private or(): Test {
    let left = this.and()
    while (this.args[this.i] === '-o' || this.args[this.i] === '-or') {
      this.i++
      const a = left
      const b = this.and()
      left = function* (v) {
        return (yield* a(v)) || (yield* b(v))
      }
    }
    return left
  }

  private and(): Test {
    let left = this.not()
    while (this.i < this.args.length && !['-o', '-or', ')', ','].includes(this.args[this.i])) {
      if (this.args[this.i] === '-a' || this.args[this.i] === '-and') this.i++
      const a = left
      const b = this.not()
      left = function* (v) {
        return (yield* a(v)) && (yield* b(v))
      }
    }
    return left
  }

  private not(): Test {
    if (this.args[this.i] === '!' || this.args[this.i] === '-not') {
      this.i++
      const inner = this.not()
      return function* (v) {
        return !(yield* inner(v))
      }
    }
    if (this.args[this.i] === '(') {
      this.i++
      const inner = this.or()
      if (this.args[this.i] !== ')')
        this.t.fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
      this.i++
      return inner
    }
    return this.primary()
  }

  next(): string | undefined {
    return this.args[this.i++]
  }

  argument(name: string): string {
    const arg = this.next()
    if (arg === undefined) return this.t.fail(`missing argument to \`${name}'`)
    return arg
  }

  number(name: string): (n: number) => boolean {
    const arg = this.argument(name)
    const m = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(arg)
    if (!m) return this.t.fail(`invalid argument \`${arg}' to \`${name}'`)
    const n = Number(m[2])
    return m[1] === '+' ? (x) => x > n : m[1] === '-' ? (x) => x < n : (x) => x === n
  }

  private primary(): Test {
    const name = this.args[this.i++]
    const read = primaries[name]
    // What is no test can only be a path in the wrong place, mostly of a pattern that the shell has expanded.
    if (!read && !name.startsWith('-')) {
      const before = /^-i?(name|path|wholename)$/.exec(this.args[this.i - 3] ?? '')
      const hint = before ? `\nfind: possible unquoted pattern after predicate \`${before[0]}'?` : ''
      return this.t.fail(`paths must precede expression: \`${name}'${hint}`)
    }
    return read ? read(this, name) : this.t.fail(`unknown predicate \`${name}'`)
  }
}
