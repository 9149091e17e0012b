/** The 4 or 16 bytes of an IP address, or undefined when the text is none. */
export function ipBytes(address: string): Buffer | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const parts = address.split('.')
    // As Go, leading zeros are refused.
    if (parts.some((p) => Number(p) > 255 || (p.length > 1 && p.startsWith('0')))) return undefined
    return Buffer.from(parts.map(Number))
  }
  if (!address.includes(':')) return undefined
  const halves = address.split('::')
  if (halves.length > 2) return undefined
  const words = (half: string): number[] | undefined => {
    if (half === '') return []
    const out: number[] = []
    const groups = half.split(':')
    for (const [i, group] of groups.entries()) {
      if (i === groups.length - 1 && group.includes('.')) {
        const v4 = ipBytes(group)
        if (v4?.length !== 4) return undefined
        out.push(v4.readUInt16BE(0), v4.readUInt16BE(2))
      } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) out.push(Number.parseInt(group, 16))
      else return undefined
    }
    return out
  }
  const head = words(halves[0])
  const tail = halves.length === 2 ? words(halves[1]) : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const bytes = Buffer.alloc(16)
  for (const [i, word] of [...head, ...new Array<number>(missing).fill(0), ...tail].entries())
    bytes.writeUInt16BE(word, i * 2)
  return bytes
}

/** As Go's net.IP prints it: dotted, or shortened groups (`::1`). An IPv4-mapped address prints dotted. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return `?${Buffer.from(bytes).toString('hex')}`
  const words = Array.from({ length: 8 }, (_, i) => bytes[2 * i] * 256 + bytes[2 * i + 1])
  if (words.slice(0, 5).every((w) => w === 0) && words[5] === 0xffff) return bytes.slice(12).join('.')
  let best = { at: -1, length: 1 }
  for (let i = 0; i < 8; i++) {
    let n = 0
    while (i + n < 8 && words[i + n] === 0) n++
    if (n > best.length) best = { at: i, length: n }
  }
  const hex = (from: number, to: number): string =>
    words
      .slice(from, to)
      .map((w) => w.toString(16))
      .join(':')
  return best.at < 0 ? hex(0, 8) : `${hex(0, best.at)}::${hex(best.at + best.length, 8)}`
}

/** As OpenSSL prints it: all eight groups of an IPv6 address, upper case. */
export function formatIpOpenssl(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return '<invalid>'
  return Array.from({ length: 8 }, (_, i) => (bytes[2 * i] * 256 + bytes[2 * i + 1]).toString(16).toUpperCase()).join(
    ':',
  )
}
