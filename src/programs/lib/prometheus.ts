/** One metric with its samples. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  /** Without stability: as the HELP line shows it. */
  readonly help: string
  readonly samples: readonly Sample[]
}

/** One line of a metric. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
  /** When it was taken, ms since the epoch; most exporters leave that out. */
  readonly at?: number
}

/** Prometheus' text form of a float, as Go's strconv writes it shortest: 2.147483648e+09, 1e-05. */
export function float(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e')
  const e = Number(exponent)
  if (value === 0 || (e >= -5 && e < 6)) return String(value)
  return `${mantissa}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`
}

const escaped = (value: string): string => value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))

function sampleText(name: string, { labels = {}, value, at }: Sample): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${key}="${escaped(text)}"`)
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${float(value)}${at === undefined ? '' : ` ${at}`}\n`
}

/** The text format: metrics in the order of their names; one without samples is left out. */
export const exposition = (families: readonly Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, type, help, samples }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map((s) => sampleText(name, s)).join('')}`,
    )
    .join('')

/** Headers of an answer in that format. */
export const EXPOSITION_HEADERS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' }
