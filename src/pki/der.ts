/** A small ASN.1 DER encoder and reader: as much as X.509, PKCS#1, PKCS#8 and PKCS#10 need. */

export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  t61: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Context-specific tag `n`, constructed (explicit, or implicit of a constructed type). */
export const context = (n: number): number => 0xa0 | n
/** Context-specific tag `n`, primitive (implicit of a primitive type). */
export const contextPrimitive = (n: number): number => 0x80 | n

/** One element: tag, length, and the parts as content. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0
  for (const part of parts) length += part.length
  const size = length < 128 ? 0 : length < 256 ? 1 : length < 65536 ? 2 : 3
  const out = Buffer.allocUnsafe(2 + size + length)
  out[0] = tag
  out[1] = size === 0 ? length : 0x80 | size
  for (let i = 0; i < size; i++) out[2 + i] = (length >>> (8 * (size - 1 - i))) & 0xff
  let at = 2 + size
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Big-endian bytes of a non-negative integer, left-padded to `width` bytes when given. */
export function bigBytes(value: bigint, width = 0): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return bytes.length >= width ? bytes : Buffer.concat([Buffer.alloc(width - bytes.length), bytes])
}

/** The number that the bytes are, without a sign. */
export const toBig = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

/** SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(Tag.sequence, ...parts)

/** SET, in the order given. */
export const set = (...parts: readonly Uint8Array[]): Buffer => tlv(Tag.set, ...parts)

/** OCTET STRING. */
export const octets = (bytes: Uint8Array): Buffer => tlv(Tag.octetString, bytes)

/** BIT STRING whose last `unused` bits do not count. */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => tlv(Tag.bitString, Buffer.of(unused), bytes)

/** BOOLEAN. */
export const boolean = (value: boolean): Buffer => tlv(Tag.boolean, Buffer.of(value ? 0xff : 0))

/** NULL. */
export const nul = (): Buffer => tlv(Tag.null)

/** A string of the type that `tag` says. */
export const text = (tag: number, value: string): Buffer => tlv(tag, Buffer.from(value, 'utf8'))

/** A non-negative INTEGER. */
export function integer(value: bigint | number): Buffer {
  const bytes = bigBytes(BigInt(value))
  return bytes[0] & 0x80 ? tlv(Tag.integer, Buffer.of(0), bytes) : tlv(Tag.integer, bytes)
}

/** DER of an object identifier. */
export function oid(dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number)
  const bytes: number[] = []
  for (let arc of [arcs[0] * 40 + arcs[1], ...arcs.slice(2)]) {
    const group = [arc & 0x7f]
    while ((arc = Math.floor(arc / 128)) > 0) group.unshift(0x80 | (arc & 0x7f))
    bytes.push(...group)
  }
  return tlv(Tag.oid, Buffer.from(bytes))
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280). `ms` since the epoch; fractions of a second are dropped. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return Number(digits.slice(0, 4)) < 2050 ? text(Tag.utcTime, digits.slice(2)) : text(Tag.generalizedTime, digits)
}

/** Reads DER elements one after the other. Every read returns undefined where the input is not what was asked for. */
export class DerReader {
  private at = 0

  constructor(readonly bytes: Uint8Array) {}

  get empty(): boolean {
    return this.at >= this.bytes.length
  }

  /** Tag of the next element, or -1 at the end. */
  peek(): number {
    return this.empty ? -1 : this.bytes[this.at]
  }

  /** The next element of any tag: its tag, its content, and the whole of it. */
  any(): { tag: number; content: Buffer; raw: Buffer } | undefined {
    const { bytes, at } = this
    if (at + 2 > bytes.length) return undefined
    let length = bytes[at + 1]
    let start = at + 2
    if (length >= 0x80) {
      const size = length & 0x7f
      if (size === 0 || size > 4 || start + size > bytes.length || bytes[start] === 0) return undefined
      length = 0
      for (let i = 0; i < size; i++) length = length * 256 + bytes[start + i]
      if (length < 128) return undefined
      start += size
    }
    const end = start + length
    if (end > bytes.length) return undefined
    this.at = end
    return { tag: bytes[at], content: view(bytes, start, end), raw: view(bytes, at, end) }
  }

  /** Content of the next element if it has this tag. */
  read(tag: number): Buffer | undefined {
    if (this.peek() !== tag) return undefined
    return this.any()?.content
  }

  /** The next element with its header, if it has this tag. */
  element(tag: number): Buffer | undefined {
    if (this.peek() !== tag) return undefined
    return this.any()?.raw
  }

  /** A reader of the next element's content if it has this tag. */
  enter(tag: number): DerReader | undefined {
    const content = this.read(tag)
    return content && new DerReader(content)
  }

  integer(): bigint | undefined {
    const content = this.read(Tag.integer)
    if (!content || content.length === 0) return undefined
    const value = toBig(content)
    return content[0] & 0x80 ? value - (1n << BigInt(content.length * 8)) : value
  }

  oid(): string | undefined {
    const content = this.read(Tag.oid)
    return content && decodeOid(content)
  }

  boolean(): boolean | undefined {
    const content = this.read(Tag.boolean)
    return content && content.length === 1 ? content[0] !== 0 : undefined
  }

  bitString(): Buffer | undefined {
    const content = this.read(Tag.bitString)
    return content && content.length > 0 ? content.subarray(1) : undefined
  }

  /** Milliseconds since the epoch of a UTCTime or GeneralizedTime. */
  time(): number | undefined {
    const tag = this.peek()
    if (tag !== Tag.utcTime && tag !== Tag.generalizedTime) return undefined
    const value = this.any()?.content.toString('latin1') ?? ''
    const m = /^(\d{2,4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(value)
    if (!m) return undefined
    const year = m[1].length === 4 ? Number(m[1]) : Number(m[1]) + (Number(m[1]) >= 50 ? 1900 : 2000)
    return Date.UTC(year, Number(m[2]) - 1, Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6]))
  }
}

function view(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
}

/** Dotted form of an OID's content bytes. */
export function decodeOid(content: Uint8Array): string | undefined {
  const arcs: number[] = []
  let arc = 0
  for (let i = 0; i < content.length; i++) {
    arc = arc * 128 + (content[i] & 0x7f)
    if (content[i] & 0x80) continue
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40))
      arcs.push(first, arc - first * 40)
    } else arcs.push(arc)
    arc = 0
  }
  return arcs.length < 2 ? undefined : arcs.join('.')
}

/** Text of a string element, whatever its string type. */
export function decodeText(tag: number, content: Buffer): string {
  if (tag === Tag.bmp) return Buffer.from(content).swap16().toString('utf16le')
  return content.toString(tag === Tag.t61 ? 'latin1' : 'utf8')
}
