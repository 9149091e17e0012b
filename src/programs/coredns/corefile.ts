/** A directive inside a server block: `forward . /etc/resolv.conf { max_concurrent 1000 }`. */
export interface Directive {
  readonly name: string
  readonly args: readonly string[]
  /** Lines of its own block. */
  readonly block: readonly (readonly string[])[]
  readonly line: number
}

/** A server block of a Corefile. */
export interface ServerBlock {
  /** Zones with ports, normalised: `.:53`, `example.org.:5353`. */
  readonly keys: readonly { readonly zone: string; readonly port: number }[]
  readonly directives: readonly Directive[]
}

/** A Corefile that does not parse. `message` is caddyfile's, with file and line in front. */
export class CorefileError extends Error {}

/** Plugins that are compiled into CoreDNS 1.14. */
const PLUGINS = new Set(
  `acl any auto autopath azure bind bufsize cache cancel chaos clouddns debug dns64 dnssec dnstap erratic errors etcd file
  forward geoip grpc grpc_server header health hosts import k8s_external kubernetes loadbalance local log loop metadata
  minimal multisocket nomad nsid pprof prometheus quic ready reload rewrite root route53 secondary sign template timeouts tls
  trace transfer tsig view whoami`.split(/\s+/),
)

interface Token {
  readonly text: string
  readonly line: number
}

function tokens(text: string): Token[] {
  const out: Token[] = []
  let line = 1
  for (let i = 0; i < text.length; ) {
    const c = text[i]
    if (c === '\n') {
      line++
      i++
    } else if (/\s/.test(c)) i++
    else if (c === '#') while (i < text.length && text[i] !== '\n') i++
    else if (c === '"') {
      let value = ''
      const start = line
      for (i++; i < text.length && text[i] !== '"'; i++) {
        if (text[i] === '\n') line++
        if (text[i] === '\\' && text[i + 1] === '"') i++
        value += text[i]
      }
      i++
      out.push({ text: value, line: start })
    } else {
      let value = ''
      while (i < text.length && !/\s/.test(text[i])) value += text[i++]
      out.push({ text: value, line })
    }
  }
  return out
}

const key = (text: string): { zone: string; port: number } => {
  const m = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(text)!
  const zone = m[1] === '' ? '.' : m[1]
  return { zone: zone.endsWith('.') ? zone : `${zone}.`, port: m[2] ? Number(m[2]) : 53 }
}

/** Parses a Corefile. Throws CorefileError. */
export function parseCorefile(path: string, text: string): ServerBlock[] {
  const list = tokens(text)
  const blocks: ServerBlock[] = []
  const snippets = new Map<string, Directive[]>()
  let at = 0
  const fail = (line: number, message: string): CorefileError =>
    new CorefileError(`${path}:${line} - Error during parsing: ${message}`)
  const lastLine = (): number => list.at(-1)?.line ?? 1
  const directives = (): Directive[] => {
    const out: Directive[] = []
    for (;;) {
      const token = list[at]
      if (!token) throw fail(lastLine(), 'Unexpected EOF')
      if (token.text === '}') {
        at++
        return out
      }
      at++
      const args: string[] = []
      const block: string[][] = []
      while (list[at] && list[at].line === token.line && list[at].text !== '{' && list[at].text !== '}')
        args.push(list[at++].text)
      if (list[at]?.text === '{' && list[at].line === token.line) {
        at++
        while (list[at] && list[at].text !== '}') {
          const line = list[at].line
          const words: string[] = []
          while (list[at] && list[at].line === line && list[at].text !== '}') words.push(list[at++].text)
          block.push(words)
        }
        if (!list[at]) throw fail(lastLine(), 'Unexpected EOF')
        at++
      }
      if (token.text === 'import' && snippets.has(args[0])) {
        out.push(...snippets.get(args[0])!)
        continue
      }
      if (token.text === '{') throw fail(token.line, "Unexpected next token after '{' on same line")
      if (!PLUGINS.has(token.text)) throw fail(token.line, `Unknown directive '${token.text}'`)
      if (token.text !== 'import') out.push({ name: token.text, args, block, line: token.line })
    }
  }
  while (at < list.length) {
    const keys: Token[] = []
    while (list[at] && list[at].text !== '{') {
      if (list[at].text === '}') throw fail(list[at].line, `Syntax error: Unexpected token '}', expecting EOF`)
      keys.push(list[at++])
    }
    if (!list[at]) throw fail(lastLine(), `Unexpected token '${keys.at(-1)?.text ?? ''}', expecting '{'`)
    at++
    if (/^\(.*\)$/.test(keys[0]?.text ?? '')) {
      snippets.set(keys[0].text.slice(1, -1), directives())
      continue
    }
    blocks.push({ keys: keys.map((k) => key(k.text.replace(/,$/, ''))), directives: directives() })
  }
  const seen = new Set<string>()
  for (const b of blocks)
    for (const k of b.keys) {
      const id = `dns://${k.zone}:${k.port}`
      if (seen.has(id)) throw new CorefileError(`cannot serve ${id} - it is already defined`)
      seen.add(id)
    }
  return blocks
}
