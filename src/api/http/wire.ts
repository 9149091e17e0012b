import { builtinKinds } from '../../kinds/index.ts'
import { toGoJson } from '../../print/index.ts'
import type { ApiResponse } from '../types.ts'

/** Bodies that are printed indented for everybody. */
const INDENTED = new Set(['gitVersion', 'paths'])

/**
 * The bytes of a response's body. JSON is compact with a newline at its end; curl and browsers (`pretty`) get it
 * indented, as do /version and the list of paths.
 */
export function bodyText({ body }: ApiResponse, pretty = false): string {
  if (body === undefined) return ''
  if (typeof body === 'string') return body
  const wire = asServed(body)
  for (const key of INDENTED) if (key in wire) return indented(wire)
  return pretty ? indented(wire) : `${toGoJson(wire, { sortKeys: false })}\n`
}

const indented = (wire: any): string => toGoJson(wire, { sortKeys: false, indent: '  ' })

/** The order of metav1.ObjectMeta. */
const METADATA = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
]

const BUILT_IN = new Set(
  builtinKinds.flatMap(({ apiVersion, kind }) => [`${apiVersion}/${kind}`, `${apiVersion}/${kind}List`]),
)

/** Built-in objects in the order of the server's structs, as far as that is known; custom ones are sorted maps. */
function asServed(body: any): any {
  if (!BUILT_IN.has(`${body.apiVersion}/${body.kind}`)) return withoutItemKinds(body)
  const { kind, apiVersion, ...rest } = withoutItemKinds(body)
  const inOrder = ({ metadata, ...others }: any): any => {
    if (!metadata) return others
    const head: Record<string, unknown> = {}
    for (const key of METADATA) if (metadata[key] !== undefined) head[key] = metadata[key]
    return { metadata: { ...head, ...metadata }, ...others }
  }
  const ordered = inOrder(rest)
  if (Array.isArray(ordered.items)) ordered.items = ordered.items.map(inOrder)
  return { kind, apiVersion, ...ordered }
}

/** Objects in a list do not repeat their kind on the wire. */
function withoutItemKinds(body: any): any {
  if (!Array.isArray(body.items) || typeof body.kind !== 'string' || !body.kind.endsWith('List')) return body
  if (body.kind === 'List') return body
  return { ...body, items: body.items.map(({ kind: _, apiVersion: __, ...item }: any) => item) }
}
