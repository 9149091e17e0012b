import { type Inode, type Program, type Source, SysError } from '../../host/index.ts'
import { type Coro, utf8Length } from '../../kernel/index.ts'
import { matches } from '../bash/expand/pattern.ts'
import { defineTool, flag, list, optional, type Tool, value } from '../command.ts'
import { escapeRegex, posixRegex, RegexError } from '../text/regex.ts'

const OPTIONS = {
  extended: flag('E', 'extended-regexp', 'PATTERNS are extended regular expressions'),
  fixed: flag('F', 'fixed-strings', 'PATTERNS are strings'),
  basic: flag('G', 'basic-regexp', 'PATTERNS are basic regular expressions'),
  perl: flag('P', 'perl-regexp', 'PATTERNS are Perl regular expressions'),
  patterns: list('e', 'regexp', 'PATTERNS', 'use PATTERNS for matching'),
  files: list('f', 'file', 'FILE', 'take PATTERNS from FILE'),
  icase: flag('iy', 'ignore-case', 'ignore case distinctions in patterns and data'),
  caseAgain: flag('', 'no-ignore-case', 'do not ignore case distinctions (default)'),
  words: flag('w', 'word-regexp', 'match only whole words'),
  whole: flag('x', 'line-regexp', 'match only whole lines'),
  zero: flag('z', 'null-data', 'a data line ends in 0 byte, not newline'),
  silent: flag('s', 'no-messages', 'suppress error messages'),
  invert: flag('v', 'invert-match', 'select non-matching lines'),
  max: value('m', 'max-count', 'NUM', 'stop after NUM selected lines'),
  offsets: flag('b', 'byte-offset', 'print the byte offset with output lines'),
  numbers: flag('n', 'line-number', 'print line number with output lines'),
  buffered: flag('', 'line-buffered', 'flush output on every line'),
  withName: flag('H', 'with-filename', 'print file name with output lines'),
  noName: flag('h', 'no-filename', 'suppress the file name prefix on output'),
  label: value('', 'label', 'LABEL', 'use LABEL as the standard input file name prefix'),
  only: flag('o', 'only-matching', 'show only nonempty parts of lines that match'),
  quiet: flag('q', 'quiet', 'suppress all normal output'),
  text: flag('a', 'text', 'equivalent to --binary-files=text'),
  skipBinary: flag('I', undefined, 'equivalent to --binary-files=without-match'),
  directories: value('d', 'directories', 'ACTION', "how to handle directories; ACTION is 'read', 'recurse', or 'skip'"),
  recursive: flag('r', 'recursive', 'like --directories=recurse'),
  dereference: flag('R', 'dereference-recursive', 'likewise, but follow all symlinks'),
  include: list('', 'include', 'GLOB', 'search only files that match GLOB (a file pattern)'),
  exclude: list('', 'exclude', 'GLOB', 'skip files that match GLOB'),
  excludeDir: list('', 'exclude-dir', 'GLOB', 'skip directories that match GLOB'),
  without: flag('L', 'files-without-match', 'print only names of FILEs with no selected lines'),
  listFiles: flag('l', 'files-with-matches', 'print only names of FILEs with selected lines'),
  count: flag('c', 'count', 'print only a count of selected lines per FILE'),
  tabs: flag('T', 'initial-tab', 'make tabs line up (if needed)'),
  nulName: flag('Z', 'null', 'print 0 byte after FILE name'),
  before: value('B', 'before-context', 'NUM', 'print NUM lines of leading context'),
  after: value('A', 'after-context', 'NUM', 'print NUM lines of trailing context'),
  context: value('C', 'context', 'NUM', 'print NUM lines of output context'),
  color: optional('', 'color', 'WHEN', 'use markers to highlight the matching strings'),
  colour: optional('', 'colour', 'WHEN'),
  groupSeparator: value('', 'group-separator', 'SEP', 'print SEP on line between matches with context'),
  noGroupSeparator: flag('', 'no-group-separator', 'do not print separator for matches with context'),
}

type Grep = Tool<typeof OPTIONS>

const RED = '\x1b[01;31m\x1b[K'
const RESET = '\x1b[m\x1b[K'
const paint = (code: string, text: string): string => `\x1b[${code}m\x1b[K${text}${RESET}`

const USAGE = 'Usage: grep [OPTION]... PATTERNS [FILE]...\n'

/** Everything decided before the first line is read. */
interface Plan {
  readonly regex: RegExp
  readonly names: boolean
  readonly color: boolean
  readonly before: number
  readonly after: number
  readonly max: number
  /** Whether any group of lines was printed, of whatever file: the next one is set apart. */
  readonly printed: { any: boolean }
}

function program(name: string, kind: 'basic' | 'extended' | 'fixed'): Program {
  return defineTool({
    name,
    summary: "Search for PATTERNS in each FILE.\nExample: grep -i 'hello world' menu.h main.c",
    usage: '[OPTION]... PATTERNS [FILE]...',
    version: 'grep (GNU grep) 3.11',
    usageStatus: 2,
    onWrongOption: USAGE,
    options: OPTIONS,
    legacy: (argv) =>
      argv[0] === '-V' ? ['--version'] : argv.flatMap((a) => (/^-\d+$/.test(a) ? ['-C', a.slice(1)] : [a])),
    *run(t) {
      const args = [...t.args]
      const patterns = yield* patternsOf(t, args)
      if (patterns === undefined) {
        t.p.stderr.write(`${USAGE}Try 'grep --help' for more information.\n`)
        return 2
      }
      const o = t.opts
      const recursive = o.recursive > 0 || o.dereference > 0 || o.directories === 'recurse'
      const files = args.length > 0 ? args : recursive ? ['.'] : ['-']
      const when = o.color ?? o.colour
      const plan: Plan = {
        regex: compile(t, patterns, kind),
        names: o.noName === 0 && (o.withName > 0 || args.length > 1 || recursive),
        color: when === 'always' || ((when === '' || when === 'auto') && t.p.stdout.isTty),
        before: number(t, o.before ?? o.context),
        after: number(t, o.after ?? o.context),
        printed: { any: false },
        max: o.max === undefined ? Number.POSITIVE_INFINITY : number(t, o.max, 'max count'),
      }
      let found = false
      for (const file of files) {
        const hit =
          recursive && file !== '-' ? yield* tree(t, plan, file, args.length === 0) : yield* one(t, plan, file)
        found = hit || found
        if (found && o.quiet) return 0
      }
      yield* t.flush()
      if (t.status > 0 && !(found && o.quiet)) return 2
      return found ? 0 : 1
    },
  })
}

export const grep = program('grep', 'basic')
export const egrep = program('egrep', 'extended')
export const fgrep = program('fgrep', 'fixed')

function number(t: Grep, text: string | undefined, what = 'context length argument'): number {
  if (text === undefined) return 0
  if (!/^\d+$/.test(text)) return t.fail(what === 'max count' ? 'invalid max count' : `${text}: invalid ${what}`, 2)
  return Number(text)
}

function* patternsOf(t: Grep, args: string[]): Coro<string[] | undefined> {
  const { patterns, files } = t.opts
  if (patterns.length === 0 && files.length === 0) {
    const first = args.shift()
    return first === undefined ? undefined : first.split('\n')
  }
  const all = patterns.flatMap((p) => p.split('\n'))
  for (const file of files) {
    const source = t.open(file)
    if (!source) return t.fail('', 2)
    const text = yield* t.all(source)
    if (text !== '') all.push(...text.replace(/\n$/, '').split('\n'))
  }
  return all
}

function compile(t: Grep, patterns: readonly string[], kind: string): RegExp {
  const o = t.opts
  let mode = kind
  for (const [key] of t.parsed.order) if (['extended', 'fixed', 'basic', 'perl'].includes(key)) mode = key
  const inline = mode === 'perl' && patterns.every((p) => p.startsWith('(?i)'))
  const icase = (o.icase > 0 && o.caseAgain === 0) || inline
  try {
    let groups = 0
    const sources = patterns.map((p) => {
      let source: string
      if (mode === 'fixed') source = escapeRegex(p)
      else if (mode === 'perl') source = perl(inline ? p.slice(4) : p)
      else if (mode === 'extended') {
        // Nothing can be repeated at the start of an expression: the operator is dropped.
        if (p.startsWith('*')) t.p.stderr.write(`${t.name}: warning: * at start of expression\n`)
        source = posixRegex(p.replace(/^\*+/, ''), { extended: true }).source
      } else source = posixRegex(p).source
      // Each pattern counts its groups from 1.
      const before = groups
      groups += new RegExp(`${source}|`, 'us').exec('')!.length - 1
      if (before > 0 && mode !== 'perl')
        source = source.replace(/\(\?:\\(\d)\)/g, (_m, n: string) => `(?:\\${Number(n) + before})`)
      if (o.whole) return `(?<![\\s\\S])(?:${source})(?![\\s\\S])`
      if (o.words) return `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])`
      return source
    })
    return new RegExp(
      sources.length === 0 ? '(?!)' : sources.map((s) => `(?:${s})`).join('|'),
      `gus${icase ? 'i' : ''}`,
    )
  } catch (error) {
    if (error instanceof RegexError) return t.fail(error.message, 2)
    const [, words] = PCRE_WORDS.find(([js]) => js.test(String(error))) ?? []
    return t.fail(words ?? 'invalid pattern', 2)
  }
}

/** What PCRE2 says where JavaScript says something else. */
const PCRE_WORDS: readonly (readonly [RegExp, string])[] = [
  [/Unterminated group/, 'missing closing parenthesis'],
  [/Unmatched '\)'/, 'unmatched closing parenthesis'],
  [/Nothing to repeat/, 'quantifier does not follow a repeatable item'],
  [/Unterminated character class/, 'missing terminating ] for character class'],
]

/** Perl syntax that JavaScript spells differently. */
const perl = (p: string): string =>
  new RegExp(
    p
      .replace(/^((?:[^|(]|\\.)*?)\\K/s, '(?<=$1)')
      .replace(/\\[hH]/g, '[ \\t]')
      .replace(/\\A/g, '^')
      .replace(/\\[zZ]/g, '$')
      .replace(/\(\?<([A-Za-z]\w*)>/g, '(?<$1>')
      .replace(/([*+?}])\+/g, '$1')
      .replace(
        /\[\[:(\w+):\]\]/g,
        (_m, c: string) => `\\${{ digit: 'd', space: 's', alpha: 'w', alnum: 'w' }[c] ?? 'w'}`,
      ),
    's',
  ).source.replace(/\\([-!"#%&',:;<=>@_`~ ])/g, (_m, c: string) => (c === '-' ? '\\-' : c))

function* tree(t: Grep, plan: Plan, path: string, implicit: boolean): Coro<boolean> {
  let node: Inode
  try {
    node = t.p.fs.resolve(path, t.p.cwd, t.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (!t.opts.silent) t.complain(`${path}: ${error.strerror}`, 2)
    else t.status = 2
    return false
  }
  if (node.kind !== 'dir') return yield* one(t, plan, path)
  let found = false
  for (const [name, child] of t.p.fs.readdir(path, t.p.cwd, t.p.creds)) {
    const sub = implicit && path === '.' ? name : `${path.replace(/\/$/, '')}/${name}`
    if (child.kind === 'symlink' && t.opts.dereference === 0) continue
    const target = child.kind === 'symlink' ? t.p.fs.find(sub, t.p.cwd) : child
    if (target?.kind === 'dir') {
      if (t.opts.excludeDir.some((g) => matches(name, g))) continue
      found = (yield* tree(t, plan, sub, false)) || found
    } else if (target?.kind === 'file') {
      if (t.opts.include.length > 0 && !t.opts.include.some((g) => matches(name, g))) continue
      if (t.opts.exclude.some((g) => matches(name, g))) continue
      found = (yield* one(t, plan, sub)) || found
    }
    if (found && t.opts.quiet) return true
  }
  return found
}

function openFile(t: Grep, path: string): Source | undefined {
  if (path === '-') return t.p.stdin
  const node = t.p.fs.find(path, t.p.cwd)
  if (node?.kind === 'dir') {
    if (t.opts.directories !== 'skip' && !t.opts.silent) {
      t.p.stderr.write(`grep: ${path}: Is a directory\n`)
    }
    if (t.opts.directories !== 'skip') t.status = 2
    return undefined
  }
  const before = t.status
  if (t.opts.silent) {
    try {
      t.p.fs.resolve(path, t.p.cwd, t.p.creds)
    } catch {
      t.status = 2
      return undefined
    }
  }
  const source = t.open(path)
  if (!source) t.status = Math.max(before, 2)
  return source
}

/** Searches one file. Returns whether a line was selected. */
function* one(t: Grep, plan: Plan, path: string): Coro<boolean> {
  const source = openFile(t, path)
  if (!source) return false
  const o = t.opts
  const shown = path === '-' ? (o.label ?? '(standard input)') : path
  let lineNumber = 0
  let offset = 0
  let selected = 0
  let lastPrinted = 0
  let trailing = 0
  let binary = false
  const held: { text: string; number: number; offset: number }[] = []
  const silent = o.quiet > 0 || o.listFiles > 0 || o.without > 0 || o.count > 0
  const end = o.zero ? '\0' : '\n'
  const separator = o.noGroupSeparator ? undefined : (o.groupSeparator ?? '--')
  const head = (mark: string, number: number, at: number): string => {
    const sep = plan.color ? paint('36', mark) : mark
    const name = plan.names ? (plan.color ? paint('35', shown) : shown) + (o.nulName ? '\0' : sep) : ''
    const line = o.numbers ? (plan.color ? paint('32', String(number)) : String(number)) + sep : ''
    const prefix = `${name}${line}${o.offsets ? at + sep : ''}`
    return prefix !== '' && o.tabs ? `${prefix}\t` : prefix
  }
  const gap = (number: number): void => {
    const apart = lastPrinted > 0 ? number > lastPrinted + 1 : plan.printed.any
    plan.printed.any = true
    if (plan.before + plan.after > 0 && apart && separator !== undefined)
      t.line(plan.color ? paint('36', separator) : separator)
  }
  if (plan.max === 0) return false
  const whole = yield* t.lines(
    source,
    (text) => {
      lineNumber++
      const at = offset
      offset += utf8Length(text) + 1
      plan.regex.lastIndex = 0
      const hit = plan.regex.test(text) !== o.invert > 0
      if (hit) {
        selected++
        if (silent) return !(o.quiet || o.listFiles || o.without) && selected < plan.max
        if (!o.text && text.includes('\0')) {
          binary = true
          return false
        }
        if (o.only) {
          if (!o.invert)
            printParts(t, plan, text, (before) => head(':', lineNumber, at + utf8Length(text.slice(0, before))), end)
        } else {
          gap(held[0]?.number ?? lineNumber)
          for (const h of held) t.write(`${head('-', h.number, h.offset)}${h.text}${end}`)
          held.length = 0
          const body =
            plan.color && !o.invert ? text.replace(plan.regex, (m) => (m === '' ? '' : `${RED}${m}${RESET}`)) : text
          t.write(`${head(':', lineNumber, at)}${body}${end}`)
          lastPrinted = lineNumber
          trailing = plan.after
        }
        if (selected >= plan.max && trailing === 0) return false
        return
      }
      if (selected >= plan.max && trailing === 0) return false
      if (trailing > 0 && !silent && !o.only) {
        trailing--
        t.write(`${head('-', lineNumber, at)}${text}${end}`)
        lastPrinted = lineNumber
        if (selected >= plan.max && trailing === 0) return false
      } else if (plan.before > 0) {
        held.push({ text, number: lineNumber, offset: at })
        if (held.length > plan.before) held.shift()
      }
      return
    },
    end,
  )
  if (binary) {
    yield* t.flush()
    t.p.stderr.write(`grep: ${shown}: binary file matches\n`)
  }
  if (o.count && !o.quiet) t.write(`${plan.names ? `${shown}${o.nulName ? '\0' : ':'}` : ''}${selected}\n`)
  if (o.listFiles && selected > 0 && !o.quiet) t.write(`${shown}${o.nulName ? '\0' : '\n'}`)
  if (o.without && selected === 0 && whole) t.write(`${shown}${o.nulName ? '\0' : '\n'}`)
  yield* t.flush()
  return selected > 0
}

function printParts(t: Grep, plan: Plan, text: string, head: (at: number) => string, end: string): void {
  plan.regex.lastIndex = 0
  for (const m of text.matchAll(plan.regex)) {
    if (m[0] === '') continue
    t.write(`${head(m.index)}${plan.color ? `${RED}${m[0]}${RESET}` : m[0]}${end}`)
  }
}
