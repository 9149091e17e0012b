import {
  formatIp,
  type Iface,
  may,
  type Process,
  type Program,
  parseCidr,
  parseIp,
  type Route,
  type Stack,
  shellStatus,
  vethPair,
} from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Command, command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { addrLines, briefLine, linkLines, statLines } from './links.ts'

interface Call {
  readonly c: Command
  readonly stack: Stack
  readonly args: readonly string[]
  readonly details: boolean
  readonly brief: boolean
  readonly stats: boolean
  readonly family: 4 | 6 | undefined
}

const OBJECTS = [
  'address',
  'link',
  'route',
  'rule',
  'neighbour',
  'neighbor',
  'netns',
  'maddress',
  'tunnel',
  'monitor',
  'xfrm',
  'vrf',
]

/** iproute2's ip. */
export const ip: Program = command('ip', (c) => {
  let details = false
  let brief = false
  let stats = false
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
    else if (/^(o|oneline|c|color.*|r|resolve|a|all|t|timestamp|f|family|h|human.*|N)$/.test(a)) continue
    else if (/^j(son)?$|^p(retty)?$/.test(a)) notSimulated(c, 'JSON output')
    else throw new Fail(`Option "${c.args[i]}" is unknown, try "ip -help".`, 255)
  }
  const word = c.args[i]
  if (word === undefined || word === 'help') {
    c.err(USAGE)
    return 255
  }
  const object = OBJECTS.find((o) => o.startsWith(word))
  if (!object) throw new Fail(`Object "${word}" is unknown, try "ip help".`, 1)
  let stack = stackOf(c.p)
  if (namespace !== undefined) stack = namespaceOf(stack, namespace)
  const call: Call = { c, stack, args: c.args.slice(i + 1), details, brief, stats, family }
  switch (object) {
    case 'address':
      return address(call)
    case 'link':
      return link(call)
    case 'route':
      return route(call)
    case 'rule':
      return rule(call)
    case 'neighbour':
    case 'neighbor':
      return neighbour(call)
    case 'netns':
      return netns(call)
    default:
      return notSimulated(c, `ip ${object}`)
  }
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

const namespaceOf = (stack: Stack, name: string): Stack => {
  for (const child of stack.host.children) if (child.name === name) return child
  throw new Fail(`Cannot open network namespace "${name}": No such file or directory`)
}

const device = (stack: Stack, name: string): Iface => {
  const i = stack.iface(name)
  if (!i) throw new Fail(`Device "${name}" does not exist.`)
  return i
}
const rtnl = (message: string): never => {
  throw new Fail(`RTNETLINK answers: ${message}`, 2)
}
const needRoot = (c: Command): void => {
  if (!may(c.p.creds, 'NET_ADMIN')) rtnl('Operation not permitted')
}
const isShow = (verb: string | undefined): boolean =>
  verb === undefined || 'show'.startsWith(verb) || 'list'.startsWith(verb) || verb === 'ls'

/** Names and filters of show commands: `dev X`, `up`, `type bridge`, `master cni0`. */
function selected(call: Call, words: readonly string[]): Iface[] {
  let list = [...call.stack.ifaces]
  for (let i = 0; i < words.length; i++) {
    const w = words[i]
    if (w === 'up') list = list.filter((x) => x.up)
    else if (w === 'type') {
      const kind = words[++i]
      list = list.filter((x) => x.kind === kind)
    } else if (w === 'master') {
      const master = words[++i]
      list = list.filter((x) => x.master?.name === master)
    } else if (w === 'scope' || w === 'to') i++
    else {
      const name = w === 'dev' ? words[++i] : w
      list = [device(call.stack, name)]
    }
  }
  return list
}

function address(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  if (isShow(verb)) {
    for (const i of selected(call, rest)) {
      if (call.brief) c.out(briefLine(i, true))
      else c.out(linkLines(i, false, call.details) + addrLines(i, call.family) + (call.stats ? statLines(i) : ''))
    }
    return 0
  }
  needRoot(c)
  const at = rest.indexOf('dev')
  const cidr = rest.find((w) => /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(w))
  if ('flush'.startsWith(verb) && verb !== 'f') {
    const i = device(stack, at >= 0 ? rest[at + 1] : rest[0])
    for (const a of [...i.addrs]) stack.removeAddr(i, a.ip)
    return 0
  }
  if (at < 0) throw new Fail('Not enough information: "dev" argument is required.', 255)
  const i = device(stack, rest[at + 1])
  if (cidr === undefined) throw new Fail(`Error: any valid prefix is expected rather than "${rest[0]}".`)
  const ipNumber = parseIp(cidr.split('/')[0])!
  if ('add'.startsWith(verb) || verb === 'replace' || verb === 'change') {
    if (i.addrs.some((a) => a.ip === ipNumber)) {
      if (verb !== 'replace') rtnl('File exists')
      return 0
    }
    stack.setAddr(
      i,
      cidr.includes('/') ? cidr : `${cidr}/32`,
      'global',
      undefined,
      !rest.includes('brd') && !rest.includes('broadcast'),
    )
  } else if ('delete'.startsWith(verb)) {
    if (!stack.removeAddr(i, ipNumber)) rtnl('Cannot assign requested address')
  } else throw new Fail(`Command "${verb}" is unknown, try "ip address help".`)
  return 0
}

function link(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  if (isShow(verb)) {
    for (const i of selected(call, rest))
      c.out(call.brief ? briefLine(i, false) : linkLines(i, true, call.details) + (call.stats ? statLines(i) : ''))
    return 0
  }
  needRoot(c)
  if ('set'.startsWith(verb)) {
    const words = rest[0] === 'dev' ? rest.slice(1) : rest
    const i = stack.iface(words[0])
    if (!i) throw new Fail(`Cannot find device "${words[0]}"`)
    for (let n = 1; n < words.length; n++) {
      const w = words[n]
      if (w === 'up') stack.setUp(i, true)
      else if (w === 'down') stack.setUp(i, false)
      else if (w === 'mtu') {
        const mtu = Number(words[++n])
        if (!Number.isInteger(mtu)) throw new Fail(`Error: argument "${words[n]}" is wrong: Invalid "mtu" value`, 255)
        if (mtu < 68 || mtu > 65535)
          throw new Fail(`Error: mtu ${mtu < 68 ? 'less than device minimum' : 'greater than device maximum'}.`, 2)
        i.mtu = mtu
      } else if (w === 'address') i.mac = words[++n]
      else if (w === 'name') i.name = words[++n]
      else if (w === 'master') i.master = device(stack, words[++n])
      else if (w === 'nomaster') i.master = undefined
      else if (w === 'netns' || w === 'txqueuelen' || w === 'promisc' || w === 'arp') n++
      else throw new Fail(`Error: either "dev" is duplicate, or "${w}" is a garbage.`, 255)
    }
    stack.changed()
    return 0
  }
  if ('delete'.startsWith(verb)) {
    const name = rest[0] === 'dev' ? rest[1] : rest[0]
    const i = stack.iface(name)
    if (!i) throw new Fail(`Cannot find device "${name}"`)
    if (i.kind === 'ethernet' || i.kind === 'loopback') rtnl('Operation not supported')
    stack.removeIface(i)
    return 0
  }
  if ('add'.startsWith(verb)) return addLink(call, rest)
  throw new Fail(`Command "${verb}" is unknown, try "ip link help".`)
}

function addLink(call: Call, words: readonly string[]): number {
  const { stack } = call
  const value = (key: string): string | undefined => (words.includes(key) ? words[words.indexOf(key) + 1] : undefined)
  const type = value('type')
  const name = value('name') ?? words[0]
  if (type === undefined) throw new Fail('Not enough information: "type" argument is required', 255)
  if (stack.iface(name)) rtnl('File exists')
  switch (type) {
    case 'bridge':
    case 'dummy':
      stack.addIface(name, type, { mtu: Number(value('mtu') ?? 1500) })
      return 0
    case 'veth': {
      const at = words.indexOf('peer')
      const peer = at >= 0 ? (words[at + 1] === 'name' ? words[at + 2] : words[at + 1]) : 'veth0'
      vethPair(stack, name, stack, peer)
      return 0
    }
    case 'vxlan':
      stack.addIface(name, 'vxlan', {
        mtu: Number(value('mtu') ?? 1450),
        vxlan: {
          vni: Number(value('id') ?? 0),
          port: Number(value('dstport') ?? 8472),
          local: parseIp(value('local') ?? '') ?? stack.primaryIp(),
          dev: value('dev') ?? 'eth0',
          learning: !words.includes('nolearning'),
          fdb: new Map(),
        },
      })
      return 0
    default:
      throw new Fail(`Error: Unknown device type.`, 2)
  }
}

function routeLine(r: Route, details = false): string {
  const dst = r.bits === 0 ? 'default' : r.bits === 32 ? formatIp(r.base) : `${formatIp(r.base)}/${r.bits}`
  const parts = [r.type === 'unicast' ? dst : `${r.type} ${dst}`]
  if (r.via !== undefined) parts.push(`via ${formatIp(r.via)}`)
  if (r.dev) parts.push(`dev ${r.dev}`)
  if (r.table !== 'main') parts.push(`table ${r.table}`)
  if (r.proto !== 'boot') parts.push(`proto ${r.proto}`)
  else if (details) parts.push('proto boot')
  if (r.scope === 'link') parts.push('scope link')
  if (r.src !== undefined) parts.push(`src ${formatIp(r.src)}`)
  if (r.metric > 0) parts.push(`metric ${r.metric}`)
  if (r.mtu) parts.push(`mtu ${r.mtu}`)
  if (r.onlink) parts.push('onlink')
  return `${parts.join(' ')} \n`
}

function route(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  if (call.family === 6) return 0
  if (verb === 'get' || (verb !== undefined && verb.length > 0 && 'get'.startsWith(verb))) return routeGet(call, rest)
  if (isShow(verb)) {
    const value = (key: string): string | undefined => (rest.includes(key) ? rest[rest.indexOf(key) + 1] : undefined)
    const dev = value('dev')
    const table = value('table')
    const wanted = rest.find((w) => /^(default|\d+\.)/.test(w))
    const cidr = wanted === undefined ? undefined : parseCidr(wanted)
    if (dev !== undefined) device(stack, dev)
    if (table === 'local') {
      for (const i of stack.ifaces)
        for (const a of i.addrs)
          c.out(`local ${formatIp(a.ip)} dev ${i.name} proto kernel scope host src ${formatIp(a.ip)} \n`)
      return 0
    }
    for (const r of stack.routes) {
      if ((table ?? 'main') !== 'all' && r.table !== (table ?? 'main')) continue
      if (dev !== undefined && r.dev !== dev) continue
      if (cidr && (r.base !== cidr.base || r.bits !== cidr.bits)) continue
      const line = routeLine(r, call.details)
      const down = r.dev !== undefined && stack.iface(r.dev) && !stack.carrier(stack.iface(r.dev)!)
      c.out(down ? line.replace(/ \n$/, ' linkdown \n') : dev === undefined ? line : line.replace(` dev ${dev}`, ''))
    }
    return 0
  }
  needRoot(c)
  if (verb === 'flush') {
    const dev = rest.includes('dev') ? rest[rest.indexOf('dev') + 1] : undefined
    if (rest[0] === 'cache') stack.forgetPathMtus()
    else stack.dropRoutes((r) => (dev === undefined ? r.table === 'main' : r.dev === dev))
    return 0
  }
  const r = parseRoute(stack, rest)
  const same = (x: Route): boolean =>
    x.base === r.base && x.bits === r.bits && x.metric === (r.metric ?? 0) && x.table === (r.table ?? 'main')
  if ('add'.startsWith(verb) || verb === 'append') {
    if (verb !== 'append' && stack.routes.some(same)) rtnl('File exists')
    if (r.via !== undefined && !r.onlink) {
      const hop = stack.route(r.via)
      if (!hop || hop.via !== undefined) throw new Fail('Error: Nexthop has invalid gateway.', 2)
    }
    if (r.dev === undefined && r.via !== undefined) stack.addRoute({ ...r, dev: stack.route(r.via)?.dev })
    else stack.addRoute(r)
  } else if ('replace'.startsWith(verb) || 'change'.startsWith(verb)) {
    stack.dropRoutes(same)
    stack.addRoute(r.dev === undefined && r.via !== undefined ? { ...r, dev: stack.route(r.via)?.dev } : r)
  } else if ('delete'.startsWith(verb)) {
    let done = false
    stack.dropRoutes((x) => {
      const hit =
        !done &&
        x.base === r.base &&
        x.bits === r.bits &&
        (r.via === undefined || x.via === r.via) &&
        (r.dev === undefined || x.dev === r.dev) &&
        (r.metric === undefined || x.metric === r.metric) &&
        x.table === (r.table ?? 'main')
      done ||= hit
      return hit
    })
    if (!done) rtnl('No such process')
  } else throw new Fail(`Command "${verb}" is unknown, try "ip route help".`)
  return 0
}

function parseRoute(stack: Stack, words: readonly string[]): Partial<Route> & Pick<Route, 'base' | 'bits'> {
  let type: Route['type'] = 'unicast'
  let rest = [...words]
  if (['unreachable', 'blackhole', 'prohibit', 'unicast'].includes(rest[0])) type = rest.shift() as Route['type']
  if (rest[0] === 'to') rest = rest.slice(1)
  const cidr = parseCidr(rest[0] ?? '')
  if (!cidr) throw new Fail(`Error: any valid prefix is expected rather than "${rest[0]}".`)
  const value = (key: string): string | undefined => (rest.includes(key) ? rest[rest.indexOf(key) + 1] : undefined)
  const via = value('via')
  const dev = value('dev')
  if (dev !== undefined && !stack.iface(dev)) throw new Fail(`Cannot find device "${dev}"`)
  if (via !== undefined && parseIp(via) === undefined)
    throw new Fail(`Error: any valid address is expected rather than "${via}".`)
  if (via === undefined && dev === undefined && type === 'unicast' && rest.length > 1) rtnl('No such device')
  return {
    ...cidr,
    type,
    dev,
    via: via === undefined ? undefined : parseIp(via),
    src: value('src') === undefined ? undefined : parseIp(value('src')!),
    metric: value('metric') === undefined ? undefined : Number(value('metric')),
    mtu: value('mtu') === undefined ? undefined : Number(value('mtu')),
    table: value('table'),
    onlink: rest.includes('onlink') || undefined,
    ...(value('proto') ? { proto: value('proto') as Route['proto'] } : {}),
    ...(value('scope') ? { scope: value('scope') as Route['scope'] } : {}),
  } as Partial<Route> & Pick<Route, 'base' | 'bits'>
}

function routeGet({ c, stack }: Call, rest: readonly string[]): number {
  const text = rest.find((w) => /^\d+\./.test(w)) ?? rest[0]
  const dst = parseIp(text ?? '')
  if (dst === undefined) throw new Fail(`Error: any valid address is expected rather than "${text}".`)
  if (stack.isLocal(dst)) {
    const dev = 'lo'
    c.out(`local ${formatIp(dst)} dev ${dev} src ${formatIp(dst)} uid 0 \n    cache <local> \n`)
    return 0
  }
  const r = stack.route(dst)
  if (!r) return rtnl('Network is unreachable')
  if (r.type !== 'unicast')
    return rtnl(
      r.type === 'unreachable' ? 'No route to host' : r.type === 'prohibit' ? 'Permission denied' : 'Invalid argument',
    )
  const learnt = stack.pathMtu(dst)
  c.out(
    `${formatIp(dst)} ${r.via === undefined ? '' : `via ${formatIp(r.via)} `}dev ${r.dev} src ${formatIp(stack.sourceFor(r))} uid 0 \n    cache ${learnt ? `expires ${learnt.seconds}sec mtu ${learnt.mtu} ` : r.mtu ? `mtu ${r.mtu} ` : ''}\n`,
  )
  return 0
}

function rule({ c, stack, args }: Call): number {
  const [verb, ...rest] = args
  const value = (key: string): string | undefined => (rest.includes(key) ? rest[rest.indexOf(key) + 1] : undefined)
  if (isShow(verb)) {
    const own = [...stack.rules].sort((a, b) => a.priority - b.priority)
    c.out('0:\tfrom all lookup local\n')
    for (const r of own) {
      const cidr = (x: { base: number; bits: number }): string =>
        x.bits === 32 ? formatIp(x.base) : `${formatIp(x.base)}/${x.bits}`
      c.out(
        `${r.priority}:\tfrom ${r.from ? cidr(r.from) : 'all'}${r.to ? ` to ${cidr(r.to)}` : ''}${r.fwmark === undefined ? '' : ` fwmark 0x${r.fwmark.toString(16)}`} lookup ${r.table}\n`,
      )
    }
    c.out('32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n')
    return 0
  }
  needRoot(c)
  const from = value('from')
  const to = value('to')
  const table = value('table') ?? value('lookup') ?? 'main'
  if ('add'.startsWith(verb)) {
    stack.rules.push({
      priority: Number(value('priority') ?? value('pref') ?? value('prio') ?? 32765 - stack.rules.length),
      from: from && from !== 'all' ? parseCidr(from) : undefined,
      to: to ? parseCidr(to) : undefined,
      fwmark: value('fwmark') === undefined ? undefined : Number(value('fwmark')),
      table,
    })
    stack.changed()
    return 0
  }
  const priority = value('priority') ?? value('pref') ?? value('prio')
  const at = stack.rules.findIndex((r) =>
    priority === undefined ? r.table === table : r.priority === Number(priority),
  )
  if (at < 0) rtnl('No such file or directory')
  stack.rules.splice(at, 1)
  stack.changed()
  return 0
}

function neighbour(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  const value = (key: string): string | undefined => (rest.includes(key) ? rest[rest.indexOf(key) + 1] : undefined)
  const dev = value('dev')
  if (isShow(verb)) {
    for (const n of stack.neighbours) {
      if (dev !== undefined && n.dev !== dev) continue
      c.out(
        `${formatIp(n.ip)} ${dev === undefined ? `dev ${n.dev} ` : ''}${n.mac ? `lladdr ${n.mac} ` : ''}${n.state} \n`,
      )
    }
    return 0
  }
  needRoot(c)
  if (verb === 'flush') {
    for (const n of [...stack.neighbours])
      if (n.state !== 'PERMANENT' && (dev === undefined || n.dev === dev)) stack.removeNeighbour(n.ip, n.dev)
    return 0
  }
  const target = parseIp(rest.find((w) => /^\d+\./.test(w)) ?? '')
  if (target === undefined || dev === undefined) throw new Fail('Device and destination are required arguments.', 255)
  device(stack, dev)
  if ('delete'.startsWith(verb)) {
    if (!stack.removeNeighbour(target, dev)) rtnl('No such file or directory')
  } else {
    const mac = value('lladdr')
    if ('add'.startsWith(verb) && stack.neighbour(target, dev)) rtnl('File exists')
    stack.setNeighbour({ ip: target, dev, mac, state: 'PERMANENT' })
  }
  return 0
}

function* waitExec(child: Process): Coro<number> {
  return shellStatus(yield* child.wait())
}

function netns({ c, stack, args }: Call): number | Coro<number> {
  const [verb, name, ...command] = args
  if (isShow(verb)) {
    ;[...stack.host.children].forEach((ns, i) => {
      c.out(`${ns.name} (id: ${i})\n`)
    })
    return 0
  }
  if (verb === 'exec') {
    const ns = namespaceOf(stack, name ?? '')
    const program = c.host.programs.get((command[0] ?? '').replace(/^.*\//, ''))
    if (!program) throw new Fail(`exec of "${command[0]}" failed: No such file or directory`, 255)
    const child = c.host.start({
      program,
      argv: command,
      env: c.p.env,
      cwd: c.p.cwd,
      creds: c.p.creds,
      parent: c.p,
      stdin: c.p.stdin,
      stdout: c.p.stdout,
      stderr: c.p.stderr,
      net: ns,
    })
    return waitExec(child)
  }
  if (verb === 'pids' || verb === 'identify' || verb === 'monitor') return notSimulated(c, `ip netns ${verb}`)
  needRoot(c)
  if (verb === 'add') {
    if ([...stack.host.children].some((ns) => ns.name === name))
      throw new Fail(`Cannot create namespace file "/run/netns/${name}": File exists`)
    stack.network.namespace(stack.host, name)
    return 0
  }
  if (verb === 'delete' || verb === 'del') {
    const ns = [...stack.host.children].find((x) => x.name === name)
    if (!ns) throw new Fail(`Cannot remove namespace file "/run/netns/${name}": No such file or directory`)
    ns.destroy()
    return 0
  }
  throw new Fail(`Command "${verb}" is unknown, try "ip netns help".`)
}
