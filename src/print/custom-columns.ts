import { formatGo } from './go-value.ts'
import { JsonPath } from './jsonpath.ts'
import { relaxedJsonPath } from './jsonpath-parse.ts'
import { escapeTerminal } from './table.ts'
import { KUBECTL_TABLE, TabWriter } from './tabwriter.ts'

interface CustomColumn {
  readonly header: string
  /** A JSONPath in braces. */
  readonly path: string
}

/** `-o custom-columns=NAME:.metadata.name,…`. Throws an Error with kubectl's text. */
export function parseCustomColumns(spec: string): CustomColumn[] {
  if (spec === '') throw new Error('custom-columns format specified but no custom columns given')
  return spec.split(',').map((part) => {
    const at = part.indexOf(':')
    if (at < 0) throw new Error(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, at), path: relaxedJsonPath(part.slice(at + 1)) }
  })
}

/** `-o custom-columns-file=…`: a line of headers and a line of paths. */
export function parseCustomColumnsFile(text: string): CustomColumn[] {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const expected = 'Expected format is one line of space separated headers, one line of space separated column specs.'
  if (lines.length < 1) throw new Error(`invalid template, missing header line. ${expected}`)
  if (lines.length < 2) throw new Error(`invalid template, missing spec line. ${expected}`)
  const words = (line: string): string[] => line.split(/\s+/).filter(Boolean)
  const [headers, specs] = [words(lines[0]), words(lines[1])]
  if (headers.length !== specs.length)
    throw new Error(`number of headers (${headers.length}) and field specifications (${specs.length}) don't match`)
  return headers.map((header, i) => ({ header, path: relaxedJsonPath(specs[i]) }))
}

/** Prints objects in user-chosen columns; the header comes once. */
export class CustomColumnsPrinter {
  private readonly writer = new TabWriter(KUBECTL_TABLE)
  private paths: JsonPath[] | undefined
  private headed: boolean

  constructor(
    private readonly columns: readonly CustomColumn[],
    noHeaders = false,
  ) {
    this.headed = noHeaders
  }

  /** Throws JsonPathError for a bad path: upstream looks at the paths after it has printed the `headers`. */
  print(objects: readonly unknown[]): string {
    this.paths ??= this.columns.map((column) => new JsonPath(column.path, { allowMissingKeys: true }))
    const { paths } = this
    return this.laidOut(objects.map((object) => paths.map((path) => cell(path, object)).join('\t')))
  }

  headers(): string {
    return this.laidOut([])
  }

  private laidOut(rows: readonly string[]): string {
    const lines = this.headed ? rows : [this.columns.map((column) => column.header).join('\t'), ...rows]
    this.headed = true
    return this.writer.format(lines.map((line) => `${line}\n`).join(''))
  }
}

function cell(path: JsonPath, object: unknown): string {
  const values = path.find(object)
  const texts = values.length === 0 || values[0].length === 0 ? ['<none>'] : []
  for (const group of values) for (const value of group) texts.push(escapeTerminal(formatGo(value)))
  return texts.join(',')
}
