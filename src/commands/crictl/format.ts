import { TabWriter, toGoJson, toYaml } from '../../print/index.ts'

/** crictl's tables: text/tabwriter with a least width of 20. */
export function table(rows: readonly (readonly string[])[]): string {
  const writer = new TabWriter({ minWidth: 20, tabWidth: 1, padding: 3, padChar: ' ' })
  return `${writer.format(rows.map((r) => r.join('\t')).join('\n'))}\n`
}

/** 13 digits of an ID; images lose their `sha256:`. */
export const short = (id: string): string => id.replace(/^sha256:/, '').slice(0, 13)

/** go-units HumanDuration with `ago`. */
export function ago(ms: number): string {
  const s = Math.floor(ms / 1000)
  const text = (): string => {
    if (s < 1) return 'Less than a second'
    if (s === 1) return '1 second'
    if (s < 60) return `${s} seconds`
    const m = Math.floor(s / 60)
    if (m === 1) return 'About a minute'
    if (m < 60) return `${m} minutes`
    const h = Math.round(s / 3600)
    if (h === 1) return 'About an hour'
    if (h < 48) return `${h} hours`
    if (h < 24 * 7 * 2) return `${Math.floor(h / 24)} days`
    if (h < 24 * 30 * 2) return `${Math.floor(h / 24 / 7)} weeks`
    return `${Math.floor(h / 24 / 30)} months`
  }
  return `${text()} ago`
}

/** go-units HumanSizeWithPrecision(size, 4 or 3): decimal units. */
export function size(bytes: number, precision: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let n = bytes
  let i = 0
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000
    i++
  }
  return `${Number(n.toPrecision(precision))}${units[i]}`
}

/** Indented as encoding/json does; lists of the CRI keep their field order. */
export const json = (value: unknown, sortKeys = false): string => `${toGoJson(value, { indent: '  ', sortKeys })}\n`

/** `-o yaml`: ends in exactly one line break. */
export const yaml = (value: unknown): string => `${toYaml(value).trimEnd()}\n`

/** Nanoseconds since the epoch as CRI gives them. */
export const nanos = (ms: number): string => `${ms}${'000000'}`
/** RFC 3339 with nanoseconds; Go's zero time for 0. */
export const time = (ms: number): string =>
  ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString().replace('Z', '000000Z')
