import { formatIp, parseCidr, parseIp, type Route, type Stack } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { type Call, incomplete, isShow, isVerb, needRoot, noPrefix, rtnl, unknown, valueIn } from './call.ts'

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

/** `ip route` */
export function route(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  if (call.family === 6 && isShow(verb)) return showLinkLocal(call)
  if (call.family === 6) return 0
  if (verb !== undefined && verb.length > 0 && 'get'.startsWith(verb)) return routeGet(call, rest)
  if (isShow(verb)) return showRoutes(call, rest)
  if (!isVerb(verb, 'add append delete flush replace change chg prepend test save restore showdump'))
    return unknown(verb, 'route')
  needRoot(c)
  if (verb === 'flush') {
    if (rest.length === 0) throw new Fail('"ip route flush" requires arguments.')
    const dev = valueIn(rest)('dev')
    if (rest[0] === 'cache') stack.pathMtus.forget()
    else stack.dropRoutes((r) => (dev === undefined ? r.table === 'main' : r.dev === dev))
    return 0
  }
  if (rest.length === 0) throw new Fail(`ip: not simulated: the usage of ip route ${verb}`, 127)
  const r = parseRoute(stack, rest, !'delete'.startsWith(verb))
  const same = (x: Route): boolean =>
    x.base === r.base && x.bits === r.bits && x.metric === (r.metric ?? 0) && x.table === (r.table ?? 'main')
  if ('add'.startsWith(verb) || verb === 'append') {
    if (verb !== 'append' && stack.routes.some(same)) rtnl('File exists')
    if (r.via !== undefined && !r.onlink) {
      const hop = stack.route(r.via)
      if (!hop || hop.via !== undefined) throw new Fail('Error: Nexthop has invalid gateway.', 2)
    }
    stack.addRoute(withDevice(stack, r))
  } else if ('replace'.startsWith(verb) || 'change'.startsWith(verb)) {
    if ('change'.startsWith(verb) && !stack.routes.some(same)) rtnl('No such file or directory')
    stack.dropRoutes(same)
    stack.addRoute(withDevice(stack, r))
  } else if ('delete'.startsWith(verb)) deleteRoute(stack, r)
  else return unknown(verb, 'route')
  return 0
}

function showRoutes({ c, stack, details }: Call, rest: readonly string[]): number {
  const value = valueIn(rest)
  const dev = value('dev')
  const table = value('table') ?? 'main'
  const wanted = rest.find((w) => /^(default|\d+\.)/.test(w))
  const cidr = wanted === undefined ? undefined : parseCidr(wanted)
  if (dev !== undefined && !stack.iface(dev)) throw new Fail(`Cannot find device "${dev}"`)
  for (let i = 0; i < rest.length; i++) {
    if (ROUTE_WORDS.has(rest[i]) || rest[i] === 'type') i++
    else if (!SELECTORS.has(rest[i]) && !parseCidr(rest[i])) noPrefix(rest[i])
  }
  if (!/^(main|local|all|default|\d+)$/.test(table))
    throw new Fail(`Error: argument "${table}" is wrong: table id value is invalid`, 255)
  if (table === 'local') {
    for (const i of stack.ifaces)
      for (const a of i.addrs)
        c.out(`local ${formatIp(a.ip)} dev ${i.name} proto kernel scope host src ${formatIp(a.ip)} \n`)
    return 0
  }
  for (const r of stack.routes) {
    if (table !== 'all' && r.table !== table) continue
    if (dev !== undefined && r.dev !== dev) continue
    if (cidr && (r.base !== cidr.base || r.bits !== cidr.bits)) continue
    const line = routeLine(r, details)
    const down = r.dev !== undefined && stack.iface(r.dev) && !stack.carrier(stack.iface(r.dev)!)
    c.out(down ? line.replace(/ \n$/, ' linkdown \n') : dev === undefined ? line : line.replace(` dev ${dev}`, ''))
  }
  return 0
}

/** IPv6 as far as there is any: what each link brings with it. */
function showLinkLocal({ c, stack }: Call): number {
  for (const i of stack.ifaces)
    if (i.up && i.kind !== 'loopback' && i.kind !== 'dummy' && stack.carrier(i))
      c.out(`fe80::/64 dev ${i.name} proto kernel metric 256 pref medium\n`)
  return 0
}

type Wanted = Partial<Route> & Pick<Route, 'base' | 'bits'>

/** A route by its next hop alone leaves through the device that reaches it. */
const withDevice = (stack: Stack, r: Wanted): Wanted =>
  r.dev === undefined && r.via !== undefined ? { ...r, dev: stack.route(r.via)?.dev } : r

/** Removes the first route that is as described. */
function deleteRoute(stack: Stack, r: Wanted): void {
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
}

/** Words that select routes and have no value, or a prefix. */
const SELECTORS = new Set('root match exact to cached cloned unicast unreachable blackhole prohibit all'.split(' '))

/** Words of a route that have a value. */
const ROUTE_WORDS = new Set(
  'via dev src metric preference mtu table proto protocol scope advmss initcwnd initrwnd window rtt hoplimit weight tos realm realms'.split(
    ' ',
  ),
)

function parseRoute(stack: Stack, words: readonly string[], adding: boolean): Wanted {
  let type: Route['type'] = 'unicast'
  let rest = [...words]
  if (['unreachable', 'blackhole', 'prohibit', 'unicast'].includes(rest[0])) type = rest.shift() as Route['type']
  if (rest[0] === 'to') rest = rest.slice(1)
  const cidr = parseCidr(rest[0] ?? '')
  if (!cidr) return noPrefix(rest[0] ?? '')
  if ((parseIp(rest[0].split('/')[0]) ?? cidr.base) !== cidr.base)
    throw new Fail('Error: Invalid prefix for given prefix length.', 2)
  for (let i = 1; i < rest.length; i++) {
    if (rest[i] === 'onlink') continue
    if (!ROUTE_WORDS.has(rest[i])) throw new Fail(`Error: either "to" is duplicate, or "${rest[i]}" is a garbage.`, 255)
    if (rest[++i] === undefined) incomplete()
  }
  const value = valueIn(rest)
  const via = value('via')
  const dev = value('dev')
  if (dev !== undefined && !stack.iface(dev)) throw new Fail(`Cannot find device "${dev}"`)
  if (via !== undefined && parseIp(via) === undefined)
    throw new Fail(`Error: any valid address is expected rather than "${via}".`)
  if (via === undefined && dev === undefined && type === 'unicast' && adding) rtnl('No such device')
  const wanted = {
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
  }
  // What was not said is not there: the stack has defaults for it.
  return Object.fromEntries(Object.entries(wanted).filter(([, v]) => v !== undefined)) as unknown as Wanted
}

function routeGet({ c, stack }: Call, rest: readonly string[]): number {
  if (/^(from|oif|iif|mark|tos|dev)$/.test(rest.at(-1) ?? '')) incomplete()
  const text = rest.find((w) => /^\d+\./.test(w)) ?? rest[0]
  if (text === undefined) throw new Fail('need at least a destination address')
  const dst = parseIp(text ?? '')
  if (dst === undefined) throw new Fail(`Error: any valid prefix is expected rather than "${text}".`)
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
  const learnt = stack.pathMtus.of(dst)
  c.out(
    `${formatIp(dst)} ${r.via === undefined ? '' : `via ${formatIp(r.via)} `}dev ${r.dev} src ${formatIp(stack.sourceFor(r))} uid 0 \n    cache ${learnt ? `expires ${learnt.seconds}sec mtu ${learnt.mtu} ` : r.mtu ? `mtu ${r.mtu} ` : ''}\n`,
  )
  return 0
}
