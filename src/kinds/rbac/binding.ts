import { age, columns } from '../columns.ts'
import type { Cell, CellContext } from '../kind.ts'
import type { KubeObject } from '../object.ts'

export const bindingColumns = columns('Name', 'Role', 'Age', '+Users', '+Groups', '+ServiceAccounts')

/** A row of a RoleBinding or ClusterRoleBinding. */
export function bindingCells(obj: KubeObject, ctx: CellContext): Cell[] {
  const subjects: any[] = obj.subjects ?? []
  const named = (kind: string): any[] => subjects.filter((s) => s.kind === kind)
  return [
    obj.metadata.name,
    `${obj.roleRef?.kind}/${obj.roleRef?.name}`,
    age(obj, ctx),
    named('User')
      .map((s) => s.name)
      .join(', '),
    named('Group')
      .map((s) => s.name)
      .join(', '),
    named('ServiceAccount')
      .map((s) => (s.namespace ? `${s.namespace}/${s.name}` : s.name))
      .join(', '),
  ]
}
