import type { Tags } from 'yaml'

/** What go-yaml takes for a number with a point or an exponent (yamlStyleFloat of its resolve.go). */
const FLOAT = /^[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/
const OCTAL = /^[-+]?0o[0-7_]+$/

/** Other libraries' scalars that are none to Go: times, sexagesimal numbers, and floats of their own shapes. */
const foreign = (tag: any): boolean =>
  tag.format === 'TIME' ||
  tag.tag === 'tag:yaml.org,2002:timestamp' ||
  (tag.tag === 'tag:yaml.org,2002:float' && !tag.test?.test('.inf'))

const digits = (text: string): string => text.replaceAll('_', '')

const float = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: FLOAT,
  // What is too big for a float64 stays the string it is.
  resolve: (text: string): number | string => (Number.isFinite(Number(digits(text))) ? Number(digits(text)) : text),
}

const octal = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: OCTAL,
  resolve: (text: string): number => Number(digits(text).replace(/^[-+]/, '')) * (text.startsWith('-') ? -1 : 1),
}

/** Scalars as sigs.k8s.io/yaml reads them: YAML 1.1 as go-yaml understands it. For `customTags` of the parser. */
export const goScalars = (tags: Tags): Tags => [...tags.filter((tag) => !foreign(tag)), float, octal] as Tags

/** The first number that JSON has no word for, as encoding/json calls it. */
export function unsupportedNumber(value: unknown): string | undefined {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return undefined
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const item of Object.values(value)) {
    const found = unsupportedNumber(item)
    if (found) return found
  }
  return undefined
}
