import { MACHINE, type Program } from '../../../host/index.ts'
import { command, Fail, stackOf } from '../lib/command.ts'

/** ipset 7: create, add, del, list, test, flush, destroy, save. */
export const ipset: Program = command('ipset', (c) => {
  c.host.service(MACHINE).modules.load('ip_set')
  const { sets } = stackOf(c.p).netfilter
  const words = c.args.filter((a) => !/^-(n|exist|!|q|quiet|name)$/.test(a) && a !== '--exist')
  const names = c.args.includes('-n') || c.args.includes('-name')
  const exist = c.args.some((a) => /^(-!|-exist|--exist)$/.test(a))
  const [verb = 'help', name, ...rest] = words
  const set = name === undefined ? undefined : sets.get(name)
  const need = (): NonNullable<typeof set> => {
    if (!set) throw new Fail('ipset v7.22: The set with the given name does not exist')
    return set
  }
  switch (
    verb.replace(
      /^-[A-Z]$/,
      (v) =>
        ({ '-N': 'create', '-A': 'add', '-D': 'del', '-L': 'list', '-X': 'destroy', '-F': 'flush', '-T': 'test' })[v] ??
        v,
    )
  ) {
    case 'create':
      if (set && !exist) throw new Fail('ipset v7.22: Set cannot be created: set with the same name already exists')
      if (!set)
        sets.set(name, {
          name,
          type: rest[0] ?? 'hash:ip',
          header: `family inet hashsize 1024 maxelem 65536${rest[0] === 'bitmap:port' ? ` ${rest.slice(1).join(' ')}` : ''} bucketsize 12 initval 0x${c.host.rng.hex(8)}`,
          entries: new Map(),
        })
      return 0
    case 'add':
      if (need().entries.has(rest[0]) && !exist)
        throw new Fail("ipset v7.22: Element cannot be added to the set: it's already added")
      need().entries.set(rest[0], rest.slice(1).join(' '))
      return 0
    case 'del':
      if (!need().entries.delete(rest[0]) && !exist)
        throw new Fail("ipset v7.22: Element cannot be deleted from the set: it's not added")
      return 0
    case 'test': {
      const hit = need().entries.has(rest[0])
      c.err(`${rest[0]} is ${hit ? '' : 'NOT '}in set ${name}.\n`)
      return hit ? 0 : 1
    }
    case 'flush':
      for (const s of set ? [set] : sets.values()) s.entries.clear()
      return 0
    case 'destroy':
      if (name === undefined) sets.clear()
      else sets.delete(need().name)
      return 0
    case 'save':
      for (const s of set ? [set] : sets.values())
        c.out(
          `create ${s.name} ${s.type} ${s.header}\n${[...s.entries].map(([k, v]) => `add ${s.name} ${k}${v ? ` ${v}` : ''}\n`).join('')}`,
        )
      return 0
    case 'list': {
      if (name !== undefined) need()
      const chosen = set ? [set] : [...sets.values()]
      if (names) c.out(chosen.map((s) => `${s.name}\n`).join(''))
      else
        c.out(
          chosen
            .map(
              (s) =>
                `Name: ${s.name}\nType: ${s.type}\nRevision: 6\nHeader: ${s.header}\nSize in memory: ${200 + 96 * s.entries.size}\nReferences: ${references(c, s.name)}\nNumber of entries: ${s.entries.size}\nMembers:\n${[...s.entries].map(([k, v]) => `${k}${v ? ` ${v}` : ''}\n`).join('')}`,
            )
            .join('\n'),
        )
      return 0
    }
    default:
      throw new Fail(
        `ipset v7.22: No command specified: unknown argument ${verb}\nTry \`ipset help' for more information.`,
      )
  }
})

function references(c: Parameters<Parameters<typeof command>[1]>[0], name: string): number {
  let n = 0
  for (const t of stackOf(c.p).netfilter.tables.values())
    for (const chain of t.chains.values())
      for (const r of chain.rules) if (r.matches.some((m) => m.name === 'set' && m.options[0]?.values[0] === name)) n++
  return n
}
