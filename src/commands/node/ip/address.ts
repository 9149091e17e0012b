import { parseIp } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { type Call, device, isShow, needRoot, rtnl, selected } from './call.ts'
import { addrLines, briefLine, linkLines, statLines } from './links.ts'

/** `ip address` */
export function address(call: Call): number {
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
