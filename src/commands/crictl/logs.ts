import { type Coro, Signal, waitFor } from '../../kernel/index.ts'
import { parseGoDuration } from '../../print/index.ts'
import { type Container, GrpcError } from '../../programs/containerd/index.ts'
import { type Context, Fatal } from './context.ts'
import type { Parsed } from './options.ts'

interface Line {
  readonly at: string
  readonly stream: string
  readonly text: string
  readonly full: boolean
}

function parse(text: string): Line[] {
  const out: Line[] = []
  for (const raw of text.split('\n')) {
    const m = /^(\S+) (stdout|stderr) ([FP]) ?([\s\S]*)$/.exec(raw)
    if (m) out.push({ at: m[1], stream: m[2], full: m[3] === 'F', text: m[4] })
  }
  return out
}

/** `crictl logs`: the file into which the shim writes a container's output; -f follows it. */
export function* logs(ctx: Context, o: Parsed): Coro {
  const [id] = o.args
  if (!id) throw new Fatal('ID cannot be empty')
  const cri = ctx.runtime()
  const since = sinceOf(ctx, o.get('since'))
  let c: Container
  try {
    c = cri.container(id)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    ctx.klog.error('remote_runtime.go:569', 'ContainerStatus from runtime service failed', error.message, {
      containerID: id,
    })
    throw new Fatal(error.message)
  }
  const path = o.has('previous')
    ? c.logFile.replace(/(\d+)\.log$/, (_, n) => `${Math.max(0, Number(n) - 1)}.log`)
    : c.logFile
  const file = ctx.p.fs.find(path)
  if (file?.kind !== 'file')
    throw new Fatal(
      `failed to try resolving symlinks in path ${JSON.stringify(path)}: lstat ${path}: no such file or directory`,
    )
  const stream = o.get('stream')
  const keep = (l: Line): boolean =>
    (since === undefined || Date.parse(l.at) >= since) && (!stream || l.stream === stream)
  const print = (l: Line): void => {
    const text = `${o.has('timestamps') ? `${l.at} ` : ''}${l.text}${l.full ? '\n' : ''}`
    ctx.p[l.stream as 'stdout' | 'stderr'].write(text)
  }
  const text = file.read()
  let lines = parse(text).filter(keep)
  const tail = o.number('tail', -1)
  if (tail >= 0) lines = tail === 0 ? [] : lines.slice(-tail)
  for (const l of lines) print(l)
  if (!o.has('follow') || !c.process) return
  let seen = text.length
  const changed = new Signal()
  const watcher = (): void => changed.fire()
  file.watchers ??= new Set()
  file.watchers.add(watcher)
  ctx.p.defer(() => file.watchers?.delete(watcher))
  for (;;) {
    const all = file.read()
    for (const l of parse(all.slice(Math.min(seen, all.length))).filter(keep)) print(l)
    seen = all.length
    if (!c.process) return
    yield* waitFor([changed, c.process.exited])
  }
}

/** `10s`, or a time. */
function sinceOf(ctx: Context, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[\d.]+(ns|us|ms|s|m|h)/.test(text)) return ctx.p.now() - parseGoDuration(text)
  const at = Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(at)) throw new Fatal(`failed to parse value as time or duration: ${JSON.stringify(text)}`)
  return at
}
