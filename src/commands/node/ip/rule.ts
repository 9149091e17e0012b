import { formatIp, parseCidr } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { type Call, isShow, isVerb, needRoot, noPrefix, rtnl, unknown, valueIn } from './call.ts'

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
  if (!isVerb(verb, 'add delete flush save restore')) return unknown(verb, 'rule')
  needRoot(c)
  if (rest.length === 0 && isVerb(verb, 'add delete'))
    throw new Fail(`"ip rule ${'add'.startsWith(verb) ? 'add' : 'del'}" requires arguments.`)
  const wrong = (text: string, what: string): never => {
    throw new Fail(`Error: argument "${text}" is wrong: ${what}`, 255)
  }
  const prefix = (text: string): ReturnType<typeof parseCidr> => parseCidr(text) ?? noPrefix(text)
  const wanted = value('priority') ?? value('pref') ?? value('prio')
  if (wanted !== undefined && !/^(\d+|0x[0-9a-f]+)$/i.test(wanted)) wrong(wanted, 'preference value is invalid')
  const from = value('from')
  const to = value('to')
  const table = value('table') ?? value('lookup') ?? 'main'
  if (!/^(main|local|default|\d+)$/.test(table)) wrong(table, 'invalid table ID')
  const mark = value('fwmark')
  if (mark !== undefined && !/^(\d+|0x[0-9a-f]+)(\/.*)?$/i.test(mark)) wrong(mark, 'fwmark value is invalid')
  if ('add'.startsWith(verb)) {
    stack.rules.push({
      priority: Number(wanted ?? 32765 - stack.rules.length),
      from: from && from !== 'all' ? prefix(from) : undefined,
      to: to && to !== 'all' ? prefix(to) : undefined,
      fwmark: value('fwmark') === undefined ? undefined : Number(value('fwmark')),
      table,
    })
    stack.changed()
    return 0
  }
  const at = stack.rules.findIndex((r) => (wanted === undefined ? r.table === table : r.priority === Number(wanted)))
  if (at < 0) rtnl('No such file or directory')
  stack.rules.splice(at, 1)
  stack.changed()
  return 0
}
