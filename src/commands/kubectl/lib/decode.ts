import { parseAllDocuments } from 'yaml'
import { jsonStream } from '../../../api/json/go-syntax.ts'
import { jsonType } from '../../../kinds/index.ts'
import { goScalars, goYamlError, unsupportedNumber } from '../../../print/index.ts'
import { ManifestError } from './errors.ts'

/** One object read from a file. */
export interface Manifest {
  readonly object: any
  /** File name, `STDIN`, or the kustomization's directory. */
  readonly source: string
}

/** YAML documents or JSON values of a text. */
export function decode(text: string, source: string, validates = false): Manifest[] {
  const out: Manifest[] = []
  const documents = splitDocuments(text)
  for (const body of documents) {
    if (body.split('\n').every((line) => /^\s*(#.*)?$/.test(line))) continue
    const problem = goYamlError(body)
    if (problem) {
      const json = body.trimStart().startsWith('{') ? jsonStream(body) : undefined
      if (!json || json.error !== undefined)
        throw new ManifestError(
          `error parsing ${source}: ${json?.error ?? `error converting YAML to JSON: ${problem}`}`,
        )
      out.push(...json.values.map((object) => ({ object, source })))
      continue
    }
    const [document] = parseAllDocuments(body, {
      uniqueKeys: false,
      version: '1.1',
      merge: true,
      customTags: goScalars,
    }) as any[]
    if (document === undefined) continue
    const object = contents(document, source)
    if (object === null || object === undefined) continue
    const number = /\.(inf|nan)\b/i.test(body) && unsupportedNumber(object)
    if (number)
      throw new ManifestError(
        `error parsing ${source}: error converting YAML to JSON: json: unsupported value: ${number}`,
      )
    if (typeof object !== 'object' || Array.isArray(object))
      throw validates ? notAnObject(source) : new ManifestError(`unable to decode "${source}": ${jsonKind(object)}`)
    out.push({ object, source })
  }
  return out
}

function contents(document: any, source: string): any {
  try {
    return document.toJS()
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw new ManifestError(
      `error parsing ${source}: error converting YAML to JSON: yaml: document contains excessive aliasing`,
    )
  }
}

const jsonKind = (value: unknown): string =>
  `json: cannot unmarshal ${jsonType(value)} into Go value of type unstructured.detector`

/** As Go's reader does it: a line `---` ends a document and belongs to neither, except the first of a text. */
function splitDocuments(text: string): string[] {
  return text.replace(/\r\n/g, '\n').split(/\n---(?=\s)[^\n]*\n?|\n---$/)
}

/** What validation says of something that is no object. */
export const notAnObject = (source: string): ManifestError =>
  new ManifestError(
    `error validating "${source}": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`,
  )
