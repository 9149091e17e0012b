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
