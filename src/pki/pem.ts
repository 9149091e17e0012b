/** One block of a PEM text. */
export interface PemBlock {
  readonly type: string
  readonly bytes: Buffer
}

/** A PEM block with lines of 64 characters and a final newline. */
export function encodePem(type: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
  let body = ''
  for (let i = 0; i < base64.length; i += 64) body += `${base64.slice(i, i + 64)}\n`
  return `-----BEGIN ${type}-----\n${body}-----END ${type}-----\n`
}

/** Length of what `encodePem` makes of so many bytes. */
export function pemLength(type: string, bytes: number): number {
  const base64 = Math.ceil(bytes / 3) * 4
  return base64 + Math.ceil(base64 / 64) + 2 * type.length + '-----BEGIN -----\n-----END -----\n'.length
}

const BEGIN = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n/g

/**
 * The blocks of a text, in order. As Go's encoding/pem, it skips in silence what is not a block or whose base64 is broken,
 * and accepts text around and between blocks.
 */
export function decodePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  const begin = new RegExp(BEGIN)
  for (let m = begin.exec(text); m; m = begin.exec(text)) {
    const start = begin.lastIndex
    begin.lastIndex = start - 1
    const end = new RegExp(`-----END ${m[1].replace(/[^\w ]/g, '\\$&')}-----[ \\t\\r]*(?=\\n|$)`, 'g')
    end.lastIndex = start
    const close = end.exec(text)
    if (!close) continue
    const base64 = text
      .slice(start, close.index)
      .replace(/^(?:[^\n]*:[^\n]*\n)+\n/, '')
      .replace(/\s/g, '')
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) continue
    blocks.push({ type: m[1], bytes: Buffer.from(base64, 'base64') })
    begin.lastIndex = end.lastIndex
  }
  return blocks
}
