import { SysError } from '../errno.ts'
import type { Creds } from '../fs/index.ts'
import { JournalSink } from '../journal.ts'
import type { ExitStatus, Process, Program } from '../process.ts'
import { TextSource } from '../stream.ts'
import { type ExecCommand, expandArgv, parseEnvironmentFile } from './exec-line.ts'
import type { Unit } from './unit.ts'

/** A started command; without process when it could not be executed. */
export interface Spawned {
  readonly process: Process | undefined
  readonly pid: number
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** A child that cannot exec takes a moment to report it. */
const FAIL_MS = 4

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly lines: readonly string[],
  ) {
    super(lines[0])
  }
}

/**
 * Starts one command of a unit in its control group, with its environment and its output in the journal. What cannot be
 * executed ends with the status that systemd's child reports (200/CHDIR, 203/EXEC, 217/USER …).
 */
export function spawn(unit: Unit, command: ExecCommand, ended: (status: ExitStatus) => void): Spawned {
  const { host, journal } = unit.manager
  const service = unit.config.service!
  const name = baseName(command.path)
  const holder: { process?: Process } = {}
  const pidOfFailed = (): number => host.takePid()
  try {
    const env = environment(unit)
    const expanded = command.literal ? { words: command.argv, unset: [] } : expandArgv(command.argv, env)
    const creds = credentials(unit, service.user, command)
    const cwd = workingDirectory(unit, command)
    const { program, argv, exe } = executable(unit, command, expanded.words)
    const identifier = service.identifier ?? name
    const sink = (): JournalSink =>
      new JournalSink(journal, () => ({
        identifier,
        unit: unit.name,
        process: holder.process,
        pid: holder.process?.pid,
        invocation: unit.invocation,
      }))
    const process = host.start({
      program,
      argv,
      exe,
      env: { ...env, INVOCATION_ID: unit.invocation, SYSTEMD_EXEC_PID: '' },
      cwd,
      creds,
      cgroup: unit.cgroup,
      stdin: new TextSource(''),
      stdout: sink(),
      stderr: sink(),
    })
    holder.process = process
    process.env.SYSTEMD_EXEC_PID = String(process.pid)
    if (expanded.unset.length > 0)
      journal.write({
        message: `${unit.name}: Referenced but unset environment variable evaluates to an empty string: ${expanded.unset.join(', ')}`,
        identifier: `(${name.slice(0, 8)})`,
        pid: process.pid,
        unit: unit.name,
        about: unit.name,
        invocation: unit.invocation,
        priority: 6,
      })
    process.defer(() => host.kernel.soon(() => ended(process.status!)))
    return { process, pid: process.pid }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const pid = pidOfFailed()
    for (const line of error.lines)
      journal.write({
        message: `${unit.name}: ${line}`,
        identifier: `(${name.slice(0, 8)})`,
        pid,
        unit: unit.name,
        about: unit.name,
        priority: 3,
      })
    host.kernel.after(FAIL_MS, () => ended({ code: error.status }))
    return { process: undefined, pid }
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function environment(unit: Unit): Record<string, string> {
  const { host } = unit.manager
  const env: Record<string, string> = { LANG: 'C.UTF-8', PATH }
  for (const [k, v] of unit.config.service!.environment) env[k] = v
  for (const spec of unit.config.service!.environmentFiles) {
    const optional = spec.startsWith('-')
    const path = optional ? spec.slice(1) : spec
    const file = host.fs.find(path)
    if (file?.kind === 'file') for (const [k, v] of parseEnvironmentFile(file.read())) env[k] = v
    else if (!optional)
      throw new Refused(1, [
        'Failed to load environment files: No such file or directory',
        "Failed to spawn 'start' task: No such file or directory",
      ])
  }
  return env
}

function credentials(unit: Unit, user: string | undefined, command: ExecCommand): Creds {
  if (user === undefined || user === 'root' || user === '0') return { uid: 0, gid: 0 }
  const passwd = unit.manager.host.fs.find('/etc/passwd')
  const entry = (passwd?.kind === 'file' ? passwd.read() : '')
    .split('\n')
    .map((l) => l.split(':'))
    .find((f) => f[0] === user || f[2] === user)
  if (!entry)
    throw new Refused(217, [
      'Failed to determine user credentials: No such process',
      `Failed at step USER spawning ${command.path}: No such process`,
    ])
  return { uid: Number(entry[2]), gid: Number(entry[3]) }
}

function workingDirectory(unit: Unit, command: ExecCommand): string {
  const spec = unit.config.service!.workingDirectory
  if (spec === undefined) return '/'
  const optional = spec.startsWith('-')
  const path = optional ? spec.slice(1) : spec === '~' ? '/root' : spec
  if (unit.manager.host.fs.find(path)?.kind === 'dir') return path
  if (optional) return '/'
  throw new Refused(200, [
    'Changing to the requested working directory failed: No such file or directory',
    `Failed at step CHDIR spawning ${command.path}: No such file or directory`,
  ])
}

/** Finds the program, following a script's `#!` line once. */
function executable(
  unit: Unit,
  command: ExecCommand,
  words: readonly string[],
): { program: Program; argv: readonly string[]; exe: string } {
  const { host } = unit.manager
  const path = command.path.startsWith('/') ? command.path : (search(unit, command.path) ?? `/usr/bin/${command.path}`)
  const refuse = (text: string): never => {
    throw new Refused(203, [
      `Unable to locate executable '${path}': ${text}`,
      `Failed at step EXEC spawning ${path}: ${text}`,
    ])
  }
  try {
    return { program: host.executable(path), argv: words, exe: path }
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (error.code !== 'ENOEXEC') return refuse(error.strerror)
  }
  const first = host.fs.readFile(path).split('\n', 1)[0]
  const m = /^#!\s*(\S+)(?:\s+(.*\S))?\s*$/.exec(first)
  if (!m)
    throw new Refused(203, [
      `Failed to execute ${path}: Exec format error`,
      `Failed at step EXEC spawning ${path}: Exec format error`,
    ])
  const [interpreter, argument] =
    m[1] === '/usr/bin/env' && m[2] ? [search(unit, m[2]) ?? m[2], undefined] : [m[1], m[2]]
  try {
    const argv = [interpreter, ...(argument ? [argument] : []), path, ...words.slice(1)]
    return { program: host.executable(interpreter), argv, exe: interpreter }
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new Refused(203, [
      `Failed to execute ${path}: No such file or directory`,
      `Failed at step EXEC spawning ${path}: No such file or directory`,
    ])
  }
}

const search = (unit: Unit, name: string): string | undefined =>
  PATH.split(':')
    .map((dir) => `${dir}/${name}`)
    .find((path) => unit.manager.host.fs.exists(path))
