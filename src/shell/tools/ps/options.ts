/** What a command line asks of ps. */
export interface How {
  all: boolean
  full: boolean
  bsd: boolean
  forest: boolean
  header: boolean
  sort?: string
  columns?: [string, string | undefined][]
  pids?: Set<number>
  commands?: string[]
  users?: string[]
}

const SYSV_IGNORED = 'xwlLjTm'
/** What begins the text of a mistake that is ours. */
export const BEYOND = 'not simulated:'

/** What procps' ps has and the simulation does not. */
const BEYOND_SYSV = 'NtgGsZOPMcyVn'
const BEYOND_LONG =
  'User Group user group ppid tty sid cols columns width rows lines context cumulative deselect format headers info quick-pid version help'.split(
    ' ',
  )

const BSD_IGNORED = 'wejlhv'

/** Reads ps's three kinds of options. Returns the text of a mistake. */
export function parseArguments(argv: readonly string[]): How | string {
  const how: How = { all: false, full: false, bsd: false, forest: false, header: true }
  const args = argv.slice(1)
  while (args.length > 0) {
    const a = args.shift()!
    let wrong: string | undefined
    if (/^\d+(,\d+)*$/.test(a)) how.pids = new Set([...(how.pids ?? []), ...a.split(',').map(Number)])
    else if (a.startsWith('--')) wrong = gnu(how, a, args)
    else if (a.startsWith('-')) wrong = sysv(how, a, args)
    else wrong = bsd(how, a, args)
    if (wrong !== undefined) return wrong
  }
  return how
}

function addColumns(how: How, spec: string): void {
  how.columns ??= []
  for (const c of spec.split(/[, ]/)) {
    const [name, head] = c.split('=', 2)
    how.columns.push([name, c.includes('=') ? (head ?? '') : undefined])
  }
}

function gnu(how: How, a: string, args: string[]): string | undefined {
  const [name, v] = a.slice(2).split('=', 2)
  if (name === 'forest') how.forest = true
  else if (name === 'no-headers' || name === 'no-heading') how.header = false
  else if (name === 'sort') {
    how.sort = v ?? args.shift()
    if (!how.sort) return 'long sort specification must follow --sort'
  } else if (name === 'pid') return processes(how, v ?? args.shift(), 'list of process IDs must follow --pid')
  else return BEYOND_LONG.includes(name) ? `${BEYOND} --${name}` : 'unknown gnu long option'
  return undefined
}

/** A list of process IDs. */
function processes(how: How, text: string | undefined, missing: string): string | undefined {
  if (!text) return missing
  if (!/^\d+([, ]+\d+)*$/.test(text)) return 'process ID list syntax error'
  how.pids = new Set(text.split(/[, ]+/).map(Number))
  return undefined
}

function sysv(how: How, a: string, args: string[]): string | undefined {
  for (let i = 1; i < a.length; i++) {
    const c = a[i]
    const rest = (): string => {
      const r = a.slice(i + 1)
      i = a.length
      return r || (args.shift() ?? '')
    }
    if ('eAad'.includes(c)) how.all = true
    else if (c === 'f' || c === 'F') how.full = true
    else if (c === 'H') how.forest = true
    else if (c === 'o') {
      const spec = rest()
      if (spec === '') return 'format specification must follow -o'
      addColumns(how, spec)
    } else if (c === 'p' || c === 'q') {
      const missing = c === 'p' ? 'list of process IDs must follow -p' : 'List of process IDs must follow -q.'
      const wrong = processes(how, rest(), missing)
      if (wrong !== undefined) return wrong
    } else if (c === 'C') {
      const names = rest()
      if (names === '') return 'list of command names must follow -C'
      how.commands = names.split(',')
    } else if (c === 'u' || c === 'U') {
      if (a === '-aux') how.bsd = how.all = true
      else how.users = rest().split(',')
    } else if (BEYOND_SYSV.includes(c)) return `${BEYOND} -${c}`
    else if (!SYSV_IGNORED.includes(c)) return 'unsupported SysV option'
  }
  return undefined
}

function bsd(how: How, a: string, args: string[]): string | undefined {
  for (const c of a) {
    if (c === 'a' || c === 'x') how.all = true
    else if (c === 'u') how.bsd = true
    else if (c === 'f') how.forest = true
    else if (c === 'o') addColumns(how, args.shift() ?? '')
    else if (!BSD_IGNORED.includes(c)) return 'unsupported option (BSD syntax)'
  }
  return undefined
}
