import { BUCKET_ELEMENT, fnv64a, HEADER, MAGIC, META_SUMMED, PAGE_FLAGS, VERSION } from './bbolt.ts'
import type { Pair } from './buckets.ts'
import { PAGE } from './size.ts'

/** What bbolt says of a file that it refuses to open (errors/errors.go). */
export class InvalidDatabase extends Error {}
/** bbolt gives up on what it finds inside a file. */
export class DatabasePanic extends Error {
  constructor(
    message: string,
    /** The page on which its own check failed, where one did. */
    readonly page?: number,
    /** It read behind the file's end: the kernel ends it with SIGBUS. */
    readonly fault = false,
  ) {
    super(message)
  }
}

/** A file is mapped with the next power of two, up to a gigabyte. */
function mapSize(length: number): number {
  let size = 2 ** 15
  while (size < length && size < 2 ** 30) size *= 2
  return Math.max(size, length)
}

interface Element {
  readonly flags: number
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Of a branch. */
  readonly page: number
}

/** A page, or a small bucket inside its parent's value. */
interface Node {
  readonly id: number
  readonly flags: number
  readonly overflow: number
  readonly elements: readonly Element[]
}

const TYPES: Readonly<Record<number, string>> = { 1: 'branch', 2: 'leaf', 4: 'meta', 16: 'freelist' }
const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

/** Reads a bbolt database from its bytes and finds what bbolt itself finds wrong with them. */
export class DatabaseReader {
  private readonly view: DataView
  private readonly root: number
  /** Pages that the file should have. */
  readonly pages: number

  /** Throws InvalidDatabase for bytes that bbolt does not open. */
  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    if (bytes.length < PAGE) throw new InvalidDatabase('invalid database')
    if (bytes.length < 2 * PAGE) throw new InvalidDatabase(`file size too small ${bytes.length}`)
    const metas = [0, 1].map((page) => this.meta(page))
    const valid = metas.flatMap((m) => (typeof m === 'string' ? [] : [m]))
    if (valid.length === 0) throw new InvalidDatabase(metas[0] as string)
    const { root, pages } = valid.reduce((a, b) => (b.transaction > a.transaction ? b : a))
    this.root = root
    this.pages = pages
  }

  /** The buckets with their records. Throws DatabasePanic where bbolt stops the program. */
  *buckets(): Generator<readonly [name: Uint8Array, pairs: Iterable<Pair>]> {
    this.check()
    for (const { key, value } of this.leaves(this.root)) yield [key, this.pairs(value)]
  }

  private meta(page: number): { root: number; pages: number; transaction: bigint } | string {
    const { view } = this
    const at = page * PAGE + HEADER
    if (view.getUint32(at, true) !== MAGIC) return 'invalid database'
    if (view.getUint32(at + 4, true) !== VERSION) return 'version mismatch'
    if (view.getBigUint64(at + META_SUMMED, true) !== fnv64a(this.bytes.subarray(at, at + META_SUMMED)))
      return 'checksum error'
    return {
      root: view.getUint32(at + 16, true),
      pages: view.getUint32(at + 40, true),
      transaction: view.getBigUint64(at + 48, true),
    }
  }

  private *pairs(bucket: Uint8Array): Generator<Pair> {
    const root = new DataView(bucket.buffer, bucket.byteOffset).getUint32(0, true)
    const elements = root === 0 ? node(bucket.subarray(HEADER), 0).elements : this.leaves(root)
    for (const { key, value } of elements) yield [key, value]
  }

  private *leaves(page: number): Generator<Element> {
    const { flags, elements } = this.page(page)
    if (flags & PAGE_FLAGS.branch) for (const element of elements) yield* this.leaves(element.page)
    else yield* elements
  }

  /** A page as bbolt takes it from memory: there is nothing behind the file's last page, zeros behind what is mapped. */
  private page(id: number): Node {
    const from = id * PAGE
    const { length } = this.bytes
    if (from >= Math.ceil(length / PAGE) * PAGE && from < mapSize(length))
      throw new DatabasePanic('unexpected fault address', id, true)
    const self = from + 8 <= this.bytes.length ? Number(this.view.getBigUint64(from, true)) : 0
    if (self !== id)
      throw new DatabasePanic(`assertion failed: Page expected to be: ${id}, but self identifies as ${self}`, id)
    const flags = this.view.getUint16(from + 8, true)
    if (!(flags in TYPES))
      throw new DatabasePanic(`assertion failed: page ${id}: has unexpected type/flags: ${flags.toString(16)}`, id)
    return node(this.bytes.subarray(from), id)
  }

  /** Walks every tree as bbolt does to find the free pages: whatever is wrong is the end of the program. */
  private check(): void {
    const reachable = new Set([0, 1])
    const tree = (root: number): void => {
      this.references(root, [], reachable)
      this.order(root, undefined, undefined, [])
      for (const { flags, value } of this.leaves(root)) {
        if (!(flags & BUCKET_ELEMENT)) continue
        const child = new DataView(value.buffer, value.byteOffset).getUint32(0, true)
        if (child !== 0) tree(child)
      }
    }
    tree(this.root)
  }

  private references(id: number, above: readonly number[], reachable: Set<number>): void {
    const { flags, overflow, elements } = this.page(id)
    const stack = [...above, id]
    if (id > this.pages) unreachable(`page ${id}: out of bounds: ${this.pages} (stack: [${stack.join(' ')}])`)
    for (let at = id; at <= id + overflow; at++) {
      if (reachable.has(at)) unreachable(`page ${at}: multiple references (stack: [${stack.join(' ')}])`)
      reachable.add(at)
    }
    if (flags !== PAGE_FLAGS.branch && flags !== PAGE_FLAGS.leaf)
      unreachable(`page ${id}: invalid type: ${TYPES[flags]} (stack: [${stack.join(' ')}])`)
    if (flags === PAGE_FLAGS.branch) for (const { page } of elements) this.references(page, stack, reachable)
  }

  private order(
    id: number,
    from: Uint8Array | undefined,
    to: Uint8Array | undefined,
    above: readonly number[],
  ): Uint8Array | undefined {
    const { flags, elements } = this.page(id)
    const stack = [...above, id]
    const branch = flags === PAGE_FLAGS.branch
    let least = from
    for (const [i, { key, page }] of elements.entries()) {
      inOrder({ page: branch ? page : id, type: branch ? 'branch' : 'leaf', i, key, stack }, least, to)
      least = branch ? this.order(page, key, elements[i + 1]?.key ?? to, stack) : key
    }
    return least
  }
}

const unreachable = (why: string): never => {
  throw new DatabasePanic(`freepages: failed to get all reachable pages (${why})`)
}

interface Place {
  readonly page: number
  readonly type: string
  readonly i: number
  readonly key: Uint8Array
  readonly stack: readonly number[]
}

function inOrder(
  { page, type, i, key, stack }: Place,
  before: Uint8Array | undefined,
  to: Uint8Array | undefined,
): void {
  const where = `on ${type} page(${page}) needs to be`
  const order = before === undefined ? -1 : compare(before, key)
  if (i === 0 && order > 0)
    unreachable(
      `the first key[0]=(hex)${hex(key)} ${where} >= the key in the ancestor (${hex(before!)}). Stack: [${stack.join(' ')}]`,
    )
  if (i > 0 && order >= 0)
    unreachable(
      `key[${i}]=(hex)${hex(key)} ${where} > (found ${order > 0 ? '<' : '='}) than previous element (hex)${hex(before!)}. Stack: [${stack.join(' ')}]`,
    )
  if (to !== undefined && compare(key, to) >= 0)
    unreachable(
      `key[${i}]=(hex)${hex(key)} ${where} < than key of the next element in ancestor (hex)${before ? hex(before) : ''}. Pages stack: [${stack.join(' ')}]`,
    )
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}

/** The elements of a page that begins at the first of these bytes. */
function node(bytes: Uint8Array, id: number): Node {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const flags = view.getUint16(8, true)
  const branch = flags === PAGE_FLAGS.branch
  const elements: Element[] = []
  const count = branch || flags === PAGE_FLAGS.leaf ? view.getUint16(10, true) : 0
  for (let i = 0, at = HEADER; i < count && at + HEADER <= bytes.length; i++, at += HEADER) {
    const [a, b, c, d] = [0, 4, 8, 12].map((n) => view.getUint32(at + n, true))
    const data = at + (branch ? a : b)
    const length = branch ? b : c
    elements.push({
      flags: branch ? 0 : a,
      key: bytes.subarray(data, data + length),
      value: branch ? new Uint8Array() : bytes.subarray(data + length, data + length + d),
      page: c,
    })
  }
  return { id, flags, overflow: view.getUint32(12, true), elements }
}
