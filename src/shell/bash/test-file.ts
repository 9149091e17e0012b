import { allowed, type Inode, SysError } from '../../host/index.ts'
import { ShellError } from './control.ts'
import type { Shell } from './shell.ts'

/** Operators of `test` and `[[` between two operands. */
export const BINARY_TESTS: ReadonlySet<string> = new Set('= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef'.split(' '))

/** Unary and file-comparing operators that `test`, `[` and `[[` share. */
export function fileTest(sh: Shell, operator: string, a: string, b?: string): boolean {
  if (b !== undefined) {
    const x = inode(sh, a)
    const y = inode(sh, b)
    if (operator === '-nt') return x !== undefined && (y === undefined || x.mtime > y.mtime)
    if (operator === '-ot') return y !== undefined && (x === undefined || x.mtime < y.mtime)
    if (operator === '-ef') return x !== undefined && x === y
    throw new ShellError(`${operator}: binary operator expected`, 2)
  }
  switch (operator) {
    case '-n':
      return a !== ''
    case '-z':
      return a === ''
    case '-v': {
      const m = /^(\w+)\[(.*)\]$/.exec(a)
      const v = sh.vars.lookup(m?.[1] ?? a)
      if (m) return v?.assoc ? v.assoc.has(m[2]) : (v?.array?.has(Number(m[2])) ?? false)
      return sh.vars.get(a) !== undefined
    }
    case '-R':
      return sh.vars.own(a)?.nameref ?? false
    case '-o':
      return sh.option(a)
    case '-t':
      return sh.fds.get(Number(a))?.isTty ?? false
    case '-h':
    case '-L':
      return inode(sh, a, false)?.kind === 'symlink'
  }
  if (a === '/dev/null' && !inode(sh, a)) return '-e -c -r -w'.includes(operator)
  const node = inode(sh, a)
  if (!node) return false
  switch (operator) {
    case '-a':
    case '-e':
      return true
    case '-f':
      return node.kind === 'file'
    case '-d':
      return node.kind === 'dir'
    case '-s':
      return node.kind === 'file' ? node.size > 0 || node.read() !== '' : node.kind === 'dir'
    case '-r':
      return allowed(node, sh.p.creds, 4)
    case '-w':
      return allowed(node, sh.p.creds, 2) && !node.fs.readOnly
    case '-x':
      return allowed(node, sh.p.creds, 1)
    case '-p':
    case '-S':
    case '-b':
    case '-c':
      return (
        node.kind === 'special' && node.type === { '-p': 'fifo', '-S': 'socket', '-b': 'block', '-c': 'char' }[operator]
      )
    case '-g':
      return (node.mode & 0o2000) !== 0
    case '-u':
      return (node.mode & 0o4000) !== 0
    case '-k':
      return (node.mode & 0o1000) !== 0
    case '-O':
      return node.uid === sh.p.creds.uid
    case '-G':
      return node.gid === sh.p.creds.gid
    case '-N':
      return true
    default:
      throw new ShellError(`${operator}: unary operator expected`, 2)
  }
}

export const FILE_OPERATORS = /^-[abcdefghkLnNoOGprRsStuvwxz]$/

function inode(sh: Shell, path: string, follow = true): Inode | undefined {
  try {
    return follow ? sh.p.fs.resolve(path, sh.cwd, sh.p.creds) : sh.p.fs.lresolve(path, sh.cwd, sh.p.creds)
  } catch (error) {
    if (error instanceof SysError) return undefined
    throw error
  }
}
