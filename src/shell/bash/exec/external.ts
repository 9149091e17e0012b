import { allowed, type File, type Process, type ProcessSpec, type Program, SysError } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import type { Fd } from '../../io/fd.ts'
import { setGroup } from '../../jobs/group.ts'
import { COST, type Shell } from '../shell.ts'
import { childPid, room } from './fork.ts'

/** A command that is to run as a program: what execve would be given. */
export interface Executable {
  readonly program: Program
  readonly argv: readonly string[]
  readonly path: string
}

/** Why a command cannot run: the message after the shell's prefix, and the exit status. */
export interface Failure {
  readonly message: string
  readonly status: 126 | 127
  /** Printed without the shell's prefix: the simulation speaks, not the shell. */
  readonly bare?: boolean
}

const MAX_INTERPRETERS = 4

/** Looks a command up in PATH. Returns its path, or undefined. */
export function findInPath(
  sh: Shell,
  name: string,
  all?: string[],
  pathValue = sh.vars.get('PATH') ?? '',
): string | undefined {
  let denied: string | undefined
  for (const dir of pathValue.split(':')) {
    const path = dir === '' ? `./${name}` : `${dir.replace(/\/+$/, '')}/${name}`
    const node = sh.p.fs.find(path, sh.cwd)
    if (node?.kind !== 'file') continue
    if (!allowed(node, sh.p.creds, 1)) {
      denied ??= path
      continue
    }
    if (!all) return path
    all.push(path)
  }
  return all ? all[0] : denied
}

/** Resolves a command name to what execve would run. */
export function resolveCommand(sh: Shell, name: string, argv: readonly string[], path?: string): Executable | Failure {
  let file = path
  if (file === undefined) {
    if (name.includes('/')) file = name
    else {
      file = sh.hash.get(name)?.path
      if (file === undefined || !sh.p.fs.exists(file, sh.cwd)) {
        file = findInPath(sh, name)
        if (file === undefined) return notFound(sh, name)
        if (sh.option('hashall') && file.startsWith('/')) sh.hash.set(name, { path: file, hits: 0 })
      }
      const hashed = sh.hash.get(name)
      if (hashed) hashed.hits++
    }
  }
  return executable(sh.p, file, argv, sh.cwd, sh.dialect !== 'bash')
}

function notFound(sh: Shell, name: string): Failure {
  // Without a PATH names are looked up in the working directory, and the words are execve's.
  if (sh.dialect === 'bash' && sh.vars.get('PATH') === undefined)
    return { message: `${name}: No such file or directory`, status: 127 }
  return { message: sh.dialect === 'bash' ? `${name}: command not found` : `${name}: not found`, status: 127 }
}

/** What a path runs: a program, or a script's interpreter. Every tool that starts others uses it. */
export function executable(
  p: Process,
  path: string,
  argv: readonly string[],
  cwd = p.cwd,
  posix = false,
  depth = 0,
): Executable | Failure {
  let node: ReturnType<typeof p.fs.resolve>
  try {
    node = p.fs.resolve(path, cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
    return {
      message: `${path}: ${posix && missing ? 'not found' : error.strerror}`,
      status: missing && error.code === 'ENOENT' ? 127 : 126,
    }
  }
  if (node.kind === 'dir') return { message: `${path}: ${posix ? 'Permission denied' : 'Is a directory'}`, status: 126 }
  if (node.kind !== 'file' || !allowed(node, p.creds, 1)) return { message: `${path}: Permission denied`, status: 126 }
  const program = node.program === undefined ? undefined : p.host.programs.get(node.program)
  if (program) return { program, argv, path }
  if (node.program !== undefined)
    return { message: `${path.split('/').at(-1)}: not simulated`, status: 127, bare: true }
  return script(p, node, path, argv, cwd, posix, depth)
}

function script(
  p: Process,
  node: File,
  path: string,
  argv: readonly string[],
  cwd: string,
  posix: boolean,
  depth: number,
): Executable | Failure {
  const text = node.read()
  const shebang = /^#!\s*(\S+)(?:[ \t]+([^\n]*?))?[ \t]*(?:\n|$)/.exec(text)
  if (shebang) {
    if (depth >= MAX_INTERPRETERS) return { message: `${path}: Too many levels of symbolic links`, status: 126 }
    const extra = shebang[2] ? [shebang[2]] : []
    const found = executable(p, shebang[1], [shebang[1], ...extra, path, ...argv.slice(1)], cwd, posix, depth + 1)
    if ('program' in found || found.bare) return found
    if (/No such file|not found/.test(found.message))
      return posix
        ? { message: `${path}: not found`, status: 127 }
        : { message: `${path}: cannot execute: required file not found`, status: 127 }
    return { message: `${path}: ${shebang[1]}: bad interpreter: ${found.message.split(': ').at(-1)}`, status: 126 }
  }
  if (text.includes('\0') || node.payload !== undefined)
    return { message: `${path}: cannot execute binary file: Exec format error`, status: 126 }
  // A text without #! is a script of the shell that found it.
  const own = p.host.programs.get(posix ? 'sh' : 'bash') ?? p.program
  return { program: own, argv: [posix ? 'sh' : 'bash', path, ...argv.slice(1)], path: '/bin/bash' }
}

/** Starts an executable as a child in the parent's namespaces. The child owns the descriptors. */
export function startChild(
  p: Process,
  exe: Executable,
  how: Pick<ProcessSpec, 'env' | 'cwd' | 'creds'> & { stdin: Fd; stdout: Fd; stderr: Fd },
): Process {
  const child = p.host.start({
    ...how,
    program: exe.program,
    argv: exe.argv,
    parent: p,
    fs: p.fs,
    net: p.net,
    hostname: p.hostname,
    exe: exe.path,
    containerPid: childPid(p),
  })
  child.defer(() => how.stdin.close())
  return child
}

/** Starts an executable as a child of the shell with the shell's descriptors. */
export function* startExternal(
  sh: Shell,
  exe: Executable,
  env: Record<string, string>,
  group: number | undefined,
): Coro<Process> {
  yield* room(sh)
  if (sh.charge(COST.external)) yield* sh.breathe()
  const [stdin, stdout, stderr] = [0, 1, 2].map((n) => (sh.fds.get(n) ?? closedFd(sh)).dup())
  const process = startChild(sh.p, exe, { env, cwd: sh.cwd, creds: sh.p.creds, stdin, stdout, stderr })
  if (group !== undefined) setGroup(process, group === 0 ? process.pid : group)
  return process
}

const closedFd = (sh: Shell): Fd => [...sh.fds.values()][0]

/** Turns this shell process into the program (exec, and the last command of a forked stage). */
export function* becomeExternal(sh: Shell, exe: Executable, env: Record<string, string>): Coro<number> {
  if (sh.charge(COST.external)) yield* sh.breathe()
  const p = sh.p
  const old = [p.stdout, p.stderr]
  const [stdin, stdout, stderr] = [0, 1, 2].map((n) => (sh.fds.get(n) ?? closedFd(sh)).dup())
  p.stdin = stdin
  p.stdout = stdout
  p.stderr = stderr
  for (const stream of old) stream.close()
  p.defer(() => stdin.close())
  for (const fd of sh.fds.values()) fd.close()
  sh.fds.clear()
  p.env = env
  p.cwd = sh.cwd
  return yield* p.exec(exe.program, exe.argv, exe.path)
}
