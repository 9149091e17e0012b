import type { Coro } from '../../../kernel/index.ts'
import { Exit, ShellError } from '../control.ts'
import { findInPath } from '../exec/external.ts'
import { runBuiltin, runExternal } from '../exec/simple.ts'
import { functionText } from '../function-text.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, builtins } from './index.ts'
import { parseFlags } from './options-parse.ts'

/** Bash's reserved words. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'case',
  'esac',
  'for',
  'select',
  'while',
  'until',
  'do',
  'done',
  'in',
  'function',
  'time',
  '{',
  '}',
  '!',
  '[[',
  ']]',
  'coproc',
])

const STANDARD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

type Found =
  | { readonly kind: 'alias' | 'file' | 'hashed'; readonly text: string }
  | { readonly kind: 'keyword' | 'function' | 'builtin'; readonly text?: undefined }

/** Everything that a command name could mean, in the order of precedence. */
function meanings(sh: Shell, name: string, files: 'none' | 'first' | 'all'): Found[] {
  const found: Found[] = []
  const alias = sh.aliases.get(name)
  if (alias !== undefined && sh.shopts.has('expand_aliases')) found.push({ kind: 'alias', text: alias })
  if (KEYWORDS.has(name)) found.push({ kind: 'keyword' })
  if (sh.functions.has(name)) found.push({ kind: 'function' })
  if (builtins.has(name) || name === 'exec') found.push({ kind: 'builtin' })
  if (files === 'none') return found
  if (name.includes('/')) {
    const node = sh.p.fs.find(name, sh.cwd)
    if (node?.kind === 'file' && (node.mode & 0o111) !== 0) found.push({ kind: 'file', text: name })
    return found
  }
  const hashed = sh.hash.get(name)
  if (hashed && files === 'first') found.push({ kind: 'hashed', text: hashed.path })
  else {
    const all: string[] = []
    findInPath(sh, name, all)
    for (const text of files === 'all' ? all : all.slice(0, 1)) found.push({ kind: 'file', text })
  }
  return found
}

/** `ls is /usr/bin/ls` */
function sentence(sh: Shell, name: string, f: Found): string {
  switch (f.kind) {
    case 'alias':
      return sh.dialect === 'bash' ? `${name} is aliased to \`${f.text}'` : `${name} is an alias for ${f.text}`
    case 'keyword':
      return `${name} is a shell keyword`
    case 'function':
      return sh.dialect === 'bash'
        ? `${name} is a function\n${functionText(sh.functions.get(name)!).trimEnd()}`
        : `${name} is a shell function`
    case 'builtin':
      return `${name} is a shell builtin`
    case 'hashed':
      return sh.dialect === 'bash' ? `${name} is hashed (${f.text})` : `${name} is a tracked alias for ${f.text}`
    case 'file':
      return `${name} is ${f.text}`
  }
}

const typeBuiltin: Builtin = (sh, argv) => {
  const parsed = parseFlags(sh, argv, 'aftpP', 'type [-afptP] name [name ...]')
  if (typeof parsed === 'number') return parsed
  const { flags, args } = parsed
  let status = 0
  for (const name of args) {
    let found = meanings(sh, name, flags.a !== undefined ? 'all' : 'first')
    if (flags.P !== undefined) found = found.filter((f) => f.kind === 'file' || f.kind === 'hashed')
    if (flags.a === undefined) found = found.slice(0, 1)
    if (found.length === 0) {
      if (flags.t === undefined && flags.p === undefined && flags.P === undefined)
        sh.dialect === 'bash' ? sh.complain(`type: ${name}: not found`) : sh.out(`${name}: not found\n`)
      status = sh.dialect === 'bash' ? 1 : 127
      continue
    }
    for (const f of found) {
      if (flags.t !== undefined) sh.out(`${f.kind === 'hashed' ? 'file' : f.kind}\n`)
      else if (flags.p !== undefined || flags.P !== undefined) {
        if (f.text !== undefined && f.kind !== 'alias') sh.out(`${f.text}\n`)
      } else sh.out(`${sentence(sh, name, f)}\n`)
    }
  }
  return status
}

function* command(sh: Shell, argv: readonly string[]): Coro<number> {
  let i = 1
  let verbose = ''
  let standard = false
  for (; /^-[pvV]+$/.test(argv[i] ?? ''); i++)
    for (const c of argv[i].slice(1)) {
      if (c === 'p') standard = true
      else verbose = c
    }
  if (argv[i] === '--') i++
  const args = argv.slice(i)
  if (verbose !== '') {
    let status = args.length > 0 ? 1 : 0
    for (const name of args) {
      const f = meanings(sh, name, 'first')[0]
      if (!f) {
        if (verbose === 'V') sh.complain(`command: ${name}: not found`)
        else if (sh.dialect !== 'bash') status = 127
        continue
      }
      status = 0
      if (verbose === 'V') sh.out(`${sentence(sh, name, f)}\n`)
      else sh.out(`${f.kind === 'alias' ? `alias ${name}='${f.text}'` : (f.text ?? name)}\n`)
    }
    return status
  }
  if (args.length === 0) return 0
  const builtin = builtins.get(args[0])
  if (builtin) return yield* runBuiltin(sh, args, builtin)
  if (standard) return yield* runExternal(sh, args, [], false, findInPath(sh, args[0], undefined, STANDARD_PATH))
  return yield* runExternal(sh, args)
}

const aliasText = (name: string, value: string): string => `alias ${name}='${value.replaceAll("'", "'\\''")}'\n`

export const lookupBuiltins: Record<string, Builtin> = {
  type: typeBuiltin,
  command,
  *builtin(sh, argv) {
    if (argv.length < 2) return 0
    const builtin = builtins.get(argv[1])
    if (!builtin) throw new ShellError(`${argv[1]}: not a shell builtin`)
    return yield* runBuiltin(sh, argv.slice(1), builtin)
  },
  /** Only reached through `builtin exec` and `command exec`: exec proper is part of the executor. */
  *exec(sh, argv) {
    if (argv.length < 2) return 0
    const status = yield* runExternal(sh, argv.slice(1))
    throw new Exit(status)
  },
  alias: (sh, argv) => {
    const args = argv.slice(1).filter((a) => a !== '-p')
    let status = 0
    if (args.length === 0)
      for (const name of [...sh.aliases.keys()].sort())
        sh.out(
          sh.dialect === 'bash'
            ? aliasText(name, sh.aliases.get(name)!)
            : aliasText(name, sh.aliases.get(name)!).slice(6),
        )
    for (const arg of args) {
      const at = arg.indexOf('=')
      const name = at > 0 ? arg.slice(0, at) : arg
      if (at > 0) {
        if (/[\s$`'"\\/=|&;()<>]/.test(name)) {
          sh.complain(`alias: \`${name}': invalid alias name`)
          status = 1
        } else sh.aliases.set(name, arg.slice(at + 1))
      } else if (sh.aliases.has(name)) sh.out(aliasText(name, sh.aliases.get(name)!))
      else {
        sh.complain(`alias: ${name}: not found`)
        status = 1
      }
    }
    return status
  },
  unalias: (sh, argv) => {
    if (argv[1] === '-a') {
      sh.aliases.clear()
      return 0
    }
    if (argv.length < 2) {
      sh.errorText('unalias: usage: unalias [-a] name [name ...]\n')
      return 2
    }
    let status = 0
    for (const name of argv.slice(1))
      if (!sh.aliases.delete(name)) {
        sh.complain(`unalias: ${name}: not found`)
        status = 1
      }
    return status
  },
  hash: (sh, argv) => {
    const args = argv.slice(1)
    if (args[0] === '-r') {
      sh.hash.clear()
      return 0
    }
    if (args[0] === '-t' || args[0] === '-d') {
      let status = 0
      for (const name of args.slice(1)) {
        const h = sh.hash.get(name)
        if (!h) {
          sh.complain(`hash: ${name}: not found`)
          status = 1
        } else if (args[0] === '-d') sh.hash.delete(name)
        else sh.out(`${h.path}\n`)
      }
      return status
    }
    if (args.length === 0) {
      if (sh.hash.size === 0) sh.out('hash: hash table empty\n')
      else
        sh.out(
          `hits\tcommand\n${[...sh.hash.values()].map((h) => `${String(h.hits).padStart(4)}\t${h.path}\n`).join('')}`,
        )
      return 0
    }
    let status = 0
    for (const name of args) {
      const path = findInPath(sh, name)
      if (path) sh.hash.set(name, { path, hits: 0 })
      else {
        sh.complain(`hash: ${name}: not found`)
        status = 1
      }
    }
    return status
  },
}
