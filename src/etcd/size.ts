import type { Value } from './store.ts'

/** Where the size of a key's object value was last measured. */
export interface SizeMemo {
  valueSize: number
  uses: number
}

/** Objects of one key change little in size: measure the JSON text once, then again at every 32nd version. */
const MEASURE_EVERY = 32

/** Estimated bytes of a value in the database: the JSON text's length stands for the protobuf's. */
export function sizeOf(value: Value, memo: SizeMemo): number {
  if (typeof value === 'string') return value.length
  if (memo.uses++ % MEASURE_EVERY === 0) memo.valueSize = JSON.stringify(value).length
  return memo.valueSize
}

/** A page of the database file. */
export const PAGE = 4096
/** Bytes that a leaf page holds: etcd appends with a fill percentage of 90. */
export const LEAF = 4080 * 0.9

/**
 * Bytes of leaves that a record of so many bytes takes up: bbolt fills a leaf with as many as fit, but never with
 * fewer than two, so records of a kilobyte or more leave part of every page empty.
 */
export function leafBytes(record: number): number {
  if (record < 100) return record
  const together = Math.max(2, Math.floor(LEAF / record))
  return (Math.ceil((together * record) / PAGE) * LEAF) / together
}
