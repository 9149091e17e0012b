import { Fail } from '../lib/command.ts'
import { ABSENT_FLAGS, ABSENT_VALUES, refusal } from './option-values.ts'

/** Options that take a value: letter → long name. */
const VALUES: Record<string, string> = {
  A: 'user-agent',
  b: 'cookie',
  c: 'cookie-jar',
  C: 'continue-at',
  d: 'data',
  D: 'dump-header',
  e: 'referer',
  E: 'cert',
  F: 'form',
  H: 'header',
  K: 'config',
  m: 'max-time',
  o: 'output',
  r: 'range',
  T: 'upload-file',
  u: 'user',
  U: 'proxy-user',
  w: 'write-out',
  x: 'proxy',
  X: 'request',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
}
const FLAGS: Record<string, string> = {
  '0': 'http1.0',
  '1': 'tlsv1',
  '2': 'sslv2',
  '3': 'sslv3',
  '4': 'ipv4',
  '6': 'ipv6',
  f: 'fail',
  g: 'globoff',
  G: 'get',
  h: 'help',
  i: 'include',
  I: 'head',
  j: 'junk-session-cookies',
  J: 'remote-header-name',
  k: 'insecure',
  l: 'list-only',
  L: 'location',
  n: 'netrc',
  N: 'no-buffer',
  O: 'remote-name',
  p: 'proxytunnel',
  q: 'disable',
  R: 'remote-time',
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  V: 'version',
  Z: 'parallel',
  '#': 'progress-bar',
  a: 'append',
  B: 'use-ascii',
}
const LONG_VALUES = new Set([
  ...Object.values(VALUES),
  'url',
  'cacert',
  'capath',
  'key',
  'pass',
  'connect-timeout',
  'data-raw',
  'data-binary',
  'data-urlencode',
  'data-ascii',
  'json',
  'resolve',
  'retry',
  'retry-delay',
  'retry-max-time',
  'interface',
  'max-redirs',
  'noproxy',
  'oauth2-bearer',
  'unix-socket',
  'cert-type',
  'key-type',
  'ciphers',
  'tls-max',
  'limit-rate',
  'connect-to',
  'dns-servers',
  'proto',
  'proto-redir',
  'output-dir',
  'keepalive-time',
  'local-port',
  'request-target',
  'url-query',
  'variable',
  'socks5',
  'socks5-hostname',
  'expect100-timeout',
])
const LONG_FLAGS = new Set([
  ...Object.values(FLAGS),
  'fail-with-body',
  'http1.1',
  'http2',
  'http2-prior-knowledge',
  'http3',
  'tlsv1.0',
  'tlsv1.1',
  'tlsv1.2',
  'tlsv1.3',
  'compressed',
  'create-dirs',
  'raw',
  'tcp-nodelay',
  'retry-connrefused',
  'retry-all-errors',
  'no-progress-meter',
  'progress-meter',
  'basic',
  'path-as-is',
  'remote-name-all',
  'ssl-reqd',
  'location-trusted',
  'post301',
  'post302',
  'fail-early',
  'no-keepalive',
  'tcp-fastopen',
  'trace-time',
])

/** curl's command line: options may stand anywhere. */
export interface CurlOptions {
  readonly urls: readonly string[]
  has(name: string): boolean
  get(name: string): string | undefined
  list(name: string): string[]
  /** Request bodies in order, with their option. */
  readonly data: readonly (readonly [string, string])[]
}

/** Takes the command line apart (src/tool_getparam.c). Throws Fail 2. */
export function parseCurl(args: readonly string[]): CurlOptions {
  const seen: [string, string][] = []
  const urls: string[] = []
  const fail = (message: string): never => {
    throw new Fail(`curl: ${message}\ncurl: try 'curl --help' or 'curl --manual' for more information`, 2)
  }
  const value = (option: string, i: number): string => args[i] ?? fail(`option ${option}: requires parameter`)
  const put = (option: string, name: string, text: string): void => {
    const why = refusal(name, text)
    if (why !== undefined) fail(`option ${option}: ${why}`)
    seen.push([name, text])
  }
  const absent = (option: string): never => {
    throw new Fail(`curl: not simulated: ${option}`, 127)
  }
  let only = false
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (arg === '') fail('option : blank argument where content is expected')
    else if (only || arg === '-' || !arg.startsWith('-')) urls.push(arg)
    else if (arg === '--') only = true
    else if (arg.startsWith('--')) {
      const name = arg.slice(2)
      const bare = name.replace(/^no-/, '')
      if (LONG_VALUES.has(name)) put(arg, name, value(arg, ++i))
      else if (ABSENT_VALUES.has(name)) {
        const why = refusal(name, value(arg, ++i))
        if (why === undefined) absent(arg)
        fail(`option ${arg}: ${why}`)
      } else if (ABSENT_FLAGS.has(name) || ABSENT_FLAGS.has(bare)) absent(arg)
      else if (LONG_FLAGS.has(name)) seen.push([name, ''])
      else if (name !== bare && LONG_FLAGS.has(bare)) seen.splice(0, seen.length, ...seen.filter(([k]) => k !== bare))
      else fail(`option ${arg}: is unknown`)
    } else
      for (let j = 1; j < arg.length; j++) {
        const letter = arg[j]
        if (VALUES[letter]) {
          put(`-${letter}`, VALUES[letter], j + 1 < arg.length ? arg.slice(j + 1) : value(`-${letter}`, ++i))
          break
        }
        if ('PQtM:'.includes(letter)) absent(`-${letter}`)
        if (!FLAGS[letter]) fail(`option ${arg}: is unknown`)
        seen.push([FLAGS[letter], ''])
      }
  }
  urls.push(...seen.filter(([k]) => k === 'url').map(([, v]) => v))
  return {
    urls,
    has: (name) => seen.some(([k]) => k === name),
    get: (name) => seen.findLast(([k]) => k === name)?.[1],
    list: (name) => seen.filter(([k]) => k === name).map(([, v]) => v),
    data: seen.filter(([k]) => /^(data|json)/.test(k)),
  }
}
