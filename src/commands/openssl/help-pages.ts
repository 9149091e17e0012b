import { isCipherCommand, isDigestCommand } from './help.ts'
import pages from './help-pages.json' with { type: 'json' }

/** What the real tool demands of an option's value, as its help page abbreviates it. */
export type ValueKind = 'flag' | 'text' | 'directory' | 'int' | 'positive' | 'nonnegative' | 'PEM|DER' | 'format'

const KINDS: Readonly<Record<string, ValueKind>> = {
  val: 'text',
  uri: 'text',
  infile: 'text',
  outfile: 'text',
  'PEM|DER|ENGINE': 'format',
  dir: 'directory',
  int: 'int',
  intmax: 'int',
  long: 'int',
  ulong: 'int',
  uintmax: 'int',
  '+int': 'positive',
  nonneg: 'nonnegative',
  'PEM|DER': 'PEM|DER',
  format: 'format',
}

/** Commands that share another's page, but for its first line. */
const SHARED = (name: string): string =>
  name === 'base64' || isCipherCommand(name) ? 'enc' : isDigestCommand(name) ? 'dgst' : name

const linesOf = (name: string): readonly string[] => (pages as Readonly<Record<string, string[]>>)[SHARED(name)]

/** Whether the page of this command is known. */
export const hasHelpPage = (name: string): boolean => linesOf(name) !== undefined

/** `openssl NAME -help`, which the real tool prints on standard error. Recorded from OpenSSL 3.0. */
export function helpPage(name: string): string {
  const [first, ...rest] = linesOf(name)
  return `${[first.replace(/^Usage: \S+/, `Usage: ${name}`), ...rest].join('\n')}\n`
}

const tables = new Map<string, ReadonlyMap<string, ValueKind>>()

/** Every option that the real command has, simulated or not, and what it takes. */
export function realOptions(name: string): ReadonlyMap<string, ValueKind> {
  const page = SHARED(name)
  let table = tables.get(page)
  if (!table) {
    const entries = linesOf(page).flatMap((line): [string, ValueKind][] => {
      const match = /^ -([\w-]+)(?: (\S+))?(?: |$)/.exec(line)
      return match ? [[match[1], KINDS[match[2]] ?? 'flag']] : []
    })
    tables.set(page, (table = new Map(entries)))
  }
  return table
}
