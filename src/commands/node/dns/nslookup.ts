import { lookup, type Program, readResolvConf, searchNames } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Command, command } from '../lib/command.ts'
import { type Asked, ask, type RecordType, reverseName, TYPES } from './query.ts'

/** BIND 9.20's nslookup (one question; the interactive mode is not simulated). */
export const nslookup: Program = command('nslookup', function* (c) {
  let type: RecordType | undefined
  let timeout = 5000
  let port = 53
  const words: string[] = []
  for (const a of c.args) {
    const m = /^-(?:type|query|querytype|q|ty)=(\w+)$/i.exec(a)
    if (m) {
      const wanted = m[1].toUpperCase() as RecordType
      if (!TYPES.includes(wanted)) c.out(`unknown query type: ${m[1]}\n`)
      else type = wanted
    } else if (/^-timeout=\d+$/.test(a)) timeout = Number(a.split('=')[1]) * 1000
    else if (/^-port=\d+$/.test(a)) port = Number(a.split('=')[1])
    else if (!a.startsWith('-') || a === '-') words.push(a)
    else if (!/^-(debug|nodebug|recurse|norecurse|vc|novc|search|nosearch|d2|retry=\d+)$/.test(a))
      c.out(`*** Invalid option: ${a.slice(1)}\n`)
  }
  const [name, wantedServer] = words
  if (name === undefined || name === '-') {
    c.out('> ')
    return 0
  }
  let server: string | undefined
  if (wantedServer !== undefined) {
    const found = yield* lookup(c.p, wantedServer)
    if (!found.ok) {
      c.out(`nslookup: couldn't get address for '${wantedServer}': not found\n`)
      return 1
    }
    server = found.ips[0]
  }
  return yield* answerOne(c, name, type, { server, port, timeout, label: wantedServer ?? server })
})

function* answerOne(
  c: Command,
  name: string,
  type: RecordType | undefined,
  o: { server: string | undefined; port: number; timeout: number; label: string | undefined },
): Coro<number> {
  const reverse = reverseName(name)
  const names = reverse ? [reverse] : searchNames(name, readResolvConf(c.p.fs))
  const kinds: RecordType[] = reverse ? ['PTR'] : type ? [type] : ['A', 'AAAA']
  let shown = false
  const head = (r: Asked): void => {
    if (!shown) c.out(`Server:\t\t${o.label ?? r.server}\nAddress:\t${r.server}#${o.port}\n\n`)
    shown = true
  }
  for (let i = 0; i < names.length; i++) {
    const candidate = names[i]
    const r = yield* ask(c, { name: candidate, type: kinds[0] }, o)
    for (const line of r.errors) c.out(`${line}\n`)
    if (!r.answer) {
      c.out(';; no servers could be reached\n\n')
      return 1
    }
    const { rcode, answers } = r.answer
    if (rcode === 'NXDOMAIN' && i + 1 < names.length) continue
    head(r)
    if (rcode !== 'NOERROR') {
      c.out(`** server can't find ${rcode === 'NXDOMAIN' ? (reverse ?? candidate) : candidate}: ${rcode}\n\n`)
      return 1
    }
    const lines = render(answers)
    if (kinds.length > 1) {
      const six = yield* ask(c, { name: candidate, type: 'AAAA' }, o)
      if (six.answer?.rcode === 'NOERROR') lines.push(...render(six.answer.answers.filter((a) => a.type === 'AAAA')))
    }
    if (lines.length === 0) {
      c.out(`*** Can't find ${name}: No answer\n\n`)
      return 1
    }
    if (!r.answer.authoritative && !reverse) c.out('Non-authoritative answer:\n')
    c.out(`${lines.join('')}\n`)
    return 0
  }
  return 1
}

function render(answers: readonly { name: string; type: string; data: string }[]): string[] {
  return answers.map((a) => {
    const dot = (s: string): string => (s.endsWith('.') ? s : `${s}.`)
    switch (a.type) {
      case 'A':
      case 'AAAA':
        return `Name:\t${a.name.replace(/\.$/, '')}\nAddress: ${a.data}\n`
      case 'CNAME':
        return `${a.name.replace(/\.$/, '')}\tcanonical name = ${dot(a.data)}\n`
      case 'PTR':
        return `${a.name.replace(/\.$/, '')}\tname = ${dot(a.data)}\n`
      case 'SRV':
        return `${a.name.replace(/\.$/, '')}\tservice = ${a.data}\n`
      case 'TXT':
        return `${a.name.replace(/\.$/, '')}\ttext = ${a.data}\n`
      case 'MX':
        return `${a.name.replace(/\.$/, '')}\tmail exchanger = ${a.data}\n`
      case 'NS':
        return `${a.name.replace(/\.$/, '')}\tnameserver = ${dot(a.data)}\n`
      default:
        return `${a.name.replace(/\.$/, '')}\n\t${a.data}\n`
    }
  })
}
