const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n))

/** SHA-1 of a byte string. Only member and cluster IDs need it (server/etcdserver/api/membership/member.go). */
export function sha1(bytes: Uint8Array): Uint8Array {
  const length = bytes.length
  const blocks = ((length + 8) >> 6) + 1
  const data = new DataView(new ArrayBuffer(blocks * 64))
  for (let i = 0; i < length; i++) data.setUint8(i, bytes[i])
  data.setUint8(length, 0x80)
  data.setUint32(blocks * 64 - 4, length * 8)

  const h = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const w = new Int32Array(80)
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 16; i++) w[i] = data.getInt32(block * 64 + i * 4)
    for (let i = 16; i < 80; i++) w[i] = rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)
    let [a, b, c, d, e] = h
    for (let i = 0; i < 80; i++) {
      const f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d)
      const k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6
      const t = (rotl(a, 5) + f + e + k + w[i]) | 0
      e = d
      d = c
      c = rotl(b, 30)
      b = a
      a = t
    }
    h[0] = (h[0] + a) | 0
    h[1] = (h[1] + b) | 0
    h[2] = (h[2] + c) | 0
    h[3] = (h[3] + d) | 0
    h[4] = (h[4] + e) | 0
  }
  const out = new DataView(new ArrayBuffer(20))
  for (let i = 0; i < 5; i++) out.setInt32(i * 4, h[i])
  return new Uint8Array(out.buffer)
}
