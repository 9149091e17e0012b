import type { Program } from '../../host/index.ts'
import { bytesToText, textToBytes } from '../../kernel/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { curly } from '../text/quotes.ts'

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** `=` */
const PADDING = 61

interface Code {
  readonly alphabet: string
  readonly bits: number
  /** Characters of a full group. */
  readonly group: number
}

/** Bits in, letters out, padded to whole groups. */
export function encode(bytes: Uint8Array, code: Code = { alphabet: STANDARD, bits: 6, group: 4 }): string {
  const letters = textToBytes(code.alphabet)
  const groups = Math.ceil((bytes.length * 8) / (code.bits * code.group))
  const out = new Uint8Array(groups * code.group).fill(PADDING)
  let length = 0
  let buffer = 0
  let held = 0
  for (const b of bytes) {
    buffer = (buffer << 8) | b
    held += 8
    while (held >= code.bits) {
      held -= code.bits
      out[length++] = letters[(buffer >> held) & ((1 << code.bits) - 1)]!
    }
    buffer &= (1 << held) - 1
  }
  if (held > 0) out[length++] = letters[(buffer << (code.bits - held)) & ((1 << code.bits) - 1)]!
  return bytesToText(out)
}

/** Decodes until the first wrong character; `ok` is false when there was one. */
export function decode(
  text: string,
  ignoreGarbage = false,
  code: Code = { alphabet: STANDARD, bits: 6, group: 4 },
): { bytes: Uint8Array; ok: boolean } {
  const out: number[] = []
  let buffer = 0
  let held = 0
  let letters = 0
  let ok = true
  let padding = 0
  for (const c of text) {
    if (c === '\n') continue
    if (c === '=') {
      padding++
      continue
    }
    const v = code.alphabet.indexOf(c)
    if (v < 0) {
      if (ignoreGarbage) continue
      ok = false
      break
    }
    if (padding > 0) {
      // Concatenated encodings are accepted, as coreutils does.
      if ((letters + padding) % code.group !== 0) {
        ok = false
        break
      }
      buffer = held = letters = padding = 0
    }
    letters++
    buffer = (buffer << code.bits) | v
    held += code.bits
    if (held >= 8) {
      held -= 8
      out.push((buffer >> held) & 255)
      buffer &= (1 << held) - 1
    }
  }
  if (ok && (letters + padding) % code.group !== 0) ok = false
  return { bytes: Uint8Array.from(out), ok }
}

function program(name: string, code: Code): Program {
  return defineTool({
    name,
    summary: `${name === 'base64' ? 'Base64' : 'Base32'} encode or decode FILE, or standard input, to standard output.\n\nWith no FILE, or when FILE is -, read standard input.`,
    usage: '[OPTION]... [FILE]',
    options: {
      decode: flag('d', 'decode', 'decode data'),
      ignore: flag('i', 'ignore-garbage', 'when decoding, ignore non-alphabet characters'),
      wrap: value(
        'w',
        'wrap',
        'COLS',
        'wrap encoded lines after COLS character (default 76).\n                          Use 0 to disable line wrapping',
      ),
    },
    *run(t) {
      const width = t.opts.wrap === undefined ? 76 : Number(t.opts.wrap)
      if (!Number.isInteger(width) || width < 0) return t.fail(`invalid wrap size: ${curly(t.opts.wrap ?? '')}`)
      if (t.args.length > 1) throw new UsageError(`extra operand ${curly(t.args[1])}`)
      const source = t.open(t.args[0] ?? '-')
      if (!source) return 1
      const text = yield* t.all(source)
      if (t.opts.decode) {
        const { bytes, ok } = decode(text, t.opts.ignore > 0, code)
        t.write(bytesToText(bytes))
        yield* t.flush()
        return ok ? 0 : t.fail('invalid input')
      }
      const encoded = encode(textToBytes(text), code)
      if (width === 0) t.write(encoded)
      else for (let i = 0; i < encoded.length; i += width) t.line(encoded.slice(i, i + width))
      return 0
    },
  })
}

export const base64 = program('base64', { alphabet: STANDARD, bits: 6, group: 4 })
export const base32 = program('base32', { alphabet: BASE32, bits: 5, group: 8 })
