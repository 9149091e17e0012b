import { type CtEntry, conntrackLine, may, type Program, parseIp } from '../../../host/index.ts'
import { command, Fail, stackOf } from '../lib/command.ts'
import { getopt, OptionError } from '../lib/getopt.ts'

const PROTOCOLS = /^(tcp|udp|icmp|icmpv6|udplite|dccp|sctp|gre|unknown|ipv4|ipv6|\d+)$/i

/** conntrack-tools 1.4.8. */
export const conntrack: Program = command('conntrack', (c) => {
  let o: ReturnType<typeof getopt>
  try {
    o = getopt(c.args, {
      short: 'LDCSEFGIUp:s:d:r:q:m:f:o:nj',
      long: {
        dump: 'L',
        delete: 'D',
        count: 'C',
        stats: 'S',
        flush: 'F',
        event: 'E',
        'proto=': 'p',
        'src=': 's',
        'dst=': 'd',
        'orig-src=': 's',
        'orig-dst=': 'd',
        'sport=': 'sport',
        'dport=': 'dport',
        'orig-port-src=': 'sport',
        'orig-port-dst=': 'dport',
        'reply-src=': 'r',
        'reply-dst=': 'q',
        'family=': 'f',
        'state=': 'state',
        'mark=': 'm',
        version: 'version',
        'output=': 'o',
        'src-nat': 'n',
        'dst-nat': 'j',
      },
    })
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new Fail(
      `conntrack: ${error.message}\nconntrack v1.4.8 (conntrack-tools): Bad parameter\nTry \`conntrack -h' or 'conntrack --help' for more information.`,
      2,
    )
  }
  if (o.has('version')) {
    c.out('conntrack v1.4.8 (conntrack-tools)\n')
    return 0
  }
  if (!may(c.p.creds, 'NET_ADMIN'))
    throw new Fail(
      'conntrack v1.4.8 (conntrack-tools): Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this',
      1,
    )
  const stack = stackOf(c.p).host
  const { conntrack: table } = stack
  const now = c.host.kernel.now()
  const bad = (message: string): never => {
    throw new Fail(
      `conntrack v1.4.8 (conntrack-tools): ${message}\nTry \`conntrack -h' or 'conntrack --help' for more information.`,
      2,
    )
  }
  const ip = (key: string): number | undefined =>
    o.has(key) ? (parseIp(o.get(key)!.split('/')[0]) ?? bad(`Invalid IP address \`${o.get(key)}'`)) : undefined
  for (const key of ['p', 'f'])
    if (o.has(key) && !PROTOCOLS.test(o.get(key)!)) bad(`\`${o.get(key)}' unsupported protocol`)
  for (const key of ['sport', 'dport']) if (o.has(key) && !o.has('p')) bad(`unknown option \`--${key}'`)
  const src = ip('s')
  const dst = ip('d')
  const replySrc = ip('r')
  const replyDst = ip('q')
  const wanted = (e: CtEntry): boolean =>
    (o.get('p') === undefined || e.proto === o.get('p')!.toLowerCase()) &&
    (src === undefined || e.orig.src === src) &&
    (dst === undefined || e.orig.dst === dst) &&
    (replySrc === undefined || e.reply.src === replySrc) &&
    (replyDst === undefined || e.reply.dst === replyDst) &&
    (o.get('sport') === undefined || e.orig.sport === Number(o.get('sport'))) &&
    (o.get('dport') === undefined || e.orig.dport === Number(o.get('dport'))) &&
    (o.get('state') === undefined || e.state === o.get('state')!.toUpperCase())
  const shown = (list: readonly CtEntry[], verb: string): void => {
    c.out(list.map((e) => `${conntrackLine(e, now)}\n`).join(''))
    c.err(`conntrack v1.4.8 (conntrack-tools): ${list.length} flow entries have been ${verb}.\n`)
  }
  if (o.has('C')) c.out(`${table.count()}\n`)
  else if (o.has('S')) {
    for (let i = 0; i < c.host.cpus; i++)
      c.out(
        `cpu=${i}   \tfound=0 invalid=0 insert=0 insert_failed=0 drop=${i === 0 ? table.dropped : 0} early_drop=0 error=0 search_restart=0 clash_resolve=0 chaintoolong=0 \n`,
      )
  } else if (o.has('F')) {
    table.clear()
    c.err('conntrack v1.4.8 (conntrack-tools): connection tracking table has been emptied.\n')
  } else if (o.has('D')) {
    const gone = table.remove(wanted)
    shown(gone, 'deleted')
    return gone.length > 0 ? 0 : 1
  } else if (o.has('L')) shown(table.list().filter(wanted), 'shown')
  else
    throw new Fail(
      "conntrack v1.4.8 (conntrack-tools): You need to supply an action to perform\nTry `conntrack -h' or 'conntrack --help' for more information.",
      2,
    )
  return 0
})
