import { type Coro, textToBytes } from '../../kernel/index.ts'
import {
  decodeOid,
  decodePem,
  decodeText,
  EXT_KEY_USAGES,
  OID,
  SIGNATURE_ALGORITHMS,
  shortName,
} from '../../pki/index.ts'
import { formOf } from './load.ts'
import { LONG } from './name-format.ts'
import { notSimulated, type Options, parseOptions } from './options.ts'
import { EKU, extensionTitle } from './text.ts'
import { Exit, type Tool } from './tool.ts'

const NAMES: Readonly<Record<number, string>> = {
  0: 'EOC',
  1: 'BOOLEAN',
  2: 'INTEGER',
  3: 'BIT STRING',
  4: 'OCTET STRING',
  5: 'NULL',
  6: 'OBJECT',
  10: 'ENUMERATED',
  12: 'UTF8STRING',
  16: 'SEQUENCE',
  17: 'SET',
  18: 'NUMERICSTRING',
  19: 'PRINTABLESTRING',
  20: 'T61STRING',
  22: 'IA5STRING',
  23: 'UTCTIME',
  24: 'GENERALIZEDTIME',
  26: 'VISIBLESTRING',
  28: 'UNIVERSALSTRING',
  30: 'BMPSTRING',
}

/** `openssl asn1parse`: the elements of a DER, one a line. */
export function* asn1parse(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, {
    in: 'text',
    inform: 'text',
    i: 'flag',
    noout: 'flag',
    out: 'text',
    offset: 'number',
    length: 'number',
    dump: 'flag',
    strparse: 'list',
  })
  if (o.rest.length > 0) tool.fail('asn1parse: Use -help for summary.')
  let text: string
  try {
    text = yield* tool.text(o.get('in'))
  } catch (error) {
    tool.tellUnopened(o.get('in'), formOf(o.get('inform')) === 'DER' ? 'rb' : 'r', error)
    throw new Exit(1)
  }
  const der = formOf(o.get('inform')) === 'DER'
  let bytes = der ? Buffer.from(textToBytes(text)) : pemBytes(text)
  for (const offset of o.all('strparse')) bytes = inner(tool, bytes, Number(offset))
  const from = o.number('offset') ?? 0
  if (from >= bytes.length) tool.fail('Error: offset out of range')
  const length = o.number('length')
  const part = bytes.subarray(from, length === undefined ? undefined : from + length)
  if (o.has('out')) notSimulated(tool, 'asn1parse -out')
  const printer = new Printer(o, part)
  const problem = printer.elements(0, part.length, 0)
  if (!o.has('noout')) tool.out(printer.text)
  if (problem === undefined) return 0
  tool.out('Error in encoding\n')
  tool.queue(problem)
  return 1
}

/** A PEM's content, or that of base64 without a heading as far as it goes. */
function pemBytes(text: string): Buffer {
  const block = decodePem(text)[0]
  if (block) return block.bytes
  const clean = text.replace(/\s/g, '')
  return /^[A-Za-z0-9+/]+=*$/.test(clean) ? Buffer.from(clean, 'base64') : Buffer.alloc(0)
}

interface Header {
  readonly first: number
  readonly tag: number
  /** Bytes of tag and length. */
  readonly size: number
  readonly length: number
}

const TOO_LONG = '0680009B:asn1 encoding routines:ASN1_get_object:too long:../crypto/asn1/asn1_lib.c:95:'
const BAD_HEADER = '0680007B:asn1 encoding routines:ASN1_get_object:header too long:../crypto/asn1/asn1_lib.c:105:'

/** ASN1_get_object: the header at a place, or a line of the error queue. */
function header(bytes: Buffer, at: number, end: number): Header | string {
  let i = at + 1
  let tag = bytes[at] & 0x1f
  if (tag === 0x1f) {
    tag = 0
    do tag = tag * 128 + (bytes[i] & 0x7f)
    while (i < end && bytes[i++] >= 0x80)
  }
  if (i >= end) return BAD_HEADER
  let length = bytes[i++]
  if (length >= 0x80) {
    const size = length & 0x7f
    if (size === 0 || size > 4 || i + size > end) return BAD_HEADER
    length = 0
    for (let n = 0; n < size; n++) length = length * 256 + bytes[i++]
  }
  return { first: bytes[at], tag, size: i - at, length }
}

/** The content of the element at an offset, to be parsed for itself. */
function inner(tool: Tool, bytes: Buffer, offset: number): Buffer {
  const head = offset < bytes.length ? header(bytes, offset, bytes.length) : undefined
  if (head === undefined || typeof head === 'string') return tool.fail(`'${offset}' is out of range`)
  // A string's content; anything made up of parts, as it stands.
  if (head.first & 0x20) return bytes.subarray(offset, offset + head.size + head.length)
  const skipped = head.tag === 3 ? 1 : 0
  return bytes.subarray(offset + head.size + skipped, offset + head.size + head.length)
}

class Printer {
  text = ''

  constructor(
    private readonly o: Options,
    private readonly bytes: Buffer,
  ) {}

  /** Prints what stands between two places. Returns what is wrong, as a line of the error queue. */
  elements(from: number, to: number, depth: number): string | undefined {
    for (let at = from; at < to; ) {
      const head = header(this.bytes, at, to)
      if (typeof head === 'string') return head
      const start = at + head.size
      if (start + head.length > to) return TOO_LONG
      const constructed = (head.first & 0x20) !== 0
      const indent = this.o.has('i') ? depth : 0
      this.text += `${String(at).padStart(5)}:d=${String(depth).padEnd(2)} hl=${head.size} l=${String(head.length).padStart(4)} ${constructed ? 'cons' : 'prim'}: ${' '.repeat(indent)}${label(head).padEnd(18)}`
      if (constructed) {
        this.text += '\n'
        const problem = this.elements(start, start + head.length, depth + 1)
        if (problem !== undefined) return problem
      } else this.text += this.value(head, this.bytes.subarray(start, start + head.length))
      at = start + head.length
    }
    return undefined
  }

  private value({ first, tag }: Header, content: Buffer): string {
    const dump = this.o.has('dump')
    if ((first & 0xc0) !== 0) return dump && content.length > 0 ? `\n${hexDump(content)}` : '\n'
    const hex = content.toString('hex').toUpperCase()
    switch (tag) {
      case 1:
        return `:${content[0]}\n`
      case 2:
      case 10:
        return `:${hex.replace(/^00(?=..)/, '')}\n`
      case 6:
        return `:${objectName(decodeOid(content) ?? '')}\n`
      case 4:
        if (dump) return `\n${hexDump(content)}`
        return /^[\x20-\x7e\r\n\t]*$/.test(content.toString('latin1')) ? `:${content}\n` : `[HEX DUMP]:${hex}\n`
      case 12:
      case 18:
      case 19:
      case 20:
      case 22:
      case 23:
      case 24:
      case 26:
        return `:${decodeText(first, content)}\n`
      default:
        return dump && content.length > 0 ? `\n${hexDump(content)}` : '\n'
    }
  }
}

function label({ first, tag }: Header): string {
  if ((first & 0xc0) === 0xc0) return `priv [ ${tag} ] `
  if ((first & 0xc0) === 0x80) return `cont [ ${tag} ]`
  if ((first & 0xc0) === 0x40) return `appl [ ${tag} ]`
  return NAMES[tag] ?? `<ASN1 ${tag}>`
}

const OBJECTS: Readonly<Record<string, string>> = {
  [OID.rsaEncryption]: 'rsaEncryption',
  [OID.ecPublicKey]: 'id-ecPublicKey',
  [OID.prime256v1]: 'prime256v1',
  [OID.secp384r1]: 'secp384r1',
  [OID.extensionRequest]: 'Extension Request',
  [OID.data]: 'pkcs7-data',
  '1.2.840.113549.1.7.6': 'pkcs7-encryptedData',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  [OID.signedData]: 'pkcs7-signedData',
  ...Object.fromEntries(SIGNATURE_ALGORITHMS.map(({ oid, name }) => [oid, name])),
  ...Object.fromEntries(Object.entries(EXT_KEY_USAGES).map(([usage, oid]) => [oid, EKU[usage]])),
}

/** OBJ_nid2ln: an object's long name, or its number. */
function objectName(oid: string): string {
  const short = shortName(oid)
  return OBJECTS[oid] ?? extensionTitle(oid) ?? LONG[short] ?? short
}

/** BIO_dump_indent by six. */
function hexDump(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16)
    const pairs = [...row].map((b, i) => `${b.toString(16).padStart(2, '0')}${i === 7 ? '-' : ' '}`).join('')
    const plain = [...row].map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('')
    text += `      ${at.toString(16).padStart(4, '0')} - ${pairs.padEnd(48)}  ${plain}\n`
  }
  return text
}
