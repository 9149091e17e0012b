import { type Program, SYSTEMD } from '../../../host/index.ts'
import { type Command, command, Fail, notSimulated, stackOf } from '../lib/command.ts'

const UPLINKS = '/run/systemd/resolve/resolv.conf'
const PROTOCOLS = '-LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported'

/** The servers that systemd-resolved asks: those of the interface with the default route. */
function servers(c: Command): string[] {
  const file = c.p.fs.find(UPLINKS)
  return [...(file?.kind === 'file' ? file.read() : '').matchAll(/^nameserver\s+(\S+)/gm)].map((m) => m[1])
}

/** systemd 255's resolvectl: status and dns. */
export const resolvectl: Program = command('resolvectl', (c) => {
  const [verb = 'status', ...words] = c.args.filter((a) => !a.startsWith('-'))
  if (c.host.service(SYSTEMD).unit('systemd-resolved.service').active !== 'active')
    return notSimulated(c, `${verb} without systemd-resolved`)
  const stack = stackOf(c.p)
  const way = stack.routes.find((r) => r.bits === 0)?.dev
  const links = stack.ifaces
    .map((iface, i) => ({ name: iface.name, index: i + 1, kind: iface.kind }))
    .filter((link) => link.kind !== 'loopback')
  const unknown = words.find((name) => !links.some((link) => link.name === name))
  const shown = links.filter((link) => words.length === 0 || words.includes(link.name))
  switch (verb) {
    case 'status': {
      if (unknown !== undefined) throw new Fail(`Failed to resolve interface "${unknown}": No such device`)
      const blocks = shown.map(({ name, index }) => {
        const asked = name === way ? servers(c) : []
        const scopes = asked.length > 0 ? 'DNS' : 'none'
        const list = asked.length > 0 ? `Current DNS Server: ${asked[0]}\n       DNS Servers: ${asked.join(' ')}\n` : ''
        return `Link ${index} (${name})\n    Current Scopes: ${scopes}\n         Protocols: ${asked.length > 0 ? '+' : '-'}DefaultRoute ${PROTOCOLS}\n${list}`
      })
      const global = `Global\n         Protocols: ${PROTOCOLS}\n  resolv.conf mode: ${mode(c)}\n`
      c.out((words.length === 0 ? [global, ...blocks] : blocks).join('\n'))
      return 0
    }
    case 'dns':
      if (unknown !== undefined) return notSimulated(c, `dns ${words.join(' ')}`)
      if (words.length === 0) c.out('Global:\n')
      for (const { name, index } of shown)
        c.out(`Link ${index} (${name}):${name === way ? ` ${servers(c).join(' ')}` : ''}\n`)
      return 0
    default:
      return notSimulated(c, c.args.join(' '))
  }
})

/** How /etc/resolv.conf leads to systemd-resolved. */
function mode(c: Command): string {
  const real = c.p.fs.exists('/etc/resolv.conf') ? c.p.fs.realpath('/etc/resolv.conf') : ''
  if (real === '/run/systemd/resolve/stub-resolv.conf') return 'stub'
  if (real === UPLINKS) return 'uplink'
  return real === '' ? 'missing' : 'foreign'
}
