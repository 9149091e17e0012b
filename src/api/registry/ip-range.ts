/** An IPv4 range as `10.96.0.0/12`, with addresses as numbers. */
export class IpRange {
  readonly first: number
  readonly size: number

  constructor(readonly cidr: string) {
    const [ip = '', bits = '32'] = cidr.split('/')
    this.size = 2 ** (32 - Number(bits))
    this.first = Math.floor(toNumber(ip) / this.size) * this.size
  }

  /** Network and broadcast addresses are nobody's. */
  contains(ip: string): boolean {
    const n = toNumber(ip)
    return n > this.first && n < this.first + this.size - 1
  }

  /** Is the other range a part of this one? */
  covers({ first, size }: IpRange): boolean {
    return first >= this.first && first + size <= this.first + this.size
  }

  at(offset: number): string {
    return toText(this.first + offset)
  }
}

const toNumber = (ip: string): number => ip.split('.').reduce((n, octet) => n * 256 + Number(octet), 0)

const toText = (n: number): string => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.')
