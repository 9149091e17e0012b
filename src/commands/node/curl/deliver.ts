import { SysError, starve } from '../../../host/index.ts'
import { type Coro, type Signal, utf8Length, waitFor } from '../../../kernel/index.ts'
import type { Command } from '../lib/command.ts'
import type { CurlOptions } from './options.ts'
import { bodyText, header, headText } from './response.ts'
import { CurlError, type Plan, type Transfer } from './transfer.ts'
import { counted, note, parted } from './verbose.ts'
import type { Report } from './write-out.ts'

/** The last answer goes where it belongs: headers as asked for, the body to `target` or stdout, a stream until its end. Throws CurlError. */
export function* deliver(
  c: Command,
  o: CurlOptions,
  plan: Plan,
  t: Transfer,
  target: string | undefined,
  report: Report,
  meter: boolean,
): Coro {
  const { kernel } = c.host
  const { response } = t
  const body = plan.request.method === 'HEAD' ? '' : bodyText(response)
  const size = utf8Length(body)
  if (o.has('include') || o.has('head')) c.out(headText(t, c.host.clock.now(), size))
  if (o.has('dump-header')) {
    const path = o.get('dump-header')!
    if (path === '-') c.out(headText(t, c.host.clock.now(), size))
    else c.p.fs.writeFile(path, headText(t, c.host.clock.now(), size), { cwd: c.p.cwd, creds: c.p.creds })
  }
  if (o.has('fail') && response.status >= 400)
    throw new CurlError(22, `The requested URL returned error: ${response.status}`)
  if (t.connection.blackhole && size + 200 > t.connection.pathMtu) {
    yield* starve(c.p, t.connection, plan.deadline === undefined ? undefined : plan.start + plan.deadline)
    report.total = kernel.now() - report.start
    const problem = `Operation timed out after ${report.total + 2} milliseconds with 0 out of ${size} bytes received`
    note(o, c, problem)
    note(o, c, 'closing connection #0')
    throw new CurlError(28, problem)
  }
  report.size = size
  if (size > 0) counted(o, c, 'in', size)
  write(c, target, body)
  report.total = kernel.now() - report.start
  if (meter) {
    const shown = String(size).padStart(5)
    if (plan.request.method === 'HEAD') {
      const announced = header(response, 'content-length') ?? String(utf8Length(bodyText(response)))
      c.err(`\r  0 ${announced.padStart(5)}    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n`)
      return
    }
    c.err(
      `\r100 ${shown}  100 ${shown}    0     0  ${String(Math.round(size / Math.max(0.002, report.total / 1000))).padStart(5)}      0 --:--:-- --:--:-- --:--:-- ${String(Math.round(size / 0.002)).padStart(5)}\n`,
    )
  }
  if (response.stream) yield* follow(c, plan, response.stream)
  parted(o, c, plan, t)
  if (o.has('fail-with-body') && response.status >= 400)
    throw new CurlError(22, `The requested URL returned error: ${response.status}`)
}

interface Stream {
  readonly closed: boolean
  readonly arrived: Signal
  take(): unknown
  cancel(): void
}

/** A watch or a followed log: one line an item until the server ends it. */
function* follow(c: Command, plan: Plan, stream: unknown): Coro {
  const s = stream as Stream
  if (typeof s.take !== 'function' || !s.arrived) return
  c.p.defer(() => s.cancel())
  for (;;) {
    for (let item = s.take(); item !== undefined; item = s.take())
      c.out(typeof item === 'string' ? item : `${JSON.stringify(item)}\n`)
    if (s.closed) return
    const until = plan.deadline === undefined ? undefined : plan.start + plan.deadline
    yield* waitFor(s.arrived, until)
    if (until !== undefined && c.host.kernel.now() >= until)
      throw new CurlError(
        28,
        `Operation timed out after ${c.host.kernel.now() - plan.start} milliseconds with 0 bytes received`,
      )
  }
}

function write(c: Command, target: string | undefined, body: string): void {
  if (target === undefined || target === '-') return c.out(body)
  try {
    c.p.fs.writeFile(target, body, { cwd: c.p.cwd, creds: c.p.creds })
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    c.err(`Warning: Failed to open the file ${target}: ${error.strerror}\n`)
    throw new CurlError(23, 'client returned ERROR on write, 2 bytes were not written')
  }
}
