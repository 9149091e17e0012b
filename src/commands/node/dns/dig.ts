import { type DnsAnswer, lookup, type Program, readResolvConf, searchNames } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { utf8Length } from '../../../kernel/index.ts'
import { type Command, command } from '../lib/command.ts'
import { dateTime } from '../lib/time.ts'
import { ask, type RecordType, reverseName, TYPES } from './query.ts'

interface DigOptions {
  server: string | undefined
  name: string
  type: RecordType
  short: boolean
  search: boolean
  tcp: boolean
  time: number
  tries: number
  port: number
  /** Sections to print. */
  comments: boolean
  question: boolean
  stats: boolean
  answer: boolean
  cmd: boolean
}

/** BIND 9.20's dig. */
export const dig: Program = command('dig', function* (c) {
  const o: DigOptions = {
    server: undefined,
    name: '.',
    type: 'A',
    short: false,
    search: false,
    tcp: false,
    time: 5000,
    tries: 3,
    port: 53,
    comments: true,
    question: true,
    stats: true,
    answer: true,
    cmd: true,
  }
  let named = false
  for (let i = 0; i < c.args.length; i++) {
    const a = c.args[i]
    if (a.startsWith('@')) o.server = a.slice(1)
    else if (a === '-x') {
      o.name = reverseName(c.args[++i] ?? '') ?? c.args[i]
      o.type = 'PTR'
      named = true
    } else if (a === '-p') {
      const port = c.args[++i] ?? ''
      if (!/^\d+$/.test(port)) {
        c.out(`invalid port number '${port}': not a valid number\n`)
        return 1
      }
      o.port = Number(port)
    } else if (a === '-t') o.type = (c.args[++i] ?? 'A').toUpperCase() as RecordType
    else if (a === '-q' && c.args[i + 1] !== undefined) o.name = c.args[++i]
    else if (a === '-4' || a === '-6') continue
    else if (a === '-v') {
      c.err('DiG 9.20.26-1~deb13u1-Debian\n')
      return 0
    } else if (a.startsWith('+')) {
      if (!plus(o, a.slice(1))) {
        c.err(
          `Invalid option: ${a}\nUsage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            {global-d-opt} host [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\nUse "dig -h" (or "dig -h | more") for complete list of options\n`,
        )
        return 1
      }
    } else if (TYPES.includes(a.toUpperCase() as RecordType) && (named || a === a.toUpperCase()))
      o.type = a.toUpperCase() as RecordType
    else if (a === 'IN' || a === 'in') continue
    else {
      o.name = a
      named = true
    }
  }
  let server = o.server
  if (server !== undefined) {
    const found = yield* lookup(c.p, server)
    if (!found.ok) {
      c.out(`dig: couldn't get address for '${server}': not found\n`)
      return 10
    }
    server = found.ips[0]
  }
  return yield* query(c, o, server)
})

function plus(o: DigOptions, text: string): boolean {
  const [key, value] = text.split('=')
  const off = key.startsWith('no')
  const name = off ? key.slice(2) : key
  switch (name) {
    case 'short':
      o.short = !off
      return true
    case 'search':
      o.search = !off
      return true
    case 'tcp':
    case 'vc':
      o.tcp = !off
      return true
    case 'time':
    case 'timeout':
      o.time = Number(value) * 1000
      return true
    case 'tries':
      o.tries = Number(value)
      return true
    case 'retry':
      o.tries = Number(value) + 1
      return true
    case 'all':
      o.comments = o.question = o.stats = o.answer = !off
      return true
    case 'comments':
      o.comments = !off
      return true
    case 'question':
      o.question = !off
      return true
    case 'stats':
      o.stats = !off
      return true
    case 'answer':
      o.answer = !off
      return true
    case 'cmd':
      o.cmd = !off
      return true
    default:
      return [
        'recurse',
        'rec',
        'edns',
        'dnssec',
        'authority',
        'additional',
        'trace',
        'ndots',
        'identify',
        'multiline',
        'ttlid',
        'bufsize',
        'cookie',
        'ignore',
        'domain',
        'fail',
        'aaonly',
        'qr',
      ].includes(name)
  }
}

const FLAGS: Record<DnsAnswer['rcode'], string> = { NOERROR: 'qr', NXDOMAIN: 'qr', SERVFAIL: 'qr', REFUSED: 'qr' }

function* query(c: Command, o: DigOptions, server: string | undefined): Coro<number> {
  const names = o.search ? searchNames(o.name, readResolvConf(c.p.fs)) : [o.name.replace(/\.$/, '')]
  const banner =
    o.cmd && !o.short
      ? `\n; <<>> DiG 9.20.26-1~deb13u1-Debian <<>> ${c.args.join(' ')}\n${server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n`
      : ''
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    const r = yield* ask(
      c,
      { name, type: o.type },
      { server, port: o.port, tries: o.tries, timeout: o.time, tcp: o.tcp },
    )
    for (const line of r.errors) c.out(`${line}\n`)
    if (!r.answer) {
      c.out(o.short ? ';; no servers could be reached\n' : `${banner};; no servers could be reached\n`)
      return 9
    }
    if (r.answer.rcode === 'NXDOMAIN' && i + 1 < names.length) continue
    c.out(
      o.short
        ? r.answer.answers.map((a) => `${a.data}\n`).join('')
        : banner + full(c, o, name, r.answer, r.server, r.took),
    )
    return 0
  }
  return 0
}

function full(c: Command, o: DigOptions, name: string, a: DnsAnswer, server: string, took: number): string {
  const dot = (s: string): string => (s.endsWith('.') ? s : `${s}.`)
  const row = (...cells: readonly (readonly [column: number, text: string])[]): string => {
    let line = ''
    let at = 0
    for (const [column, text] of cells) {
      if (column > 0) {
        const to = Math.max(column, at + 1)
        const tabs = Math.floor(to / 8) - Math.floor(at / 8)
        line += tabs > 0 ? '\t'.repeat(tabs) + ' '.repeat(to % 8) : ' '.repeat(to - at)
        at = to
      }
      line += text
      at += text.length
    }
    return `${line}\n`
  }
  const target = (x: (typeof a.answers)[number]): string =>
    ['CNAME', 'PTR', 'NS'].includes(x.type) ? dot(x.data) : x.data
  const id = c.host.rng.int(65_536)
  let out = ''
  if (o.comments) {
    out += ';; Got answer:\n'
    if (/\.local\.?$/.test(name))
      out +=
        ';; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n'
    out += `;; ->>HEADER<<- opcode: QUERY, status: ${a.rcode}, id: ${id}\n`
    out += `;; flags: ${FLAGS[a.rcode]}${a.authoritative ? ' aa' : ''} rd ra; QUERY: 1, ANSWER: ${a.answers.length}, AUTHORITY: 0, ADDITIONAL: 1\n\n`
    out += ';; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n'
    if (a.extended) out += `; EDE: ${a.extended}\n`
  }
  if (o.question)
    out += `${o.comments ? ';; QUESTION SECTION:\n' : ''}${row([0, `;${dot(name)}`], [32, 'IN'], [40, o.type])}\n`
  if (o.answer && a.answers.length > 0) {
    const rows = a.answers
      .map((x) => row([0, dot(x.name)], [24, String(x.ttl)], [32, 'IN'], [40, x.type], [48, target(x)]))
      .join('')
    out += `${o.comments ? ';; ANSWER SECTION:\n' : ''}${rows}\n`
  }
  // What ends a search without an answer is shown without statistics.
  if (o.stats && !(o.search && a.rcode !== 'NOERROR')) {
    const size =
      12 +
      name.length +
      2 +
      4 +
      11 +
      a.answers.reduce((n, x) => n + 12 + (x.type === 'A' ? 4 : x.type === 'AAAA' ? 16 : utf8Length(x.data) + 2), 0)
    out += `;; Query time: ${took} msec\n;; SERVER: ${server}#${o.port}(${server}) (${o.tcp ? 'TCP' : 'UDP'})\n;; WHEN: ${dateTime(c.host.clock.now())}\n;; MSG SIZE  rcvd: ${size}\n\n`
  }
  return out
}

/** BIND's host. */
export const hostCommand: Program = command('host', function* (c) {
  let type: RecordType | undefined
  const words: string[] = []
  for (let i = 0; i < c.args.length; i++) {
    const a = c.args[i]
    if (a === '-t') type = (c.args[++i] ?? 'A').toUpperCase() as RecordType
    else if (a === '-W' || a === '-R' || a === '-N' || a === '-c') i++
    else if (!a.startsWith('-')) words.push(a)
  }
  const [name, wanted] = words
  if (name === undefined) {
    c.err(
      'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
    )
    return 1
  }
  const reverse = reverseName(name)
  const names = reverse ? [reverse] : searchNames(name, readResolvConf(c.p.fs))
  for (let i = 0; i < names.length; i++) {
    const kind = reverse ? 'PTR' : (type ?? 'A')
    const r = yield* ask(c, { name: names[i], type: kind }, { server: wanted, tries: 2 })
    for (const line of r.errors) c.out(`${line}\n`)
    if (!r.answer) {
      c.out(';; no servers could be reached\n')
      return 1
    }
    if (wanted !== undefined) c.out(`Using domain server:\nName: ${wanted}\nAddress: ${r.server}#53\nAliases: \n\n`)
    if (r.answer.rcode === 'NXDOMAIN' && i + 1 < names.length) continue
    if (r.answer.rcode !== 'NOERROR') {
      const codes = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 }
      c.out(`Host ${names[i]}${reverse ? '.' : ''} not found: ${codes[r.answer.rcode]}(${r.answer.rcode})\n`)
      return 1
    }
    const answers = r.answer.answers
    if (answers.length === 0) {
      c.out(`${names[i]} has no ${kind} record\n`)
      return 0
    }
    for (const a of answers) {
      const owner = a.name.replace(/\.$/, '')
      if (a.type === 'A') c.out(`${owner} has address ${a.data}\n`)
      else if (a.type === 'AAAA') c.out(`${owner} has IPv6 address ${a.data}\n`)
      else if (a.type === 'PTR') c.out(`${owner} domain name pointer ${a.data.replace(/\.?$/, '.')}\n`)
      else if (a.type === 'CNAME') c.out(`${owner} is an alias for ${a.data.replace(/\.?$/, '.')}\n`)
      else if (a.type === 'SRV') c.out(`${owner} has SRV record ${a.data}\n`)
      else c.out(`${owner} ${a.type} ${a.data}\n`)
    }
    return 0
  }
  return 1
})
