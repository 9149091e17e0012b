import { formatIp, parseCidr } from '../../../host/index.ts'
import { type Call, isShow, needRoot, rtnl, unknown, valueIn } from './call.ts'

/** `ip rule` */
export function rule({ c, stack, args }: Call): number {
  const [verb, ...rest] = args
  const value = valueIn(rest)
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
  if (!/^(a\w*|d\w*|flush|save|restore)$/.test(verb)) return unknown(verb, 'rule')
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
