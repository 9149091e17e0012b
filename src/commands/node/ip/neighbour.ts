import { formatIp, parseIp } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { type Call, isShow, isVerb, needRoot, rtnl, unknown, valueIn } from './call.ts'

/** `ip neighbour` */
export function neighbour(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  const value = valueIn(rest)
  const dev = value('dev')
  if (isShow(verb)) {
    if (dev !== undefined && !stack.iface(dev)) throw new Fail(`Cannot find device "${dev}"`)
    for (const n of stack.neighbours) {
      if (dev !== undefined && n.dev !== dev) continue
      c.out(
        `${formatIp(n.ip)} ${dev === undefined ? `dev ${n.dev} ` : ''}${n.mac ? `lladdr ${n.mac} ` : ''}${n.state} \n`,
      )
    }
    return 0
  }
  if (!isVerb(verb, 'add delete flush replace change chg get')) return unknown(verb, 'neigh')
  needRoot(c)
  if (verb === 'flush') {
    if (rest.length === 0) throw new Fail('Flush requires arguments.')
    for (const n of [...stack.neighbours])
      if (n.state !== 'PERMANENT' && (dev === undefined || n.dev === dev)) stack.removeNeighbour(n.ip, n.dev)
    return 0
  }
  const target = parseIp(rest.find((w) => /^\d+\./.test(w)) ?? '')
  if (target === undefined || dev === undefined) throw new Fail('Device and destination are required arguments.', 255)
  if (!stack.iface(dev)) throw new Fail(`Cannot find device "${dev}"`)
  if ('delete'.startsWith(verb)) {
    if (!stack.removeNeighbour(target, dev)) rtnl('No such file or directory')
  } else {
    const mac = value('lladdr')
    if (mac !== undefined && !/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(mac))
      throw new Fail('Error: Invalid link address.', 2)
    if ('add'.startsWith(verb) && stack.neighbour(target, dev)) rtnl('File exists')
    stack.setNeighbour({ ip: target, dev, mac, state: 'PERMANENT' })
  }
  return 0
}
