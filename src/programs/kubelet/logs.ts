import { GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { runtimeStatus } from './runtime-status.ts'
import type { PodRecord } from './types.ts'

/** Models v1.PodLogOptions. */
export interface LogOptions {
  readonly follow?: boolean
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly tailLines?: number
  readonly limitBytes?: number
  readonly sinceSeconds?: number
  /** RFC 3339. */
  readonly sinceTime?: string
  readonly stream?: 'All' | 'Stdout' | 'Stderr'
}

/** A log: what there is, and for `follow` what comes. */
export interface LogStream {
  readonly text: string
  /** Calls back with more until the container has ended or `close` is called; undefined without `follow`. */
  readonly follow?: (onText: (text: string) => void, onEnd: () => void) => { close(): void }
}

interface Line {
  readonly time: string
  readonly stream: string
  readonly text: string
  readonly full: boolean
}

function parse(text: string): Line[] {
  const lines: Line[] = []
  for (const raw of text.split('\n')) {
    if (raw === '') continue
    const m = /^(\S+) (stdout|stderr) ([FP]) ?([\s\S]*)$/.exec(raw)
    if (m) lines.push({ time: m[1], stream: m[2], full: m[3] === 'F', text: m[4] })
  }
  return lines
}

const render = (lines: readonly Line[], timestamps: boolean): string =>
  lines.map((l) => `${timestamps ? `${l.time} ` : ''}${l.text}${l.full ? '\n' : ''}`).join('')

/** Reads a container's log as /containerLogs does. Throws Error with the kubelet's text. */
export function openLog(k: Kubelet, r: PodRecord, container: string, options: LogOptions): LogStream {
  let found: ReturnType<typeof runtimeStatus>
  try {
    found = runtimeStatus(k.cri, r.uid)
  } catch (error) {
    if (error instanceof GrpcError) throw new Error(`failed to try resolving symlinks in path: ${error.message}`)
    throw error
  }
  const wanted = containerIdOf(r, container, options.previous === true)
  const c = found.containers.find((x) => x.id === wanted)
  if (!c) return { text: `unable to retrieve container logs for containerd://${wanted}` }
  return read(k, c.logFile, options, c.state === 'CONTAINER_RUNNING' ? c.process : undefined)
}

const WAITING: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
}

/** Which container's log the pod's status points to. Models validateContainerLogStatus. Throws Error with the kubelet's text. */
function containerIdOf(r: PodRecord, container: string, previous: boolean): string {
  const { name } = r.pod.metadata
  const { status } = r
  const {
    state = {},
    lastState = {},
    containerID,
  } = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ].find((s: any) => s.name === container) ?? {}
  const ended: any = previous
    ? lastState.terminated
    : (state.terminated ?? (state.running ? undefined : lastState.terminated))
  const id: string | undefined = ended ? ended.containerID : previous ? undefined : state.running && containerID
  if (id) return id.replace('containerd://', '')
  if (previous || state.terminated)
    throw new Error(`previous terminated container "${container}" in pod "${name}" not found`)
  const reason = state.waiting?.reason ?? 'ContainerCreating'
  throw new Error(`container "${container}" in pod "${name}" is waiting to start: ${WAITING[reason] ?? reason}`)
}

function read(
  k: Kubelet,
  path: string,
  options: LogOptions,
  process: import('../../host/index.ts').Process | undefined,
): LogStream {
  const file = k.host.fs.find(path)
  if (file?.kind !== 'file') {
    if (process || file) return { text: '' }
    throw new Error(`failed to try resolving symlinks in path "${path}": lstat ${path}: no such file or directory`)
  }
  const since = options.sinceTime
    ? Date.parse(options.sinceTime)
    : options.sinceSeconds !== undefined
      ? k.now() - options.sinceSeconds * 1000
      : undefined
  const keep = (l: Line): boolean =>
    (since === undefined || Date.parse(l.time) >= since) &&
    (!options.stream || options.stream === 'All' || options.stream.toLowerCase() === l.stream)
  const raw = file.read()
  let lines = parse(raw).filter(keep)
  if (options.tailLines !== undefined) lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines)
  let text = render(lines, options.timestamps === true)
  if (options.limitBytes !== undefined) text = text.slice(0, options.limitBytes)
  if (!options.follow || !process) return { text }
  let seen = raw.length
  return {
    text,
    follow: (onText, onEnd) => {
      let done = false
      const pump = (): void => {
        const all = file.read()
        if (all.length < seen) seen = 0
        const more = render(parse(all.slice(seen)).filter(keep), options.timestamps === true)
        seen = all.length
        if (more) onText(more)
      }
      file.watchers ??= new Set()
      const watcher = (): void => {
        if (!done) pump()
      }
      file.watchers.add(watcher)
      const end = (): void => {
        if (done) return
        pump()
        done = true
        file.watchers?.delete(watcher)
        onEnd()
      }
      process.defer(() => k.kernel.soon(end))
      return {
        close: () => {
          done = true
          file.watchers?.delete(watcher)
        },
      }
    },
  }
}
