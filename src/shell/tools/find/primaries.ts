import { normalize, readLine, SysError } from '../../../host/index.ts'
import { matches } from '../../bash/expand/pattern.ts'
import { runProgram } from '../../run-program.ts'
import { changeMode, typeLetter } from '../../text/mode.ts'
import { posixRegex, RegexError } from '../../text/regex.ts'
import { groupByName, userByName, userName } from '../../text/users.ts'
import { linkCount, sizeOf } from '../ls.ts'
import { lsLine, printf } from './format.ts'
import { simple } from './plan.ts'
import type { Primary, Words } from './words.ts'

const byName: Primary = (w, name) => {
  const glob = w.argument(name)
  return simple((v) => matches(v.name, glob, { icase: name === '-iname' }))
}

const byPath: Primary = (w, name) => {
  const glob = w.argument(name)
  return simple((v) => matches(v.path, glob, { icase: name === '-ipath' }))
}

/** A pattern for whole paths in the chosen dialect; Emacs' unless `-regextype` said otherwise before. */
function pathRegex(w: Words, pattern: string, icase: boolean): RegExp {
  const { regexType: type } = w.plan
  const posix = type === 'posix-basic' || type === 'ed' || type === 'sed' || type === 'grep'
  // Emacs: + and ? repeat without a backslash, groups and alternatives have one, braces mean themselves.
  const source =
    type === 'emacs' || type === 'findutils-default'
      ? pattern.replace(/\\([(|)])|([(|){}])/g, (_m, op?: string, plain?: string) => op ?? `\\${plain}`)
      : pattern
  try {
    const { source: js, flags } = posixRegex(source, { extended: !posix, icase })
    return new RegExp(`^(?:${js})$`, flags)
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    return w.t.fail(`failed to compile regular expression '${pattern}': ${error.message}`)
  }
}

const REGEX_TYPES = [
  'findutils-default',
  'ed',
  'emacs',
  'gnu-awk',
  'grep',
  'posix-awk',
  'awk',
  'posix-basic',
  'posix-egrep',
  'egrep',
  'posix-extended',
  'posix-minimal-basic',
  'sed',
]

const byRegex: Primary = (w, name) => {
  const regex = pathRegex(w, w.argument(name), name === '-iregex')
  return simple((v) => regex.test(v.path))
}

const depthLimit: Primary = (w, name) => {
  const arg = w.argument(name)
  if (!/^\d+$/.test(arg)) w.t.fail(`Expected a positive decimal integer argument to ${name}, but got ‘${arg}’`)
  if (name === '-maxdepth') w.plan.max = Number(arg)
  else w.plan.min = Number(arg)
  return simple(() => true)
}

const depthFirst: Primary = (w) => {
  w.plan.depthFirst = true
  return simple(() => true)
}

/** What makes no difference here. */
const always: Primary = () => simple(() => true)

const daysOld: Primary = (w, name) => {
  const test = w.number(name)
  return simple((v) => test(Math.floor((w.t.p.now() - v.node.mtime) / 86_400_000)))
}

const minutesOld: Primary = (w, name) => {
  const test = w.number(name)
  return simple((v) => test(Math.ceil((w.t.p.now() - v.node.mtime) / 60_000)))
}

const newer: Primary = (w, name) => {
  const file = w.argument(name)
  const other = w.t.p.fs.find(file, w.t.p.cwd)
  if (!other) return w.t.fail(`‘${file}’: No such file or directory`)
  return simple((v) => v.node.mtime > other.mtime)
}

const ownedBy: Primary = (w, name) => {
  const arg = w.argument(name)
  const uid = userByName(w.t.p.fs, arg)?.uid ?? (/^\d+$/.test(arg) ? Number(arg) : undefined)
  if (uid === undefined) return w.t.fail(`‘${arg}’ is not the name of a known user`)
  return simple((v) => v.node.uid === uid)
}

const ofGroup: Primary = (w, name) => {
  const arg = w.argument(name)
  const gid = groupByName(w.t.p.fs, arg) ?? (/^\d+$/.test(arg) ? Number(arg) : undefined)
  if (gid === undefined) return w.t.fail(`‘${arg}’ is not the name of an existing group`)
  return simple((v) => v.node.gid === gid)
}

const print: Primary = (w, name) => {
  w.plan.acts = true
  return simple((v) => {
    if (name === '-ls') w.t.line(lsLine(w.t, v))
    else w.t.write(v.path + (name === '-print0' ? '\0' : '\n'))
    return true
  })
}

const exec: Primary = (w, name) => {
  const { t, plan } = w
  plan.acts = true
  const argv: string[] = []
  for (;;) {
    const arg = w.next()
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
    if (name === '-ok') {
      t.p.stderr.write(`< ${argv[0]} ... ${v.path} > ? `)
      if (!/^[yY]/.test((yield* readLine(t.p.stdin)) ?? '')) return false
    }
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

/** Tests and actions by name. */
export const primaries: Readonly<Record<string, Primary>> = {
  '-name': byName,
  '-iname': byName,
  '-path': byPath,
  '-wholename': byPath,
  '-ipath': byPath,
  '-regex': byRegex,
  '-iregex': byRegex,
  '-regextype': (w, name) => {
    const type = w.argument(name)
    if (!REGEX_TYPES.includes(type))
      return w.t.fail(
        `Unknown regular expression type ‘${type}’; valid types are ${REGEX_TYPES.map((t) => `‘${t}’`).join(', ')}.`,
      )
    w.plan.regexType = type
    return simple(() => true)
  },
  '-samefile': (w, name) => {
    const file = w.argument(name)
    const other = w.t.p.fs.find(file, w.t.p.cwd)
    if (!other) return w.t.fail(`‘${file}’: No such file or directory`)
    return simple((v) => v.node === other)
  },
  '-type': (w, name) => {
    const kinds = w.argument(name).split(',')
    for (const kind of kinds) if (!/^[bcdpflsD]$/.test(kind)) return w.t.fail(`Unknown argument to ${name}: ${kind}`)
    return simple((v) => kinds.includes(typeLetter(v.node).replace('-', 'f')))
  },
  '-maxdepth': depthLimit,
  '-mindepth': depthLimit,
  '-depth': depthFirst,
  '-d': depthFirst,
  '-xdev': always,
  '-mount': always,
  '-noleaf': always,
  '-follow': (w) => {
    w.plan.follow = true
    return simple(() => true)
  },
  '-empty': () =>
    simple((v) => (v.node.kind === 'dir' ? v.node.entries.size === 0 : v.node.kind === 'file' && v.node.size === 0)),
  '-mtime': daysOld,
  '-ctime': daysOld,
  '-atime': daysOld,
  '-mmin': minutesOld,
  '-cmin': minutesOld,
  '-amin': minutesOld,
  '-newer': newer,
  '-anewer': newer,
  '-cnewer': newer,
  '-size': (w, name) => {
    const arg = w.argument(name)
    const m = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(arg)
    if (!m)
      return w.t.fail(
        /^[-+]?\d*[a-zA-Z]$/.test(arg) && !/[bcwkMG]$/.test(arg)
          ? `invalid -size type \`${arg.at(-1)}'`
          : `Invalid argument \`${arg}' to -size`,
      )
    const unit = { '': 512, b: 512, c: 1, w: 2, k: 1024, M: 2 ** 20, G: 2 ** 30 }[m[3] as '']
    return simple((v) => {
      const units = Math.ceil(sizeOf(v.node) / unit)
      return m[1] === '+' ? units > Number(m[2]) : m[1] === '-' ? units < Number(m[2]) : units === Number(m[2])
    })
  },
  '-perm': (w, name) => {
    const arg = w.argument(name)
    const bits = changeMode(0, arg.replace(/^[-/]/, ''), false, 0)
    if (bits === undefined) return w.t.fail(`invalid mode ‘${arg}’`)
    return simple((v) => {
      const mode = v.node.mode & 0o7777
      return arg[0] === '-'
        ? (mode & bits) === bits
        : arg[0] === '/'
          ? bits === 0 || (mode & bits) !== 0
          : mode === bits
    })
  },
  '-user': ownedBy,
  '-uid': ownedBy,
  '-group': ofGroup,
  '-gid': ofGroup,
  '-nouser': (w) => simple((v) => userName(w.t.p.fs, v.node.uid) === undefined),
  '-links': (w, name) => {
    const test = w.number(name)
    return simple((v) => test(linkCount(v.node)))
  },
  '-inum': (w, name) => {
    const test = w.number(name)
    return simple((v) => test(v.node.ino))
  },
  '-lname': (w, name) => {
    const glob = w.argument(name)
    return simple((v) => v.node.kind === 'symlink' && matches(v.node.target, glob))
  },
  '-executable': () => simple((v) => (v.node.mode & 0o111) !== 0),
  '-readable': always,
  '-writable': always,
  '-true': always,
  '-false': () => simple(() => false),
  '-prune': () => {
    return simple((v) => {
      v.prune = true
      return true
    })
  },
  '-quit': (w) => {
    w.plan.acts = true
    return simple(() => {
      w.plan.quit = true
      return true
    })
  },
  '-print': print,
  '-print0': print,
  '-ls': print,
  '-printf': (w, name) => {
    w.plan.acts = true
    const format = w.argument(name)
    return simple((v) => {
      w.t.write(printf(w.t, format, v))
      return true
    })
  },
  '-delete': (w) => {
    w.plan.acts = true
    w.plan.depthFirst = true
    return simple((v) => {
      try {
        if (v.depth === 0 && v.path === '.') return true
        if (v.node.kind === 'dir') w.t.p.fs.rmdir(v.path, w.t.p.cwd, w.t.p.creds)
        else w.t.p.fs.unlink(v.path, w.t.p.cwd, w.t.p.creds)
        return true
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        w.t.complain(`cannot delete ‘${v.path}’: ${error.strerror}`)
        return false
      }
    })
  },
  '-exec': exec,
  '-execdir': exec,
  '-ok': exec,
}
