import type { Host, Process } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import type { Fd } from '../../io/fd.ts'
import { setGroup } from '../../jobs/group.ts'
import { ShellError } from '../control.ts'
import { COST, type Shell } from '../shell.ts'
import { runToExit } from './top.ts'

/** Processes that one host carries before fork(2) fails (pids.max of user.slice, scaled down). */
const MAX_PROCESSES = 1500

interface ForkOptions {
  /** Descriptors that differ from the parent's; undefined closes. */
  readonly fds?: ReadonlyMap<number, Fd | undefined>
  /** Process group to join; 0 makes a new one. */
  readonly group?: number
  /** The body is one simple command: the process may become it. */
  readonly tail?: boolean
}

/** fork(2): runs `body` in a process of its own on a copy of the shell's state. */
export function* fork(sh: Shell, body: (sub: Shell) => Coro<number>, options: ForkOptions = {}): Coro<Process> {
  yield* room(sh)
  if (sh.charge(COST.fork)) yield* sh.breathe()
  const sub = sh.clone()
  sub.tail = options.tail ?? false
  for (const [n, fd] of sh.fds) if (!options.fds?.has(n)) sub.fds.set(n, fd.dup())
  for (const [n, fd] of options.fds ?? []) if (fd) sub.fds.set(n, fd)
  const p = sh.p
  const stdin = stream(sub, 0, sh)
  const process = p.host.start({
    program: { name: p.program.name, main: (q) => begin(sub, q, body) },
    argv: p.argv,
    env: p.env,
    cwd: sh.cwd,
    creds: p.creds,
    parent: p,
    stdin,
    stdout: stream(sub, 1, sh),
    stderr: stream(sub, 2, sh),
    fs: p.fs,
    net: p.net,
    hostname: p.hostname,
    exe: p.exe,
    containerPid: childPid(p),
  })
  process.defer(() => {
    stdin.close()
    for (const fd of sub.fds.values()) fd.close()
  })
  if (options.group !== undefined) setGroup(process, options.group === 0 ? process.pid : options.group)
  return process
}

function* begin(sub: Shell, q: Process, body: (sub: Shell) => Coro<number>): Coro<number> {
  sub.p = q
  return yield* runToExit(sub, body)
}

/** A duplicate for the process itself; a closed descriptor falls back on one that only fails. */
function stream(sub: Shell, n: number, sh: Shell): Fd {
  return (sub.fds.get(n) ?? sh.fds.get(n) ?? [...sh.fds.values()][0]).dup()
}

/** PIDs inside a container count on from its first process. */
export function childPid(p: Process): number | undefined {
  if (p.containerPid === undefined) return undefined
  let first = p
  while (first.parent?.containerPid !== undefined) first = first.parent
  const next = (counters.get(first) ?? first.containerPid ?? 1) + 1
  counters.set(first, next)
  return next
}

const counters = new WeakMap<Process, number>()
const lastTold = new WeakMap<Host, number>()

/** Waits for a free process slot as bash does, then gives up. */
export function* room(sh: Shell): Coro {
  for (const delay of [1000, 2000, 4000, 8000]) {
    if (sh.p.host.processes.size < MAX_PROCESSES) return
    // A fork bomb would fill the screen for hours: one message a host and second tells as much.
    const told = lastTold.get(sh.p.host) ?? Number.NEGATIVE_INFINITY
    if (sh.kernel.now() - told >= 1000) {
      lastTold.set(sh.p.host, sh.kernel.now())
      sh.errorText(`${sh.name}: fork: retry: Resource temporarily unavailable\n`)
    }
    yield* sleep(sh.kernel, delay)
  }
  if (sh.p.host.processes.size >= MAX_PROCESSES)
    throw new ShellError('fork: Resource temporarily unavailable', 254, true)
}
