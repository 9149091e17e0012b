import { NULL_SINK, Stack, TextSource } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { CNI } from '../cni/types.ts'
import { stopContainer } from './containers.ts'
import type { CriSettings } from './cri.ts'
import { notFound, unknown } from './errors.ts'
import type { Logger } from './logger.ts'
import { pause } from './pause.ts'
import { reserve } from './reserve.ts'
import { startShim } from './shim.ts'
import type { ContainerdState } from './store.ts'
import { type Container, RUNC, type Sandbox, type SandboxConfig } from './types.ts'

/** The pod's network namespace is joined by everything in it. */
export function* runSandbox(
  state: ContainerdState,
  log: Logger,
  config: SandboxConfig,
  settings: Pick<CriSettings, 'podSysctls' | 'address' | 'sandboxImage' | 'runtimes'>,
): Coro<string> {
  const { host } = state
  const meta = `&PodSandboxMetadata{Name:${config.name},Uid:${config.uid},Namespace:${config.namespace},Attempt:${config.attempt},}`
  log.info(`RunPodSandbox for ${meta}`)
  const failed = (text: string): Error => {
    const error = unknown(text)
    log.error(`RunPodSandbox for ${meta} failed, error`, error.message)
    return error
  }
  const shim = runtimeOf(config, settings)
  if (shim === undefined)
    throw failed(`failed to get sandbox runtime: no runtime for ${JSON.stringify(config.runtimeHandler)} is configured`)
  const id = state.rng.hex(64)
  reserve('sandbox', sandboxName(config), id, [...state.sandboxes.values()], (s) => sandboxName(s.config))
  const sandbox: Sandbox = {
    id,
    config,
    image: settings.sandboxImage,
    snapshot: ++state.snapshots,
    state: 'SANDBOX_NOTREADY',
    createdAt: host.clock.now(),
    ip: '',
    net: undefined,
    shim: undefined,
    process: undefined,
  }
  yield* sleep(host.kernel, state.rng.between(90, 160))
  if (config.hostNetwork) {
    sandbox.net = host.net
    sandbox.ip = ''
  } else {
    yield* joinNetwork(state, log, sandbox, meta)
    if (sandbox.net instanceof Stack)
      for (const [key, value] of Object.entries({ ...settings.podSysctls, ...config.sysctls }))
        sandbox.net.sysctls.set(key, value)
  }
  const binary = shimBinary(shim)
  if (shim !== RUNC && !host.fs.exists(`/usr/local/bin/${binary}`) && !host.fs.exists(`/usr/bin/${binary}`))
    throw failed(
      `failed to start sandbox ${JSON.stringify(id)}: failed to create containerd task: failed to start shim: start failed: failed to resolve runtime path: runtime ${JSON.stringify(shim)} binary not installed ${JSON.stringify(binary)}: file does not exist`,
    )
  const pid = host.takePid()
  startShim(state, log, sandbox, settings.address, pid)
  sandbox.process = host.start({
    program: pause,
    pid,
    argv: ['/pause'],
    creds: { uid: 65535, gid: 65535 },
    stdin: new TextSource(),
    stdout: NULL_SINK,
    stderr: NULL_SINK,
    net: sandbox.net,
    hostname: config.hostname,
    cgroup: `${config.cgroupParent}/cri-containerd-${id}.scope`,
    exe: '/pause',
    keeper: sandbox.shim,
    containerPid: 1,
    pidNamespace: sandbox,
  })
  sandbox.process.rss = 720_896
  sandbox.state = 'SANDBOX_READY'
  sandbox.process.defer(() => sandboxExited(state, sandbox))
  state.addSandbox(sandbox)
  log.info(`RunPodSandbox for ${meta} returns sandbox id "${id}"`)
  state.emit({ type: 'started', podUid: config.uid, containerId: id, sandbox: true })
  return id
}

/** The type of what runs the pod, by the handler that its RuntimeClass names. */
const runtimeOf = (
  { runtimeHandler }: SandboxConfig,
  { runtimes }: Pick<CriSettings, 'runtimes'>,
): string | undefined => (runtimeHandler === '' ? RUNC : runtimes.get(runtimeHandler))

/** `io.containerd.runsc.v1` is the program containerd-shim-runsc-v1. */
const shimBinary = (type: string): string => `containerd-shim-${type.split('.').slice(-2).join('-')}`

/** Models makeSandboxName of internal/cri/server. */
const sandboxName = (c: SandboxConfig): string => [c.name, c.namespace, c.uid, c.attempt].join('_')

function* joinNetwork(state: ContainerdState, log: Logger, sandbox: Sandbox, meta: string): Coro {
  const { config, id } = sandbox
  const failed = (text: string): Error => {
    const error = unknown(`failed to setup network for sandbox "${id}": ${text}`)
    log.error(`RunPodSandbox for ${meta} failed, error`, error.message)
    return error
  }
  const cni = state.host.has(CNI) ? state.host.service(CNI) : undefined
  const notReady = cni ? cni.status() : 'cni plugin not initialized'
  if (!cni || notReady !== undefined) throw failed(notReady!)
  try {
    const result = yield* cni.add({ id, ...config })
    sandbox.net = result.net
    sandbox.ip = result.ip
  } catch (error) {
    if (!(error instanceof Error) || error.constructor !== Error) throw error
    throw failed(error.message)
  }
}

/** The pause process died: everything in the pod's namespaces goes with it. */
function sandboxExited(state: ContainerdState, sandbox: Sandbox): void {
  sandbox.state = 'SANDBOX_NOTREADY'
  sandbox.process = undefined
  state.emit({ type: 'stopped', podUid: sandbox.config.uid, containerId: sandbox.id, sandbox: true })
}

/** A sandbox by the beginning of its id. Throws GrpcError NotFound. */
export function findSandbox(state: ContainerdState, prefix: string): Sandbox {
  const exact = state.sandboxes.get(prefix)
  if (exact) return exact
  const hits = [...state.sandboxes.values()].filter((s) => s.id.startsWith(prefix))
  if (hits.length === 1) return hits[0]
  throw hits.length === 0
    ? notFound('an error occurred when try to find sandbox: not found')
    : unknown(`an error occurred when try to find sandbox: Multiple IDs found with provided prefix: ${prefix}`)
}

/** StopPodSandbox of the CRI: its containers, its network, its pause process. */
export function* stopSandbox(state: ContainerdState, log: Logger, prefix: string): Coro {
  let sandbox: Sandbox
  try {
    sandbox = findSandbox(state, prefix)
  } catch {
    return // stopping what is gone succeeds
  }
  log.info(`StopPodSandbox for "${prefix}"`)
  const own = [...(state.containersOf.get(sandbox.id) ?? [])]
  for (const c of own) if (c.state === 'CONTAINER_RUNNING') yield* stopContainer(state, log, c, 0)
  if (sandbox.process) {
    sandbox.process.kill('SIGKILL')
    yield* sleep(state.host.kernel, 60)
  }
  sandbox.shim?.exit(0)
  sandbox.state = 'SANDBOX_NOTREADY'
  if (!sandbox.config.hostNetwork && sandbox.net && state.host.has(CNI)) {
    const net = sandbox.net
    sandbox.net = undefined
    yield* state.host.service(CNI).del({ id: sandbox.id, ...sandbox.config }, net)
    log.info(`TearDown network for sandbox "${sandbox.id}" successfully`)
  }
  log.info(`StopPodSandbox for "${prefix}" returns successfully`)
}

/** RemovePodSandbox of the CRI, with the containers in it. */
export function* removeSandbox(
  state: ContainerdState,
  log: Logger,
  prefix: string,
  remove: (c: Container) => Coro,
): Coro {
  let sandbox: Sandbox
  try {
    sandbox = findSandbox(state, prefix)
  } catch {
    return
  }
  log.info(`RemovePodSandbox for "${prefix}"`)
  yield* stopSandbox(state, log, sandbox.id)
  for (const c of [...(state.containersOf.get(sandbox.id) ?? [])]) yield* remove(c)
  state.deleteSandbox(sandbox)
  state.emit({ type: 'deleted', podUid: sandbox.config.uid, containerId: sandbox.id, sandbox: true })
  log.info(`RemovePodSandbox "${prefix}" returns successfully`)
}
