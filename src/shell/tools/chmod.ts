import { type Inode, type Program, SysError } from '../../host/index.ts'
import { defineTool, flag, type Tool, value } from '../command.ts'
import { umaskOf } from '../io/files.ts'
import { UsageError } from '../options.ts'
import { changeMode, modeText } from '../text/mode.ts'
import { curly, quoteName } from '../text/quotes.ts'
import { groupByName, groupName, userByName, userName } from '../text/users.ts'

const SHARED = {
  changes: flag('c', 'changes', 'like verbose but report only when a change is made'),
  silent: { ...flag('f', 'silent', 'suppress most error messages'), alias: 'quiet' },
  verbose: flag('v', 'verbose', 'output a diagnostic for every file processed'),
  reference: value('', 'reference', 'RFILE', "use RFILE's mode instead of specifying MODE values"),
  recursive: flag('R', 'recursive', 'operate on files and directories recursively'),
  preserve: flag('', 'preserve-root'),
  noPreserve: flag('', 'no-preserve-root'),
}

/** Calls back with each operand, and with everything below it when -R is given. */
function each(
  t: Tool<typeof SHARED>,
  paths: readonly string[],
  follow: boolean,
  fn: (path: string, node: Inode) => void,
): void {
  const visit = (path: string, top: boolean): void => {
    try {
      const node = follow && top ? t.p.fs.resolve(path, t.p.cwd, t.p.creds) : t.p.fs.lresolve(path, t.p.cwd, t.p.creds)
      if (!(node.kind === 'symlink' && !top)) fn(path, node)
      if (t.opts.recursive && node.kind === 'dir')
        for (const [name] of t.p.fs.readdir(path, t.p.cwd, t.p.creds))
          visit(`${path.replace(/\/+$/, '')}/${name}`, false)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      if (t.opts.silent) t.status = 1
      else if (error.code === 'ENOENT') t.complain(`cannot access ${quoteName(path)}: ${error.strerror}`)
      else
        t.complain(
          `${error.syscall === 'chmod' ? 'changing permissions of' : error.syscall === 'chown' ? 'changing ownership of' : 'cannot access'} ${quoteName(path)}: ${error.strerror}`,
        )
    }
  }
  for (const path of paths) visit(path, true)
}

export const chmod = defineTool({
  name: 'chmod',
  summary: 'Change the mode of each FILE to MODE.\nWith --reference, change the mode of each FILE to that of RFILE.',
  usage: '[OPTION]... MODE[,MODE]... FILE...\n[OPTION]... OCTAL-MODE FILE...\n[OPTION]... --reference=RFILE FILE...',
  options: SHARED,
  // chmod -x FILE: a mode that looks like an option.
  legacy: (argv) => {
    const at = argv.findIndex((a) => /^-[rwxXst]+(,|$)/.test(a))
    return at < 0 ? argv : [...argv.slice(0, at), '--', ...argv.slice(at)]
  },
  *run(t) {
    const args = [...t.args]
    const spec = t.opts.reference === undefined ? args.shift() : undefined
    if (spec === undefined && t.opts.reference === undefined) throw new UsageError('missing operand')
    if (args.length === 0) throw new UsageError(`missing operand after ${curly(spec ?? '')}`)
    if (spec !== undefined && changeMode(0, spec, false, 0) === undefined) {
      t.p.stderr.write(`chmod: invalid mode: ${curly(spec)}\nTry 'chmod --help' for more information.\n`)
      return 1
    }
    const reference = t.opts.reference === undefined ? undefined : t.p.fs.find(t.opts.reference, t.p.cwd)
    if (t.opts.reference !== undefined && !reference)
      return t.fail(`failed to get attributes of ${quoteName(t.opts.reference)}: No such file or directory`)
    each(t, args, true, (path, node) => {
      const old = node.mode & 0o7777
      const next = reference ? reference.mode : changeMode(old, spec!, node.kind === 'dir', umaskOf(t.p))!
      const before = modeText(node)
      t.p.fs.chmod(path, next, t.p.cwd, t.p.creds)
      const show = (mode: number, text: string): string => `${mode.toString(8).padStart(4, '0')} (${text.slice(1)})`
      if (old !== next && (t.opts.changes || t.opts.verbose))
        t.line(`mode of ${quoteName(path)} changed from ${show(old, before)} to ${show(next, modeText(node))}`)
      else if (t.opts.verbose) t.line(`mode of ${quoteName(path)} retained as ${show(old, before)}`)
    })
    return 0
  },
})

function owner(name: 'chown' | 'chgrp'): Program {
  return defineTool({
    name,
    summary:
      name === 'chown'
        ? 'Change the owner and/or group of each FILE to OWNER and/or GROUP.'
        : 'Change the group of each FILE to GROUP.',
    usage:
      name === 'chown'
        ? '[OPTION]... [OWNER][:[GROUP]] FILE...\n[OPTION]... --reference=RFILE FILE...'
        : '[OPTION]... GROUP FILE...\n[OPTION]... --reference=RFILE FILE...',
    options: {
      ...SHARED,
      noDereference: flag('h', 'no-dereference'),
      from: value('', 'from', 'CURRENT_OWNER:CURRENT_GROUP'),
    },
    *run(t) {
      const args = [...t.args]
      const spec = t.opts.reference === undefined ? args.shift() : undefined
      if (spec === undefined && t.opts.reference === undefined) throw new UsageError('missing operand')
      if (args.length === 0) throw new UsageError(`missing operand after ${curly(spec ?? '')}`)
      let uid = -1
      let gid = -1
      if (spec !== undefined) {
        const m = name === 'chown' ? /^([^:.]*)(?:([:.])(.*))?$/.exec(spec)! : ['', '', ':', spec]
        if (m[1]) {
          const user = userByName(t.p.fs, m[1])
          if (!user && !/^\d+$/.test(m[1])) return t.fail(`invalid user: ${curly(spec)}`)
          uid = user?.uid ?? Number(m[1])
          if (m[2] && !m[3] && user) gid = user.gid
        }
        if (m[3]) {
          const group = groupByName(t.p.fs, m[3])
          if (group === undefined && !/^\d+$/.test(m[3]))
            return t.fail(`invalid group: ${curly(name === 'chgrp' ? m[3] : spec)}`)
          gid = group ?? Number(m[3])
        }
      } else {
        const node = t.p.fs.find(t.opts.reference!, t.p.cwd)
        if (!node)
          return t.fail(`failed to get attributes of ${quoteName(t.opts.reference!)}: No such file or directory`)
        uid = node.uid
        gid = node.gid
      }
      // Only what was asked for is named.
      const label = (u: number, g: number, user: number, group: number): string =>
        [user >= 0 ? (userName(t.p.fs, u) ?? u) : undefined, group >= 0 ? (groupName(t.p.fs, g) ?? g) : undefined]
          .filter((part) => part !== undefined)
          .join(':')
      each(t as unknown as Tool<typeof SHARED>, args, !t.opts.noDereference, (path, node) => {
        const before = label(node.uid, node.gid, uid, gid)
        t.p.fs.chown(path, uid, gid, t.p.cwd, t.p.creds)
        const after = label(node.uid, node.gid, uid, gid)
        const what = uid < 0 && gid >= 0 ? 'group' : 'ownership'
        if (before !== after && (t.opts.changes || t.opts.verbose))
          t.line(`changed ${what} of ${quoteName(path)} from ${before} to ${after}`)
        else if (t.opts.verbose) t.line(`${what} of ${quoteName(path)} retained as ${after}`)
      })
      return 0
    },
  })
}

export const chown = owner('chown')
export const chgrp = owner('chgrp')
