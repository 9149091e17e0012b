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
  for (const part of (text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? []).sort()) {
    const found = /^(.*?)(!=|==|=)(.*)$/s.exec(part)
    if (!found) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`)
    const [, field, operator, value] = found as unknown as [string, string, string, string]
    terms.push({ field, value: unescaped(value), negated: operator === '!=' })
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

/** fields.UnescapeValue: `,`, `=` and a backslash are meant when a backslash stands before them. Throws SelectorError. */
function unescaped(value: string): string {
  return value.replace(/\\(.?)|[,=]/gs, (sequence, escaped?: string) => {
    if (escaped === undefined)
      throw new SelectorError(`invalid field selector: unescaped character in value: ${sequence.charCodeAt(0)}`)
    if (escaped !== '' && '\\,='.includes(escaped)) return escaped
    throw new SelectorError(`invalid field selector: invalid escape sequence: ${sequence}`)
  })
}
