import type { Compare } from '../../etcd/txn.ts'
import { goQuote, goUnquote } from '../../print/index.ts'
import { EXIT, ExitError } from './errors.ts'
import { parseInteger } from './numbers.ts'
import { PANICS, Panic } from './panics.ts'

/** The input makes no sense: status 3. */
export const invalid = (message: string): ExitError => new ExitError(EXIT.invalidInput, message)

const TARGETS: Readonly<Record<string, Compare['target']>> = {
  ver: 'version',
  version: 'version',
  c: 'create',
  create: 'create',
  m: 'mod',
  mod: 'mod',
  val: 'value',
  value: 'value',
  lease: 'lease',
}

const QUOTED = '("(?:[^"\\\\]|\\\\.)*"|`[^`]*`)'

/** `mod("key") > "0"` (ParseCompare), read as fmt.Sscanf reads `%q) %s %q`: what is behind it does not matter. */
export function parseCompare(line: string): Compare {
  const cut = line.indexOf('(')
  if (cut < 0) throw invalid(`malformed comparison: ${line}`)
  const name = line.slice(0, cut)
  const scan = new RegExp(`^ *${QUOTED}(?:\\)(?: +| *$)(?:(\\S+)(?: +${QUOTED})?)?)?`).exec(line.slice(cut + 1)) ?? []
  const [key, op, value] = [goUnquote(scan[1] ?? ''), scan[2] ?? '', goUnquote(scan[3] ?? '')]
  if (key === undefined || value === undefined || scan[3] === undefined)
    throw invalid(`malformed comparison: ${line}; got ${name}(${goQuote(key ?? '')}) ${op} ${goQuote(value ?? '')}`)
  const target = TARGETS[name]
  if (!target) throw invalid(`malformed comparison: ${line} (unknown target ${name})`)
  const compare = { key, op: op as Compare['op'] }
  // etcdctl gives the text where the client wants a number, and loses the key.
  if (target === 'lease') throw new Panic(isOperator(op) ? PANICS.leaseValue : PANICS.unknownResult)
  const number = target === 'value' ? 0 : parseInteger(value, () => invalid(`invalid txn compare request: ${line}`))
  if (!isOperator(op)) throw new Panic(PANICS.unknownResult)
  return target === 'value' ? { ...compare, target, value } : { ...compare, target, value: number }
}

const isOperator = (op: string): boolean => ['=', '!=', '<', '>'].includes(op)

/** Words of a line with single and double quotes (Argify). */
export function argify(line: string): string[] {
  return (line.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^'"\s]\S*[^'"\s]?/g) ?? []).map((word) => {
    if (word[0] === "'") return word.slice(1, -1)
    if (word[0] !== '"') return word
    const text = goUnquote(word)
    if (text === undefined) throw invalid('invalid syntax')
    return text
  })
}
