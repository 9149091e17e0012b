import {
  type Netfilter,
  type Program,
  parseRuleArgs,
  RuleError,
  readAll,
  ruleWords,
  saveTable,
  type Table,
} from '../../../host/index.ts'
import { command, Fail, stackOf } from '../lib/command.ts'
import { ctime } from '../lib/time.ts'
import { requireRoot, tableNamed } from './shared.ts'

/** iptables-save prints the tables in the order in which the kernel made them. */
export const iptablesSave = (name: 'iptables-save' | 'ip6tables-save'): Program =>
  command(name, (c) => {
    requireRoot(c, name, 'v1.8.11 (nf_tables)')
    const at = c.args.findIndex((a) => a === '-t' || a === '--table')
    const only = at >= 0 ? tableNamed(c.args[at + 1] ?? '') : undefined
    if (at >= 0 && !only) throw new Fail(`Table \`${c.args[at + 1] ?? ''}' does not exist`)
    if (
      c.args.some((a, i) => !a.startsWith('-') && !/^(-t|--table|-f|--file|-M|--modprobe)$/.test(c.args[i - 1] ?? ''))
    )
      throw new Fail('Unknown arguments found on commandline')
    const counters = c.args.includes('-c') || c.args.includes('--counters')
    const when = ctime(c.host.clock.now())
    const stack = stackOf(c.p)
    for (const table of tables(name === 'ip6tables-save' ? stack.netfilter6 : stack.netfilter))
      if (only === undefined || table.name === only) c.out(saveTable(table, when, counters, name))
    return 0
  })

const tables = (netfilter: Netfilter): Table[] =>
  ['mangle', 'filter', 'nat', 'raw', 'security'].flatMap((n) => netfilter.tables.get(n as Table['name']) ?? [])

/** iptables-restore: all tables of the input, or nothing. */
export const iptablesRestore = (name: 'iptables-restore' | 'ip6tables-restore'): Program =>
  command(name, function* (c) {
    requireRoot(c, name, 'v1.8.11 (nf_tables)')
    const noflush = c.args.includes('-n') || c.args.includes('--noflush')
    const file = c.args.find((a, i) => !a.startsWith('-') && !/^(-T|--table|-w|--wait|-M)$/.test(c.args[i - 1] ?? ''))
    const text = file === undefined ? yield* readAll(c.p.stdin) : c.p.fs.readFile(file, c.p.cwd, c.p.creds)
    const stack = stackOf(c.p)
    const netfilter = name === 'ip6tables-restore' ? stack.netfilter6 : stack.netfilter
    let table: Table | undefined
    const lines = text.split('\n')
    const open = lines
      .map((l) => l.trim())
      .filter((l) => l.startsWith('*') || l === 'COMMIT')
      .at(-1)
    if (open?.startsWith('*') && tableNamed(open.slice(1)))
      throw new Fail(`${name}: COMMIT expected at line ${lines.length - (lines.at(-1) === '' ? 1 : 0) + 1}`)
    const bad = (i: number, message: string): never => {
      throw new Fail(
        `${name} v1.8.11 (nf_tables): ${message}\nError occurred at line: ${i + 1}\nTry \`${name} -h' or '${name} --help' for more information.`,
        2,
      )
    }
    for (const [i, raw] of lines.entries()) {
      const line = raw.trim()
      if (line === '' || line.startsWith('#')) continue
      if (line.startsWith('*')) {
        const wanted = tableNamed(line.slice(1))
        if (!wanted) bad(i, `Bad table name "${line.slice(1)}"`)
        table = netfilter.table(wanted!)
        if (!noflush) {
          for (const chain of [...table.chains.values()]) {
            chain.rules = []
            if (!table.builtin(chain.name)) table.chains.delete(chain.name)
          }
        }
        continue
      }
      if (line === 'COMMIT') {
        table = undefined
        continue
      }
      if (!table) bad(i, 'no table specified')
      if (line.startsWith(':')) {
        const [chain, policy] = line.slice(1).split(/\s+/)
        const existing = table!.chains.get(chain)
        if (existing) {
          existing.used = true
          if (policy === 'ACCEPT' || policy === 'DROP') existing.policy = policy
          if (!table!.builtin(chain)) existing.rules = []
        } else table!.chains.set(chain, { name: chain, rules: [], packets: 0, bytes: 0 })
        continue
      }
      const words = ruleWords(line)
      const counters = words[0]?.startsWith('[') ? words.shift()!.slice(1, -1).split(':').map(Number) : undefined
      const chain = table!.chains.get(words[1])
      if (!chain) bad(i, `Couldn't load target \`${words[1]}':No such file or directory\n`)
      try {
        const rule = parseRuleArgs(words.slice(words[0] === '-I' && /^\d+$/.test(words[2]) ? 3 : 2), table!, netfilter)
        if (counters) [rule.packets, rule.bytes] = counters
        if (words[0] === '-A') chain!.rules.push(rule)
        else if (words[0] === '-I') chain!.rules.splice(/^\d+$/.test(words[2]) ? Number(words[2]) - 1 : 0, 0, rule)
        else if (words[0] === '-F') chain!.rules = []
        else if (words[0] === '-X') table!.chains.delete(words[1])
        else bad(i, `unknown option "${words[0]}"`)
      } catch (error) {
        if (!(error instanceof RuleError)) throw error
        bad(i, error.message)
      }
    }
    netfilter.touch()
    return 0
  })
