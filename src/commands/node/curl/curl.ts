import type { Program } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { deliver } from './deliver.ts'
import { METER_HEAD, METER_ZERO, spent } from './meter.ts'
import { type CurlOptions, parseCurl } from './options.ts'
import { buildRequest, readFile, tlsFiles, withQuery } from './request.ts'
import { header, headText } from './response.ts'
import { CurlError, type Plan, parseUrl, transfer } from './transfer.ts'
import { counted, note, traceRequest, traceResponse } from './verbose.ts'
import { type Report, writeOut } from './write-out.ts'

const VERSION =
  'curl 8.14.1 (x86_64-pc-linux-gnu) libcurl/8.14.1 OpenSSL/3.5.6 zlib/1.3.1 brotli/1.1.0 zstd/1.5.7 libidn2/2.3.8 libpsl/0.21.2 libssh2/1.11.1 nghttp2/1.64.0 nghttp3/1.8.0 librtmp/2.3 OpenLDAP/2.6.10\nRelease-Date: 2025-06-04, security patched: 8.14.1-2+deb13u2\n'

/** curl 8.14: HTTP and HTTPS. */
export const curl: Program = command('curl', function* (c) {
  const o = parseCurl(c.args)
  if (o.has('version')) {
    c.out(VERSION)
    return 0
  }
  if (o.has('help')) {
    c.out('Usage: curl [options...] <url>\n')
    return 0
  }
  if (o.urls.length === 0)
    throw new Fail("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information", 2)
  let status = 0
  const outputs = o.list('output')
  for (let i = 0; i < o.urls.length; i++) {
    status = yield* retrying(
      c,
      o,
      o.urls[i],
      outputs[i] ?? (outputs.length === 1 && o.urls.length === 1 ? outputs[0] : undefined),
    )
  }
  return status
})

function* retrying(c: Command, o: CurlOptions, url: string, output: string | undefined): Coro<number> {
  const retries = Number(o.get('retry') ?? 0)
  for (let attempt = 0; ; attempt++) {
    const status = yield* one(c, o, url, output)
    const again =
      status === 28 ||
      status === 6 ||
      status === 56 ||
      (status === 7 && o.has('retry-connrefused')) ||
      (status !== 0 && o.has('retry-all-errors'))
    if (!again || attempt >= retries) return status
    const delay = Number(o.get('retry-delay') ?? Math.min(600, 2 ** attempt))
    if (!o.has('silent') || o.has('show-error'))
      c.err(
        `Warning: Problem: ${status === 28 ? 'timeout' : 'connection refused'}. Will retry in ${delay} second${delay === 1 ? '' : 's'}. \nWarning: ${retries - attempt} ${retries - attempt === 1 ? 'retry' : 'retries'} left.\n`,
      )
    yield* sleep(c.host.kernel, delay * 1000)
  }
}

function* one(c: Command, o: CurlOptions, text: string, output: string | undefined): Coro<number> {
  const { kernel } = c.host
  const quiet = o.has('silent') || o.has('no-progress-meter')
  const target = o.has('remote-name') || o.has('remote-name-all') ? remoteName(text) : output
  const meter = !quiet && !(c.p.stdout.isTty && target === undefined)
  const report: Report = {
    code: 0,
    size: 0,
    url: text,
    redirects: 0,
    total: 0,
    start: kernel.now(),
    status: 0,
    error: '',
  }
  if (meter) c.err(METER_HEAD + METER_ZERO)
  try {
    yield* run(c, o, text, target, report, meter)
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
    report.status = error.code
    report.error = error.message
    report.total = kernel.now() - report.start
    if (meter) c.err(`${spent(report.total)}\n`)
    if (!o.has('silent') || o.has('show-error')) c.err(`curl: (${error.code}) ${error.message}\n`)
  }
  const format = o.get('write-out')
  if (format !== undefined) c.out(writeOut(format.startsWith('@') ? readFile(c.p, format.slice(1)) : format, report))
  return report.status
}

function remoteName(text: string): string {
  const name =
    text
      .replace(/[?#].*/, '')
      .replace(/^[a-z]+:\/\/[^/]*/, '')
      .split('/')
      .pop() ?? ''
  if (name === '')
    throw new Fail(
      'curl: Remote file name has no length!\ncurl: (23) Failed writing received data to disk/application',
      23,
    )
  return name
}

function* run(
  c: Command,
  o: CurlOptions,
  text: string,
  target: string | undefined,
  report: Report,
  meter: boolean,
): Coro {
  const { kernel } = c.host
  const seconds = (name: string): number | undefined =>
    o.has(name) ? Math.round(Number(o.get(name)) * 1000) : undefined
  let address = text
  let method =
    o.get('request') ??
    (o.has('head') ? 'HEAD' : o.data.length > 0 && !o.has('get') ? 'POST' : o.has('upload-file') ? 'PUT' : 'GET')
  for (;;) {
    const url = withQuery(parseUrl(address), o, c.p)
    const request = buildRequest(c.p, o, url, method)
    const plan: Plan = {
      url,
      request,
      note: (line) => note(o, c, line),
      data: (direction, bytes) => counted(o, c, direction, bytes),
      sent: (http2) => {
        if (o.has('verbose')) traceRequest(c, request, http2)
      },
      start: report.start,
      tls: tlsFiles(c.p, o, url),
      connectTimeout: seconds('connect-timeout'),
      deadline: seconds('max-time'),
      resolve: new Map(
        o.list('resolve').map((r) => {
          const [host, port, ...ip] = r.replace(/^\+/, '').split(':')
          return [`${host}:${port}`, ip.join(':')] as const
        }),
      ),
      sourceIp: /^\d+\./.test(o.get('interface') ?? '') ? o.get('interface') : undefined,
    }
    const t = yield* transfer(c.p, plan)
    if (t.response.old) note(o, c, 'HTTP 1.0, assume close after body')
    if (o.has('verbose')) traceResponse(c, t)
    report.transfer = t
    report.response = t.response
    report.code = t.response.status
    report.url = address
    const location = header(t.response, 'location')
    if (o.has('location') && location !== undefined && [301, 302, 303, 307, 308].includes(t.response.status)) {
      if (report.redirects++ >= Number(o.get('max-redirs') ?? 50))
        throw new CurlError(47, `Maximum (${o.get('max-redirs') ?? 50}) redirects followed`)
      if (o.has('include') || o.has('head')) c.out(headText(t, kernel.now()))
      address = /^[a-z]+:\/\//.test(location) ? location : `${url.scheme}://${url.host}:${url.port}${location}`
      if (t.response.status === 303 || (method === 'POST' && t.response.status <= 302)) method = 'GET'
      continue
    }
    yield* deliver(c, o, plan, t, target, report, meter)
    return
  }
}
