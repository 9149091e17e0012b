import { compareBytes, formatGo } from './go-value.ts'
import { KUBECTL_TABLE, TabWriter } from './tabwriter.ts'

/** A column of a meta.k8s.io/v1 Table. */
interface TableColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description?: string
  /** Other than 0: only with -o wide. */
  readonly priority: number
}

interface TableRow {
  readonly cells: readonly unknown[]
  /** The object of the row, or its PartialObjectMetadata. */
  readonly object?: any
}

interface Table {
  /** Null in further tables of a watch: the same as before. */
  readonly columnDefinitions: readonly TableColumn[] | null
  readonly rows: readonly TableRow[]
}

interface TableOptions {
  readonly wide?: boolean
  readonly noHeaders?: boolean
  readonly withNamespace?: boolean
  readonly showLabels?: boolean
  /** -L: labels shown as columns. */
  readonly columnLabels?: readonly string[]
  /** `deployment.apps`: written before each name (--show-kind, several kinds). */
  readonly kind?: string
}

/** labels.FormatLabels: `a=1,b=2`, or `<none>`. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.keys(labels ?? {})
    .sort(compareBytes)
    .map((key) => `${key}=${labels![key]}`)
  return pairs.length === 0 ? '<none>' : pairs.join(',')
}

/** Control characters become visible, as cli-runtime's terminal escaper shows them. */
export const escapeTerminal = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r')

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'string') return escapeTerminal(formatGo(cell))
  const end = cell.search(/[\f\n\r]/)
  return end < 0 ? escapeTerminal(cell) : `${escapeTerminal(cell.slice(0, end))}...`
}

const EVENT_TYPES: Record<string, string> = { ADDED: 'ADDED   ', DELETED: 'DELETED ', ERROR: 'ERROR   ' }

/** printers.HumanReadablePrinter: prints tables one after the other; headers appear only when the columns change. */
export class TablePrinter {
  private readonly writer = new TabWriter(KUBECTL_TABLE)
  private lastColumns: readonly TableColumn[] = []
  private printedHeaders = false

  constructor(private readonly options: TableOptions = {}) {}

  /** The tab-separated lines of a table, before layout. `eventType` adds the EVENT column of --output-watch-events. */
  lines(table: Table, eventType?: string): string {
    const { options } = this
    const columns = table.columnDefinitions?.length ? table.columnDefinitions : this.lastColumns
    const same = sameColumns(columns, this.lastColumns)
    const noHeaders = options.noHeaders || (this.printedHeaders && same)
    if (!same) this.printedHeaders = false
    this.lastColumns = columns
    if (table.rows.length > 0) this.printedHeaders = true
    const shown = columns
      .map((column, i) => ({ column, i }))
      .filter(({ column }) => options.wide || column.priority === 0)
    const named = options.kind ? columns.findIndex((c) => c.format === 'name' && c.type === 'string') : -1
    const out: string[] = []
    if (!noHeaders && table.rows.length > 0) {
      const header = shown.map(({ column }) => column.name.toUpperCase())
      if (options.withNamespace) header.unshift('NAMESPACE')
      if (eventType) header.unshift('EVENT')
      for (const label of options.columnLabels ?? []) header.push(label.slice(label.lastIndexOf('/') + 1).toUpperCase())
      if (options.showLabels) header.push('LABELS')
      out.push(header.join('\t'))
    }
    for (const row of table.rows) {
      const metadata = row.object?.metadata
      const cells = shown
        .filter(({ i }) => i < row.cells.length)
        .map(({ i }) => (i === named ? `${options.kind!.toLowerCase()}/` : '') + cellText(row.cells[i]))
      if (options.withNamespace) cells.unshift(metadata?.namespace ?? '')
      if (eventType) cells.unshift(EVENT_TYPES[eventType] ?? eventType)
      for (const label of options.columnLabels ?? []) cells.push(cellText(metadata?.labels?.[label] ?? ''))
      if (options.showLabels) cells.push(metadata ? formatLabels(metadata.labels) : '')
      out.push(cells.join('\t'))
    }
    return out.length === 0 ? '' : `${out.join('\n')}\n`
  }

  /** Lays out text of `lines` of one flush; column widths only grow from flush to flush. */
  layout(lines: string): string {
    return this.writer.format(lines)
  }

  print(table: Table, eventType?: string): string {
    return this.layout(this.lines(table, eventType))
  }
}

function sameColumns(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  if (a === b) return true
  return (
    a.length === b.length &&
    a.every(
      (c, i) =>
        c.name === b[i].name && c.type === b[i].type && c.format === b[i].format && c.priority === b[i].priority,
    )
  )
}
