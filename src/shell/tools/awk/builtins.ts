import type { Coro } from '../../../kernel/index.ts'
import { runProgram } from '../../run-program.ts'
import { formatDate } from '../../text/date.ts'
import { zoneOf } from '../../text/zone.ts'
import type { Expr } from './ast.ts'
import type { Interpreter } from './interpreter.ts'
import { splitAt } from './regex.ts'
import { AwkError, fromInput, sprintf, toNumber, toText, type Value } from './values.ts'

/** Calls one of awk's own functions. */
export function* callBuiltin(a: Interpreter, name: string, args: readonly Expr[]): Coro<Value> {
  switch (name) {
    case 'length': {
      const arg = args[0]
      if (!arg) return [...toText(a.memory.field(0))].length
      if (arg.k === 'var' && a.memory.isArray(arg.name)) return a.memory.table(arg.name).size
      return [...toText(yield* a.eval(arg))].length
    }
    case 'split': {
      const text = toText(yield* a.eval(args[0]))
      const target = args[1]
      if (target?.k !== 'var') throw new AwkError('type error in arg(2) in call to split')
      const separator = args[2]
      const parts =
        separator?.k === 'regex'
          ? text === ''
            ? []
            : splitAt(text, separator.regex)
          : a.memory.split(text, separator ? toText(yield* a.eval(separator)) : a.memory.text('FS'))
      const table = a.memory.table(target.name)
      table.clear()
      parts.forEach((p, i) => {
        table.set(String(i + 1), fromInput(p))
      })
      return parts.length
    }
    case 'sub':
    case 'gsub':
      return yield* substitute(a, name === 'gsub', args)
    case 'gensub': {
      const regex = yield* pattern(a, args[0])
      const replacement = toText(yield* a.eval(args[1]))
      const how = toText(yield* a.eval(args[2]))
      const text = args[3] ? toText(yield* a.eval(args[3])) : toText(a.memory.field(0))
      let n = 0
      return text.replace(regex, (...m) => {
        n++
        if (!/^[gG]/.test(how) && n !== Number(how)) return m[0]
        return replacement.replace(/\\\\|\\(\d)|\\&|&/g, (w, g: string | undefined) =>
          g !== undefined ? (m[Number(g)] ?? '') : w === '&' ? m[0] : w.slice(1),
        )
      })
    }
    case 'match': {
      const text = toText(yield* a.eval(args[0]))
      const regex = yield* pattern(a, args[1])
      const m = regex.exec(text)
      a.memory.setGlobal('RSTART', m ? m.index + 1 : 0)
      a.memory.setGlobal('RLENGTH', m ? m[0].length : -1)
      const target = args[2]
      if (target?.k === 'var') {
        const table = a.memory.table(target.name)
        table.clear()
        m?.forEach((g, i) => {
          table.set(String(i), g ?? '')
        })
      }
      return m ? m.index + 1 : 0
    }
    case 'asort':
    case 'asorti': {
      const source = args[0]
      if (source?.k !== 'var') throw new AwkError(`${name}: first argument not an array`)
      const table = a.memory.table(source.name)
      const values = name === 'asort' ? [...table.values()] : [...table.keys()].map((k) => fromInput(k))
      const sorted = values.sort((x, y) => (toText(x) < toText(y) ? -1 : 1))
      const target = args[1]?.k === 'var' ? a.memory.table(args[1].name) : table
      target.clear()
      sorted.forEach((v, i) => {
        target.set(String(i + 1), v)
      })
      return sorted.length
    }
  }
  const v: Value[] = []
  for (const arg of args) v.push(yield* a.eval(arg))
  return yield* plain(a, name, v)
}

function* plain(a: Interpreter, name: string, v: readonly Value[]): Coro<Value> {
  const n = (i: number): number => toNumber(v[i])
  const s = (i: number): string => toText(v[i])
  switch (name) {
    case 'substr': {
      const chars = [...s(0)]
      // mawk 1.3.4: a start before the text counts as its first character, and takes that much more of it.
      const start = Math.trunc(n(1)) - 1
      const length = v.length > 2 ? Math.trunc(n(2)) : chars.length
      const from = Math.max(0, start)
      return chars.slice(from, Math.max(from, from + length - Math.min(0, start + 1))).join('')
    }
    case 'index':
      return s(0).indexOf(s(1)) + 1
    case 'sprintf':
      return sprintf(s(0), v.slice(1))
    case 'tolower':
      return s(0).toLowerCase()
    case 'toupper':
      return s(0).toUpperCase()
    case 'int':
      return Math.trunc(n(0))
    case 'sqrt':
      return Math.sqrt(n(0))
    case 'exp':
      return Math.exp(n(0))
    case 'log':
      return Math.log(n(0))
    case 'sin':
      return Math.sin(n(0))
    case 'cos':
      return Math.cos(n(0))
    case 'atan2':
      return Math.atan2(n(0), n(1))
    case 'rand':
      return a.t.p.host.rng.float()
    case 'srand':
      return 0
    case 'system': {
      yield* a.t.flush()
      return yield* runProgram(a.t.p, ['/bin/sh', '-c', s(0)], { name: 'awk' })
    }
    case 'close':
      return yield* a.close(s(0))
    case 'fflush':
      yield* a.t.flush()
      return 0
    case 'systime':
      return Math.floor(a.t.p.now() / 1000)
    case 'strftime': {
      const ms = v.length > 1 ? n(1) * 1000 : a.t.p.now()
      const at = n(2) ? { offset: 0, name: 'UTC' } : zoneOf(a.t.p).at(ms)
      return formatDate(v.length > 0 ? s(0) : '%a %b %e %H:%M:%S %Z %Y', ms, at.offset, at.name)
    }
    case 'mktime': {
      const f = s(0).trim().split(/\s+/).map(Number)
      const ms = Date.UTC(f[0], f[1] - 1, f[2], f[3], f[4], f[5])
      return Math.floor(ms / 1000) - zoneOf(a.t.p).at(ms).offset * 60
    }
    case 'strtonum':
      return /^0[xX]/.test(s(0)) ? Number.parseInt(s(0), 16) : n(0)
    case 'and':
      return Number(BigInt(n(0)) & BigInt(n(1)))
    case 'or':
      return Number(BigInt(n(0)) | BigInt(n(1)))
    case 'xor':
      return Number(BigInt(n(0)) ^ BigInt(n(1)))
    case 'lshift':
      return n(0) * 2 ** n(1)
    case 'rshift':
      return Math.floor(n(0) / 2 ** n(1))
    default:
      throw new AwkError(`function ${name} never defined`)
  }
}

function* pattern(a: Interpreter, e: Expr): Coro<RegExp> {
  const regex = e.k === 'regex' ? e.regex : a.memory.regexes.get(toText(yield* a.eval(e)))
  regex.lastIndex = 0
  return regex
}

function* substitute(a: Interpreter, global: boolean, args: readonly Expr[]): Coro<Value> {
  const regex = yield* pattern(a, args[0])
  const replacement = toText(yield* a.eval(args[1]))
  const target: Expr = args[2] ?? { k: 'field', index: { k: 'num', n: 0 } }
  const text = toText(yield* a.eval(target))
  let count = 0
  let end = -1
  const out = text.replace(regex, (m: string, ...rest) => {
    if (!global && count > 0) return m
    const at = rest.find((r): r is number => typeof r === 'number')!
    // An empty match right after the previous one does not count.
    if (m === '' && at === end) return m
    end = at + m.length
    count++
    return replacement.replace(/\\\\&|\\&|&/g, (w) => (w === '&' ? m : w === '\\&' ? '&' : `\\${m}`))
  })
  if (count > 0) yield* a.assign(target, out)
  return count
}
