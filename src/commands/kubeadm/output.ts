import { type Process, SysError } from '../../host/index.ts'
import {
  formatGo,
  GoTemplate,
  goQuote,
  JsonPath,
  JsonPathError,
  jsonPathFailure,
  TemplateError,
  toGoJson,
  toKyaml,
  toYaml,
} from '../../print/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { KubeadmError } from './errors.ts'
import { readText } from './files.ts'

const API = 'output.kubeadm.k8s.io/v1alpha3'

const FORMATS = [
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'template',
  'templatefile',
  'text',
  'yaml',
]

/** What kubeadm prints with -o: one of its output kinds, whose fields stand as they are declared. */
interface Printer {
  /** Words for a reader; everything else says nothing besides. */
  readonly text: boolean
  /** Prints an object of a kind. */
  print(kind: string, fields: object): void
}

/**
 * output.PrintFlags.ToPrinter. Throws KubeadmError for formats and templates that are none. `failing`: what the command
 * says before a failure to print.
 */
export function printerOf(p: Process, flags: Flags, failing = ''): Printer {
  const output = flags.string('output')
  const at = output.indexOf('=')
  const [format, argument] = at < 0 ? [output, undefined] : [output.slice(0, at), output.slice(at + 1)]
  const missing = !flags.has('allow-missing-template-keys') || flags.bool('allow-missing-template-keys')
  let documents = 0
  const printer = (write: (object: any) => string): Printer => ({
    text: false,
    print: (kind, fields) => {
      try {
        p.stdout.write(write({ kind, apiVersion: API, ...fields }))
      } catch (error) {
        if (!(error instanceof KubeadmError)) throw error
        throw new KubeadmError(`${failing}${error.message}`)
      }
    },
  })
  if (output === 'text') return { text: true, print: () => undefined }
  if (output === 'json') return printer((object) => `${toGoJson(object, { sortKeys: false, indent: '    ' })}\n`)
  if (output === 'yaml') return printer((object) => `${documents++ > 0 ? '---\n' : ''}${toYaml(object)}`)
  if (output === 'kyaml') return printer((object) => toKyaml(object, false))
  if (/^jsonpath/.test(format) && FORMATS.includes(format))
    return printer(jsonPath(templateText(p, format, argument), missing, format === 'jsonpath-as-json'))
  if (/template/.test(format) && FORMATS.includes(format))
    return printer(goTemplate(p, templateText(p, format, argument), missing))
  throw wrong(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${FORMATS.join(',')}`,
  )
}

const wrong = (text: string): KubeadmError => new KubeadmError(`could not construct output printer: ${text}`)

function templateText(p: Process, format: string, argument: string | undefined): string {
  if (!argument) throw wrong('template format specified but no template given')
  if (!format.endsWith('file')) return argument
  try {
    return readText(p, argument)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw wrong(`error reading --template ${argument}, ${error.goMessage}\n`)
  }
}

function jsonPath(template: string, allowMissingKeys: boolean, asJson: boolean): (object: any) => string {
  const failed = (error: unknown, text: (why: string) => KubeadmError): never => {
    if (error instanceof JsonPathError) throw text(error.message)
    throw error
  }
  let path: JsonPath
  try {
    path = new JsonPath(template, { allowMissingKeys, floats: true })
  } catch (error) {
    return failed(error, (why) => wrong(`error parsing jsonpath ${template}, ${why}\n`))
  }
  return (object) => {
    try {
      return asJson ? path.json(object) : path.text(object)
    } catch (error) {
      return failed(error, (why) => new KubeadmError(jsonPathFailure(template, why, object, { floats: true })))
    }
  }
}

function goTemplate(p: Process, source: string, allowMissing: boolean): (object: any) => string {
  let template: GoTemplate
  try {
    template = new GoTemplate(source, { missingKeyError: !allowMissing })
  } catch (error) {
    if (error instanceof TemplateError) throw wrong(`error parsing template ${source}, ${error.message}\n`)
    throw error
  }
  return (object) => {
    const { text, error } = template.execute(object)
    if (error === undefined) return text
    p.stdout.write(
      `${text}Error executing template: ${error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\traw data was:\n\t\t${toGoJson(object, { sortKeys: false })}\n\tobject given to template engine was:\n\t\t${formatGo(object)}\n\n`,
    )
    throw new KubeadmError(`error executing template ${goQuote(source)}: ${error}`)
  }
}
