import { age, columns } from '../columns.ts'
import type { Cell, CellContext } from '../kind.ts'
import type { KubeObject } from '../object.ts'

export const policyBindingColumns = columns('Name', 'PolicyName', 'ParamRef', 'Age')

/** A row of the binding of a validating or mutating admission policy. */
export function policyBindingCells(obj: KubeObject, ctx: CellContext): Cell[] {
  const ref = obj.spec?.paramRef
  const param = ref?.name ? `${ref.namespace || '*'}/${ref.name}` : '<unset>'
  return [obj.metadata.name, obj.spec?.policyName ?? '', param, age(obj, ctx)]
}
