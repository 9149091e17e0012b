import { hostsLookup, lookup, type Program } from '../../../host/index.ts'
import { command } from '../lib/command.ts'

/** glibc's getent: hosts, ahosts, passwd, group, services. */
export const getent: Program = command('getent', function* (c) {
  const [database, ...keys] = c.args
  if (database === undefined) {
    c.err("getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.\n")
    return 1
  }
  const file = (path: string): string[] => {
    const node = c.p.fs.find(path)
    return (node?.kind === 'file' ? node.read() : '').split('\n').filter(Boolean)
  }
  let status = 0
  switch (database) {
    case 'hosts':
    case 'ahosts':
    case 'ahostsv4':
      if (keys.length === 0)
        for (const line of file('/etc/hosts')) {
          const [ip, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
          if (ip && names.length > 0) c.out(`${ip.padEnd(15)} ${names.join(' ')}\n`)
        }
      for (const key of keys) {
        const known = hostsLookup(c.p.fs, key).filter((h) => !h.ip.includes(':'))
        const r = yield* lookup(c.p, key)
        if (!r.ok) status = 2
        else if (database === 'hosts')
          for (const [i, ip] of r.ips.entries()) c.out(`${ip.padEnd(15)} ${known[i]?.names.join(' ') ?? r.name}\n`)
        else
          for (const ip of r.ips)
            c.out(`${ip.padEnd(15)} STREAM ${r.name}\n${ip.padEnd(15)} DGRAM  \n${ip.padEnd(15)} RAW    \n`)
      }
      return status
    case 'passwd':
    case 'group':
    case 'services':
    case 'protocols': {
      const lines = file(`/etc/${database}`)
      if (keys.length === 0) c.out(lines.map((l) => `${l}\n`).join(''))
      for (const key of keys) {
        const hit = lines.find((l) => {
          const f = l.split(/[:\s]+/)
          return f[0] === key || f[2] === key || (database === 'services' && f[1] === key)
        })
        if (hit) c.out(`${hit}\n`)
        else status = 2
      }
      return status
    }
    default:
      c.err(`Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`)
      return 1
  }
})
