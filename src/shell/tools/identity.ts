import { defineTool, flag, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { curly } from '../text/quotes.ts'
import { groups as groupEntries, groupName, userByName } from '../text/users.ts'

export const whoami = defineTool({
  name: 'whoami',
  summary: 'Print the user name associated with the current effective user ID.\nSame as id -un.',
  usage: '[OPTION]...',
  *run(t) {
    if (t.args.length > 0) throw new UsageError(`extra operand ${curly(t.args[0])}`)
    const user = userByName(t.p.fs, undefined, t.p.creds.uid)
    if (!user) return t.fail(`cannot find name for user ID ${t.p.creds.uid}: No such file or directory`)
    t.line(user.name)
    return 0
  },
})

interface Identity {
  readonly uid: number
  readonly gid: number
  readonly all: number[]
}

function identity(t: { p: import('../../host/index.ts').Process }, name: string | undefined): Identity | undefined {
  if (name === undefined) {
    const { uid, gid, groups } = t.p.creds
    return { uid, gid, all: [...new Set([gid, ...(groups ?? [])])] }
  }
  const user =
    userByName(t.p.fs, name) ?? (/^\d+$/.test(name) ? userByName(t.p.fs, undefined, Number(name)) : undefined)
  if (!user) return undefined
  const more = groupEntries(t.p.fs).filter((g) => g.members.includes(user.name))
  return { uid: user.uid, gid: user.gid, all: [...new Set([user.gid, ...more.map((g) => g.gid)])] }
}

export const id = defineTool({
  name: 'id',
  summary: 'Print user and group information for each specified USER,\nor (when USER omitted) for the current process.',
  usage: '[OPTION]... [USER]...',
  options: {
    a: flag('a', undefined, 'ignore, for compatibility with other versions'),
    context: flag('Z', 'context'),
    group: flag('g', 'group', 'print only the effective group ID'),
    groups: flag('G', 'groups', 'print all group IDs'),
    name: flag('n', 'name', 'print a name instead of a number, for -ugG'),
    real: flag('r', 'real', 'print the real ID instead of the effective ID, with -ugG'),
    user: flag('u', 'user', 'print only the effective user ID'),
    zero: flag('z', 'zero', 'delimit entries with NUL characters, not whitespace;'),
  },
  *run(t) {
    const o = t.opts
    if (o.user + o.group + o.groups > 1) return t.fail('cannot print "only" of more than one choice')
    if (o.name && !(o.user || o.group || o.groups))
      return t.fail('cannot print only names or real IDs in default format')
    for (const name of t.args.length > 0 ? t.args : [undefined]) {
      const who = identity(t, name)
      if (!who) {
        t.complain(`${curly(name ?? '')}: no such user`)
        continue
      }
      const user = (uid: number): string => userByName(t.p.fs, undefined, uid)?.name ?? ''
      const group = (gid: number): string => groupName(t.p.fs, gid) ?? ''
      if (o.user) t.line(o.name ? user(who.uid) || String(who.uid) : String(who.uid))
      else if (o.group) t.line(o.name ? group(who.gid) || String(who.gid) : String(who.gid))
      else if (o.groups) t.line(who.all.map((g) => (o.name ? group(g) || String(g) : String(g))).join(' '))
      else {
        const show = (n: number, text: string): string => (text === '' ? String(n) : `${n}(${text})`)
        t.line(
          `uid=${show(who.uid, user(who.uid))} gid=${show(who.gid, group(who.gid))} groups=${who.all.map((g) => show(g, group(g))).join(',')}`,
        )
      }
    }
    return 0
  },
})

export const groups = defineTool({
  name: 'groups',
  summary: 'Print group memberships for each USERNAME or, if no USERNAME is specified, for\nthe current process.',
  usage: '[OPTION]... [USERNAME]...',
  *run(t) {
    for (const name of t.args.length > 0 ? t.args : [undefined]) {
      const who = identity(t, name)
      if (!who) t.complain(`${curly(name ?? '')}: no such user`)
      else
        t.line(
          `${name === undefined ? '' : `${name} : `}${who.all.map((g) => groupName(t.p.fs, g) ?? String(g)).join(' ')}`,
        )
    }
    return 0
  },
})

export const hostname = defineTool({
  name: 'hostname',
  summary: 'Show or set the system host name.',
  usage:
    '[-b] {hostname|-F file}         set host name (from file)\n[-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name',
  version: 'hostname 3.23',
  options: {
    alias: flag('a', 'alias', 'alias names'),
    fqdns: flag('A', 'all-fqdns', 'all long host names (FQDNs)'),
    domain: flag('d', 'domain', 'DNS domain name'),
    fqdn: { ...flag('f', 'fqdn', 'long host name (FQDN)'), alias: 'long' },
    file: value('F', 'file', 'FILE', 'read host name or NIS domain name from given file'),
    ips: flag('I', 'all-ip-addresses', 'all addresses for the host'),
    ip: flag('i', 'ip-address', 'addresses for the host name'),
    short: flag('s', 'short', 'short host name'),
  },
  *run(t) {
    const o = t.opts
    const addresses = t.p.net.addresses().filter((a) => !a.startsWith('127.') && a !== '::1')
    if (o.ips) t.line(`${addresses.join(' ')} `)
    else if (o.ip) t.line(addresses[0] ?? '127.0.1.1')
    else if (o.domain) t.line('')
    else if (t.args.length > 0) {
      t.p.stderr.write('hostname: setting the host name: not simulated\n')
      return 127
    } else t.line(o.short ? t.p.hostname.split('.')[0] : t.p.hostname)
    return 0
  },
})
