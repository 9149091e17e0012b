import {
  type Creds,
  type FsView,
  Pipe,
  type Process,
  type ProcessSpec,
  type Sink,
  STOPPING,
  SysError,
  shellStatus,
  Tap,
  TextSource,
} from '../../host/index.ts'
import { type Coro, happened, sleep, waitFor } from '../../kernel/index.ts'
import { lookupUser, memberships } from '../images/index.ts'
import { confinementOf } from './capabilities.ts'
import { forgetView, MountError, viewOf, workingDirOf } from './container-view.ts'
import { type GrpcError, notFound, unknown } from './errors.ts'
import { findExecutable } from './exec.ts'
import type { Logger } from './logger.ts'
import { newContainer } from './new-container.ts'
import { pidsOf } from './pids.ts'
import { reserve } from './reserve.ts'
import type { ContainerdState } from './store.ts'
import type { Container, ContainerConfig, ExecOptions, Sandbox } from './types.ts'

/** runc's words for a start that failed. */
export const START =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '
/** Before what the container's own first process could not do. */
const INIT = 'error during container init: '
const EXEC = 'OCI runtime exec failed: exec failed: unable to start container process: '

/** A container by the beginning of its id. Throws GrpcError NotFound. */
export function findContainer(state: ContainerdState, prefix: string): Container {
  const exact = state.containers.get(prefix)
  if (exact) return exact
  const hits = [...state.containers.values()].filter((c) => c.id.startsWith(prefix))
  if (hits.length === 1) return hits[0]
  throw hits.length === 0
    ? notFound(`an error occurred when try to find container "${prefix}": not found`)
    : unknown(
        `an error occurred when try to find container "${prefix}": Multiple IDs found with provided prefix: ${prefix}`,
      )
}

/** CreateContainer of the CRI. Gives the id; throws GrpcError. */
export function* createContainer(
  state: ContainerdState,
  log: Logger,
  sandbox: Sandbox,
  config: ContainerConfig,
): Coro<string> {
  const { host } = state
  const meta = `&ContainerMetadata{Name:${config.name},Attempt:${config.attempt},}`
  log.info(`CreateContainer within sandbox "${sandbox.id}" for container ${meta}`)
  yield* sleep(host.kernel, state.rng.between(20, 45))
  const stored = state.images.get(config.imageId)
  if (!stored) throw notFound(`failed to resolve image "${config.imageId}": not found`)
  stored.lastUsed = host.clock.now()
  const id = state.rng.hex(64)
  const siblings = [...(state.containersOf.get(sandbox.id) ?? [])]
  const nameOf = (c: ContainerConfig): string =>
    [c.name, sandbox.config.name, sandbox.config.namespace, sandbox.config.uid, c.attempt].join('_')
  reserve('container', nameOf(config), id, siblings, (c) => nameOf(c.config))
  // Without a directory or a name there is no log.
  const { logDirectory } = sandbox.config
  const logFile = logDirectory && config.logPath ? `${logDirectory}/${config.logPath}` : ''
  const container = newContainer(state, sandbox, stored.image, {
    id,
    config,
    logFile,
    cgroup: `${sandbox.config.cgroupParent}/cri-containerd-${id}.scope`,
  })
  state.addContainer(container)
  log.info(`CreateContainer within sandbox "${sandbox.id}" for ${meta} returns container id "${id}"`)
  state.emit({ type: 'created', podUid: sandbox.config.uid, containerId: id, sandbox: false })
  return id
}

/** Environment of a container's first process: the image's, what containerd adds, then the container's own. */
export function environment(c: Container): Record<string, string> {
  const env: Record<string, string> = {}
  for (const pair of c.image.spec.config.env ?? []) {
    const at = pair.indexOf('=')
    env[pair.slice(0, at)] = pair.slice(at + 1)
  }
  env.PATH ??= '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  env.HOSTNAME = c.sandbox.config.hostname
  if (c.config.tty) env.TERM = 'xterm'
  for (const [key, value] of c.config.env) env[key] = value
  return env
}

/** The user that a container runs as: from the security context, else from the image. */
export function credsOf(c: Container, view: () => FsView): Creds & { home: string } {
  return { ...userOf(c, view), confinement: confinementOf(c.config) }
}

function userOf(c: Container, view: () => FsView): Creds & { home: string } {
  const { uid, gid } = c.config
  const user = c.image.spec.config.user ?? ''
  const [name, group] = user.split(':')
  const passwd = (): string => {
    const file = view().find('/etc/passwd')
    return file?.kind === 'file' ? file.read() : ''
  }
  // The runtime adds the groups in which the image's /etc/group lists the user.
  const groupsOf = (login: string | undefined): number[] => {
    const file = login === undefined ? undefined : view().find('/etc/group')
    const listed = file?.kind === 'file' ? memberships(file.read(), login!) : []
    return [...new Set([...c.config.groups, ...listed])]
  }
  if (uid !== undefined) {
    const known = lookupUser(passwd(), String(uid))
    return { uid, gid: gid ?? known?.gid ?? 0, groups: groupsOf(known?.name), home: known?.home ?? '/' }
  }
  if (name === '' || name === '0' || name === 'root')
    return { uid: 0, gid: gid ?? 0, groups: groupsOf('root'), home: '/root' }
  const known = lookupUser(passwd(), name)
  const own = known?.uid ?? (/^\d+$/.test(name) ? Number(name) : undefined)
  if (own === undefined)
    throw unknown(
      `failed to create containerd container: mount callback failed on /var/lib/containerd/tmpmounts: no users found`,
    )
  return {
    uid: own,
    gid: gid ?? (/^\d+$/.test(group ?? '') ? Number(group) : (known?.gid ?? 0)),
    groups: groupsOf(known?.name),
    home: known?.home ?? '/',
  }
}

/** The arguments a container is started with: command and args of the pod over entrypoint and cmd of the image. */
export function argvOf(c: Container): string[] {
  const image = c.image.spec.config
  if (c.config.command.length > 0) return [...c.config.command, ...c.config.args]
  const args = c.config.args.length > 0 ? c.config.args : (image.cmd ?? [])
  return [...(image.entrypoint ?? []), ...args]
}

function failStart(state: ContainerdState, log: Logger, c: Container, text: string): GrpcError {
  c.state = 'CONTAINER_EXITED'
  c.finishedAt = state.host.clock.now()
  c.exitCode = 128
  c.reason = 'StartError'
  c.message = text
  const error = unknown(text)
  log.error(`StartContainer for "${c.id}" failed`, error.message)
  state.emit({ type: 'stopped', podUid: c.sandbox.config.uid, containerId: c.id, sandbox: false })
  return error
}

/** A process in the container's namespaces and cgroup, whose number inside is so much higher than the first one's. */
function startIn(state: ContainerdState, c: Container, offset: number, spec: ProcessSpec): Process {
  const pids = pidsOf(state, c)
  return state.host.start({
    ...spec,
    net: c.sandbox.net,
    hostname: c.sandbox.config.hostname,
    cgroup: c.cgroup,
    keeper: c.sandbox.shim,
    containerPid: pids.first + offset,
    pidNamespace: pids.namespace,
  })
}

/** StartContainer of the CRI. Throws GrpcError with runc's words when the process cannot start. */
export function* startContainer(state: ContainerdState, log: Logger, id: string): Coro {
  const { host } = state
  const c = findContainer(state, id)
  if (c.state !== 'CONTAINER_CREATED')
    throw unknown(`failed to start container "${c.id}": container is in ${c.state} state`)
  log.info(`StartContainer for "${c.id}"`)
  yield* sleep(host.kernel, state.rng.between(35, 80))
  const argv = argvOf(c)
  if (argv.length === 0)
    throw failStart(state, log, c, 'failed to create containerd task: failed to generate spec: no command specified')
  // The task's streams are opened before anything can go wrong with its process.
  c.log.reopen()
  let view: FsView
  try {
    view = viewOf(state, c)
  } catch (error) {
    if (error instanceof MountError) throw failStart(state, log, c, `${START}${INIT}${error.message}: unknown`)
    if (!(error instanceof SysError)) throw error
    throw failStart(state, log, c, `${START}${INIT}${error.goMessage}: unknown`)
  }
  const creds = credsOf(c, () => view)
  const env = environment(c)
  env.HOME ??= creds.home
  const cwd = workingDirOf(c)
  const found = findExecutable(host, view, argv, env, cwd, creds)
  if (typeof found === 'string') throw failStart(state, log, c, `${START}exec: "${argv[0]}": ${found}: unknown`)
  if (c.config.stdin) {
    const pipe = new Pipe()
    c.stdin = pipe.reader
    c.stdinSink = pipe
  }
  const tap = (stream: 'stdout' | 'stderr'): Sink =>
    new Tap((text) => {
      c.log.write(stream, text)
      for (const reader of c.attached) reader[stream].write(text)
    })
  const process = startIn(state, c, 0, {
    program: found.program,
    argv: found.argv,
    exe: found.path,
    env,
    cwd,
    creds,
    fs: view,
    stdin: c.stdin ?? new TextSource(),
    stdout: tap('stdout'),
    stderr: tap(c.config.tty ? 'stdout' : 'stderr'),
  })
  c.process = process
  c.state = 'CONTAINER_RUNNING'
  c.startedAt = host.clock.now()
  process.defer(() => containerExited(state, log, c, process))
  log.info(`StartContainer for "${c.id}" returns successfully`)
  state.emit({ type: 'started', podUid: c.sandbox.config.uid, containerId: c.id, sandbox: false })
}

function containerExited(state: ContainerdState, log: Logger, c: Container, process: Process): void {
  const status = process.status!
  for (const p of c.execs) p.kill('SIGKILL')
  for (const p of state.host.processes.values()) if (p.cgroup === c.cgroup && p !== process) p.kill('SIGKILL')
  c.log.close()
  c.state = 'CONTAINER_EXITED'
  c.finishedAt = state.host.clock.now()
  c.exitCode = shellStatus(status)
  c.reason = c.oomKilled ? 'OOMKilled' : c.exitCode === 0 ? 'Completed' : 'Error'
  c.process = undefined
  if (c.exitCode !== 0 && !state.host.has(STOPPING)) {
    const { name, namespace } = c.sandbox.config
    happened(
      state.host.name,
      `container ${c.config.name} of pod ${namespace}/${name} ended: ${c.reason}, exit code ${c.exitCode}`,
    )
  }
  if (c.oomKilled) log.info(`TaskOOM event container_id:"${c.id}"`)
  log.info(
    `received container exit event container_id:"${c.id}" id:"${c.id}" pid:${process.pid} exit_status:${c.exitCode} exited_at:{seconds:${Math.floor(c.finishedAt / 1000)} nanos:${(c.finishedAt % 1000) * 1_000_000 + 356_535}}`,
  )
  state.emit({ type: 'stopped', podUid: c.sandbox.config.uid, containerId: c.id, sandbox: false })
}

const SIGNALS: Record<string, string> = {
  SIGTERM: 'terminated',
  SIGKILL: 'killed',
  SIGQUIT: 'quit',
  SIGINT: 'interrupt',
  SIGWINCH: 'window changed',
  SIGHUP: 'hangup',
  SIGUSR1: 'user defined signal 1',
}

/** Stops a container: its stop signal, then SIGKILL after `timeout` seconds. */
export function* stopContainer(state: ContainerdState, log: Logger, c: Container, timeout: number): Coro {
  log.info(`StopContainer for "${c.id}" with timeout ${timeout} (s)`)
  const process = c.process
  if (c.state !== 'CONTAINER_RUNNING' || !process) {
    log.info(`Container to stop "${c.id}" must be in running or unknown state, current state "${c.state}"`)
    return
  }
  if (timeout > 0) {
    const signal = c.config.stopSignal ?? c.image.spec.config.stopSignal ?? 'SIGTERM'
    log.info(`Stop container "${c.id}" with signal ${SIGNALS[signal] ?? signal.toLowerCase()}`)
    process.kill(signal)
    const until = state.host.kernel.now() + timeout * 1000
    while (!process.status && state.host.kernel.now() < until) yield* waitFor(process.exited, until)
  }
  if (!process.status) {
    log.info(`Kill container "${c.id}"`)
    process.kill('SIGKILL')
    while (!process.status) yield* waitFor(process.exited)
  }
  log.info(`StopContainer for "${c.id}" returns successfully`)
}

/** RemoveContainer of the CRI; what still runs is killed. */
export function* removeContainer(state: ContainerdState, log: Logger, c: Container): Coro {
  log.info(`RemoveContainer for "${c.id}"`)
  if (c.state === 'CONTAINER_RUNNING') yield* stopContainer(state, log, c, 0)
  state.deleteContainer(c)
  forgetView(c)
  state.emit({ type: 'deleted', podUid: c.sandbox.config.uid, containerId: c.id, sandbox: false })
  log.info(`RemoveContainer for "${c.id}" returns successfully`)
}

/** A stream of the caller, which stays open when the process that writes to it ends. */
export const borrowed = (sink: Sink): Sink => ({
  isTty: sink.isTty,
  drained: sink.drained,
  get full() {
    return sink.full
  },
  write: (text) => sink.write(text),
  close() {},
})

/** Starts another process in a running container. Throws GrpcError. */
export function execIn(state: ContainerdState, c: Container, argv: readonly string[], options: ExecOptions): Process {
  if (c.state !== 'CONTAINER_RUNNING' || !c.process) throw unknown(`container is in ${c.state} state`)
  const view = viewOf(state, c)
  const creds = credsOf(c, () => view)
  const env = environment(c)
  env.HOME ??= creds.home
  if (options.tty) env.TERM = 'xterm'
  const cwd = workingDirOf(c)
  const found = findExecutable(state.host, view, argv, env, cwd, creds)
  if (typeof found === 'string')
    throw unknown(
      `failed to exec in container: failed to start exec "${state.rng.hex(64)}": ${EXEC}exec: "${argv[0]}": ${found}`,
    )
  const process = startIn(state, c, 6 * ++c.execCount, {
    program: found.program,
    argv: found.argv,
    exe: found.path,
    env,
    cwd,
    creds,
    fs: view,
    stdin: options.stdin ?? new TextSource(),
    stdout: borrowed(options.stdout),
    stderr: borrowed(options.stderr),
  })
  c.execs.add(process)
  process.defer(() => c.execs.delete(process))
  return process
}
