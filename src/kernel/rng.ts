/** Kubernetes' alphabet for generated names (k8s.io/apimachinery/pkg/util/rand): no vowels, no look-alikes. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789'
const HEX = '0123456789abcdef'

/** Seeded random numbers (sfc32). `fork` gives an independent stream, so that one consumer's draws never shift another's. */
export class Rng {
  private a: number
  private b: number
  private c: number
  private d: number

  constructor(readonly seed: string | number) {
    const h = hash(String(seed))
    this.a = h
    this.b = Math.imul(h ^ 0x9e3779b9, 0x85ebca6b)
    this.c = Math.imul(h ^ 0x243f6a88, 0xc2b2ae35)
    this.d = 1
    for (let i = 0; i < 12; i++) this.u32()
  }

  /** An unsigned 32-bit integer. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + t
    this.c |= 0
    return t >>> 0
  }

  /** A float in [0, 1). */
  float(): number {
    return this.u32() / 4294967296
  }

  /** An integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.float() * n)
  }

  /** An integer in [min, max]. */
  between(min: number, max: number): number {
    return min + this.int(max - min + 1)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]
  }

  /** `ms` spread by ± `share` (0.1 = ±10 %), as an integer. */
  jitter(ms: number, share = 0.1): number {
    return Math.round(ms * (1 + (this.float() * 2 - 1) * share))
  }

  /** A name suffix as the API server and controllers generate them. */
  suffix(length = 5): string {
    let s = ''
    for (let i = 0; i < length; i++) s += SAFE[this.int(SAFE.length)]
    return s
  }

  hex(length: number): string {
    let s = ''
    for (let i = 0; i < length; i++) s += HEX[this.u32() & 15]
    return s
  }

  /** A version 4 UUID. */
  uuid(): string {
    const h = this.hex(32)
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${'89ab'[this.u32() & 3]}${h.slice(17, 20)}-${h.slice(20)}`
  }

  /** An independent stream that depends only on this stream's seed and the label. */
  fork(label: string): Rng {
    return new Rng(`${this.seed}/${label}`)
  }
}

/** 32-bit FNV-1a with a final avalanche. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
