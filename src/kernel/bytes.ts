/** Bytes as text: files, streams and values are kept as strings; bytes that are not UTF-8 travel in them as U+DC80..U+DCFF. */

const encoder = new TextEncoder()

/** Length in bytes of the text as UTF-8. Bytes that are not UTF-8 travel as U+DC80..U+DCFF and count one each. */
export function utf8Length(text: string): number {
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x80) n++
    else if (c < 0x800) n += 2
    else if (c >= 0xd800 && c < 0xdc00) {
      n += 4
      i++
    } else if (c >= 0xdc80 && c <= 0xdcff) n++
    else n += 3
  }
  return n
}

/** Text to bytes: UTF-8, with U+DC80..U+DCFF (undecodable bytes, as Python's surrogateescape) turned back into themselves. */
export function textToBytes(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text)
  const out = new Uint8Array(text.length * 3)
  let n = 0
  let from = 0
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 0xdc80
    const low = c >= 0xdc80 && c <= 0xdcff
    const paired = low && i > 0 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800
    if (!low || paired) continue
    if (i > from) n += encoder.encodeInto(text.slice(from, i), out.subarray(n)).written
    if (i < text.length) out[n++] = c - 0xdc00
    from = i + 1
  }
  return out.slice(0, n)
}

/** So many bytes of ASCII in a row are worth a look of their own. */
const RUN = 32

/** Bytes to text, the inverse of `textToBytes`. */
export function bytesToText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    const parts: string[] = []
    let units: number[] = []
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let i = 0; i < bytes.length; ) {
      const c = bytes[i]
      if (c < 0x80) {
        let end = i + 1
        while (end < bytes.length && bytes[end] < 0x80) end++
        if (end - i > RUN) {
          parts.push(String.fromCharCode(...units), buffer.toString('latin1', i, end))
          units = []
        } else for (let k = i; k < end; k++) units.push(bytes[k])
        i = end
        continue
      }
      const length = sequenceLength(bytes, i)
      if (length === 0) units.push(0xdc00 + c)
      else {
        let point = c & (0xff >> (length + 1))
        for (let k = 1; k < length; k++) point = (point << 6) | (bytes[i + k] & 63)
        if (point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff))
        else units.push(point)
      }
      i += length || 1
      if (units.length > 4096) {
        parts.push(String.fromCharCode(...units))
        units = []
      }
    }
    return parts.join('') + String.fromCharCode(...units)
  }
}

/** Standard base64 of a text's bytes. */
export const base64 = (text: string): string => Buffer.from(textToBytes(text)).toString('base64')

/** Bytes of the well-formed UTF-8 sequence at `i`; 0 when there is none. */
function sequenceLength(b: Uint8Array, i: number): number {
  const c = b[i]
  const n = c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0
  if (n === 0 || i + n > b.length) return 0
  for (let k = 1; k < n; k++) if ((b[i + k] & 0xc0) !== 0x80) return 0
  const second = b[i + 1]
  // No overlong forms, no surrogates, nothing beyond U+10FFFF.
  const bad =
    (c === 0xe0 && second < 0xa0) ||
    (c === 0xed && second > 0x9f) ||
    (c === 0xf0 && second < 0x90) ||
    (c === 0xf4 && second > 0x8f)
  return bad ? 0 : n
}
