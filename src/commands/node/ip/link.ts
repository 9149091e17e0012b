import { parseIp, type Stack, vethPair } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { type Call, device, incomplete, isShow, needRoot, oneLine, rtnl, selected, unknown, valueIn } from './call.ts'
import { briefLine, linkLines, statLines } from './links.ts'

/** `ip link` */
export function link(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  if (isShow(verb)) {
    for (const i of selected(call, rest))
      c.out(
        call.brief
          ? briefLine(i, false)
          : oneLine(call, linkLines(i, true, call.details) + (call.stats ? statLines(i) : '')),
      )
    return 0
  }
  needRoot(c)
  if ('set'.startsWith(verb)) return setLink(stack, rest)
  if ('delete'.startsWith(verb)) {
    const name = rest[0] === 'dev' ? rest[1] : rest[0]
    if (name === undefined) throw new Fail('Not enough information: "dev" argument is required.', 255)
    const i = stack.iface(name)
    if (!i) throw new Fail(`Cannot find device "${name}"`)
    if (i.kind === 'ethernet' || i.kind === 'loopback') rtnl('Operation not supported')
    stack.removeIface(i)
    return 0
  }
  if ('add'.startsWith(verb)) return addLink(call, rest)
  return unknown(verb, 'link')
}

/** What of a link is set by the word behind. */
const VALUED = new Set(['mtu', 'address', 'name', 'master', 'netns', 'txqueuelen', 'promisc', 'arp'])

function setLink(stack: Stack, rest: readonly string[]): number {
  const words = rest[0] === 'dev' ? rest.slice(1) : rest
  if (words.length === 0 && rest.length > 0) incomplete()
  if (words.length === 0) throw new Fail('Not enough information: "dev" argument is required.', 255)
  const i = stack.iface(words[0])
  if (!i) throw new Fail(`Cannot find device "${words[0]}"`)
  for (let n = 1; n < words.length; n++) {
    const w = words[n]
    if (VALUED.has(w) && words[n + 1] === undefined) incomplete()
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

function addLink(call: Call, words: readonly string[]): number {
  const { stack } = call
  const value = valueIn(words)
  const type = value('type')
  const name = value('name') ?? words[0]
  if (type === undefined) throw new Fail('Not enough information: "type" argument is required')
  if (name === undefined) return incomplete()
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
