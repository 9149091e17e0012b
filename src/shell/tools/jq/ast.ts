/** What `as` binds: `$x`, `[$a, $b]`, `{a: $x}`. */
export type Pattern =
  | { readonly k: 'var'; readonly name: string }
  | { readonly k: 'array'; readonly items: readonly Pattern[] }
  | {
      readonly k: 'object'
      readonly items: readonly { readonly key: Node; readonly bind?: string; readonly value?: Pattern }[]
    }

/** `def name(params): body;` */
export interface Definition {
  readonly name: string
  readonly params: readonly string[]
  readonly body: Node
}

/** A filter. */
export type Node =
  | { readonly k: 'identity' | 'recurse' | 'empty' }
  | { readonly k: 'literal'; readonly value: null | boolean | number | string }
  | { readonly k: 'format'; readonly name: string }
  | { readonly k: 'string'; readonly format: string | undefined; readonly parts: readonly (string | Node)[] }
  | { readonly k: 'index'; readonly target: Node; readonly key: Node }
  | { readonly k: 'slice'; readonly target: Node; readonly from?: Node; readonly to?: Node }
  | { readonly k: 'iterate'; readonly target: Node }
  | { readonly k: 'try'; readonly body: Node; readonly handler?: Node }
  | { readonly k: 'pipe' | 'comma' | 'and' | 'or' | 'alternative'; readonly a: Node; readonly b: Node }
  | { readonly k: 'binary'; readonly op: string; readonly a: Node; readonly b: Node }
  | { readonly k: 'assign'; readonly op: string; readonly a: Node; readonly b: Node }
  | { readonly k: 'negate'; readonly a: Node }
  | { readonly k: 'array'; readonly body?: Node }
  | { readonly k: 'object'; readonly items: readonly { readonly key: Node; readonly value: Node }[] }
  | { readonly k: 'if'; readonly test: Node; readonly yes: Node; readonly no?: Node }
  | {
      readonly k: 'reduce'
      readonly source: Node
      readonly pattern: Pattern
      readonly init: Node
      readonly update: Node
    }
  | {
      readonly k: 'foreach'
      readonly source: Node
      readonly pattern: Pattern
      readonly init: Node
      readonly update: Node
      readonly extract?: Node
    }
  | { readonly k: 'bind'; readonly source: Node; readonly patterns: readonly Pattern[]; readonly body: Node }
  | { readonly k: 'var'; readonly name: string }
  | { readonly k: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly k: 'def'; readonly def: Definition; readonly body: Node }
  | { readonly k: 'label'; readonly name: string; readonly body: Node }
  | { readonly k: 'break'; readonly name: string }
