import { age as ageOf } from '../print/index.ts'
import type { Cell, CellContext, Column } from './kind.ts'
import type { KubeObject } from './object.ts'

/** A column shown always. */
export const column = (
  name: string,
  type: Column['type'],
  description: string,
  { format = '', priority = 0 }: { format?: string; priority?: number } = {},
): Column => ({ name, type, format, description, priority })

export const NAME_DOC =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names'
export const AGE_DOC =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata'

export const nameColumn = column('Name', 'string', NAME_DOC, { format: 'name' })
export const ageColumn = column('Age', 'string', AGE_DOC)

/** Most kinds without a printer of their own: NAME and AGE. */
export const ageColumns: readonly Column[] = [nameColumn, ageColumn]
export const ageCells = (obj: KubeObject, ctx: CellContext): Cell[] => [obj.metadata.name ?? '', age(obj, ctx)]

/** Time since creation, or `<unknown>`. */
export const age = (obj: KubeObject, ctx: CellContext): string => ageOf(obj.metadata.creationTimestamp, ctx.now)
