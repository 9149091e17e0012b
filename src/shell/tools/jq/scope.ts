import type { Definition, Node } from './ast.ts'
import type { Json } from './json.ts'
import { LIBRARY } from './library.ts'
import { parseDefinitions } from './parser.ts'

/** A name that is not defined: found while compiling. */
export class JqCompileError extends Error {}

interface Closure {
  readonly body: Node
  readonly env: Env
}

/** Names in scope: a linked list, newest first. */
export interface Env {
  readonly parent: Env | undefined
  readonly kind: 'var' | 'fn' | 'closure' | 'label'
  readonly name: string
  readonly value?: Json
  readonly def?: Definition
  readonly closure?: Closure
}

/** The scope with `$name`. */
export const withVariable = (parent: Env | undefined, name: string, value: Json): Env => ({
  parent,
  kind: 'var',
  name,
  value,
})

/** The scope with a definition. */
export const withFunction = (parent: Env | undefined, def: Definition): Env => ({
  parent,
  kind: 'fn',
  name: `${def.name}/${def.params.length}`,
  def,
})

/** The scope with a parameter: the caller's filter in the caller's scope. */
export const withClosure = (parent: Env, name: string, closure: Closure): Env => ({
  parent,
  kind: 'closure',
  name: `${name}/0`,
  closure,
})

let library: Env | undefined
const libraryNames = new Set<Env>()

/** The functions that jq defines in its own language: the outermost scope of every program. */
export function libraryScope(): Env | undefined {
  if (!library) {
    for (const def of parseDefinitions(LIBRARY)) {
      library = withFunction(library, def)
      libraryNames.add(library)
    }
  }
  return library
}

/** What a function's body sees: itself and what came before; functions of the library see each other whatever their order. */
export const bodyScope = (fn: Env): Env => (libraryNames.has(fn) ? library! : fn)
