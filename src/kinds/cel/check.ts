import { CelSyntaxError } from './errors.ts'
import { GLOBALS, METHODS } from './functions.ts'
import type { Node } from './parse.ts'

/** What is known of a value's fields; undefined: anything goes. */
export interface Shape {
  /** Undefined when the place has no such field. */
  field(name: string): Shape | undefined
}

/** Functions of Kubernetes' CEL environment that exist there and are not evaluated here: `no such overload`. */
const OTHERS = new Set(
  `duration timestamp getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds
  getMilliseconds url isURL getScheme getHost getHostname getPort getEscapedPath getQuery ip isIP ip.isCanonical family
  isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast cidr isCIDR containsIP containsCIDR
  masked prefixLength path group serviceAccount resource subresource namespace name fieldSelector labelSelector check
  allowed reason errored error sign isInteger asInteger asApproximateFloat add sub optional orValue or hasValue value of
  none ofNonZeroValue optMap optFlatMap bytes base64 encode decode named validate semver isSemver major minor patch
  cel bind sets intersects equivalent flatten distinct sort sortBy slice reverse range first last`.split(/\s+/),
)

/** Any value. */
export const ANY: Shape = { field: () => ANY }

/**
 * Finds what cel-go's type checker would refuse: names that nobody declared, fields that a schema does not have,
 * functions that do not exist. Types of arguments are not checked. Throws CelSyntaxError.
 */
export function checkCel(source: string, node: Node, declared: Readonly<Record<string, Shape>>): Shape {
  const refuse = (at: number, problem: string): never => {
    throw new CelSyntaxError(source, at, problem)
  }
  const visit = (one: Node, names: Readonly<Record<string, Shape>>): Shape => {
    switch (one.op) {
      case 'literal':
        return ANY
      case 'name':
        return names[one.name] ?? refuse(one.at, `undeclared reference to '${one.name}' (in container '')`)
      case 'select':
        return visit(one.of, names).field(one.field) ?? refuse(one.at, `undefined field '${one.field}'`)
      case 'index':
        visit(one.index, names)
        visit(one.of, names)
        return ANY
      case 'call': {
        if (one.target) visit(one.target, names)
        for (const arg of one.args) visit(arg, names)
        const known = one.target ? METHODS : GLOBALS
        return one.name in known || OTHERS.has(one.name)
          ? ANY
          : refuse(one.at, `undeclared reference to '${one.name}' (in container '')`)
      }
      case 'macro': {
        visit(one.of, names)
        const inner = { ...names, [one.variable]: ANY }
        for (const arg of one.args) visit(arg, inner)
        return ANY
      }
      case 'list':
        for (const item of one.items) visit(item, names)
        return ANY
      case 'message':
        for (const [, value] of one.fields) visit(value, names)
        return ANY
      case 'map':
        for (const [key, value] of one.entries) {
          visit(key, names)
          visit(value, names)
        }
        return ANY
      default:
        for (const arg of one.args) visit(arg, names)
        return ANY
    }
  }
  return visit(node, declared)
}
