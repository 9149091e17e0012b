import { lookup, type Program, readResolvConf } from '../../../host/index.ts'
import { command } from '../lib/command.ts'
import { ask, type RecordType, reverseName } from './query.ts'

/** busybox's nslookup (1.36, the big one): asks for the name as it is and then with the search list for A and AAAA. */
export const busyboxNslookup: Program = command('busybox-nslookup', function* (c) {
  const words: string[] = []
  let types: RecordType[] = ['A', 'AAAA']
  for (const a of c.args) {
    const m = /^-(?:type|querytype|q)=(\w+)$/i.exec(a)
    if (m) types = [m[1].toUpperCase() as RecordType]
    else if (!a.startsWith('-')) words.push(a)
  }
  const [name, wanted] = words
  if (name === undefined) {
    c.err(
      'BusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n',
    )
    return 1
  }
  let server: string | undefined
  if (wanted !== undefined) {
    const found = yield* lookup(c.p, wanted)
    if (!found.ok) {
      c.err(`nslookup: bad address '${wanted}'\n`)
      return 1
    }
    server = found.ips[0]
  }
  const conf = readResolvConf(c.p.fs)
  const reverse = reverseName(name)
  if (reverse) types = ['PTR']
  // Without a dot the search list is used, otherwise the name as given.
  const names = reverse ? [reverse] : name.includes('.') ? [name] : [...conf.search.map((d) => `${name}.${d}`)]
  if (names.length === 0) names.push(name)
  const results: string[] = []
  let failed = false
  let used = server ?? conf.servers[0]
  for (const type of types)
    for (const candidate of names) {
      const r = yield* ask(c, { name: candidate, type }, { server, tries: 3, timeout: 5000 })
      used = r.server
      if (!r.answer) {
        c.out(';; connection timed out; no servers could be reached\n\n')
        return 1
      }
      if (r.answer.rcode !== 'NOERROR') {
        failed = true
        results.push(`** server can't find ${candidate}: ${r.answer.rcode}\n\n`)
        continue
      }
      const lines = r.answer.answers.map((a) =>
        a.type === 'A' || a.type === 'AAAA'
          ? `Name:\t${a.name.replace(/\.$/, '')}\nAddress: ${a.data}\n`
          : a.type === 'PTR'
            ? `${a.name.replace(/\.$/, '')}\tname = ${a.data.replace(/\.$/, '')}\n`
            : a.type === 'CNAME'
              ? `${a.name.replace(/\.$/, '')}\tcanonical name = ${a.data.replace(/\.$/, '')}\n`
              : `${a.name.replace(/\.$/, '')}\t${a.type.toLowerCase()} = ${a.data}\n`,
      )
      results.push(lines.length > 0 ? `${lines.join('')}\n` : '\n')
    }
  c.out(`Server:\t\t${used}\nAddress:\t${used}:53\n\n${results.join('')}`)
  return failed ? 1 : 0
})
