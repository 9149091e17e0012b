import { type Process, type ProcessSpec, type Sink, type Source, shellStatus } from '../host/index.ts'
import { type Coro, sleep } from '../kernel/index.ts'
import { type Executable, executable, type Failure, startChild } from './bash/exec/external.ts'
import { Fd } from './io/fd.ts'

interface RunHow {
  /** Tool that starts it, for its messages. */
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: Source
  readonly stdout?: Sink
  readonly stderr?: Sink
  readonly creds?: ProcessSpec['creds']
}

/** Finds a command in the PATH of a process' environment, as execvp does. */
export function lookup(
  p: Process,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = p.env,
): Executable | Failure {
  const name = argv[0]
  if (name.includes('/')) return executable(p, name, argv)
  let denied: Failure | undefined
  for (const dir of (env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(':')) {
    const path = `${dir || '.'}/${name}`
    if (p.fs.find(path, p.cwd)?.kind !== 'file') continue
    const found = executable(p, path, argv)
    if ('program' in found || found.bare) return found
    denied ??= { message: `${name}: Permission denied`, status: 126 }
  }
  return denied ?? { message: `${name}: No such file or directory`, status: 127 }
}

/** The same for util-linux's tools, which say why: an exit status (126, 127) when it cannot run. */
export function lookupOrTell(p: Process, argv: readonly string[], tool: string): Executable | number {
  const exe = lookup(p, argv)
  if ('program' in exe) return exe
  const why = exe.message.slice(exe.message.lastIndexOf(': ') + 2)
  p.stderr.write(exe.bare ? `${exe.message}\n` : `${tool}: failed to execute ${argv[0]}: ${why}\n`)
  return exe.status
}

/** Starts a program as a child of a tool. Returns an exit status (126, 127) when it cannot run; the message is printed. */
export function startProgram(p: Process, argv: readonly string[], how: RunHow): Process | number {
  const exe = lookup(p, argv, how.env ?? p.env)
  if (!('program' in exe)) {
    p.stderr.write(exe.bare ? `${exe.message}\n` : `${how.name}: ${(FAILED[how.name] ?? quoted)(exe.message)}\n`)
    return exe.status
  }
  const [stdin, stdout, stderr] = [how.stdin ?? p.stdin, how.stdout ?? p.stdout, how.stderr ?? p.stderr].map((s) =>
    Fd.of(s),
  )
  return startChild(p, exe, {
    env: how.env ?? p.env,
    cwd: how.cwd ?? p.cwd,
    creds: how.creds ?? p.creds,
    stdin,
    stdout,
    stderr,
  })
}

/** env, nice, su … quote the name: `env: ‘x’: No such file or directory`. */
const quoted = (message: string): string => message.replace(/^(.*): ([^:]*)$/s, '‘$1’: $2')

const plain = (message: string): string => message
const failedToRun = (message: string): string => `failed to run command ${quoted(message)}`

/** Tools with other words for a program that cannot be run (coreutils 9.1, findutils 4.9). */
const FAILED: Readonly<Record<string, (message: string) => string>> = {
  xargs: plain,
  find: plain,
  timeout: failedToRun,
  chroot: failedToRun,
  nohup: (message) => `failed to run command ${message.replace(/^(.*): ([^:]*)$/s, "'$1': $2")}`,
}

/** Runs a program to its end and returns its status as `$?` would show it. */
export function* runProgram(p: Process, argv: readonly string[], how: RunHow): Coro<number> {
  yield* sleep(p.host.kernel, 1)
  const child = startProgram(p, argv, how)
  if (typeof child === 'number') return child
  return shellStatus(yield* child.wait())
}
