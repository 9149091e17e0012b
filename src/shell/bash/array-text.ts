import { quoteDouble } from './quote.ts'
import { hashOrder, keys, type Variable } from './variables.ts'

/** An array's value as `declare -p` and `set` show it: `([0]="a" [1]="b")`. */
export function arrayText(v: Variable): string {
  if (v.array)
    return `(${keys(v)
      .map((k) => `[${k}]=${quoteDouble(v.array!.get(Number(k))!)}`)
      .join(' ')})`
  const items = hashOrder(v.assoc ?? new Map()).map(
    ([k, value]) => `[${/^[\w./-]+$/.test(k) ? k : quoteDouble(k)}]=${quoteDouble(value)} `,
  )
  return `(${items.join('')})`
}
