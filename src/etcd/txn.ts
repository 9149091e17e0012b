import { errors } from './errors.ts'
import type { Id } from './ids.ts'
import type { Lineage } from './lineage.ts'
import { inRange, type Range, rangeOf } from './range.ts'
import { type RangeRequest, type Selection, select } from './select.ts'
import type { KeyValue, Value } from './store.ts'

/** How a key is put. */
export interface PutOptions {
  readonly lease?: Id
  readonly ignoreValue?: boolean
  readonly ignoreLease?: boolean
  /** The previous pair is wanted, which takes the right to read it. */
  readonly prevKv?: boolean
  /** Bytes of the value, when the caller knows them. */
  readonly size?: number
}

/** A condition of a transaction. */
export type Compare = { readonly key: string; readonly op: '=' | '!=' | '<' | '>' } & (
  | { readonly target: 'create' | 'mod' | 'version'; readonly value: number }
  | { readonly target: 'value'; readonly value: Value }
  | { readonly target: 'lease'; readonly value: Id }
)

/** An operation of a transaction. */
export type Op =
  | { readonly type: 'get'; readonly range: RangeRequest }
  | { readonly type: 'put'; readonly key: string; readonly value: Value; readonly options?: PutOptions }
  | { readonly type: 'delete'; readonly range: Range; readonly prevKv?: boolean }

/** What an operation of a transaction gave, and at which revision. */
export type OpResult = { readonly revision: number } & (
  | ({ readonly type: 'get' } & Selection)
  | { readonly type: 'put'; readonly prev: KeyValue | undefined }
  | { readonly type: 'delete'; readonly deleted: readonly KeyValue[] }
)

/** --max-txn-ops */
const MAX_OPS = 128

/** What is refused before anything is proposed (v3rpc/key.go checkTxnRequest, checkIntervals); puts are looked at by the caller. */
export function checkTxn(compares: readonly Compare[], then: readonly Op[], otherwise: readonly Op[]): void {
  if (Math.max(compares.length, then.length, otherwise.length) > MAX_OPS) throw errors.TooManyOps()
  const ranges = [...then, ...otherwise].flatMap((op) => (op.type === 'put' ? [] : [op.range.key]))
  if (compares.some((c) => c.key === '') || ranges.includes('')) throw errors.EmptyKey()
  for (const ops of [then, otherwise]) {
    const puts = new Set<string>()
    const deletes = ops.flatMap((op) => (op.type === 'delete' ? [rangeOf(op.range)] : []))
    for (const op of ops) {
      if (op.type !== 'put') continue
      if (puts.has(op.key) || deletes.some((range) => overlaps(op.key, range))) throw errors.DuplicateKey()
      puts.add(op.key)
    }
  }
}

/** Whether a range to be deleted holds the key. That an end of `\0` is none is not known here. */
const overlaps = (key: string, range: Range): boolean => range.end !== '\0' && inRange(key, range)

/** Puts a key as the options say. */
export function applyPut(lineage: Lineage, key: string, value: Value, options: PutOptions): KeyValue {
  const old = checkApply(lineage, key, options)
  const content = options.ignoreValue ? old!.value! : value
  const lease = options.ignoreLease ? old!.lease : (options.lease ?? '')
  return lineage.put(key, content, lease, options.ignoreValue ? undefined : options.size)
}

/** What was there before, where it is needed. Throws when the key is not there, or the lease. */
function checkApply(
  lineage: Lineage,
  key: string,
  { lease, ignoreValue, ignoreLease }: PutOptions,
): KeyValue | undefined {
  if (lease && !lineage.leases.get(lease)) throw errors.LeaseNotFound()
  if (!ignoreValue && !ignoreLease) return undefined
  const old = lineage.store.get(key)
  if (!old) throw errors.KeyNotFound()
  return old
}

/** Applies a transaction; all its writes share one revision. What cannot be done is found before anything is (txn.go checkTxn). */
export function applyTxn(
  lineage: Lineage,
  compares: readonly Compare[],
  then: readonly Op[],
  otherwise: readonly Op[],
): { succeeded: boolean; results: OpResult[] } {
  const { store } = lineage
  const succeeded = compares.every((c) => holds(store.get(c.key), c))
  const ops = succeeded ? then : otherwise
  for (const op of ops) {
    if (op.type === 'put') checkApply(lineage, op.key, op.options ?? {})
    else if (op.type === 'get') select(store, { ...op.range, countOnly: true }, store.rev)
  }
  const grouped = ops.length > 1
  if (grouped) store.begin()
  const results = ops.map((op): OpResult => {
    if (op.type === 'put') {
      const prev = store.get(op.key)
      applyPut(lineage, op.key, op.value, op.options ?? {})
      return { type: 'put', prev, revision: store.rev }
    }
    if (op.type === 'delete') {
      const deleted = lineage.deleteRange(rangeOf(op.range))
      return { type: 'delete', deleted, revision: store.rev }
    }
    return { type: 'get', ...select(store, op.range, store.rev), revision: store.rev }
  })
  if (grouped) store.commit()
  return { succeeded, results }
}

function holds(kv: KeyValue | undefined, c: Compare): boolean {
  if (c.target === 'value') {
    if (!kv) return false
    const text = (v: Value | undefined): string => (typeof v === 'string' ? v : JSON.stringify(v))
    return typeof c.value === 'object' && c.op === '='
      ? kv.value === c.value
      : compare(text(kv.value), text(c.value), c.op)
  }
  if (c.target === 'lease') return compare(BigInt(`0x${kv?.lease || '0'}`), BigInt(`0x${c.value || '0'}`), c.op)
  const actual = c.target === 'create' ? kv?.createRevision : c.target === 'mod' ? kv?.modRevision : kv?.version
  return compare(actual ?? 0, c.value, c.op)
}

const compare = <T extends string | number | bigint>(a: T, b: T, op: Compare['op']): boolean =>
  op === '=' ? a === b : op === '!=' ? a !== b : op === '<' ? a < b : a > b
