import {
  answering,
  Blocked,
  CONNECT_ERRORS,
  connect,
  gaiError,
  type HttpResponse,
  lookup,
  type Process,
  type Program,
  SysError,
  starve,
} from '../../../host/index.ts'
import { type Coro, sleep, utf8Length, waitFor } from '../../../kernel/index.ts'
import { tlsHandshake } from '../../../pki/index.ts'
import { bodyText } from '../curl/response.ts'
import { STATUS_TEXT } from '../curl/status-text.ts'
import { CurlError, parseUrl, type Url } from '../curl/transfer.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { clock, isoDate } from '../lib/time.ts'

class Stopped extends Error {
  constructor(
    readonly kind: 'name' | 'refused' | 'timeout' | 'unreachable' | 'tls' | 'empty',
    readonly text: string,
  ) {
    super(text)
  }
}

interface Got {
  readonly response: HttpResponse
  readonly ip: string
  readonly url: Url
}

/** Resolves, connects and fetches; the tools differ in what they say about it. */
function* fetch(
  p: Process,
  url: Url,
  timeout: number | undefined,
  o: { insecure: boolean; method: string; body?: string; headers: Record<string, string>; note?: (ip: string) => void },
): Coro<Got> {
  const r = yield* lookup(p, url.host)
  if (!r.ok) throw new Stopped('name', gaiError(r))
  const ip = r.ips[0]
  o.note?.(ip)
  const start = p.host.kernel.now()
  const c = yield* connect(p, ip, url.port, timeout)
  if (c.outcome === 'failed') {
    const kind =
      c.error === 'ECONNREFUSED'
        ? 'refused'
        : c.error === 'timeout' || c.error === 'ETIMEDOUT'
          ? 'timeout'
          : 'unreachable'
    throw new Stopped(kind, CONNECT_ERRORS[c.error])
  }
  const { service } = c.socket
  if (!(yield* answering(c.socket, timeout === undefined ? undefined : start + timeout)))
    throw new Stopped('timeout', 'Connection timed out')
  const server = service.tls?.()
  if (url.scheme === 'https') {
    if (!server) throw new Stopped('tls', 'wrong version number')
    const hello = tlsHandshake(
      server,
      { serverName: url.host, insecure: o.insecure, stack: 'openssl' },
      c.socket.process?.now() ?? p.now(),
      p.now(),
    )
    if (!hello.ok) throw new Stopped('tls', hello.clientReason ?? 'handshake')
  }
  if (!service.http) throw new Stopped('empty', 'No data received.')
  for (;;) {
    try {
      const standard = (url.scheme === 'http' && url.port === 80) || (url.scheme === 'https' && url.port === 443)
      const response = service.http(
        {
          method: o.method,
          path: url.path,
          headers: { host: standard ? url.host : `${url.host}:${url.port}`, 'user-agent': 'Wget', ...o.headers },
          body: o.body,
        },
        c.peer,
      )
      if (c.rtt >= 1) yield* sleep(p.host.kernel, Math.round(c.rtt))
      if (c.blackhole && utf8Length(bodyText(response)) + 200 > c.pathMtu) {
        yield* starve(p, c, timeout === undefined ? undefined : p.host.kernel.now() + timeout)
        throw new Stopped('timeout', 'Connection timed out')
      }
      return { response, ip, url }
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      const until = timeout === undefined ? undefined : start + timeout
      yield* waitFor(error.retry, until)
      if (until !== undefined && p.host.kernel.now() >= until) throw new Stopped('timeout', 'Connection timed out')
    }
  }
}

function options(c: Command, table: Parameters<typeof getopt>[1]): Options {
  try {
    return getopt(c.args, table)
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(
        `wget: ${error.message}\nUsage: wget [OPTION]... [URL]...\n\nTry \`wget --help' for more options.`,
        2,
      )
    throw error
  }
}

const headersOf = (o: Options): Record<string, string> =>
  Object.fromEntries(
    o.list('header').map((h) => [h.slice(0, h.indexOf(':')).trim().toLowerCase(), h.slice(h.indexOf(':') + 1).trim()]),
  )

function save(p: Process, path: string, text: string): void {
  if (path === '-') p.stdout.write(text)
  else p.fs.writeFile(path, text, { cwd: p.cwd, creds: p.creds })
}

const parsed = (text: string): Url => {
  try {
    return parseUrl(text)
  } catch (error) {
    if (error instanceof CurlError) throw new Fail(`wget: not an http or ftp url: ${text}`)
    throw error
  }
}

/** busybox's wget 1.36. */
export const busyboxWget: Program = command('busybox-wget', function* (c) {
  const o = options(c, {
    short: 'qO:T:cSU:P:Y:t:o:n:',
    long: {
      'timeout=': 'T',
      'output-document=': 'O',
      spider: 'spider',
      quiet: 'q',
      'header=': 'header',
      'post-data=': 'post',
      'post-file=': 'postfile',
      'no-check-certificate': 'k',
      'server-response': 'S',
      continue: 'c',
      'user-agent=': 'U',
      'tries=': 't',
      'no-clobber': 'nc',
    },
  })
  const address = o.args[0]
  if (address === undefined)
    throw new Fail(
      'BusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]',
    )
  const timeout = o.has('T') ? Number(o.get('T')) * 1000 : 900_000
  const quiet = o.has('q')
  let url = parsed(address)
  for (let redirects = 0; ; redirects++) {
    try {
      const got = yield* fetch(c.p, url, timeout, {
        insecure: o.has('k') || url.scheme === 'https',
        method: o.has('post') ? 'POST' : o.has('spider') ? 'HEAD' : 'GET',
        body: o.get('post'),
        headers: headersOf(o),
        note: (ip) => {
          if (!quiet)
            c.err(
              `Connecting to ${url.host}${url.port === 80 || url.port === 443 ? '' : `:${url.port}`} (${ip}:${url.port})\n`,
            )
        },
      })
      const { response } = got
      const location = Object.entries(response.headers ?? {}).find(([k]) => k.toLowerCase() === 'location')?.[1]
      if (location !== undefined && response.status >= 300 && response.status < 400 && redirects < 5) {
        url = parsed(/^[a-z]+:/.test(location) ? location : `${url.scheme}://${url.host}:${url.port}${location}`)
        continue
      }
      if (o.has('S')) c.err(`  HTTP/1.1 ${response.status} ${STATUS_TEXT[response.status] ?? ''}\n`)
      if (response.status >= 400)
        throw new Fail(`wget: server returned error: HTTP/1.1 ${response.status} ${STATUS_TEXT[response.status] ?? ''}`)
      if (o.has('spider')) {
        if (!quiet) c.err('remote file exists\n')
        return 0
      }
      const text = bodyText(response)
      const name = o.get('O') ?? (url.path.split('?')[0].split('/').pop() || 'index.html')
      if (o.get('O') === undefined && c.p.fs.exists(name, c.p.cwd))
        throw new Fail(`wget: can't open '${name}': File exists`)
      try {
        save(c.p, name, text)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        throw new Fail(`wget: can't open '${name}': ${error.strerror}`)
      }
      if (!quiet) {
        const size = utf8Length(text)
        if (name === '-')
          c.err(
            `writing to stdout\n-                    100% |********************************| ${String(size).padStart(5)}  0:00:00 ETA\nwritten to stdout\n`,
          )
        else
          c.err(
            `saving to '${name}'\n${name.slice(0, 20).padEnd(20)} 100% |********************************| ${String(size).padStart(5)}  0:00:00 ETA\n'${name}' saved\n`,
          )
      }
      return 0
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      if (error.kind === 'name') throw new Fail(`wget: bad address '${url.host}'`)
      if (error.kind === 'timeout') throw new Fail('wget: download timed out')
      if (error.kind === 'tls') throw new Fail('wget: error getting response: Connection reset by peer')
      if (error.kind === 'empty') throw new Fail('wget: error getting response: Invalid argument')
      const r = yield* lookup(c.p, url.host)
      throw new Fail(`wget: can't connect to remote host (${r.ok ? r.ips[0] : url.host}): ${error.text}`)
    }
  }
})

/** GNU wget 1.25. */
export const wget: Program = command('wget', function* (c) {
  const o = options(c, {
    short: 'qO:T:cSU:P:t:o:i:NvrkLnbB:',
    long: {
      'timeout=': 'T',
      'connect-timeout=': 'T',
      'output-document=': 'O',
      spider: 'spider',
      quiet: 'q',
      'header=': 'header',
      'post-data=': 'post',
      'method=': 'method',
      'body-data=': 'post',
      'no-check-certificate': 'k',
      'server-response': 'S',
      continue: 'c',
      'user-agent=': 'U',
      'tries=': 't',
      'show-progress': 'progress',
      'progress=': 'progress',
      'no-verbose': 'nv',
      'https-only': 'x',
      timestamping: 'N',
      'directory-prefix=': 'P',
      'output-file=': 'o',
      'content-on-error': 'content',
      version: 'V',
      'ca-certificate=': 'ca',
      'no-clobber': 'nc',
      'retry-connrefused': 'rc',
      'max-redirect=': 'mr',
    },
  })
  if (o.has('V')) {
    c.out('GNU Wget 1.25.0 built on linux-gnu.\n')
    return 0
  }
  if (o.args.length === 0)
    throw new Fail("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.", 1)
  let status = 0
  for (const address of o.args) status = (yield* gnu(c, o, address)) || status
  return status
})

function* gnu(c: Command, o: Options, address: string): Coro<number> {
  const quiet = o.has('q')
  const say = (text: string): void => {
    if (!quiet) c.err(text)
  }
  let url = parsed(address)
  const tries = Number(o.get('t') ?? 20) || 20
  const shown = /^[a-z]+:\/\//.test(address) ? address : `http://${address}`
  let at = shown.includes('/', shown.indexOf('//') + 2) ? shown : `${shown}/`
  for (let attempt = 1, redirects = 0; ; ) {
    const now = c.host.clock.now()
    say(
      attempt > 1
        ? `--${isoDate(now)} ${clock(now)}--  (try:${String(attempt).padStart(2)})  ${at}\n`
        : `--${isoDate(now)} ${clock(now)}--  ${at}\n`,
    )
    const literal = /^\d+\.\d+\.\d+\.\d+$/.test(url.host)
    if (!literal) say(`Resolving ${url.host} (${url.host})... `)
    try {
      const got = yield* fetch(c.p, url, o.has('T') ? Number(o.get('T')) * 1000 : 900_000, {
        insecure: o.has('k'),
        method: o.get('method') ?? (o.has('post') ? 'POST' : o.has('spider') ? 'HEAD' : 'GET'),
        body: o.get('post'),
        headers: headersOf(o),
        note: (ip) =>
          say(
            `${literal ? '' : `${ip}\n`}Connecting to ${url.host}${literal ? '' : ` (${url.host})|${ip}|`}:${url.port}... `,
          ),
      })
      say('connected.\nHTTP request sent, awaiting response... ')
      const { response } = got
      say(`${response.status} ${STATUS_TEXT[response.status] ?? ''}\n`)
      const location = Object.entries(response.headers ?? {}).find(([k]) => k.toLowerCase() === 'location')?.[1]
      if (location !== undefined && response.status >= 300 && response.status < 400 && redirects++ < 20) {
        say(`Location: ${location} [following]\n`)
        at = /^[a-z]+:/.test(location) ? location : `${url.scheme}://${url.host}:${url.port}${location}`
        url = parsed(at)
        continue
      }
      if (o.has('spider')) {
        say(response.status >= 400 ? 'Remote file does not exist -- broken link!!!\n\n' : 'Remote file exists.\n\n')
        return response.status >= 400 ? 8 : 0
      }
      if (response.status >= 400) {
        say(`${isoDate(now)} ${clock(now)} ERROR ${response.status}: ${STATUS_TEXT[response.status] ?? ''}.\n\n`)
        return 8
      }
      const text = bodyText(response)
      const size = utf8Length(text)
      const name =
        o.get('O') ?? `${o.has('P') ? `${o.get('P')}/` : ''}${url.path.split('?')[0].split('/').pop() || 'index.html'}`
      const type = Object.entries(response.headers ?? {})
        .find(([k]) => k.toLowerCase() === 'content-type')?.[1]
        ?.split(';')[0]
      say(`Length: ${size}${type ? ` [${type}]` : ''}\nSaving to: ‘${name === '-' ? 'STDOUT' : name}’\n\n`)
      save(c.p, name, text)
      say(
        `${(name === '-' ? '-' : name).slice(0, 20).padEnd(20)}100%[===================>] ${String(size).padStart(7)}  --.-KB/s    in 0s      \n\n${isoDate(now)} ${clock(now)} (1.50 MB/s) - ${name === '-' ? 'written to stdout' : `‘${name}’ saved`} [${size}/${size}]\n\n`,
      )
      return 0
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      if (error.kind === 'name') {
        say(`failed: ${error.text}.\n`)
        c.err(quiet ? '' : `wget: unable to resolve host address ‘${url.host}’\n`)
        return 4
      }
      if (error.kind === 'tls') {
        const why =
          error.text === 'expired'
            ? '  Issued certificate has expired.'
            : error.text === 'host'
              ? ''
              : "  Unable to locally verify the issuer's authority."
        c.err(
          `connected.\nERROR: cannot verify ${url.host}'s certificate.\n${why}\nTo connect to ${url.host} insecurely, use \`--no-check-certificate'.\n`,
        )
        return 5
      }
      say(`failed: ${error.text}.\n`)
      if (error.kind !== 'timeout' || attempt >= tries) return 4
      say('Retrying.\n\n')
      yield* sleep(c.host.kernel, Math.min(10, attempt) * 1000)
      attempt++
    }
  }
}
