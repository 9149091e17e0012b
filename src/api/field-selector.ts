import type { Kind } from '../kinds/index.ts'
import { SelectorError } from './selector.ts'
import type { KubeObject } from './types.ts'

interface FieldTerm {
  readonly field: string
  readonly value: string
  readonly negated: boolean
}

/** A parsed field selector of one kind. Models apimachinery/pkg/fields/selector.go. */
interface FieldSelector {
  readonly terms: readonly FieldTerm[]
  matches(object: KubeObject): boolean
}

const all: FieldSelector = { terms: [], matches: () => true }

/** Parses `status.phase=Running,spec.nodeName!=node01`. Throws SelectorError, also for a field the kind does not offer. */
export function parseFieldSelector(text: string | undefined, kind: Kind): FieldSelector {
  if (!text) return all
  const terms: FieldTerm[] = []
  for (const part of text.split(',').sort()) {
    if (part === '') continue
    const term = split(part, '!=') ?? split(part, '==') ?? split(part, '=')
    if (!term) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`)
    terms.push(term)
  }
  for (const { field } of terms) {
    const known =
      field === 'metadata.name' ||
      (field === 'metadata.namespace' && kind.namespaced) ||
      kind.selectableFields.includes(field)
    if (!known) throw new SelectorError(kind.unknownField(field))
  }
  return {
    terms,
    matches: (object) => {
      for (const t of terms) if ((kind.field(object, t.field) === t.value) === t.negated) return false
      return true
    },
  }
}

function split(part: string, operator: string): FieldTerm | undefined {
  const pieces = part.split(operator)
  if (pieces.length !== 2) return undefined
  return { field: pieces[0]!, value: pieces[1]!, negated: operator === '!=' }
}
