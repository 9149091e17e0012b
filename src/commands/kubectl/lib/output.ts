import type { Coro } from '../../../kernel/index.ts'
import { inGoOrder, withoutManagedFields } from '../../../kinds/index.ts'
import {
  CustomColumnsPrinter,
  GoTemplate,
  goQuote,
  JsonPath,
  JsonPathError,
  jsonPathFailure,
  parseCustomColumns,
  parseCustomColumnsFile,
  TemplateError,
  toKubectlJson,
  toKyaml,
  toYaml,
} from '../../../print/index.ts'
import { kindGroup } from './discovery.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'
import { patchSchema } from './patches.ts'

/** Prints objects in the form that -o asks for. Further YAML documents are set apart by `---`. */
export interface ObjectPrinter {
  readonly format: string
  print(object: any): Coro<void>
}

/** What -o takes everywhere. */
export const FORMATS = [
  'json',
  'yaml',
  'kyaml',
  'name',
  'go-template',
  'go-template-file',
  'template',
  'templatefile',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
]
/** What it takes besides where tables are printed. */
export const COLUMN_FORMATS = ['custom-columns', 'custom-columns-file', 'wide']

interface PrinterOptions {
  /** Behind `pod/x` in the plain form: created, configured … */
  readonly operation?: string
  /** Objects made by this process rather than decoded ones: struct order in JSON, float numbers in jsonpath. */
  readonly typed?: boolean
  readonly columns?: boolean
  /** Formats a command knows besides. */
  readonly extraFormats?: readonly string[]
  readonly noHeaders?: boolean
}

/** `-o jsonpath=…`, `-o jsonpath --template=…`: the format and its argument. */
export function outputFlag(k: Kube): { format: string; argument: string | undefined } {
  const output = k.flags.has('output') ? k.flags.string('output') : ''
  const template = k.flags.has('template') ? k.flags.string('template') : ''
  if (output === '' && template !== '') return { format: 'go-template', argument: template }
  const at = output.indexOf('=')
  const format = at < 0 ? output : output.slice(0, at)
  if (at >= 0) return { format, argument: output.slice(at + 1) }
  return { format, argument: template || undefined }
}

const group = (object: any): string => {
  const version: string = object.apiVersion ?? ''
  return version.includes('/') ? version.slice(0, version.indexOf('/')) : ''
}

/** `deployment.apps/web`. */
export const nameOf = (object: any): string =>
  `${kindGroup({ kind: object.kind ?? '', group: group(object) })}/${object.metadata?.name ?? ''}`

/** Drops managedFields unless --show-managed-fields is given. */
export function shownFields(k: Kube, object: any): any {
  if (k.flags.has('show-managed-fields') && k.flags.bool('show-managed-fields')) return object
  const whole = withoutManagedFields(object)
  return Array.isArray(object?.items) ? { ...whole, items: object.items.map(withoutManagedFields) } : whole
}

/** The printer for -o; `undefined` format prints `kind/name operation`. Throws CliError for unknown formats and bad templates. */
export function printerFor(k: Kube, options: PrinterOptions = {}): ObjectPrinter {
  const { format, argument } = outputFlag(k)
  const known = [...FORMATS, ...(options.columns ? COLUMN_FORMATS : []), ...(options.extraFormats ?? [])]
  const out = (text: string): Coro<void> => k.out(text)
  let documents = 0
  const plain = (object: any): any => shownFields(k, object)
  const ordered = (object: any): any => (options.typed ? structOrder(plain(object)) : plain(object))
  switch (format) {
    case '':
      return {
        format,
        print: (object) =>
          out(`${nameOf(object)} ${options.operation ?? ''}${k.flags.has('dry-run') ? k.dryRunSuffix() : ''}\n`),
      }
    case 'name':
      return {
        format,
        *print(object) {
          for (const one of Array.isArray(object.items) && object.kind?.endsWith('List') ? object.items : [object])
            yield* out(`${nameOf(one)}\n`)
        },
      }
    case 'json':
      return {
        format,
        print: (object) => out(toKubectlJson(ordered(object), !options.typed)),
      }
    case 'yaml':
      return { format, print: (object) => out((documents++ > 0 ? '---\n' : '') + toYaml(plain(object))) }
    case 'kyaml':
      return { format, print: (object) => out(toKyaml(ordered(object), !options.typed)) }
    case 'jsonpath':
    case 'jsonpath-as-json':
    case 'jsonpath-file':
      return jsonPathPrinter(k, format, argument, options)
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile':
      return templatePrinter(k, format, argument)
    case 'custom-columns':
    case 'custom-columns-file':
      if (options.columns) return columnsPrinter(k, format, argument, options)
  }
  const asked = k.flags.has('output') ? k.flags.string('output') : format
  throw new CliError(
    `unable to match a printer suitable for the output format "${asked}", allowed formats are: ${allowed(known)}`,
  )
}

const allowed = (formats: readonly string[]): string => [...formats].sort().join(',')

/** Fields stand as the Go struct holds them; where it is not known, kind and apiVersion lead. */
function structOrder(object: any): any {
  if (!object?.kind || !object.apiVersion) return object
  const schema = patchSchema(object.apiVersion, object.kind)
  if (schema) return inGoOrder(object, schema)
  const { kind, apiVersion, ...rest } = object
  return { kind, apiVersion, ...rest }
}

function fileArgument(k: Kube, path: string, what: string): string {
  try {
    return k.p.fs.readFile(path, k.p.cwd, k.p.creds)
  } catch (error) {
    throw new CliError(`error reading --template ${path}, ${(error as any).goMessage ?? what}\n`)
  }
}

function jsonPathPrinter(
  k: Kube,
  format: string,
  argument: string | undefined,
  options: PrinterOptions,
): ObjectPrinter {
  if (argument === undefined || argument === '') throw new CliError('template format specified but no template given')
  const template = format === 'jsonpath-file' ? fileArgument(k, argument, 'file') : argument
  const allowMissingKeys = !k.flags.has('allow-missing-template-keys') || k.flags.bool('allow-missing-template-keys')
  let path: JsonPath
  try {
    path = new JsonPath(template, { allowMissingKeys, floats: options.typed })
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliError(`error parsing jsonpath ${template}, ${error.message}\n`)
    throw error
  }
  return {
    format,
    *print(object) {
      try {
        yield* k.out(format === 'jsonpath-as-json' ? path.json(object) : path.text(object))
      } catch (error) {
        if (error instanceof JsonPathError)
          throw new CliError(jsonPathFailure(template, error.message, object, { floats: options.typed }))
        throw error
      }
    },
  }
}

function templatePrinter(k: Kube, format: string, argument: string | undefined): ObjectPrinter {
  if (argument === undefined || argument === '') throw new CliError('template format specified but no template given')
  const source = format.endsWith('file') ? fileArgument(k, argument, 'file') : argument
  const allowMissing = !k.flags.has('allow-missing-template-keys') || k.flags.bool('allow-missing-template-keys')
  let template: GoTemplate
  try {
    template = new GoTemplate(source, { missingKeyError: !allowMissing })
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`error parsing template ${source}, ${error.message}\n`)
    throw error
  }
  return {
    format,
    *print(object) {
      const { text, error } = template.execute(object)
      yield* k.out(text)
      if (error === undefined) return
      yield* k.out(
        `Error executing template: ${error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n` +
          `\traw data was:\n\t\t${JSON.stringify(object)}\n\tobject given to template engine was:\n\t\t${goMapText(object)}\n\n`,
      )
      throw new CliError(`error executing template ${goQuote(source)}: ${error}`)
    },
  }
}

const goMapText = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goMapText).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goMapText((value as any)[key])}`)
    .join(' ')}]`
}

function columnsPrinter(k: Kube, format: string, argument: string | undefined, options: PrinterOptions): ObjectPrinter {
  let printer: CustomColumnsPrinter
  try {
    if (argument === undefined || argument === '')
      throw new Error(`${format} format specified but no custom columns given`)
    const columns =
      format === 'custom-columns'
        ? parseCustomColumns(argument)
        : parseCustomColumnsFile(fileArgument(k, argument, 'file'))
    printer = new CustomColumnsPrinter(columns, options.noHeaders)
  } catch (error) {
    if (error instanceof Error) throw new CliError(error.message)
    throw error
  }
  return {
    format,
    *print(object) {
      try {
        const objects = Array.isArray(object.items) && object.kind?.endsWith('List') ? object.items : [object]
        yield* k.out(printer.print(objects))
      } catch (error) {
        if (!(error instanceof JsonPathError)) throw error
        yield* k.out(printer.headers())
        throw new CliError(error.message)
      }
    },
  }
}
