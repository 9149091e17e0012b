import { parseIp } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { type Call, device, isShow, isVerb, needRoot, noPrefix, oneLine, rtnl, selected, unknown } from './call.ts'
import { addrLines, briefLine, linkLines, statLines } from './links.ts'

/** `ip address` */
export function address(call: Call): number {
  const { c, stack } = call
  const [verb, ...rest] = call.args
  if (isShow(verb)) {
    for (const i of selected(call, rest)) {
      const addresses = addrLines(i, call.family)
      // Asked for one family, an interface without an address of it is left out, and so is its link layer.
      if (call.family !== undefined && addresses === '') continue
      if (call.brief) c.out(briefLine(i, true, call.family))
      else if (call.oneline)
        for (const a of addresses.split(/\n(?= {4}inet)/)) {
          if (a !== '') c.out(oneLine(call, `${i.index}: ${i.name}${a}`))
        }
      else {
        const head = linkLines(i, false, call.details)
        c.out(
          (call.family === undefined ? head : `${head.split('\n')[0].trimEnd()}\n`) +
            addresses +
            (call.stats ? statLines(i) : ''),
        )
      }
    }
    return 0
  }
  if (!isVerb(verb, 'add replace change chg delete flush')) return unknown(verb, 'address')
  needRoot(c)
  const at = rest.indexOf('dev')
  const cidr = rest.find((w) => /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(w))
  if ('flush'.startsWith(verb)) {
    if (rest.length === 0) throw new Fail('Flush requires arguments.')
    const i = device(stack, at >= 0 ? rest[at + 1] : rest[0])
    for (const a of [...i.addrs]) stack.removeAddr(i, a.ip)
    return 0
  }
  if (at < 0) throw new Fail('Not enough information: "dev" argument is required.')
  if (!stack.iface(rest[at + 1])) throw new Fail(`Cannot find device "${rest[at + 1]}"`)
  const i = device(stack, rest[at + 1])
  if (cidr === undefined || Number(cidr.split('/')[1] ?? 32) > 32)
    throw new Fail(`Error: any valid prefix is expected rather than "${cidr ?? rest[0]}".`)
  const ipNumber = parseIp(cidr.split('/')[0]) ?? noPrefix(cidr)
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
    if (!cidr.includes('/') && i.addrs.some((a) => a.ip === ipNumber && a.bits !== 32))
      c.err(
        `Warning: Executing wildcard deletion to stay compatible with old scripts.\n         Explicitly specify the prefix length (${cidr}/32) to avoid this warning.\n         This special behaviour is likely to disappear in further releases,\n         fix your scripts!\n`,
      )
    if (!stack.removeAddr(i, ipNumber)) rtnl('Cannot assign requested address')
  } else return unknown(verb, 'address')
  return 0
}
