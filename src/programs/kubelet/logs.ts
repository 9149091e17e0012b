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
  const own = found.containers.filter((c) => c.config.name === container)
  const name = r.pod.metadata.name
  if (options.previous) {
    const before = own.find(
      (c) =>
        c.state === 'CONTAINER_EXITED' &&
        c !==
          (own[0]?.state === 'CONTAINER_EXITED' && own.length > 1 && !r.reasons.has(container) ? own[0] : undefined),
    )
    const target = before ?? (r.reasons.has(container) ? own[0] : undefined)
    if (!target || target.state !== 'CONTAINER_EXITED')
      throw new Error(`previous terminated container "${container}" in pod "${name}" not found`)
    return read(k, target.logFile, target.id, options, undefined)
  }
  const reason = r.reasons.get(container)
  const c = own[0]
  if (!c) {
    const status = r.status
    const all = [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ]
    const waiting = all.find((s: any) => s.name === container)?.state?.waiting
    const why = reason?.reason ?? waiting?.reason ?? 'ContainerCreating'
    if (why === 'ErrImagePull' || why === 'ImagePullBackOff')
      throw new Error(
        `container "${container}" in pod "${name}" is waiting to start: ${why === 'ErrImagePull' ? "image can't be pulled" : 'trying and failing to pull image'}`,
      )
    throw new Error(`container "${container}" in pod "${name}" is waiting to start: ${why}`)
  }
  return read(k, c.logFile, c.id, options, c.state === 'CONTAINER_RUNNING' ? c.process : undefined)
}

function read(
  k: Kubelet,
  path: string,
  id: string,
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
  void id
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
