import type { Program } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { address } from './address.ts'
import { type Call, namespaceOf } from './call.ts'
import { link } from './link.ts'
import { neighbour } from './neighbour.ts'
import { netns } from './netns.ts'
import { route } from './route.ts'
import { rule } from './rule.ts'

/** Objects in the order in which a beginning of their name finds them; undefined: not simulated. */
const OBJECTS: Readonly<Record<string, ((call: Call) => number | Coro<number>) | undefined>> = {
  address,
  link,
  route,
  rule,
  neighbour,
  neighbor: neighbour,
  netns,
  maddress: undefined,
  tunnel: undefined,
  monitor: undefined,
  xfrm: undefined,
  vrf: undefined,
}

/** iproute2's ip. */
export const ip: Program = command('ip', (c) => {
  let details = false
  let brief = false
  let stats = false
  let oneline = false
  let family: 4 | 6 | undefined
  let namespace: string | undefined
  let i = 0
  for (; i < c.args.length && c.args[i].startsWith('-'); i++) {
    const a = c.args[i].replace(/^--?/, '')
    if (a === 'V' || a === 'Version') {
      c.out('ip utility, iproute2-6.15.0, libbpf 1.5.0\n')
      return 0
    }
    if (/^d(etails)?$/.test(a)) details = true
    else if (/^br(ief)?$/.test(a)) brief = true
    else if (/^s(tat(s|istics)?)?$/.test(a)) stats = true
    else if (a === '4') family = 4
    else if (a === '6') family = 6
    else if (a === 'n' || a === 'netns') namespace = c.args[++i]
    else if (/^o(neline)?$/.test(a)) oneline = true
    else if (/^(c|color.*|r|resolve|a|all|t|timestamp|f|family|h|human.*|N)$/.test(a)) continue
    else if (/^j(son)?$|^p(retty)?$/.test(a)) notSimulated(c, 'JSON output')
    else throw new Fail(`Option "${c.args[i]}" is unknown, try "ip -help".`, 255)
  }
  const word = c.args[i]
  if (word === undefined || word === 'help') {
    c.err(USAGE)
    return 255
  }
  const object = Object.keys(OBJECTS).find((o) => o.startsWith(word))
  if (!object) throw new Fail(`Object "${word}" is unknown, try "ip help".`, 1)
  let stack = stackOf(c.p)
  if (namespace !== undefined) stack = namespaceOf(stack, namespace)
  const call: Call = { c, stack, args: c.args.slice(i + 1), details, brief, stats, oneline, family }
  return OBJECTS[object]?.(call) ?? notSimulated(c, `ip ${object}`)
})

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
       ip [ -force ] -batch filename
where  OBJECT := { address | addrlabel | amt | fou | help | ila | ioam | l2tp |
                   link | macsec | maddress | monitor | mptcp | mroute | mrule |
                   neighbor | neighbour | netconf | netns | nexthop | ntable |
                   ntbl | route | rule | sr | stats | tap | tcpmetrics |
                   token | tunnel | tuntap | vrf | xfrm }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -h[uman-readable] | -iec | -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 | mpls | bridge | link } |
                    -4 | -6 | -M | -B | -0 |
                    -l[oops] { maximum-addr-flush-attempts } | -echo | -br[ief] |
                    -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] [filename] |
                    -rc[vbuf] [size] | -n[etns] name | -N[umeric] | -a[ll] |
                    -c[olor]}
`
