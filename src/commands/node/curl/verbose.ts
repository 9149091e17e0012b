import type { HttpRequest } from '../../../host/index.ts'
import type { Command } from '../lib/command.ts'
import type { CurlOptions } from './options.ts'
import { header, headText, titled } from './response.ts'
import type { Plan, Transfer } from './transfer.ts'

/** A line of -v. How many bytes went by is for those only who do not see the bytes themselves. */
export function note(o: CurlOptions, c: Command, line: string): void {
  if (o.has('verbose')) c.err(`* ${c.p.stdout.isTty ? line.replace(/\n[{}] \[.*/, '') : line}\n`)
}

/** How many bytes went by, under -v. */
export function counted(o: CurlOptions, c: Command, direction: 'in' | 'out', bytes: number): void {
  if (o.has('verbose') && !c.p.stdout.isTty) c.err(`${direction === 'in' ? '{' : '}'} [${bytes} bytes data]\n`)
}

/** What -v says of a connection at the end: kept, or closed because one side wants that. */
export function parted(o: CurlOptions, c: Command, plan: Plan, t: Transfer): void {
  const closes = t.response.old || header(t.response, 'connection')?.toLowerCase() === 'close'
  if (!closes) return note(o, c, `Connection #0 to host ${plan.url.host} left intact`)
  if (!t.response.old) {
    note(o, c, 'we are done reading and this is set to close, stop send')
    note(o, c, 'abort upload')
  }
  note(o, c, 'shutting down connection #0')
}

/** `> ` lines. */
export function traceRequest(c: Command, request: HttpRequest, http2: boolean): void {
  c.err(
    `> ${request.method} ${request.path} ${http2 ? 'HTTP/2' : 'HTTP/1.1'}\r\n${Object.entries(request.headers ?? {})
      .map(([k, v]) => `> ${titled(k)}: ${v}\r\n`)
      .join('')}> \r\n`,
  )
}

/** `< ` lines. */
export function traceResponse(c: Command, t: Transfer): void {
  const lines = headText(t, c.host.clock.now()).split('\r\n').slice(0, -1)
  c.err(lines.map((l) => `< ${l}\r\n`).join(''))
}
