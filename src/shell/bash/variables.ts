import { textToBytes } from '../../kernel/index.ts'

/** A shell variable. Replaced, never mutated, so that subshells can share it. */
export interface Variable {
  /** undefined: declared but unset. */
  readonly value?: string
  readonly array?: ReadonlyMap<number, string>
  readonly assoc?: ReadonlyMap<string, string>
  readonly exported?: boolean
  readonly readonly?: boolean
  readonly integer?: boolean
  readonly lower?: boolean
  readonly upper?: boolean
  readonly nameref?: boolean
}

/** Can a variable have this name? */
export const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text)

/** Assignment to a readonly variable; the shell renders `NAME: readonly variable`. */
export class ReadonlyError extends Error {
  constructor(readonly variable: string) {
    super(`${variable}: readonly variable`)
  }
}

/** Dynamically computed variables ($RANDOM, $SECONDS …) are supplied by the shell. */
export interface Dynamic {
  get(name: string): string | undefined
  set(name: string, value: string): boolean
}

/** All variables of one shell, with dynamically scoped locals. */
export class Variables {
  private readonly table: Map<string, Variable>
  /** One frame a function call: what each local hid. */
  private frames: Map<string, Variable | undefined>[] = []

  constructor(
    readonly dynamic: Dynamic,
    table: ReadonlyMap<string, Variable> = new Map(),
  ) {
    this.table = new Map(table)
  }

  clone(dynamic: Dynamic): Variables {
    const copy = new Variables(dynamic, this.table)
    copy.frames = this.frames.map((f) => new Map(f))
    return copy
  }

  names(): string[] {
    return [...this.table.keys()].sort()
  }

  /** The variable itself, namerefs followed. */
  lookup(name: string): Variable | undefined {
    return this.table.get(this.resolve(name))
  }

  /** The variable without following a nameref. */
  own(name: string): Variable | undefined {
    return this.table.get(name)
  }

  resolve(name: string): string {
    let at = name
    for (let i = 0; i < 16; i++) {
      const v = this.table.get(at)
      if (!v?.nameref || !v.value) return at
      at = v.value
    }
    return at
  }

  /** Scalar value: `$x`, or element 0 of an array. */
  get(name: string): string | undefined {
    const dynamic = this.dynamic.get(name)
    if (dynamic !== undefined) return dynamic
    const v = this.lookup(name)
    if (!v) return undefined
    if (v.array) return v.array.get(0)
    if (v.assoc) return v.assoc.get('0')
    return v.value
  }

  set(name: string, value: string): void {
    if (this.dynamic.set(name, value)) return
    const target = this.resolve(name)
    const old = this.table.get(target)
    if (old?.readonly) throw new ReadonlyError(target)
    const next = old ? fold(old, value) : value
    if (old?.array) this.table.set(target, { ...old, array: new Map(old.array).set(0, next) })
    else if (old?.assoc) this.table.set(target, { ...old, assoc: new Map(old.assoc).set('0', next) })
    else this.table.set(target, { ...old, value: next })
  }

  /** Replaces the whole variable, attributes included. */
  define(name: string, variable: Variable): void {
    this.table.set(name, variable)
  }

  setElement(name: string, index: number | string, value: string): void {
    const target = this.resolve(name)
    const old = this.table.get(target)
    if (old?.readonly) throw new ReadonlyError(target)
    const next = old ? fold(old, value) : value
    if (typeof index === 'string') {
      this.table.set(target, { ...old, value: undefined, assoc: new Map(old?.assoc).set(index, next) })
      return
    }
    const array = new Map(old?.array ?? (old?.value !== undefined ? [[0, old.value]] : []))
    array.set(index, next)
    this.table.set(target, { ...old, value: undefined, array })
  }

  unset(name: string): void {
    const target = this.resolve(name)
    if (this.table.get(target)?.readonly) throw new ReadonlyError(target)
    this.table.delete(target)
  }

  unsetElement(name: string, index: number | string): void {
    const v = this.lookup(name)
    if (!v) return
    if (v.readonly) throw new ReadonlyError(name)
    if (typeof index === 'string') {
      const assoc = new Map(v.assoc)
      assoc.delete(index)
      this.table.set(this.resolve(name), { ...v, assoc })
    } else {
      const array = new Map(v.array)
      array.delete(index)
      this.table.set(this.resolve(name), { ...v, array })
    }
  }

  update(name: string, attributes: Partial<Variable>): void {
    const target = attributes.nameref !== undefined ? name : this.resolve(name)
    this.table.set(target, { ...this.table.get(target), ...attributes })
  }

  export(name: string): void {
    this.update(name, { exported: true })
  }

  /** Environment for a child process. */
  environment(): Record<string, string> {
    const env: Record<string, string> = {}
    for (const [name, v] of this.table) if (v.exported && v.value !== undefined) env[name] = v.value
    return env
  }

  pushFrame(): void {
    this.frames.push(new Map())
  }

  popFrame(): void {
    const frame = this.frames.pop()
    if (!frame) return
    for (const [name, old] of frame) {
      if (old) this.table.set(name, old)
      else this.table.delete(name)
    }
  }

  get inFunction(): boolean {
    return this.frames.length > 0
  }

  /** Makes `name` local to the running function. Returns false when it already was. */
  localize(name: string, keep = false): boolean {
    const frame = this.frames[this.frames.length - 1]
    if (!frame || frame.has(name)) return false
    const old = this.table.get(name)
    frame.set(name, old)
    if (old?.readonly) throw new ReadonlyError(name)
    if (!keep) this.table.set(name, old?.exported ? { exported: true } : {})
    return true
  }

  /** Names that are local to the running function. */
  locals(): string[] {
    return [...(this.frames[this.frames.length - 1]?.keys() ?? [])].sort()
  }
}

/** Applies -l and -u. */
const fold = (v: Variable, value: string): string =>
  v.lower ? value.toLowerCase() : v.upper ? value.toUpperCase() : value

/** Chains of an associative array's hash table (lib/hashlib.c). */
const BUCKETS = 1024

/** Which chain a key is in: FNV-1 over its bytes. */
function bucketOf(key: string): number {
  let hash = 0x811c9dc5
  for (const byte of textToBytes(key)) hash = Math.imul(hash, 0x01000193) ^ ((byte << 24) >> 24)
  return (hash >>> 0) % BUCKETS
}

/** Entries in the order in which bash shows them: chain by chain, in each the newest first. */
export function hashOrder(assoc: ReadonlyMap<string, string>): [string, string][] {
  return [...assoc]
    .reverse()
    .map((entry) => ({ entry, bucket: bucketOf(entry[0]) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ entry }) => entry)
}

/** Elements of an array or a scalar in order. */
export function elements(v: Variable | undefined): string[] {
  if (!v) return []
  if (v.array) return [...v.array].sort((a, b) => a[0] - b[0]).map(([, value]) => value)
  if (v.assoc) return hashOrder(v.assoc).map(([, value]) => value)
  return v.value === undefined ? [] : [v.value]
}

/** Keys of an array or a scalar in the order of `elements`. */
export function keys(v: Variable | undefined): string[] {
  if (!v) return []
  if (v.array) return [...v.array.keys()].sort((a, b) => a - b).map(String)
  if (v.assoc) return hashOrder(v.assoc).map(([key]) => key)
  return v.value === undefined ? [] : ['0']
}
