import type { Coro } from '../../../kernel/index.ts'
import { arrayText } from '../array-text.ts'
import { ShellError } from '../control.ts'
import { assign, assignText } from '../exec/assign.ts'
import { elementIndex, evaluateNow } from '../expand/arith-scope.ts'
import { functionText } from '../function-text.ts'
import { quoteDouble, quoteWord } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { isName, type Variable } from '../variables.ts'
import type { Builtin } from './index.ts'
import { parseFlags, usage } from './options-parse.ts'

/** Splits `name[index]+=value`. */
function split(arg: string): { name: string; index?: string; append: boolean; value?: string } {
  const m = /^([A-Za-z_]\w*)(?:\[(.*?)\])?(\+?)=(.*)$/s.exec(arg)
  if (!m) return { name: arg, append: false }
  return { name: m[1], index: m[2], append: m[3] === '+', value: m[4] }
}

const attributesOf = (v: Variable): string =>
  `${v.array ? 'a' : ''}${v.assoc ? 'A' : ''}${v.integer ? 'i' : ''}${v.lower ? 'l' : ''}${v.nameref ? 'n' : ''}${v.readonly ? 'r' : ''}${v.upper ? 'u' : ''}${v.exported ? 'x' : ''}`

/** `declare -x NAME="value"` */
function describe(name: string, v: Variable): string {
  const flags = attributesOf(v) || '-'
  const head = `declare -${flags} ${name}`
  if (v.array || v.assoc) return `${head}=${arrayText(v)}`
  return v.value === undefined ? head : `${head}=${quoteDouble(v.value)}`
}

const LETTERS: Record<string, keyof Variable> = {
  x: 'exported',
  r: 'readonly',
  i: 'integer',
  l: 'lower',
  u: 'upper',
  n: 'nameref',
}

function* declare(sh: Shell, argv: readonly string[]): Coro<number> {
  const command = argv[0]
  if (command === 'local' && !sh.vars.inFunction)
    throw sh.dialect === 'ash'
      ? new ShellError('not in a function', 2)
      : new ShellError('can only be used in a function')
  const on = new Set<string>()
  const off = new Set<string>()
  let i = 1
  for (; i < argv.length && /^[-+]./.test(argv[i]); i++) {
    if (argv[i] === '--') {
      i++
      break
    }
    for (const c of argv[i].slice(1)) {
      if (!'aAfFgiIlnrtuxp'.includes(c))
        return usage(
          sh,
          command,
          `${argv[i][0]}${c}`,
          `${command} ${command === 'local' ? '[option] name[=value] ...' : '[-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]'}`,
        )
      ;(argv[i][0] === '-' ? on : off).add(c)
    }
  }
  const args = argv.slice(i)
  if (on.has('f') || on.has('F')) return functions(sh, args, on.has('F'))
  if (on.has('p') || args.length === 0) return list(sh, args, on, command)
  let status = 0
  for (const arg of args) {
    const { name, index, append, value } = split(arg)
    if (!isName(name)) {
      sh.complain(`${command}: \`${arg}': not a valid identifier`)
      status = 1
      continue
    }
    if (sh.vars.inFunction && !on.has('g')) sh.vars.localize(name, on.has('I') || append)
    const changes: Record<string, unknown> = {}
    for (const c of on) if (LETTERS[c] && c !== 'r') changes[LETTERS[c]] = true
    for (const c of off) if (LETTERS[c]) changes[LETTERS[c]] = false
    const old = sh.vars.own(name)
    if (off.has('r') && old?.readonly) throw new ShellError(`${name}: readonly variable`)
    const attributes = { ...old, ...changes } as Variable
    if (on.has('A') && !attributes.assoc) {
      sh.vars.define(name, { ...attributes, value: undefined, array: undefined, assoc: new Map() })
    } else if (on.has('a') && !attributes.array) {
      sh.vars.define(name, {
        ...attributes,
        value: undefined,
        array: new Map(old?.value !== undefined ? [[0, old.value]] : []),
      })
    } else sh.vars.define(name, attributes)
    const array = sh.pendingArrays.get(name)
    if (array) {
      sh.pendingArrays.delete(name)
      yield* assign(sh, array)
    } else if (value !== undefined) {
      if (on.has('n')) sh.vars.define(name, { ...sh.vars.own(name), value })
      else if (/^\(.*\)$/s.test(value) && (on.has('a') || on.has('A')))
        assignText(sh, name, value.slice(1, -1), { append, index })
      else assignText(sh, name, value, { append, index })
    }
    if (on.has('r')) sh.vars.update(name, { readonly: true })
  }
  return status
}

function list(sh: Shell, args: readonly string[], on: Set<string>, command: string): number {
  if (args.length > 0) {
    let status = 0
    for (const name of args) {
      const v = sh.vars.own(name)
      const computed = v ? undefined : sh.vars.get(name)
      if (v) sh.out(`${describe(name, v)}\n`)
      else if (computed !== undefined) sh.out(`declare -- ${name}=${quoteDouble(computed)}\n`)
      else {
        sh.complain(`${command}: ${name}: not found`)
        status = 1
      }
    }
    return status
  }
  const wanted = [...on].filter((c) => c !== 'p' && c !== 'g')
  const names = command === 'local' ? sh.vars.locals() : sh.vars.names()
  for (const name of names) {
    const v = sh.vars.own(name)
    if (!v) continue
    if (wanted.some((c) => !attributesOf(v).includes(c))) continue
    if (on.size === 0 && command !== 'local') {
      if (v.value !== undefined) sh.out(`${name}=${quoteWord(v.value)}\n`)
    } else sh.out(`${describe(name, v)}\n`)
  }
  if (on.size === 0 && command !== 'local')
    for (const name of [...sh.functions.keys()].sort()) sh.out(functionText(sh.functions.get(name)!))
  return 0
}

function functions(sh: Shell, args: readonly string[], namesOnly: boolean): number {
  const names = args.length > 0 ? args : [...sh.functions.keys()].sort()
  let status = 0
  for (const name of names) {
    const fn = sh.functions.get(name)
    if (!fn) status = 1
    else if (namesOnly) sh.out(args.length > 0 ? `${name}\n` : `declare -f ${name}\n`)
    else sh.out(functionText(fn))
  }
  return status
}

/** export and readonly: attributes with an optional value. */
function* mark(sh: Shell, argv: readonly string[]): Coro<number> {
  const exporting = argv[0] === 'export'
  const parsed = parseFlags(
    sh,
    argv,
    'fnpaA',
    exporting ? 'export [-fn] [name[=value] ...] or export -p' : 'readonly [-aAf] [name[=value] ...] or readonly -p',
  )
  if (typeof parsed === 'number') return parsed
  const { flags, args } = parsed
  if (args.length === 0) {
    for (const name of sh.vars.names()) {
      const v = sh.vars.own(name)
      if (!v || !(exporting ? v.exported : v.readonly)) continue
      if (sh.dialect === 'bash') sh.out(`${describe(name, v)}\n`)
      else sh.out(`${argv[0]} ${name}${v.value === undefined ? '' : `='${v.value.replaceAll("'", `'"'"'`)}'`}\n`)
    }
    return 0
  }
  let status = 0
  for (const arg of args) {
    const { name, append, value } = split(arg)
    if (!isName(name)) {
      if (sh.dialect !== 'bash') throw new ShellError(`${name.split('=')[0]}: bad variable name`, 2, true)
      sh.complain(`${argv[0]}: \`${arg}': not a valid identifier`)
      status = 1
      continue
    }
    if (flags.f !== undefined) {
      if (!sh.functions.has(name)) {
        sh.complain(`${argv[0]}: ${name}: not a function`)
        status = 1
      }
      continue
    }
    const array = sh.pendingArrays.get(name)
    if (array) {
      sh.pendingArrays.delete(name)
      yield* assign(sh, array)
    } else if (value !== undefined) assignText(sh, name, value, { append })
    if (exporting) sh.vars.update(name, { exported: flags.n === undefined })
    else sh.vars.update(name, { readonly: true })
  }
  return status
}

const unset: Builtin = (sh, argv) => {
  const parsed = parseFlags(sh, argv, 'fvn', 'unset [-f] [-v] [-n] [name ...]')
  if (typeof parsed === 'number') return parsed
  let status = 0
  for (const arg of parsed.args) {
    const m = /^([A-Za-z_]\w*)\[(.+)\]$/s.exec(arg)
    if (parsed.flags.f !== undefined) {
      sh.functions.delete(arg)
      continue
    }
    if (!m && !isName(arg)) {
      sh.functions.delete(arg)
      continue
    }
    const v = sh.vars.lookup(m?.[1] ?? arg)
    if (v?.readonly) {
      sh.complain(`unset: ${arg}: cannot unset: readonly variable`)
      status = 1
      continue
    }
    if (m) {
      if (m[2] === '@' || m[2] === '*') sh.vars.unset(m[1])
      else sh.vars.unsetElement(m[1], elementIndex(sh, m[1], m[2]))
    } else if (v || sh.vars.own(arg)) {
      if (parsed.flags.n !== undefined) sh.vars.define(arg, {})
      sh.vars.unset(arg)
    } else if (parsed.flags.v === undefined) sh.functions.delete(arg)
  }
  return status
}

const letBuiltin: Builtin = (sh, argv) => {
  if (argv.length < 2) throw new ShellError('expression expected')
  let value = 0n
  for (const expression of argv.slice(1)) value = evaluateNow(sh, expression)
  return value === 0n ? 1 : 0
}

const getopts: Builtin = (sh, argv) => {
  if (argv.length < 3) {
    sh.errorText('getopts: usage: getopts optstring name [arg ...]\n')
    return 2
  }
  if (!isName(argv[2])) throw new ShellError(`\`${argv[2]}': not a valid identifier`)
  const silent = argv[1].startsWith(':')
  const spec = silent ? argv[1].slice(1) : argv[1]
  const args = argv.length > 3 ? argv.slice(3) : sh.args
  const index = Number(sh.vars.get('OPTIND') ?? 1)
  if (index !== sh.getoptsIndex) {
    sh.getoptsIndex = index
    sh.getoptsChar = 0
  }
  const set = (name: string): void => {
    sh.vars.set('OPTIND', String(sh.getoptsIndex))
    sh.vars.set(argv[2], name)
  }
  const end = (): number => {
    set('?')
    return 1
  }
  let word = args[sh.getoptsIndex - 1]
  if (sh.getoptsChar === 0) {
    if (word === undefined || !/^-./.test(word)) return end()
    if (word === '--') {
      sh.getoptsIndex++
      return end()
    }
    sh.getoptsChar = 1
  }
  word = args[sh.getoptsIndex - 1]
  const letter = word[sh.getoptsChar++]
  const last = sh.getoptsChar >= word.length
  const at = letter === ':' ? -1 : spec.indexOf(letter)
  const next = (): void => {
    sh.getoptsIndex++
    sh.getoptsChar = 0
  }
  if (at < 0) {
    if (last) next()
    if (silent) sh.vars.set('OPTARG', letter)
    else {
      sh.vars.unset('OPTARG')
      sh.errorText(`${sh.name}: illegal option -- ${letter}\n`)
    }
    set('?')
    return 0
  }
  if (spec[at + 1] !== ':') {
    if (last) next()
    sh.vars.unset('OPTARG')
    set(letter)
    return 0
  }
  let value: string | undefined = word.slice(sh.getoptsChar)
  next()
  if (value === '') {
    value = args[sh.getoptsIndex - 1]
    sh.getoptsIndex++
  }
  if (value === undefined) {
    sh.getoptsIndex--
    if (silent) sh.vars.set('OPTARG', letter)
    else sh.errorText(`${sh.name}: option requires an argument -- ${letter}\n`)
    set(silent ? ':' : '?')
    return 0
  }
  sh.vars.set('OPTARG', value)
  set(letter)
  return 0
}

export const variableBuiltins: Record<string, Builtin> = {
  declare,
  typeset: declare,
  local: declare,
  export: mark,
  readonly: mark,
  unset,
  let: letBuiltin,
  getopts,
}
