import { ANY, checkCel, type Shape } from './check.ts'
import { evaluate, type Scope } from './evaluate.ts'
import { type Node, parseCel } from './parse.ts'

export { ANY, type Shape } from './check.ts'
export { CelError, CelSyntaxError } from './errors.ts'

/** A compiled expression of the Common Expression Language. */
export class Cel {
  private readonly node: Node

  /** Throws CelSyntaxError. Names that are not declared are refused; without `declared` all are accepted. */
  constructor(
    readonly source: string,
    declared?: Readonly<Record<string, Shape>>,
  ) {
    this.node = parseCel(source)
    if (declared) checkCel(source, this.node, declared)
  }

  /** Throws CelError. Values are plain JSON; whole numbers are ints. */
  run(variables: Readonly<Record<string, unknown>> | Scope): unknown {
    const scope: Scope = typeof variables === 'function' ? (variables as Scope) : (name) => variables[name]
    return evaluate(this.node, scope)
  }

  /** Whether the expression mentions a variable. */
  uses(name: string): boolean {
    return new RegExp(`\\b${name}\\b`).test(this.source)
  }
}

/** Everything goes under these names. */
export const declare = (...names: string[]): Record<string, Shape> =>
  Object.fromEntries(names.map((name) => [name, ANY]))
