/** An expression; `k` says which. */
export type Expr =
  | { readonly k: 'num'; readonly n: number }
  | { readonly k: 'str'; readonly s: string }
  | { readonly k: 'regex'; readonly regex: RegExp }
  | { readonly k: 'var'; readonly name: string }
  | { readonly k: 'field'; readonly index: Expr }
  | { readonly k: 'elem'; readonly name: string; readonly index: readonly Expr[] }
  | { readonly k: 'assign'; readonly op: string; readonly target: Expr; readonly value: Expr }
  | { readonly k: 'cond'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly k: 'binary'; readonly op: string; readonly a: Expr; readonly b: Expr }
  | { readonly k: 'unary'; readonly op: string; readonly a: Expr }
  | { readonly k: 'incr'; readonly delta: number; readonly prefix: boolean; readonly target: Expr }
  | { readonly k: 'match'; readonly negated: boolean; readonly a: Expr; readonly b: Expr }
  | { readonly k: 'in'; readonly index: readonly Expr[]; readonly name: string }
  | { readonly k: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly k: 'builtin'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly k: 'getline'; readonly target: Expr | undefined; readonly file?: Expr; readonly command?: Expr }
  | { readonly k: 'group'; readonly list: readonly Expr[] }

/** A statement; `k` says which. */
export type Stmt =
  | { readonly k: 'expr'; readonly e: Expr }
  | {
      readonly k: 'print'
      readonly args: readonly Expr[]
      readonly format: boolean
      readonly to?: { readonly op: string; readonly target: Expr }
    }
  | { readonly k: 'if'; readonly test: Expr; readonly yes: Stmt; readonly no?: Stmt }
  | { readonly k: 'while'; readonly test: Expr; readonly body: Stmt }
  | { readonly k: 'do'; readonly test: Expr; readonly body: Stmt }
  | { readonly k: 'for'; readonly init?: Stmt; readonly test?: Expr; readonly step?: Stmt; readonly body: Stmt }
  | { readonly k: 'forin'; readonly name: string; readonly array: string; readonly body: Stmt }
  | { readonly k: 'block'; readonly list: readonly Stmt[] }
  | { readonly k: 'next' | 'nextfile' | 'break' | 'continue' }
  | { readonly k: 'exit' | 'return'; readonly e?: Expr }
  | { readonly k: 'delete'; readonly name: string; readonly index?: readonly Expr[] }

/** `pattern { action }`. */
export interface Rule {
  /** BEGIN, END, or patterns (two: a range; none: always). */
  readonly kind: 'begin' | 'end' | 'pattern'
  readonly pattern?: Expr
  readonly until?: Expr
  /** undefined: print $0. */
  readonly body?: Stmt
}

/** `function name(params) { body }`. */
export interface AwkFunction {
  readonly name: string
  readonly params: readonly string[]
  readonly body: Stmt
}

/** All rules in their order, and functions by name. */
export interface AwkProgram {
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, AwkFunction>
}

/** True when a function body subscripts or fills the parameter: an untyped argument is then an array. */
export function usesAsArray(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((n) => usesAsArray(n, name))
  if (typeof node !== 'object' || node === null || node instanceof RegExp) return false
  const n = node as Record<string, unknown>
  if ((n.k === 'elem' || n.k === 'in' || n.k === 'delete') && n.name === name) return true
  if (n.k === 'forin' && n.array === name) return true
  if (n.k === 'builtin' && n.name === 'split' && (n.args as { name?: string }[])[1]?.name === name) return true
  return Object.values(n).some((v) => usesAsArray(v, name))
}
