import { SysError } from '../../host/index.ts'
import { defineTool, flag, list, type Tool, value } from '../command.ts'
import { openWrite } from '../io/files.ts'

interface Key {
  readonly from: readonly [number, number]
  readonly to: readonly [number, number] | undefined
  readonly flags: string
}

const OPTIONS = {
  blanks: flag('b', 'ignore-leading-blanks', 'ignore leading blanks'),
  dictionary: flag('d', 'dictionary-order', 'consider only blanks and alphanumeric characters'),
  fold: flag('f', 'ignore-case', 'fold lower case to upper case characters'),
  general: flag('g', 'general-numeric-sort', 'compare according to general numerical value'),
  printing: flag('i', 'ignore-nonprinting', 'consider only printable characters'),
  month: flag('M', 'month-sort', "compare (unknown) < 'JAN' < ... < 'DEC'"),
  human: flag('h', 'human-numeric-sort', 'compare human readable numbers (e.g., 2K 1G)'),
  numeric: flag('n', 'numeric-sort', 'compare according to string numerical value'),
  random: flag('R', 'random-sort', 'shuffle, but group identical keys.  See shuf(1)'),
  reverse: flag('r', 'reverse', 'reverse the result of comparisons'),
  version: flag('V', 'version-sort', 'natural sort of (version) numbers within text'),
  check: flag('c', 'check', 'check for sorted input; do not sort'),
  checkQuiet: flag('C', undefined, 'like -c, but do not report first bad line'),
  keys: list('k', 'key', 'KEYDEF', 'sort via a key; KEYDEF gives location and type'),
  merge: flag('m', 'merge', 'merge already sorted files; do not sort'),
  output: value('o', 'output', 'FILE', 'write result to FILE instead of standard output'),
  stable: flag('s', 'stable', 'stabilize sort by disabling last-resort comparison'),
  buffer: value('S', 'buffer-size', 'SIZE', 'use SIZE for main memory buffer'),
  tab: value('t', 'field-separator', 'SEP', 'use SEP instead of non-blank to blank transition'),
  temporary: value('T', 'temporary-directory', 'DIR', 'use DIR for temporaries, not $TMPDIR or /tmp'),
  unique: flag('u', 'unique', 'with -c, check for strict ordering; without -c, output only the first of an equal run'),
  zero: flag('z', 'zero-terminated', 'line delimiter is NUL, not newline'),
}

export const sort = defineTool({
  name: 'sort',
  summary:
    'Write sorted concatenation of all FILE(s) to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...\n[OPTION]... --files0-from=F',
  usageStatus: 2,
  options: OPTIONS,
  *run(t) {
    const o = t.opts
    const compare = comparator(t)
    const separator = o.zero ? '\0' : '\n'
    const lines: string[] = []
    const files: string[][] = []
    for (const name of t.args.length > 0 ? t.args : ['-']) {
      const before = t.status
      if (name !== '-' && !t.p.fs.exists(name, t.p.cwd))
        return t.fail(`cannot read: ${name}: No such file or directory`, 2)
      if (t.p.fs.find(name, t.p.cwd)?.kind === 'dir') return t.fail(`read failed: ${name}: Is a directory`, 2)
      const source = t.open(name)
      if (!source) {
        t.status = Math.max(before, 2)
        return 2
      }
      const own: string[] = []
      files.push(own)
      yield* t.lines(source, (line) => void own.push(line), separator)
      for (const line of own) lines.push(line)
    }
    if (o.check || o.checkQuiet) {
      for (let i = 1; i < lines.length; i++) {
        const c = compare(lines[i - 1], lines[i])
        if (c > 0 || (c === 0 && o.unique)) {
          if (!o.checkQuiet) t.p.stderr.write(`sort: ${t.args[0] ?? '-'}:${i + 1}: disorder: ${lines[i]}\n`)
          return 1
        }
      }
      return 0
    }
    if (o.merge) lines.splice(0, lines.length, ...merged(files, compare))
    else lines.sort(compare)
    const same = o.unique ? keyComparator(t) : undefined
    const kept = same ? lines.filter((l, i) => i === 0 || same(lines[i - 1], l) !== 0) : lines
    const text = kept.map((l) => l + separator).join('')
    if (o.output === undefined) t.write(text)
    else
      try {
        openWrite(t.p, o.output).write(text)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        return t.fail(`open failed: ${error.message}`, 2)
      }
    return 0
  },
})

/** Always takes the least of the files' next lines; what is not sorted stays as it is. */
function* merged(files: readonly string[][], compare: (a: string, b: string) => number): Generator<string> {
  const at = files.map(() => 0)
  for (;;) {
    let best = -1
    for (let i = 0; i < files.length; i++)
      if (at[i] < files[i].length && (best < 0 || compare(files[i][at[i]], files[best][at[best]]) < 0)) best = i
    if (best < 0) return
    yield files[best][at[best]++]
  }
}

const GLOBAL: readonly (readonly [keyof typeof OPTIONS, string])[] = [
  ['blanks', 'b'],
  ['dictionary', 'd'],
  ['fold', 'f'],
  ['general', 'g'],
  ['printing', 'i'],
  ['month', 'M'],
  ['human', 'h'],
  ['numeric', 'n'],
  ['random', 'R'],
  ['version', 'V'],
  ['reverse', 'r'],
]

function keysOf(t: Tool<typeof OPTIONS>): Key[] {
  const global = GLOBAL.filter(([name]) => Number(t.opts[name]) > 0)
    .map(([, letter]) => letter)
    .join('')
  const keys = t.opts.keys.map((text): Key => {
    const m = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/.exec(text)
    if (!m) return t.fail(`invalid number at field start: invalid count at start of ‘${text}’`, 2)
    if (m[1] === '0') return t.fail(`field number is zero: invalid field specification ‘${text}’`, 2)
    const own = (m[3] ?? '') + (m[6] ?? '')
    return {
      from: [Number(m[1]), Number(m[2] ?? 1)],
      to: m[4] === undefined ? undefined : [Number(m[4]), Number(m[5] ?? 0)],
      flags: own === '' ? global : own,
    }
  })
  return keys.length > 0 ? keys : [{ from: [1, 1], to: undefined, flags: global }]
}

/** The order by keys alone: what -u calls equal. */
function keyComparator(t: Tool<typeof OPTIONS>): (a: string, b: string) => number {
  const keys = keysOf(t)
  if (t.opts.tab === '') return t.fail('empty tab', 2)
  if (t.opts.tab !== undefined && t.opts.tab !== '\\0' && [...t.opts.tab].length > 1)
    return t.fail(`multi-character tab ‘${t.opts.tab}’`, 2)
  const shuffle = new Map<string, number>()
  const rng = t.p.host.rng
  return (a, b) => {
    for (const key of keys) {
      const x = extract(a, key, t.opts.tab)
      const y = extract(b, key, t.opts.tab)
      let c: number
      if (key.flags.includes('R')) {
        for (const s of [x, y]) if (!shuffle.has(s)) shuffle.set(s, rng.float())
        c = shuffle.get(x)! - shuffle.get(y)!
      } else c = compareBy(key.flags, x, y)
      if (c !== 0) return key.flags.includes('r') ? -c : c
    }
    return 0
  }
}

function comparator(t: Tool<typeof OPTIONS>): (a: string, b: string) => number {
  const byKeys = keyComparator(t)
  const reverse = t.opts.reverse > 0
  const lastResort = !(t.opts.stable || t.opts.unique)
  return (a, b) => {
    const c = byKeys(a, b)
    if (c !== 0 || !lastResort) return c
    const plain = a < b ? -1 : a > b ? 1 : 0
    return reverse ? -plain : plain
  }
}

/** The part of a line that a key covers. Without -t a field begins with the blanks before it. */
function extract(line: string, key: Key, tab: string | undefined): string {
  if (key.from[0] === 1 && key.from[1] === 1 && !key.to)
    return key.flags.includes('b') ? line.replace(/^[ \t]+/, '') : line
  const starts: number[] = []
  const ends: number[] = []
  if (tab !== undefined) {
    let at = 0
    for (const f of line.split(tab === '\\0' ? '\0' : tab)) {
      starts.push(at)
      ends.push(at + f.length)
      at += f.length + 1
    }
  } else {
    for (const m of line.matchAll(/[ \t]*[^ \t]+|[ \t]+$/g)) {
      starts.push(m.index)
      ends.push(m.index + m[0].length)
    }
  }
  const skip = (at: number): number => {
    let i = at
    if (key.flags.includes('b')) while (line[i] === ' ' || line[i] === '\t') i++
    return i
  }
  const start = starts[key.from[0] - 1]
  if (start === undefined) return ''
  const from = skip(start) + key.from[1] - 1
  if (!key.to) return line.slice(from)
  const [field, char] = key.to
  const end =
    char === 0
      ? (ends[field - 1] ?? line.length)
      : starts[field - 1] === undefined
        ? line.length
        : skip(starts[field - 1]) + char
  return line.slice(from, Math.max(from, end))
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

function compareBy(flags: string, a: string, b: string): number {
  if (flags.includes('n')) return numeric(a) - numeric(b)
  if (flags.includes('g')) return general(a) - general(b) || 0
  if (flags.includes('h')) return humanValue(a) - humanValue(b)
  if (flags.includes('M')) return month(a) - month(b)
  if (flags.includes('V')) return versionCompare(a, b)
  let x = a
  let y = b
  if (flags.includes('d')) [x, y] = [x, y].map((s) => s.replace(/[^A-Za-z0-9 \t]/g, ''))
  if (flags.includes('f')) [x, y] = [x.toUpperCase(), y.toUpperCase()]
  return x < y ? -1 : x > y ? 1 : 0
}

const numeric = (s: string): number => Number(/^\s*(-?\d*\.?\d*)/.exec(s)?.[1] || 0) || 0
const general = (s: string): number => {
  const hex = /^\s*([-+]?)(0[xX][\da-fA-F]+)/.exec(s)
  const n = hex ? Number(hex[2]) * (hex[1] === '-' ? -1 : 1) : Number.parseFloat(s)
  return Number.isNaN(n) ? Number.NEGATIVE_INFINITY : n
}
const month = (s: string): number => MONTHS.indexOf(s.trim().slice(0, 3).toUpperCase())

/** Units outrank numbers, as in sort -h: 2K < 1M. */
function humanValue(s: string): number {
  const m = /^\s*(-?\d*\.?\d*)([KkMGTPE]?)/.exec(s)
  const n = Number(m?.[1] || 0) || 0
  const power = ' KMGTPE'.indexOf((m?.[2] || ' ').toUpperCase())
  return n === 0 ? 0 : Math.sign(n) * (power * 1e12 + Math.abs(n))
}

/** filevercmp: runs of digits compare as numbers. */
export function versionCompare(a: string, b: string): number {
  const pieces = (s: string): string[] => s.match(/\d+|\D+/g) ?? []
  const x = pieces(a)
  const y = pieces(b)
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const p = x[i]
    const q = y[i]
    if (p === undefined) return q.startsWith('~') ? 1 : -1
    if (q === undefined) return p.startsWith('~') ? -1 : 1
    if (/^\d/.test(p) && /^\d/.test(q)) {
      const d = Number(p) - Number(q)
      if (d !== 0) return d
    } else if (p !== q) return order(p, q)
  }
  return 0
}

/** Letters before other characters, `~` before everything. */
function order(a: string, b: string): number {
  const rank = (c: string | undefined): number =>
    c === undefined
      ? 0
      : c === '~'
        ? -1
        : /[A-Za-z]/.test(c)
          ? c.charCodeAt(0)
          : /\d/.test(c)
            ? 0
            : c.charCodeAt(0) + 256
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const d = rank(a[i]) - rank(b[i])
    if (d !== 0) return d
  }
  return 0
}
