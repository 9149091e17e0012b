import { formatIp, ipBytes } from '../../../pki/index.ts'

/** A network: `10.0.0.0/8` has 8 ones of 32 bits. */
interface Cidr {
  /** As Go prints it, the host's bits being nought. */
  readonly text: string
  readonly ones: number
  readonly bits: number
}

function parseCidr(text: string): Cidr | undefined {
  const m = /^([^/]+)\/(\d{1,3})$/.exec(text)
  const bytes = m && ipBytes(m[1])
  if (!m || !bytes) return undefined
  const [ones, bits] = [Number(m[2]), bytes.length * 8]
  if (ones > bits) return undefined
  const masked = bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, ones - i * 8))) & 0xff)
  return { text: `${formatIp(masked)}/${ones}`, ones, bits }
}

/** Networks in a list with commas; undefined where one of them is none. */
export function parseCidrs(text: string): Cidr[] | undefined {
  const nets = text.split(',').map(parseCidr)
  return nets.includes(undefined) ? undefined : (nets as Cidr[])
}
