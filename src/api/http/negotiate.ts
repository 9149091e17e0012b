import { notAcceptable } from '../errors.ts'

// What an Accept header asks for. Models go-restful's matchesAccept and NegotiateOutputMediaType of
// apiserver/pkg/endpoints/handlers/negotiation.

const JSON_TYPE = 'application/json'
const YAML_TYPE = 'application/yaml'
/** What the server encodes objects as. */
export const ENCODINGS = [JSON_TYPE, YAML_TYPE, 'application/vnd.kubernetes.protobuf']

/** Headers that ask for nothing but JSON, as most do. */
export const isPlainJson = (header = ''): boolean => header === '' || header === JSON_TYPE || header === '*/*'

/** The first representation of a header that the server has. */
interface Accepted {
  readonly encoding: string
  /** `Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, `APIGroupDiscoveryList`, … */
  readonly as?: string
  /** group/version of what it is to be converted to. */
  readonly apiVersion?: string
}

/** One clause of the header. */
interface Clause {
  readonly type: string
  readonly subtype: string
  readonly q: number
  readonly params: ReadonlyMap<string, string>
}

function clausesOf(header: string): Clause[] {
  const clauses = header.split(',').flatMap((part): Clause[] => {
    const [media = '', ...rest] = part.split(';').map((s) => s.trim())
    const [type, subtype] = media === '*' ? ['*', '*'] : media.split('/').map((s) => s.trim())
    if (type === undefined || subtype === undefined) return []
    const params = new Map(
      rest.flatMap((param) => {
        const [key, value] = param.split('=')
        return value === undefined ? [] : [[key!.trim(), value.trim()] as const]
      }),
    )
    const q = Number(params.get('q') ?? 1)
    params.delete('q')
    return [{ type, subtype, q, params }]
  })
  const exact = (c: Clause) => (c.type === '*' ? 0 : c.subtype === '*' ? 1 : 2)
  return clauses.sort((a, b) => b.q - a.q || exact(b) - exact(a))
}

/**
 * The best of `offered` that the header takes; undefined when there is none. `converts` says whether an object can be had
 * as that kind.
 */
export function negotiate(
  header: string,
  offered: readonly string[],
  converts: (as: string, apiVersion: string) => boolean,
): Accepted | undefined {
  if (header === '') return { encoding: offered[0]! }
  for (const { type, subtype, params } of clausesOf(header)) {
    for (const encoding of offered) {
      const [group, kind] = encoding.split('/')
      const fits = type === '*' ? subtype === '*' : type === group && (subtype === '*' || subtype === kind)
      if (!fits || (params.get('stream') ?? 'watch') !== 'watch') continue
      const [as, g, v] = ['as', 'g', 'v'].map((key) => params.get(key))
      if (as === undefined && g === undefined && v === undefined) return { encoding }
      const apiVersion = `${g ?? ''}/${v ?? ''}`
      if (converts(as ?? '', apiVersion)) return { encoding, as, apiVersion }
    }
  }
  return undefined
}

/** Refuses what a route of go-restful does not produce. Throws 406. */
export function checkProduced(header: string, produced: readonly string[]): void {
  for (const part of header.split(',')) {
    const type = part.split(';')[0]!.trim()
    if (type === '*/*' || produced.includes(type)) return
  }
  const list = produced.join(', ')
  throw notAcceptable(`406: Not Acceptable\n\nAvailable representations: ${list}`, {})
}

/** What a handler says that can encode nothing of what is asked for. */
export const onlyThese = (offered: readonly string[]): Error =>
  notAcceptable(`only the following media types are accepted: ${offered.join(', ')}`)

/** Whether an answer to a header is written as YAML. Failures are not converted: where that is asked for they are JSON. */
export const wantsYaml = (header: string, converts: boolean): boolean =>
  !isPlainJson(header) && negotiate(header, ENCODINGS, () => converts)?.encoding === YAML_TYPE
