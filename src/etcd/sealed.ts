/** Ciphers of Kubernetes' encryption at rest, and how many bytes each makes of n. */
const LENGTH = {
  /** Initialisation vector, then whole blocks. */
  aescbc: (n: number) => 16 + 16 * (Math.floor(n / 16) + 1),
  /** Nonce, text, tag. */
  aesgcm: (n: number) => 12 + n + 16,
  secretbox: (n: number) => 24 + n + 16,
} as const

/** How etcd's values can be encrypted at rest. */
export type Cipher = keyof typeof LENGTH

/** A value that its owner encrypted. Who reads etcd sees a prefix in clear text and noise; only the same secret opens it. */
export class Sealed {
  constructor(
    readonly cipher: Cipher,
    readonly keyName: string,
    readonly secret: string,
    readonly object: object,
    /** Unlike for every write. */
    readonly nonce: number,
  ) {}

  /** The bytes that lie in etcd, for the clear text `plain`. */
  bytes(plain: Uint8Array): Uint8Array {
    const prefix = new TextEncoder().encode(`k8s:enc:${this.cipher}:v1:${this.keyName}:`)
    const out = new Uint8Array(prefix.length + LENGTH[this.cipher](plain.length))
    out.set(prefix)
    let state = (this.nonce * 2654435761) >>> 0 || 1
    for (let i = 0; i < this.secret.length; i++) state = Math.imul(state ^ this.secret.charCodeAt(i), 0x01000193) >>> 0
    for (let i = prefix.length; i < out.length; i++) {
      state ^= (plain[(i - prefix.length) % Math.max(1, plain.length)] ?? 0) + 1
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0
      state = (state ^ (state >>> 12)) >>> 0 || 1
      out[i] = state & 0xff
    }
    return out
  }
}
