/** A key range: one key when `end` is undefined, else [key, end); end '\0' means "to the last key". */
export interface Range {
  readonly key: string
  readonly end?: string
}

/** The range of all keys that begin with `prefix`. */
export const prefixRange = (prefix: string): Range => ({ key: prefix, end: prefixEnd(prefix) })

/** End of the range of all keys with a prefix (clientv3.GetPrefixRangeEnd). */
export function prefixEnd(prefix: string): string {
  return prefix === '' ? '\0' : prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

/** Does the key lie in the range? An end of `\0` is no end. */
export const inRange = (key: string, { key: from, end }: Range): boolean =>
  end === undefined ? key === from : key >= from && (end === '\0' || key < end)

/** The range itself, where an empty end is none (mvcc takes it for a single key). */
export const rangeOf = ({ key, end }: Range): Range => (end ? { key, end } : { key })
