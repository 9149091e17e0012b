import { allowed, Capture, type Process, TextSource } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { builtins } from '../bash/builtins/index.ts'
import { KEYWORDS } from '../bash/builtins/lookup.ts'
import type { Shell } from '../bash/shell.ts'

interface Completion {
  /** UTF-16 units before the cursor that a candidate replaces. */
  readonly length: number
  readonly candidates: readonly string[]
  /** What follows a single candidate: a space, a slash, or nothing. */
  readonly suffix: (candidate: string) => string
}

/** Commands that answer `__complete`, as cobra's bash completion scripts ask them. */
const ASKED = new Set(['kubectl', 'kubeadm', 'etcdctl', 'etcdutl', 'crictl', 'helm'])
const LIMIT = 2000

/** Words of the simple command that the cursor stands in; the last one is what is being typed. */
function wordsBefore(text: string): string[] {
  let words: string[] = []
  let word = ''
  let open = false
  let quote = ''
  const push = (): void => {
    if (open) words.push(word)
    word = ''
    open = false
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quote) {
      if (c === quote) quote = ''
      else word += c
    } else if (c === "'" || c === '"') {
      quote = c
      open = true
    } else if (c === '\\') {
      word += text[++i] ?? ''
      open = true
    } else if (/\s/.test(c) && c !== '\n') push()
    else if (/[|;&(\n`]/.test(c) || (c === '{' && word === '')) {
      word = ''
      open = false
      words = []
    } else {
      word += c
      open = true
    }
  }
  return [...words, word]
}

/** What Tab offers at the end of `before`. */
export function* complete(sh: Shell, before: string): Coro<Completion> {
  let words = wordsBefore(before)
  while (words.length > 1 && /^\w+=/.test(words[0])) words = words.slice(1)
  while (words.length > 1 && ['sudo', 'time', 'watch', 'nohup', 'xargs', 'exec'].includes(words[0]))
    words = words.slice(1)
  const typed = words[words.length - 1]
  const raw = rawLength(before, typed)
  const space = (): string => ' '
  const variable = /\$\{?(\w*)$/.exec(typed)
  if (variable) {
    const names = sh.vars.names().filter((n) => n.startsWith(variable[1]))
    return { length: variable[1].length, candidates: names.sort(), suffix: () => '' }
  }
  if (words.length === 1 && !typed.includes('/'))
    return { length: raw, candidates: commandNames(sh, typed), suffix: space }
  const command = resolveAlias(sh, words)
  if (ASKED.has(command[0]) && !/[<>]\s*\S*$/.test(before)) {
    const asked = yield* ask(sh, command)
    if (asked)
      return {
        ...asked,
        length: /=/.test(typed) && typed.startsWith('-') ? typed.length - typed.indexOf('=') - 1 : raw,
      }
  }
  return files(sh, typed, raw, command[0])
}

/** Length in the line of the word as typed (with its quotes). */
function rawLength(before: string, word: string): number {
  if (before.endsWith(word)) return word.length
  const m = /(?:[^\s|;&(`\\'"]|\\.|'[^']*'?|"[^"]*"?)*$/.exec(before)
  return m ? m[0].length : word.length
}

function resolveAlias(sh: Shell, words: readonly string[]): string[] {
  const alias = sh.aliases.get(words[0])
  return alias === undefined ? [...words] : [...alias.trim().split(/\s+/), ...words.slice(1)]
}

function commandNames(sh: Shell, prefix: string): string[] {
  const names = new Set<string>()
  const add = (name: string): void => {
    if (name.startsWith(prefix)) names.add(name)
  }
  for (const name of [...builtins.keys(), ...KEYWORDS, ...sh.functions.keys(), ...sh.aliases.keys()]) add(name)
  for (const dir of (sh.vars.get('PATH') ?? '').split(':')) {
    const node = sh.p.fs.find(dir || '.', sh.cwd)
    if (node?.kind !== 'dir') continue
    for (const [name, child] of node.entries)
      if (name.startsWith(prefix) && (child.kind === 'symlink' || allowed(child, sh.p.creds, 1))) names.add(name)
  }
  return [...names].sort().slice(0, LIMIT)
}

/** Asks the program itself: `kubectl __complete get po`. */
function* ask(sh: Shell, words: readonly string[]): Coro<Pick<Completion, 'candidates' | 'suffix'> | undefined> {
  const program = sh.p.host.programs.get(words[0])
  if (!program) return undefined
  const stdout = new Capture()
  const process: Process = sh.p.host.start({
    program,
    argv: [words[0], '__complete', ...words.slice(1)],
    env: sh.vars.environment(),
    cwd: sh.cwd,
    creds: sh.p.creds,
    parent: sh.p,
    fs: sh.p.fs,
    net: sh.p.net,
    stdin: new TextSource(''),
    stdout,
    stderr: new Capture(),
  })
  yield* process.wait()
  const lines = stdout.text().split('\n').filter(Boolean)
  const last = lines.at(-1) ?? ''
  if (!/^:\d+$/.test(last)) return undefined
  const directive = Number(last.slice(1))
  const prefix = words[words.length - 1].replace(/^--?[\w-]+=/, '')
  const candidates = lines
    .slice(0, -1)
    .filter((l) => !l.startsWith('_activeHelp_'))
    .map((l) => l.split('\t')[0])
    .filter((c) => c.startsWith(prefix))
  const noSpace = (directive & 2) !== 0
  if (candidates.length === 0 && (directive & 4) === 0) return undefined
  return { candidates: candidates.sort().slice(0, LIMIT), suffix: (c) => (noSpace || /[=/]$/.test(c) ? '' : ' ') }
}

const quoted = (name: string): string => name.replace(/[\s'"\\$`&|;<>()*?[\]!#{}]/g, '\\$&')

function files(sh: Shell, typed: string, length: number, command: string): Completion {
  const cut = typed.lastIndexOf('/') + 1
  const dir = typed.slice(0, cut)
  const prefix = typed.slice(cut)
  const real = dir.startsWith('~/') ? `${sh.vars.get('HOME') ?? ''}/${dir.slice(2)}` : dir || '.'
  const node = sh.p.fs.find(real, sh.cwd)
  const directories = new Set<string>()
  const out: string[] = []
  if (node?.kind === 'dir') {
    for (const [name] of sh.p.fs.readdir(real, sh.cwd, sh.p.creds)) {
      if (!name.startsWith(prefix) || (name.startsWith('.') && !prefix.startsWith('.'))) continue
      const isDir = sh.p.fs.find(`${real}/${name}`, sh.cwd)?.kind === 'dir'
      if (command === 'cd' && !isDir) continue
      const text = quoted(dir + name).replace(/^\\~/, '~')
      if (isDir) directories.add(text)
      out.push(text)
    }
  }
  return { length, candidates: out.slice(0, LIMIT), suffix: (c) => (directories.has(c) ? '/' : ' ') }
}

/** Longest common beginning. */
export function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? ''
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

/** Candidates in columns, top to bottom, as readline lists them; long paths by their last component. */
export function columns(words: readonly string[], width: number): string {
  const shown = words.map((w) =>
    w.includes('/') ? w.replace(/\/$/, '').slice(w.replace(/\/$/, '').lastIndexOf('/') + 1) : w,
  )
  const cell = Math.max(...shown.map((w) => w.length)) + 2
  const perRow = Math.max(1, Math.floor(width / cell))
  const rows = Math.ceil(shown.length / perRow)
  const lines: string[] = []
  for (let r = 0; r < rows; r++) {
    let line = ''
    for (let c = 0; c * rows + r < shown.length; c++) line += shown[c * rows + r].padEnd(cell)
    lines.push(line.trimEnd())
  }
  return `${lines.join('\n')}\n`
}
