import { MONTHS } from '../../../kernel/index.ts'
import { age, compareBytes, DESCRIBE, formatLabels, goSort, humanDuration, TabWriter } from '../../../print/index.ts'
import { formatSelector } from '../lib/object-selector.ts'

/** Annotations that describe leaves out. */
const SKIPPED = new Set(['kubectl.kubernetes.io/last-applied-configuration'])
const LONGEST = 140

/** Text of a description: tab-separated cells that are laid out in blocks. */
export class Writer {
  private readonly done: string[] = []
  private text = ''

  constructor(
    /** The host's clock, for ages. */
    readonly now: number,
  ) {}

  /** Writes at a level of indentation (two blanks each). */
  w(level: number, text: string): void {
    this.text += '  '.repeat(level) + text
  }

  row(level: number, name: string, value: unknown): void {
    this.w(level, `${name}:\t${value}\n`)
  }

  /** Only when the value is set. */
  optional(level: number, name: string, value: unknown): void {
    if (value !== undefined && value !== null && value !== '') this.row(level, name, value)
  }

  /** Ends a block: columns further down are laid out anew. */
  flush(): void {
    this.done.push(new TabWriter(DESCRIBE).format(this.text))
    this.text = ''
  }

  toString(): string {
    this.flush()
    return this.done.join('')
  }

  /** Several values below each other behind one title. */
  multi(title: string, values: readonly string[], indent = ''): void {
    this.w(0, `${indent}${title}:\t${values.length === 0 ? '<none>' : values.join('\n\t')}\n`)
  }

  labels(title: string, labels: Readonly<Record<string, string>> | undefined, indent = ''): void {
    this.multi(
      title,
      sortedKeys(labels).map((key) => `${key}=${labels![key]}`),
      indent,
    )
  }

  annotations(title: string, annotations: Readonly<Record<string, string>> | undefined): void {
    const keys = sortedKeys(annotations).filter((key) => !SKIPPED.has(key))
    this.w(0, `${title}:\t`)
    if (keys.length === 0) this.w(0, '<none>\n')
    keys.forEach((key, i) => {
      const value = annotations![key].replace(/\n$/, '')
      if (i > 0) this.w(0, '\t')
      if (value.length + key.length + 2 > LONGEST || value.includes('\n')) {
        this.w(0, `${key}:\n`)
        for (const line of value.split('\n'))
          this.w(0, `\t  ${line.length > LONGEST - 2 ? `${line.slice(0, LONGEST - 2)}...` : line}\n`)
      } else this.w(0, `${key}: ${value}\n`)
    })
  }

  /** Name, namespace, labels and annotations as most kinds begin. */
  meta(object: any, options: { namespace?: boolean } = {}): void {
    this.row(0, 'Name', object.metadata.name)
    if (options.namespace !== false) this.row(0, 'Namespace', object.metadata.namespace ?? '')
    this.labels('Labels', object.metadata.labels)
    this.annotations('Annotations', object.metadata.annotations)
  }

  events(list: readonly any[] | undefined): void {
    if (!list) return
    if (list.length === 0) {
      this.w(0, 'Events:\t<none>\n')
      return
    }
    this.flush()
    this.w(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n')
    this.w(1, '----\t------\t----\t----\t-------\n')
    for (const e of goSort([...list], byLastTime)) {
      const first = age(e.eventTime || e.firstTimestamp, this.now)
      const last = e.series
        ? `${age(e.series.lastObservedTime, this.now)} (x${e.series.count} over ${first})`
        : e.count > 1
          ? `${age(e.lastTimestamp, this.now)} (x${e.count} over ${first})`
          : first
      const path = e.involvedObject?.fieldPath
      const message = (path ? `${path}: ` : '') + (e.message ?? '').trim()
      this.w(1, `${e.type}\t${e.reason}\t${last}\t${e.source?.component || e.reportingComponent || ''}\t${message}\n`)
    }
  }
}

const byLastTime = (a: any, b: any): boolean => (a.lastTimestamp ?? '') < (b.lastTimestamp ?? '')

/** Keys in Go's order (by bytes); none of undefined. */
export const sortedKeys = (map: object | undefined): string[] => Object.keys(map ?? {}).sort(compareBytes)

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const two = (n: number): string => String(n).padStart(2, '0')

/** time.RFC1123Z, in UTC. */
export function rfc1123(timestamp: string | undefined | null): string {
  if (!timestamp) return 'Mon, 01 Jan 0001 00:00:00 +0000'
  const t = new Date(timestamp)
  return `${DAYS[t.getUTCDay()]}, ${two(t.getUTCDate())} ${MONTHS[t.getUTCMonth()]} ${t.getUTCFullYear()} ${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())} +0000`
}

/** A bool as describe writes it. */
export const title = (value: boolean): string => (value ? 'True' : 'False')

/** A bool pointer as describe writes it. */
export const titleOrUnset = (value: boolean | undefined): string => (value === undefined ? '<unset>' : title(value))

/** `<none>` for nothing. */
export const orNone = (text: string | undefined): string => text || '<none>'

/** `<unset>` for nothing. */
export const orUnset = (value: unknown): string => (value === undefined || value === null ? '<unset>' : String(value))

/** `Deployment/web` of the controlling owner. */
export function controller(object: any): string | undefined {
  const ref = object.metadata.ownerReferences?.find((r: any) => r.controller)
  return ref && `${ref.kind}/${ref.name}`
}

export { formatLabels, formatSelector, humanDuration }
