import { age, columns } from '../columns.ts'
import type { Kind } from '../kind.ts'
import { defaultMatchResources } from './defaults.ts'

/** What validating and mutating policies share: their table, whose second column counts `what`, and their defaults. */
export const policyCommon = (what: 'validations' | 'mutations'): Pick<Kind, 'columns' | 'cells' | 'defaults'> => ({
  columns: columns('Name', what === 'validations' ? 'Validations#' : 'Mutations#', 'ParamKind', 'Age'),
  cells: (obj, ctx) => {
    const param = obj.spec?.paramKind
    return [
      obj.metadata.name,
      obj.spec?.[what]?.length ?? 0,
      param ? `${param.apiVersion}/${param.kind}` : '<unset>',
      age(obj, ctx),
    ]
  },
  defaults({ spec }) {
    if (!spec) return
    spec.failurePolicy ??= 'Fail'
    defaultMatchResources(spec.matchConstraints)
  },
})
