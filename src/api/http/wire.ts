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
  const wire = withoutItemKinds(body)
  for (const key of INDENTED) if (key in wire) return JSON.stringify(wire, null, 2)
  return pretty ? JSON.stringify(wire, null, 2) : `${JSON.stringify(wire)}\n`
}

/** Objects in a list do not repeat their kind on the wire. */
export function withoutItemKinds(body: any): any {
  if (!Array.isArray(body.items) || typeof body.kind !== 'string' || !body.kind.endsWith('List')) return body
  if (body.kind === 'List') return body
  return { ...body, items: body.items.map(({ kind: _, apiVersion: __, ...item }: any) => item) }
}
