import type { RequestContext } from '../context.ts'
import type { KubeObject } from '../types.ts'

/** meta.k8s.io/v1 Table. Rows carry whole objects unless the client wants less: in-process clients look into them. */
export function table(ctx: RequestContext, objects: readonly KubeObject[], metadata: object): Record<string, any> {
  const { kind, server } = ctx
  const now = { now: server.now() }
  const sorted = kind.compareRows ? [...objects].sort(kind.compareRows) : objects
  const { includeObject } = ctx.request
  const shown = (object: KubeObject) =>
    includeObject === undefined ? { object } : includeObject === 'None' ? {} : { object: partial(object) }
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: kind.columns,
    rows: sorted.map((object) => ({ cells: kind.cells(object, now), ...shown(object) })),
  }
}

/** An object reduced to its metadata (`as=PartialObjectMetadata`). */
export const partial = (object: KubeObject): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
})

/** A list reduced to its objects' metadata. */
export const partialList = (objects: readonly KubeObject[], metadata: object): Record<string, any> => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  items: objects.map(partial),
})
