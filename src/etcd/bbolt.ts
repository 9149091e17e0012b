import type { Bucket, Pair } from './buckets.ts'
import { PAGE } from './size.ts'

/** Flags of a page: what it holds. */
export const PAGE_FLAGS = { branch: 1, leaf: 2, meta: 4 } as const
/** Of a leaf's element: its value is a bucket. */
export const BUCKET_ELEMENT = 1
export const MAGIC = 0xed0cdaed
export const VERSION = 2
/** Bytes of a page's header, of an element in it and of a bucket in its parent's leaf. */
export const HEADER = 16
/** Bytes of a meta page that its checksum is of. */
export const META_SUMMED = 56
/** The free pages are not written down: etcd finds them by walking the tree. */
const NO_FREELIST = 0xffffffffffffffffn
/** A bucket without buckets of its own lies in its parent's leaf up to this size. */
const INLINE = PAGE / 4
/** Revisions only ever come at the end, so etcd fills its pages further than bbolt's half. */
const FILL: Readonly<Record<string, number>> = { key: 0.9 }
const MIN_KEYS = 2

const encoder = new TextEncoder()

interface Element {
  readonly key: Uint8Array
  /** What a leaf has under the key. */
  readonly value?: Uint8Array
  /** The page that a branch has under the key. */
  readonly page?: number
  readonly flags?: number
}

const sizeOf = ({ key, value }: Element): number => HEADER + key.length + (value?.length ?? 0)

/**
 * A database file of bbolt (go.etcd.io/bbolt, version 2 of the format): two meta pages, then B+ trees. The tree's pages
 * lie one after the other from the third page on; what is left of `pages` is free.
 */
export function databaseImage(all: Iterable<Bucket>, pages: number, transaction: number): Uint8Array {
  const file = new Pages()
  const root: Element[] = []
  for (const [name, pairs] of all) {
    const elements = Array.from(pairs, ([key, value]: Pair): Element => ({ key, value }))
    root.push({ key: encoder.encode(name), value: bucket(file, elements, FILL[name] ?? 0.5), flags: BUCKET_ELEMENT })
  }
  const top = tree(file, root, 0.5)
  const highWater = Math.max(pages, file.next)
  const bytes = file.join(highWater)
  for (const at of [0, 1]) meta(bytes, at, top, highWater, transaction - ((transaction + at) & 1))
  return bytes
}

/** The pages of a file that is being written. */
class Pages {
  next = 2
  private readonly written: [page: number, bytes: Uint8Array][] = []

  /** Writes a page, with overflow pages behind it when it is longer than one; returns its number. */
  add(elements: readonly Element[], flags: number): number {
    const length = elements.reduce((n, e) => n + sizeOf(e), HEADER)
    const bytes = new Uint8Array(length)
    const page = this.next
    this.next += Math.ceil(length / PAGE)
    writeNode(bytes, elements, flags)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, page, true)
    view.setUint32(12, this.next - page - 1, true)
    this.written.push([page, bytes])
    return page
  }

  join(pages: number): Uint8Array {
    const bytes = new Uint8Array(pages * PAGE)
    for (const [page, part] of this.written) bytes.set(part, page * PAGE)
    return bytes
  }
}

/** Header, elements, then their keys and values. */
function writeNode(bytes: Uint8Array, elements: readonly Element[], flags: number): void {
  const view = new DataView(bytes.buffer)
  view.setUint16(8, flags, true)
  view.setUint16(10, Math.min(elements.length, 0xffff), true)
  let data = HEADER * (elements.length + 1)
  for (const [i, { key, value, page, flags: kind = 0 }] of elements.entries()) {
    const at = HEADER * (i + 1)
    if (page === undefined) {
      view.setUint32(at, kind, true)
      view.setUint32(at + 4, data - at, true)
      view.setUint32(at + 8, key.length, true)
      view.setUint32(at + 12, value?.length ?? 0, true)
    } else {
      view.setUint32(at, data - at, true)
      view.setUint32(at + 4, key.length, true)
      view.setUint32(at + 8, page, true)
    }
    bytes.set(key, data)
    if (value) bytes.set(value, data + key.length)
    data += key.length + (value?.length ?? 0)
  }
}

/** What stands for a bucket in its parent's leaf: where its root is, or, when it is small, all of it. */
function bucket(file: Pages, elements: readonly Element[], fill: number): Uint8Array {
  const size = elements.reduce((n, e) => n + sizeOf(e), HEADER)
  if (size <= INLINE) {
    const value = new Uint8Array(HEADER + size)
    const page = new Uint8Array(size)
    writeNode(page, elements, PAGE_FLAGS.leaf)
    value.set(page, HEADER)
    return value
  }
  const value = new Uint8Array(HEADER)
  new DataView(value.buffer).setUint32(0, tree(file, elements, fill), true)
  return value
}

/** Writes leaves and the branches above them; returns the page of the root. */
function tree(file: Pages, elements: readonly Element[], fill: number): number {
  let flags: number = PAGE_FLAGS.leaf
  let level = elements
  for (;;) {
    const above = split(level, fill).map(
      (node): Element => ({ key: node[0]?.key ?? new Uint8Array(), page: file.add(node, flags) }),
    )
    if (above.length === 1) return above[0].page as number
    level = above
    flags = PAGE_FLAGS.branch
  }
}

/** Cuts a node into pages as bbolt does (node.go split): each filled so far, but with two elements at least. */
function split(elements: readonly Element[], fill: number): (readonly Element[])[] {
  const out: (readonly Element[])[] = []
  const threshold = Math.floor(PAGE * fill)
  let from = 0
  while (elements.length - from > 2 * MIN_KEYS && !fits(elements, from)) {
    let size = HEADER
    let to = from
    for (; to < elements.length - MIN_KEYS; to++) {
      const next = sizeOf(elements[to])
      if (to - from >= MIN_KEYS && size + next > threshold) break
      size += next
    }
    out.push(elements.slice(from, to))
    from = to
  }
  out.push(elements.slice(from))
  return out
}

function fits(elements: readonly Element[], from: number): boolean {
  let size = HEADER
  for (let i = from; i < elements.length; i++) {
    size += sizeOf(elements[i])
    if (size >= PAGE) return false
  }
  return true
}

function meta(bytes: Uint8Array, page: number, root: number, highWater: number, transaction: number): void {
  const view = new DataView(bytes.buffer, page * PAGE)
  view.setUint32(0, page, true)
  view.setUint16(8, PAGE_FLAGS.meta, true)
  view.setUint32(HEADER, MAGIC, true)
  view.setUint32(HEADER + 4, VERSION, true)
  view.setUint32(HEADER + 8, PAGE, true)
  view.setUint32(HEADER + 16, root, true)
  view.setBigUint64(HEADER + 32, NO_FREELIST, true)
  view.setUint32(HEADER + 40, highWater, true)
  view.setUint32(HEADER + 48, transaction, true)
  const from = page * PAGE + HEADER
  view.setBigUint64(HEADER + META_SUMMED, fnv64a(bytes.subarray(from, from + META_SUMMED)), true)
}

/** FNV-1a over 64 bits: the checksum of a meta page. */
export function fnv64a(bytes: Uint8Array): bigint {
  let sum = 0xcbf29ce484222325n
  for (const b of bytes) sum = BigInt.asUintN(64, (sum ^ BigInt(b)) * 0x100000001b3n)
  return sum
}
