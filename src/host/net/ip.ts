/** IPv4 arithmetic. Addresses are unsigned 32-bit numbers inside the stack and dotted text at its edges. */
export interface Cidr {
  /** Network address (host bits cleared). */
  readonly base: number
  readonly bits: number
}

const DOT = 46
const ZERO = 48
const NINE = 57

/** Parses a dotted quad; undefined when it is not one. `::1` and `localhost` count as 127.0.0.1. */
export function parseIp(text: string): number | undefined {
  if (text === '::1' || text === 'localhost') return 0x7f000001
  let ip = 0
  let dots = 0
  let octet = 0
  let digits = 0
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : DOT
    if (c === DOT) {
      if (digits === 0 || octet > 255) return undefined
      ip = ip * 256 + octet
      dots++
      octet = digits = 0
    } else {
      if (c < ZERO || c > NINE || ++digits > 3) return undefined
      octet = octet * 10 + c - ZERO
    }
  }
  return dots === 4 ? ip : undefined
}

/** Dotted quad of a 32-bit address. */
export const formatIp = (n: number): string => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`

/** The netmask of a prefix length. */
export const maskOf = (bits: number): number => (bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0)

/** Parses `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or a plain address (/32). Host bits are cleared. */
export function parseCidr(text: string): Cidr | undefined {
  if (text === 'default' || text === 'all' || text === 'any') return { base: 0, bits: 0 }
  const slash = text.indexOf('/')
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (ip === undefined) return undefined
  let bits = 32
  if (slash >= 0) {
    const suffix = text.slice(slash + 1)
    const mask = suffix.includes('.') ? parseIp(suffix) : undefined
    if (mask !== undefined) bits = mask === 0 ? 0 : 32 - Math.round(Math.log2((~mask >>> 0) + 1))
    else if (/^\d{1,2}$/.test(suffix) && Number(suffix) <= 32) bits = Number(suffix)
    else return undefined
  }
  return { base: (ip & maskOf(bits)) >>> 0, bits }
}

/** `10.0.0.0/8`. */
export const formatCidr = (c: Cidr): string => `${formatIp(c.base)}/${c.bits}`

/** Is the address one of the network's? */
export const inCidr = (ip: number, c: Cidr): boolean => (ip & maskOf(c.bits)) >>> 0 === c.base

/** 127.0.0.0/8. */
export const isLoopback = (ip: number): boolean => ip >>> 24 === 127
