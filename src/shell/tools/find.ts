import { type Inode, normalize, SysError, TextSource } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { matches } from '../bash/expand/pattern.ts'
import { defineTool, type Tool } from '../command.ts'
import { runProgram } from '../run-program.ts'
import { formatDate } from '../text/date.ts'
import { decodeEcho } from '../text/escape.ts'
import { changeMode, modeText, typeLetter } from '../text/mode.ts'
import { posixRegex } from '../text/regex.ts'
import { groupByName, groupName, userByName, userName } from '../text/users.ts'
import { zoneOf } from '../text/zone.ts'
import { blocksOf, linkCount, sizeOf } from './ls.ts'

interface Visit {
  readonly path: string
  readonly name: string
  readonly node: Inode
  readonly depth: number
  /** Set by -prune. */
  prune: boolean
}

type Test = (v: Visit) => Coro<boolean>

const simple = (test: (v: Visit) => boolean): Test =>
  function* (v) {
    return test(v)
  }

interface Plan {
  min: number
  max: number
  depthFirst: boolean
  follow: boolean
  acts: boolean
  quit: boolean
  /** What -exec … + has gathered, run at the end. */
  readonly pending: { argv: string[]; paths: string[] }[]
}

export const find = defineTool({
  name: 'find',
  summary: 'Search for files in a directory hierarchy.',
  usage: '[-H] [-L] [-P] [-Olevel] [-D debugopts] [path...] [expression]',
  version: 'find (GNU findutils) 4.9.0',
  ordered: true,
  // The expression is no list of options.
  legacy: (argv) => (argv[0] === '--help' || argv[0] === '--version' ? argv : ['--', ...argv]),
  *run(t) {
    const args = [...t.args]
    const plan: Plan = {
      min: 0,
      max: Number.POSITIVE_INFINITY,
      depthFirst: false,
      follow: false,
      acts: false,
      quit: false,
      pending: [],
    }
    while (/^-[HLP]$|^-O\d?$/.test(args[0] ?? '')) if (args.shift() === '-L') plan.follow = true
    const paths: string[] = []
    while (args.length > 0 && !/^[-(!]/.test(args[0]) && args[0] !== ')') paths.push(args.shift()!)
    const test = new Parser(t, args, plan).parse()
    for (const path of paths.length > 0 ? paths : ['.']) {
      let node: Inode
      try {
        node = plan.follow ? t.p.fs.resolve(path, t.p.cwd, t.p.creds) : t.p.fs.lresolve(path, t.p.cwd, t.p.creds)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`‘${path}’: ${error.strerror}`)
        continue
      }
      yield* walk(t, plan, test, {
        path,
        name: path.replace(/\/+$/, '').split('/').at(-1) || path,
        node,
        depth: 0,
        prune: false,
      })
      if (plan.quit) break
    }
    yield* t.flush()
    for (const { argv, paths: found } of plan.pending) {
      if (found.length === 0) continue
      const status = yield* runProgram(t.p, [...argv, ...found], { name: 'find', stdin: new TextSource('') })
      if (status !== 0) t.status = 1
    }
    return 0
  },
})

function* walk(t: Tool, plan: Plan, test: Test, v: Visit): Coro {
  if (plan.quit) return
  if (!plan.depthFirst && v.depth >= plan.min) yield* test(v)
  if (v.node.kind === 'dir' && v.depth < plan.max && !v.prune && !plan.quit) {
    let children: [string, Inode][] = []
    try {
      children = t.p.fs.readdir(v.path, t.p.cwd, t.p.creds)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      t.complain(`‘${v.path}’: ${error.strerror}`)
    }
    for (const [name, child] of children) {
      const path = v.path.endsWith('/') ? v.path + name : `${v.path}/${name}`
      const node = plan.follow && child.kind === 'symlink' ? (t.p.fs.find(path, t.p.cwd) ?? child) : child
      yield* walk(t, plan, test, { path, name, node, depth: v.depth + 1, prune: false })
    }
    yield* t.flushSome()
  }
  if (plan.depthFirst && v.depth >= plan.min) yield* test(v)
}

/** Parses the expression into one test. */
class Parser {
  private i = 0
  constructor(
    private readonly t: Tool,
    private readonly args: readonly string[],
    private readonly plan: Plan,
  ) {}

  parse(): Test {
    const test = this.args.length > 0 ? this.or() : simple(() => true)
    if (this.i < this.args.length) {
      const rest = this.args[this.i]
      if (rest === ')') this.t.fail("invalid expression; you have too many ')'")
      this.t.fail(`paths must precede expression: \`${rest}'`)
    }
    if (this.plan.acts) return test
    const t = this.t
    return function* (v) {
      if (yield* test(v)) t.line(v.path)
      return true
    }
  }

  private or(): Test {
    let left = this.and()
    while (this.args[this.i] === '-o' || this.args[this.i] === '-or') {
      this.i++
      const a = left
      const b = this.and()
      left = function* (v) {
        return (yield* a(v)) || (yield* b(v))
      }
    }
    return left
  }

  private and(): Test {
    let left = this.not()
    while (this.i < this.args.length && !['-o', '-or', ')', ','].includes(this.args[this.i])) {
      if (this.args[this.i] === '-a' || this.args[this.i] === '-and') this.i++
      const a = left
      const b = this.not()
      left = function* (v) {
        return (yield* a(v)) && (yield* b(v))
      }
    }
    return left
  }

  private not(): Test {
    if (this.args[this.i] === '!' || this.args[this.i] === '-not') {
      this.i++
      const inner = this.not()
      return function* (v) {
        return !(yield* inner(v))
      }
    }
    if (this.args[this.i] === '(') {
      this.i++
      const inner = this.or()
      if (this.args[this.i] !== ')')
        this.t.fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
      this.i++
      return inner
    }
    return this.primary()
  }

  private argument(name: string): string {
    const arg = this.args[this.i++]
    if (arg === undefined) return this.t.fail(`missing argument to \`${name}'`)
    return arg
  }

  /** +5, -5, 5 */
  private number(name: string, unit = 1): (n: number) => boolean {
    const arg = this.argument(name)
    const m = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(arg)
    if (!m) return this.t.fail(`invalid argument \`${arg}' to \`${name}'`)
    const n = Number(m[2]) * unit
    return m[1] === '+' ? (x) => x > n : m[1] === '-' ? (x) => x < n : (x) => x === n
  }

  private primary(): Test {
    const name = this.args[this.i++]
    const { t, plan } = this
    const p = t.p
    switch (name) {
      case '-name':
      case '-iname': {
        const glob = this.argument(name)
        return simple((v) => matches(v.name, glob, { icase: name === '-iname' }))
      }
      case '-path':
      case '-wholename':
      case '-ipath': {
        const glob = this.argument(name)
        return simple((v) => matches(v.path, glob, { icase: name === '-ipath' }))
      }
      case '-regex':
      case '-iregex': {
        const regex = posixRegex(`^${this.argument(name)}$`, { icase: name === '-iregex' })
        return simple((v) => regex.test(v.path))
      }
      case '-type': {
        const kinds = this.argument(name).split(',')
        return simple((v) => kinds.includes(typeLetter(v.node).replace('-', 'f')))
      }
      case '-maxdepth':
      case '-mindepth': {
        const arg = this.argument(name)
        if (!/^\d+$/.test(arg)) t.fail(`Expected a positive decimal integer argument to ${name}, but got ‘${arg}’`)
        if (name === '-maxdepth') plan.max = Number(arg)
        else plan.min = Number(arg)
        return simple(() => true)
      }
      case '-depth':
      case '-d':
        plan.depthFirst = true
        return simple(() => true)
      case '-xdev':
      case '-mount':
      case '-noleaf':
        return simple(() => true)
      case '-follow':
        plan.follow = true
        return simple(() => true)
      case '-empty':
        return simple((v) =>
          v.node.kind === 'dir' ? v.node.entries.size === 0 : v.node.kind === 'file' && v.node.size === 0,
        )
      case '-mtime':
      case '-ctime':
      case '-atime': {
        const test = this.number(name)
        return simple((v) => test(Math.floor((p.now() - v.node.mtime) / 86_400_000)))
      }
      case '-mmin':
      case '-cmin':
      case '-amin': {
        const test = this.number(name)
        return simple((v) => test(Math.ceil((p.now() - v.node.mtime) / 60_000)))
      }
      case '-newer':
      case '-anewer':
      case '-cnewer': {
        const file = this.argument(name)
        const other = p.fs.find(file, p.cwd)
        if (!other) return t.fail(`‘${file}’: No such file or directory`)
        return simple((v) => v.node.mtime > other.mtime)
      }
      case '-size': {
        const arg = this.argument(name)
        const m = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(arg)
        if (!m) return t.fail(`Invalid argument \`${arg}' to -size`)
        const unit = { '': 512, b: 512, c: 1, w: 2, k: 1024, M: 2 ** 20, G: 2 ** 30 }[m[3] as '']
        return simple((v) => {
          const units = Math.ceil(sizeOf(v.node) / unit)
          return m[1] === '+' ? units > Number(m[2]) : m[1] === '-' ? units < Number(m[2]) : units === Number(m[2])
        })
      }
      case '-perm': {
        const arg = this.argument(name)
        const bits = changeMode(0, arg.replace(/^[-/]/, ''), false, 0)
        if (bits === undefined) return t.fail(`invalid mode ‘${arg}’`)
        return simple((v) => {
          const mode = v.node.mode & 0o7777
          return arg[0] === '-'
            ? (mode & bits) === bits
            : arg[0] === '/'
              ? bits === 0 || (mode & bits) !== 0
              : mode === bits
        })
      }
      case '-user':
      case '-uid': {
        const arg = this.argument(name)
        const uid = userByName(p.fs, arg)?.uid ?? (/^\d+$/.test(arg) ? Number(arg) : undefined)
        if (uid === undefined) return t.fail(`‘${arg}’ is not the name of a known user`)
        return simple((v) => v.node.uid === uid)
      }
      case '-group':
      case '-gid': {
        const arg = this.argument(name)
        const gid = groupByName(p.fs, arg) ?? (/^\d+$/.test(arg) ? Number(arg) : undefined)
        if (gid === undefined) return t.fail(`‘${arg}’ is not the name of an existing group`)
        return simple((v) => v.node.gid === gid)
      }
      case '-nouser':
        return simple((v) => userName(p.fs, v.node.uid) === undefined)
      case '-links': {
        const test = this.number(name)
        return simple((v) => test(linkCount(v.node)))
      }
      case '-inum': {
        const test = this.number(name)
        return simple((v) => test(v.node.ino))
      }
      case '-lname': {
        const glob = this.argument(name)
        return simple((v) => v.node.kind === 'symlink' && matches(v.node.target, glob))
      }
      case '-executable':
        return simple((v) => (v.node.mode & 0o111) !== 0)
      case '-readable':
      case '-writable':
      case '-true':
        return simple(() => true)
      case '-false':
        return simple(() => false)
      case '-prune':
        return simple((v) => {
          v.prune = true
          return true
        })
      case '-quit':
        plan.acts = true
        return simple(() => {
          plan.quit = true
          return true
        })
      default:
        return this.action(name)
    }
  }

  private action(name: string): Test {
    const { t, plan } = this
    const p = t.p
    switch (name) {
      case '-print':
      case '-print0':
      case '-ls': {
        plan.acts = true
        return simple((v) => {
          if (name === '-ls') t.line(lsLine(t, v))
          else t.write(v.path + (name === '-print0' ? '\0' : '\n'))
          return true
        })
      }
      case '-printf': {
        plan.acts = true
        const format = this.argument(name)
        return simple((v) => {
          t.write(printf(t, format, v))
          return true
        })
      }
      case '-delete':
        plan.acts = true
        plan.depthFirst = true
        return simple((v) => {
          try {
            if (v.depth === 0 && v.path === '.') return true
            if (v.node.kind === 'dir') p.fs.rmdir(v.path, p.cwd, p.creds)
            else p.fs.unlink(v.path, p.cwd, p.creds)
            return true
          } catch (error) {
            if (!(error instanceof SysError)) throw error
            t.complain(`cannot delete ‘${v.path}’: ${error.strerror}`)
            return false
          }
        })
      case '-exec':
      case '-execdir':
      case '-ok':
        return this.exec(name)
    }
    return t.fail(`unknown predicate \`${name}'`)
  }

  private exec(name: string): Test {
    const { t, plan } = this
    plan.acts = true
    const argv: string[] = []
    for (;;) {
      const arg = this.args[this.i++]
      if (arg === undefined) return t.fail(`missing argument to \`${name}'`)
      if (arg === ';') break
      if (arg === '+' && argv.at(-1) === '{}') {
        const batch = { argv: argv.slice(0, -1), paths: [] as string[] }
        plan.pending.push(batch)
        return simple((v) => {
          batch.paths.push(v.path)
          return true
        })
      }
      argv.push(arg)
    }
    return function* (v) {
      yield* t.flush()
      const inDir = name === '-execdir'
      const shown = inDir ? `./${v.name}` : v.path
      const status = yield* runProgram(
        t.p,
        argv.map((a) => a.replaceAll('{}', shown)),
        {
          name: 'find',
          cwd: inDir ? normalize(`${v.path}/..`, t.p.cwd) : undefined,
          stdin: t.p.stdin,
        },
      )
      return status === 0
    }
  }
}

function lsLine(t: Tool, v: Visit): string {
  const n = v.node
  const at = zoneOf(t.p).at(n.mtime)
  const when = formatDate('%b %e %H:%M', n.mtime, at.offset)
  return `${String(n.ino).padStart(9)} ${String(blocksOf(n)).padStart(6)} ${modeText(n)} ${String(linkCount(n)).padStart(3)} ${(userName(t.p.fs, n.uid) ?? String(n.uid)).padEnd(8)} ${(groupName(t.p.fs, n.gid) ?? String(n.gid)).padEnd(8)} ${String(sizeOf(n)).padStart(8)} ${when} ${v.path}${n.kind === 'symlink' ? ` -> ${n.target}` : ''}`
}

function printf(t: Tool, format: string, v: Visit): string {
  const n = v.node
  const at = zoneOf(t.p).at(n.mtime)
  const dir = v.path.includes('/') ? v.path.slice(0, v.path.lastIndexOf('/')) || '/' : '.'
  return decodeEcho(format, false).text.replace(
    /%([-0]?)(\d*)([TAC])?([a-zA-Z%@+])/g,
    (whole, flag: string, width: string, time: string | undefined, c: string) => {
      let text: string | undefined
      if (time)
        text =
          c === '@'
            ? `${Math.floor(n.mtime / 1000)}.${String(n.mtime % 1000).padStart(3, '0')}0000000`
            : c === '+'
              ? formatDate('%Y-%m-%d+%H:%M:%S.%N', n.mtime, at.offset)
              : formatDate(`%${c}`, n.mtime, at.offset)
      else
        text = {
          '%': '%',
          p: v.path,
          f: v.name,
          h: dir,
          P: v.path
            .split('/')
            .slice(v.path.split('/').length - v.depth)
            .join('/'),
          d: String(v.depth),
          s: String(sizeOf(n)),
          k: String(blocksOf(n)),
          b: String(blocksOf(n) * 2),
          m: (n.mode & 0o7777).toString(8),
          M: modeText(n),
          u: userName(t.p.fs, n.uid) ?? String(n.uid),
          U: String(n.uid),
          g: groupName(t.p.fs, n.gid) ?? String(n.gid),
          G: String(n.gid),
          i: String(n.ino),
          n: String(linkCount(n)),
          y: typeLetter(n).replace('-', 'f'),
          l: n.kind === 'symlink' ? n.target : '',
          t: formatDate('%a %b %e %H:%M:%S.%N %Y', n.mtime, at.offset),
        }[c]
      if (text === undefined) return whole
      return flag === '-' ? text.padEnd(Number(width)) : text.padStart(Number(width))
    },
  )
}
