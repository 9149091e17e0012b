import { readLine, type Source } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { formatDate } from '../../text/date.ts'
import { decodeEcho } from '../../text/escape.ts'
import { printf } from '../../text/printf.ts'
import { ShellError } from '../control.ts'
import { runSource } from '../exec/source.ts'
import { evaluateNow, setElement } from '../expand/arith-scope.ts'
import { quoteBackslash } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { isName } from '../variables.ts'
import type { Builtin } from './index.ts'
import { parseFlags, usage } from './options-parse.ts'

/** bash's own standard output is flushed after each line, also into a file: whoever watches that file sees it grow. */
function outLines(sh: Shell, text: string): void {
  const inner = text.indexOf('\n')
  if (inner < 0 || inner === text.length - 1) return sh.out(text)
  for (const line of text.split(/(?<=\n)/)) sh.out(line)
}

const echo: Builtin = (sh, argv) => {
  let i = 1
  let newline = true
  let escapes = sh.shopts.has('xpg_echo') || sh.dialect === 'dash'
  const flags = sh.dialect === 'dash' ? /^-n$/ : /^-[neE]+$/
  for (; flags.test(argv[i] ?? ''); i++) {
    for (const c of argv[i].slice(1)) {
      if (c === 'n') newline = false
      else escapes = c === 'e'
    }
    if (sh.dialect === 'dash') escapes = true
  }
  let text = argv.slice(i).join(' ')
  if (escapes) {
    const decoded = decodeEcho(text)
    text = decoded.text
    if (decoded.stop) newline = false
  }
  outLines(sh, newline ? `${text}\n` : text)
  return 0
}

const printfBuiltin: Builtin = (sh, argv) => {
  let args = argv.slice(1)
  let target: string | undefined
  if (args[0] === '-v' && args.length > 1) {
    target = args[1]
    args = args.slice(2)
  } else if (args[0] === '--') args = args.slice(1)
  else if (/^-./.test(args[0] ?? ''))
    return usage(sh, 'printf', args[0].slice(0, 2), 'printf [-v var] format [arguments]')
  if (args.length === 0) {
    sh.errorText('printf: usage: printf [-v var] format [arguments]\n')
    return 2
  }
  let status = 0
  const text = printf(args[0], args.slice(1), {
    complain(message) {
      sh.complain(
        `printf: ${sh.dialect === 'dash' ? message.replace('invalid number', 'expected numeric value') : message}`,
      )
      status = 1
    },
    quote: quoteBackslash,
    time: (format, seconds) =>
      formatDate(format, seconds === -1 ? sh.p.now() : seconds === -2 ? sh.startedAt : seconds * 1000, 0),
  })
  if (target === undefined) outLines(sh, text)
  else {
    const m = /^(\w+)\[(.+)\]$/.exec(target)
    if (m) setElement(sh, m[1], m[2], text)
    else if (isName(target)) sh.vars.set(target, text)
    else throw new ShellError(`\`${target}': not a valid identifier`, 2)
  }
  return status
}

/** Reads up to a delimiter, character count or time limit; `complete` is false at the end of input. */
function* readInput(
  sh: Shell,
  source: Source,
  how: { delimiter: string; raw: boolean; count?: number; exact: boolean; until?: number },
): Coro<{ text: string; complete: boolean; timeout: boolean }> {
  let text = ''
  for (;;) {
    const chunk = source.read()
    if (chunk === null) return { text, complete: false, timeout: false }
    if (chunk === '') {
      if (how.until !== undefined && sh.kernel.now() >= how.until) return { text, complete: false, timeout: true }
      yield* sh.waitOn([source.readable], how.until)
      continue
    }
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]
      if (!how.raw && c === '\\' && i + 1 < chunk.length) {
        i++
        // A backslash-newline continues the line; other escapes keep their mark for the splitting.
        if (chunk[i] !== '\n') text += `\\${chunk[i]}`
        continue
      }
      if (c === how.delimiter && !how.exact) {
        source.unread(chunk.slice(i + 1))
        return { text, complete: true, timeout: false }
      }
      text += c
      if (how.count !== undefined && [...text.replace(/\\(.)/g, '$1')].length >= how.count) {
        source.unread(chunk.slice(i + 1))
        return { text, complete: true, timeout: false }
      }
    }
  }
}

function* read(sh: Shell, argv: readonly string[]): Coro<number> {
  const parsed = parseFlags(
    sh,
    argv,
    'ersa:d:i:n:N:p:t:u:',
    'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]',
  )
  if (typeof parsed === 'number') return parsed
  const { flags, args } = parsed
  const fd = flags.u === undefined ? 0 : Number(flags.u)
  const source = sh.fds.get(fd)
  if (!source) throw new ShellError(`${fd}: invalid file descriptor: Bad file descriptor`)
  const bad = args.find((a) => !/^[A-Za-z_]\w*(\[.+\])?$/.test(a))
  if (bad !== undefined) throw new ShellError(`\`${bad}': not a valid identifier`)
  if (flags.t !== undefined && !/^\d*\.?\d+$/.test(flags.t))
    throw new ShellError(`${flags.t}: invalid timeout specification`)
  if (flags.p !== undefined && source.isTty) sh.errorText(flags.p)
  const count = flags.n ?? flags.N
  if (count !== undefined && !/^\d+$/.test(count)) throw new ShellError(`${count}: invalid number`)
  const until = flags.t === undefined ? undefined : sh.kernel.now() + Number(flags.t) * 1000
  if (flags.t === '0') {
    const chunk = source.read()
    if (chunk) source.unread(chunk)
    return chunk === '' ? 1 : 0
  }
  const got = yield* readInput(sh, source, {
    delimiter: flags.d === undefined ? '\n' : (flags.d[0] ?? '\0'),
    raw: flags.r !== undefined,
    count: count === undefined ? undefined : Number(count),
    exact: flags.N !== undefined,
    until,
  })
  if (got.timeout) return 142
  const ifs = flags.N !== undefined ? '' : (sh.vars.get('IFS') ?? ' \t\n')
  if (flags.a !== undefined) {
    const items = splitRead(got.text, ifs, Number.POSITIVE_INFINITY, flags.r === undefined)
    sh.vars.define(flags.a, { ...sh.vars.own(flags.a), value: undefined, array: new Map(items.map((v, i) => [i, v])) })
  } else if (args.length === 0)
    sh.vars.set('REPLY', flags.r === undefined ? got.text.replace(/\\(.)/gs, '$1') : got.text)
  else {
    const items = splitRead(got.text, ifs, args.length, flags.r === undefined)
    args.forEach((name, i) => {
      const m = /^(\w+)\[(.+)\]$/.exec(name)
      if (m) setElement(sh, m[1], m[2], items[i] ?? '')
      else sh.vars.set(name, items[i] ?? '')
    })
  }
  return got.complete ? 0 : 1
}

/** Splits a line for `read`: the last variable takes the rest. Escaped characters do not separate. */
function splitRead(text: string, ifs: string, max: number, escapes: boolean): string[] {
  const blank = (c: string): boolean => ' \t\n'.includes(c) && ifs.includes(c)
  const plain = (s: string): string => (escapes ? s.replace(/\\(.)/gs, '$1') : s)
  const items: string[] = []
  let i = 0
  while (i < text.length && blank(text[i])) i++
  while (i < text.length) {
    if (items.length === max - 1) {
      let rest = text.slice(i)
      let end = rest.length
      while (end > 0 && blank(rest[end - 1]) && !(escapes && rest[end - 2] === '\\')) end--
      rest = rest.slice(0, end)
      // One trailing separator that ends the only field is not part of it.
      const last = rest.at(-1)
      if (last && ifs.includes(last) && !blank(last) && ![...rest.slice(0, -1)].some((c) => ifs.includes(c)))
        rest = rest.slice(0, -1)
      items.push(plain(rest))
      return items
    }
    let j = i
    while (j < text.length && !ifs.includes(text[j])) j += escapes && text[j] === '\\' ? 2 : 1
    items.push(plain(text.slice(i, j)))
    i = j
    while (i < text.length && blank(text[i])) i++
    if (i < text.length && ifs.includes(text[i]) && !blank(text[i])) {
      i++
      while (i < text.length && blank(text[i])) i++
    }
  }
  return items
}

function* mapfile(sh: Shell, argv: readonly string[]): Coro<number> {
  const parsed = parseFlags(
    sh,
    argv,
    'td:n:O:s:u:C:c:',
    `${argv[0]} [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]`,
  )
  if (typeof parsed === 'number') return parsed
  const { flags, args } = parsed
  const source = sh.fds.get(Number(flags.u ?? 0))
  if (!source) throw new ShellError(`${flags.u}: invalid file descriptor: Bad file descriptor`)
  const name = args[0] ?? 'MAPFILE'
  if (!isName(name)) throw new ShellError(`\`${name}': not a valid identifier`)
  const delimiter = flags.d === undefined ? '\n' : (flags.d[0] ?? '\0')
  let all = ''
  for (;;) {
    const line = yield* readLine(source)
    if (line === null) break
    all += `${line}\n`
    const n = Number(flags.n ?? 0)
    if (delimiter === '\n' && n > 0 && all.split('\n').length - 1 >= n + Number(flags.s ?? 0)) break
  }
  const pieces = all.split(delimiter)
  const last = pieces.pop()
  let lines = flags.t !== undefined ? pieces : pieces.map((l) => l + delimiter)
  if (last) lines.push(delimiter === '\n' ? last : last.replace(/\n$/, ''))
  lines = lines.slice(Number(flags.s ?? 0))
  if (Number(flags.n ?? 0) > 0) lines = lines.slice(0, Number(flags.n))
  const origin = Number(evaluateNow(sh, flags.O ?? '0'))
  const array = new Map(flags.O === undefined ? [] : sh.vars.lookup(name)?.array)
  for (const [i, l] of lines.entries()) array.set(origin + i, l)
  sh.vars.define(name, { ...sh.vars.own(name), value: undefined, array })
  if (flags.C !== undefined) {
    for (const [i, l] of lines.entries())
      if ((i + 1) % Number(flags.c ?? 5000) === 0)
        yield* runSource(sh, `${flags.C} ${i} ${quoteBackslash(l)}`, { name: '' })
  }
  return 0
}

export const ioBuiltins: Record<string, Builtin> = { echo, printf: printfBuiltin, read, mapfile, readarray: mapfile }
