import { copyFile, normalize, SysError } from '../../host/index.ts'
import { defineTool, flag, optional, type Tool, value } from '../command.ts'
import { inside } from '../io/copy.ts'
import { UsageError } from '../options.ts'
import { changeMode } from '../text/mode.ts'
import { curly, quoteName } from '../text/quotes.ts'
import { groupByName, userByName } from '../text/users.ts'
import { backup, destination } from './destination.ts'

const OPTIONS = {
  b: flag('b', undefined, 'like --backup but does not accept an argument'),
  backup: optional('', 'backup', 'CONTROL', 'make a backup of each existing destination file'),
  c: flag('c', undefined, '(ignored)'),
  compare: flag('C', 'compare', 'compare content of source and destination files, and if no change, leave it alone'),
  directory: flag('d', 'directory', 'treat all arguments as directory names'),
  parents: flag('D', undefined, 'create all leading components of DEST except the last, then copy SOURCE to DEST'),
  group: value('g', 'group', 'GROUP', "set group ownership, instead of process' current group"),
  mode: value('m', 'mode', 'MODE', 'set permission mode (as in chmod), instead of rwxr-xr-x'),
  owner: value('o', 'owner', 'OWNER', 'set ownership (super-user only)'),
  times: flag('p', 'preserve-timestamps', 'apply access/modification times of SOURCE files'),
  strip: flag('s', 'strip', 'strip symbol tables'),
  suffix: value('S', 'suffix', 'SUFFIX', 'override the usual backup suffix'),
  target: value('t', 'target-directory', 'DIRECTORY', 'copy all SOURCE arguments into DIRECTORY'),
  noTarget: flag('T', 'no-target-directory', 'treat DEST as a normal file'),
  verbose: flag('v', 'verbose', 'print the name of each created file or directory'),
}

type Install = Tool<typeof OPTIONS>

/** Mode and owner that what is installed gets. */
interface Attributes {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

function attributes(t: Install): Attributes {
  const { owner, group, mode } = t.opts
  const number = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)
  const bits = mode === undefined ? 0o755 : changeMode(0, mode, false, 0)
  if (bits === undefined) return t.fail(`invalid mode ${curly(mode!)}`)
  const uid = owner === undefined ? -1 : (userByName(t.p.fs, owner)?.uid ?? number(owner))
  if (uid === undefined) return t.fail(`invalid user ${curly(owner!)}`)
  const gid = group === undefined ? -1 : (groupByName(t.p.fs, group) ?? number(group))
  if (gid === undefined) return t.fail(`invalid group ${curly(group!)}`)
  return { mode: bits, uid, gid }
}

export const install = defineTool({
  name: 'install',
  summary: 'This install program copies files (often just compiled) into destination locations you choose.',
  usage:
    '[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...\n[OPTION]... -d DIRECTORY...',
  options: OPTIONS,
  *run(t) {
    const o = t.opts
    const { fs, cwd } = t.p
    if (t.args.length === 0) throw new UsageError('missing file operand')
    const how = attributes(t)
    if (o.directory) {
      for (const path of t.args) makeDirectory(t, path, how)
      return 0
    }
    if (o.parents && o.target === undefined && t.args.length > 1)
      fs.mkdir(normalize(`${t.args.at(-1)!}/..`, cwd), { parents: true, creds: t.p.creds })
    if (o.parents && o.target !== undefined) fs.mkdir(o.target, { parents: true, cwd, creds: t.p.creds })
    const { sources, target, isDir } = destination(t, o.target, o.noTarget > 0)
    for (const source of sources) one(t, source, isDir ? inside(target, source) : target, how)
    return 0
  },
})

function makeDirectory(t: Install, path: string, { mode, uid, gid }: Attributes): void {
  const { fs, cwd, creds } = t.p
  try {
    const before = fs.find(path, cwd)
    fs.mkdir(path, { cwd, creds, parents: true })
    fs.chmod(path, mode, cwd, creds)
    if (uid >= 0 || gid >= 0) fs.chown(path, uid, gid, cwd, creds)
    if (t.opts.verbose && !before) t.line(`install: creating directory ${quoteName(path)}`)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    t.complain(`cannot create directory ${quoteName(path)}: ${error.strerror}`)
  }
}

function one(t: Install, source: string, to: string, { mode, uid, gid }: Attributes): void {
  const o = t.opts
  const { fs, cwd, creds } = t.p
  try {
    const node = fs.find(source, cwd)
    if (!node) return t.complain(`cannot stat ${quoteName(source)}: No such file or directory`)
    if (node.kind === 'dir') return t.complain(`omitting directory ${quoteName(source)}`)
    if (fs.find(to, cwd) === node) return t.complain(`${quoteName(source)} and ${quoteName(to)} are the same file`)
    if (to.endsWith('/')) return t.complain(`cannot create regular file ${quoteName(to)}: Not a directory`)
    const file = fs.file(source, cwd, creds)
    if (o.b || o.backup !== undefined) backup(t, to, o.suffix)
    else if (fs.find(to, cwd)?.kind === 'file') fs.unlink(to, cwd, creds)
    const made = fs.writeFile(to, file.raw, { cwd, creds, mode, size: file.size })
    copyFile(file, made)
    fs.chmod(to, mode, cwd, creds)
    if (uid >= 0 || gid >= 0) fs.chown(to, uid, gid, cwd, creds)
    if (o.times) made.mtime = file.mtime
    if (o.verbose) t.line(`${quoteName(source)} -> ${quoteName(to)}`)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    t.complain(`cannot create regular file ${quoteName(to)}: ${error.strerror}`)
  }
}
