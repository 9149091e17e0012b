import { builtinKinds, inGoOrder, schemaOf } from '../../kinds/index.ts'
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

const BUILT_IN = new Map(
  builtinKinds.flatMap((kind) => [
    [`${kind.apiVersion}/${kind.kind}`, kind],
    [`${kind.apiVersion}/${kind.listKind}`, kind],
  ]),
)

/** Built-in objects in the order of the server's structs; custom ones are sorted maps. */
function asServed(body: any): any {
  const known = BUILT_IN.get(`${body.apiVersion}/${body.kind}`)
  const schema = known && schemaOf(known)
  const shown = withoutItemKinds(body)
  if (!schema) return shown
  const { kind, apiVersion, metadata, items, ...rest } = shown
  if (Array.isArray(items))
    return { kind, apiVersion, metadata, ...rest, items: items.map((item: any) => inGoOrder(item, schema)) }
  return { kind, apiVersion, ...inGoOrder({ metadata, ...rest }, schema) }
}

/** Objects in a list do not repeat their kind on the wire. */
function withoutItemKinds(body: any): any {
  if (!Array.isArray(body.items) || typeof body.kind !== 'string' || !body.kind.endsWith('List')) return body
  if (body.kind === 'List') return body
  return { ...body, items: body.items.map(({ kind: _, apiVersion: __, ...item }: any) => item) }
}
