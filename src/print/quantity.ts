/** resource.Quantity of apimachinery: exact amounts like `100m`, `1.5Gi`, `2e3`. */

type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const NANO = 1_000_000_000n
const MAX = ((1n << 63n) - 1n) * NANO

/** Go's wording of the three ways in which a quantity can be wrong. */
export const QUANTITY_ERRORS = {
  format: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  suffix: "unable to parse quantity's suffix",
  numeric: 'unable to parse numeric part of quantity',
} as const

/** The text is no quantity. */
export class QuantityError extends Error {}

/** An immutable amount with the format in which it prints. */
export class Quantity {
  /** @param nano the amount in units of 10⁻⁹ */
  constructor(
    readonly nano: bigint,
    readonly format: QuantityFormat = 'DecimalSI',
  ) {}

  static of(value: number, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(Math.round(value)) * NANO, format)
  }

  static milli(value: number, format: QuantityFormat = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(Math.round(value)) * 1_000_000n, format)
  }

  get isZero(): boolean {
    return this.nano === 0n
  }

  /** The amount rounded up to a whole number. */
  value(): number {
    return Number(ceilDiv(this.nano, NANO))
  }

  /** The amount in thousandths, rounded up. */
  milliValue(): number {
    return Number(ceilDiv(this.nano, 1_000_000n))
  }

  /** The amount as a float, for ratios. */
  toNumber(): number {
    return Number(this.nano) / 1e9
  }

  compare(other: Quantity): number {
    return this.nano < other.nano ? -1 : this.nano > other.nano ? 1 : 0
  }

  /** The sum. A zero takes over the other's format, as upstream does. */
  add(other: Quantity): Quantity {
    return new Quantity(this.nano + other.nano, this.isZero ? other.format : this.format)
  }

  sub(other: Quantity): Quantity {
    return new Quantity(this.nano - other.nano, this.isZero ? other.format : this.format)
  }

  neg(): Quantity {
    return new Quantity(-this.nano, this.format)
  }

  /** The canonical form: no fraction, the largest suffix that keeps the number whole. */
  toString(): string {
    if (this.nano === 0n) return '0'
    const small = this.nano > -1024n * NANO && this.nano < 1024n * NANO
    if (this.format === 'BinarySI' && !small && this.nano % NANO === 0n) {
      const [number, power] = reduce(this.nano / NANO, 1024n, BINARY.length - 1)
      return `${number}${BINARY[power]}`
    }
    const [number, power] = reduce(this.nano, 1000n, DECIMAL.length - 1)
    if (this.format !== 'DecimalExponent') return `${number}${DECIMAL[power]}`
    const exponent = power * 3 - 9
    return exponent === 0 ? `${number}` : `${number}e${exponent}`
  }
}

function ceilDiv(a: bigint, b: bigint): bigint {
  const q = a / b
  return a > 0n && a % b !== 0n ? q + 1n : a < 0n && a % b !== 0n ? q - 1n : q
}

function reduce(value: bigint, base: bigint, limit: number): [bigint, number] {
  let number = value
  let power = 0
  while (power < limit && number % base === 0n) {
    number /= base
    power++
  }
  return [number, power]
}

/** Multiplier as a fraction of 10⁻⁹ units, and the format a suffix stands for. */
function suffix(text: string): { nano: bigint; shift: number; format: QuantityFormat } | undefined {
  const binary = BINARY.indexOf(text)
  if (binary > 0) return { nano: 1024n ** BigInt(binary) * NANO, shift: 0, format: 'BinarySI' }
  const decimal = DECIMAL.indexOf(text)
  if (decimal >= 0) return { nano: 1000n ** BigInt(decimal), shift: 0, format: 'DecimalSI' }
  const m = /^[eE]([-+]?\d+)$/.exec(text)
  return m ? { nano: NANO, shift: Number(m[1]), format: 'DecimalExponent' } : undefined
}

/** The same few amounts are read again and again, and so are words by those who ask whether they are amounts. */
const known = new Map<string, Quantity | QuantityError>()
const MOST_KNOWN = 4096
/** Longer texts are nobody's habit. */
const LONGEST_KNOWN = 64

/** Parses a quantity. Throws QuantityError with upstream's words. */
export function parseQuantity(input: string | number): Quantity {
  const text = String(input)
  const found = known.get(text) ?? remembered(text)
  if (found instanceof Quantity) return found
  throw found
}

function remembered(text: string): Quantity | QuantityError {
  let result: Quantity | QuantityError
  try {
    result = parse(text)
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error
    result = error
  }
  if (text.length > LONGEST_KNOWN) return result
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(text, result)
  return result
}

function parse(text: string): Quantity {
  const m = /^([-+]?)(\d*)(?:(\.)(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text)
  if (text === '' || !m) throw new QuantityError(QUANTITY_ERRORS.format)
  const [, sign, whole, , fraction = '', end] = m
  const unit = suffix(end)
  if (!unit) throw new QuantityError(QUANTITY_ERRORS.suffix)
  let numerator = BigInt(whole + fraction || '0') * unit.nano
  const places = fraction.length - unit.shift
  if (places <= 0) numerator *= 10n ** BigInt(Math.min(-places, 40))
  else numerator = ceilDiv(numerator, 10n ** BigInt(Math.min(places, 400)))
  if (numerator > MAX) numerator = MAX
  return new Quantity(sign === '-' ? -numerator : numerator, unit.format)
}

/** The canonical text of a quantity, or the text itself when it is none. */
export function canonicalQuantity(text: string | number): string {
  try {
    return parseQuantity(text).toString()
  } catch (error) {
    if (error instanceof QuantityError) return String(text)
    throw error
  }
}

/** Quantity of an optional field; zero when absent. */
export const quantityOf = (text: string | number | undefined | null): Quantity =>
  text === undefined || text === null ? new Quantity(0n) : parseQuantity(text)

/**
 * A quantity as a client that parsed it prints it again: upstream keeps the text as typed whenever the number fits its
 * fast path, and only the server's defaulting (which rounds) brings out the canonical form.
 */
export function retainedQuantity(text: string): string {
  const parsed = parseQuantity(text)
  const m = /^[-+]?(\d*)(?:\.(\d*))?(.*)$/.exec(text)!
  const whole = m[1].replace(/^0+/, '').length
  const fraction = (m[2] ?? '').length
  if (parsed.format === 'BinarySI') {
    const exponent = BINARY.indexOf(m[3]) * 10
    const precision = 15 - whole - Math.trunc((exponent * 3) / 10) - 1
    return fraction === 0 && precision >= 0 ? text : parsed.toString()
  }
  const exponent = /^[eE]/.test(m[3]) && m[3].length > 1 ? Number(m[3].slice(1)) : DECIMAL.indexOf(m[3]) * 3 - 9
  return whole + fraction <= 18 && exponent - fraction >= -9 ? text : parsed.toString()
}
