import type { DnsAnswer, DnsQuestion, Peer, Process } from '../../host/index.ts'
import { CorefileError, type Directive } from './corefile.ts'

/** What handles a query; undefined hands it to the next plugin. */
export type Handler = (q: DnsQuestion, peer: Peer) => DnsAnswer | undefined

/** The hosts plugin: names from its block, or from a file in /etc/hosts format. */
export function hosts(p: Process, d: Directive, path: string): Handler {
  const entries: [string, string][] = []
  let falls = false
  const add = (words: readonly string[]): void => {
    for (const name of words.slice(1)) entries.push([`${name.toLowerCase()}.`, words[0]])
  }
  const [file] = d.args
  if (file?.startsWith('/')) {
    const node = p.fs.find(file)
    if (node?.kind === 'file')
      for (const line of node.read().split('\n')) add(line.replace(/#.*/, '').trim().split(/\s+/))
  }
  for (const words of d.block) {
    if (words[0] === 'fallthrough') falls = true
    else if (/^[\d.:a-f]+$/.test(words[0])) add(words)
    else if (!['ttl', 'reload', 'no_reverse'].includes(words[0]))
      throw new CorefileError(`${path}:${d.line} - Error during parsing: plugin/hosts: unknown property '${words[0]}'`)
  }
  return (q) => {
    const own = entries.filter(([name]) => name === q.name.toLowerCase())
    if (own.length > 0)
      return {
        rcode: 'NOERROR',
        authoritative: true,
        answers: q.type === 'A' ? own.map(([, ip]) => ({ name: q.name, type: 'A', ttl: 3600, data: ip })) : [],
      }
    return falls ? undefined : { rcode: 'NXDOMAIN', answers: [] }
  }
}

/** The rewrite plugin for names: exact, prefix, suffix, substring, regex. Answers keep the name that was asked. */
export function rewrite(d: Directive): ((q: DnsQuestion) => DnsQuestion) | undefined {
  const args = [...d.args]
  if (args[0] === 'stop' || args[0] === 'continue') args.shift()
  if (args.shift() !== 'name') return undefined
  const types = ['exact', 'prefix', 'suffix', 'substring', 'regex']
  const how = types.includes(args[0]) ? args.shift()! : 'exact'
  const [from, to] = args
  const dot = (s: string): string => (s.endsWith('.') ? s : `${s}.`)
  return (q) => {
    const name = q.name.toLowerCase()
    switch (how) {
      case 'exact':
        return name === dot(from) ? { ...q, name: dot(to) } : q
      case 'prefix':
        return name.startsWith(from) ? { ...q, name: to + name.slice(from.length) } : q
      case 'suffix':
        return name.endsWith(dot(from)) ? { ...q, name: name.slice(0, -dot(from).length) + dot(to) } : q
      case 'substring':
        return { ...q, name: name.replaceAll(from, to) }
      default: {
        const m = new RegExp(from).exec(name)
        return m ? { ...q, name: dot(to.replace(/\{(\d)\}/g, (_, n) => m[Number(n)] ?? '')) } : q
      }
    }
  }
}

/** The template plugin with a fixed rcode or one answer line. */
export function template(d: Directive): Handler {
  const answer = d.block.find((w) => w[0] === 'answer')?.[1]
  const rcode = d.block.find((w) => w[0] === 'rcode')?.[1] ?? 'NOERROR'
  const [, type = 'ANY', ...zones] = d.args
  return (q) => {
    if (type !== 'ANY' && type !== q.type) return undefined
    if (zones.length > 0 && !zones.some((z) => q.name.endsWith(z === '.' ? '' : `${z.replace(/\.$/, '')}.`)))
      return undefined
    if (!answer) return { rcode: rcode as DnsAnswer['rcode'], answers: [] }
    const m = /^(\S+) (\d+) IN (\S+) (.+)$/.exec(answer.replace('{{ .Name }}', q.name).replace('{{.Name}}', q.name))
    return { rcode: 'NOERROR', answers: m ? [{ name: m[1], ttl: Number(m[2]), type: m[3], data: m[4] }] : [] }
  }
}
