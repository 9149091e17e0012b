import { invalid } from '../errors.ts'
import type { Errors } from './checks.ts'

/** Four numbers, leading zeros allowed (ParseIPSloppy). */
function parseV4(text: string): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((p) => /^\d{1,}$/.test(p) && Number(p) <= 255)) return undefined
  return parts.map(Number)
}

/** Eight groups of an IPv6 address. */
function parseV6(text: string): number[] | undefined {
  let source = text
  const v4 = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (v4) {
    const bytes = parseV4(v4[2]!)
    if (!bytes) return undefined
    source = `${v4[1]}${((bytes[0]! << 8) | bytes[1]!).toString(16)}:${((bytes[2]! << 8) | bytes[3]!).toString(16)}`
  }
  const halves = source.split('::')
  if (halves.length > 2) return undefined
  const groups = (half: string): number[] | undefined => {
    if (!half) return []
    const parts = half.split(':')
    return parts.every((p) => /^[0-9a-fA-F]{1,4}$/.test(p)) ? parts.map((p) => Number.parseInt(p, 16)) : undefined
  }
  const head = groups(halves[0]!)
  const tail = halves.length === 2 ? groups(halves[1]!) : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

/** Four decimal numbers without leading zeros. */
export const isIPv4 = (text: string): boolean => parseV4(text) !== undefined

/** With at least one colon. */
export const isIPv6 = (text: string): boolean => text.includes(':') && parseV6(text) !== undefined

/** An address of either family. */
export const isIP = (text: string): boolean => isIPv4(text) || isIPv6(text)

/** IsValidIPForLegacyField */
export function checkIP(errors: Errors, path: string, value: string): boolean {
  const v4 = parseV4(value)
  if (!v4 && !isIPv6(value)) {
    errors.push(invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'))
    return false
  }
  if (v4 && v4.join('.') !== value) {
    errors.push(invalid(path, value, 'must not have leading 0s'))
    return false
  }
  return true
}

/** ValidateEndpointIP: addresses that cannot be anyone's. */
export function checkEndpointIP(errors: Errors, path: string, value: string): void {
  const v4 = parseV4(value)
  const v6 = v4 ? undefined : parseV6(value)
  if (!v4 && !v6) {
    errors.push(invalid(path, value, 'must be a valid IP address'))
    return
  }
  const loopback = v4 ? v4[0] === 127 : v6!.slice(0, 7).every((g) => g === 0) && v6![7] === 1
  if ((v4 ?? v6!).every((part) => part === 0)) errors.push(invalid(path, value, `may not be unspecified (${value})`))
  if (loopback) errors.push(invalid(path, value, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'))
  if (v4 ? v4[0] === 169 && v4[1] === 254 : (v6![0]! & 0xffc0) === 0xfe80) {
    errors.push(invalid(path, value, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'))
  }
  if (v4 ? v4[0] === 224 && v4[1] === 0 && v4[2] === 0 : (v6![0]! & 0xff0f) === 0xff02) {
    errors.push(invalid(path, value, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'))
  }
}

/** IsValidCIDRForLegacyField */
export function checkCIDR(errors: Errors, path: string, value: string): boolean {
  const match = /^(.+)\/(\d+)$/.exec(value)
  const v4 = match && parseV4(match[1]!)
  const v6 = match && !v4 ? parseV6(match[1]!) : undefined
  const bits = Number(match?.[2])
  if (!match || (!v4 && !v6) || bits > (v4 ? 32 : 128)) {
    errors.push(invalid(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'))
    return false
  }
  if ((v4 && v4.join('.') !== match[1]) || String(bits) !== match[2]) {
    errors.push(invalid(path, value, 'must not have leading 0s in IP or prefix length'))
    return false
  }
  if (v4 && bits < 32) {
    const address = ((v4[0]! << 24) | (v4[1]! << 16) | (v4[2]! << 8) | v4[3]!) >>> 0
    if (address & (0xffffffff >>> bits)) {
      errors.push(invalid(path, value, 'must not have bits set beyond the prefix length'))
      return false
    }
  }
  return true
}
