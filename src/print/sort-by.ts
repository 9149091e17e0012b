import { goSort } from './go-sort.ts'
import { compareBytes, goQuote } from './go-value.ts'
import { JsonPath } from './jsonpath.ts'
import { relaxedJsonPath } from './jsonpath-parse.ts'
import { parseQuantity, type Quantity, QuantityError } from './quantity.ts'

function quantity(text: string): Quantity | undefined {
  try {
    return parseQuantity(text)
  } catch (error) {
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

/** isLess of kubectl's sorter: quantities by amount, other strings by their bytes. */
function less(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return a === null && b !== null
  if (typeof a === 'number' && typeof b === 'number') return a < b
  if (typeof a === 'string' && typeof b === 'string') {
    const [x, y] = [quantity(a), quantity(b)]
    return x && y ? x.compare(y) < 0 : compareBytes(a, b) < 0
  }
  throw new Error('unsortable type')
}

/** No row has the field of --sort-by. */
export class SortFieldError extends Error {}

/**
 * Sorts rows by a field as `kubectl get --sort-by` does. `object` gives the object of a row. Throws SortFieldError when
 * no row has the field, JsonPathError for a bad path.
 */
export function sortByField<T>(rows: readonly T[], field: string, object: (row: T) => unknown): T[] {
  const path = relaxedJsonPath(field)
  const parser = new JsonPath(path, { allowMissingKeys: true })
  const keyed = rows.map((row) => {
    const values = parser.find(object(row))
    return { row, missing: values.length === 0 || values[0].length === 0, key: values[0]?.[0] }
  })
  if (rows.length > 0 && keyed.every((k) => k.missing))
    throw new SortFieldError(`couldn't find any field with path ${goQuote(path)} in the list of objects`)
  const before = (a: (typeof keyed)[0], b: (typeof keyed)[0]): boolean =>
    a.missing || (!b.missing && less(a.key, b.key))
  goSort(keyed, before)
  return keyed.map((k) => k.row)
}
