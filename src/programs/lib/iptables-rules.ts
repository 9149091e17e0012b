import { parseCidr, type Rule, type Stack, type TableName } from '../../host/index.ts'
import { compileMatch, EXTENSIONS } from '../../host/net/netfilter/extensions.ts'
import type { Match, MatchOption, Target } from '../../host/net/netfilter/model.ts'

const words = (text: string): string[] =>
  (text.match(/"[^"]*"|\S+/g) ?? []).map((w) => (w.startsWith('"') ? w.slice(1, -1) : w))

/** Options of targets and how many values each takes; others take one. */
const NO_VALUE = new Set([
  '--random-fully',
  '--random',
  '--persistent',
  '--save-mark',
  '--restore-mark',
  '--syn',
  '--set',
  '--rcheck',
  '--update',
  '--remove',
  '--reap',
  '--rsource',
  '--rdest',
])

/** One rule in the words of iptables-save (without `-A CHAIN`), as daemons write them. They never make mistakes in it. */
export function parseRule(text: string): Rule {
  const args = words(text)
  const rule: { -readonly [K in keyof Rule]: Rule[K] } = { matches: [], packets: 0, bytes: 0 }
  const matches: { name: string; options: MatchOption[] }[] = []
  let target: { name: string; goto?: boolean; options: { flag: string; values: string[] }[] } | undefined
  let not = false
  for (let i = 0; i < args.length; i++) {
    const a = args[i]
    if (a === '!') {
      not = true
      continue
    }
    if (a === '-s' || a === '-d') rule[a === '-s' ? 'src' : 'dst'] = { not, cidr: parseCidr(args[++i])! }
    else if (a === '-i' || a === '-o') rule[a === '-i' ? 'inIf' : 'outIf'] = { not, name: args[++i] }
    else if (a === '-p') rule.proto = { not, name: args[++i] }
    else if (a === '-m') matches.push({ name: args[++i], options: [] })
    else if (a === '-j' || a === '-g') target = { name: args[++i], goto: a === '-g' ? true : undefined, options: [] }
    else {
      const last = matches.at(-1)
      const known = target ? undefined : last && EXTENSIONS[last.name].flags[a]
      const count = known ?? (NO_VALUE.has(a) ? 0 : 1)
      const values = args.slice(i + 1, i + 1 + count)
      i += count
      if (target) target.options.push({ flag: a, values })
      else last?.options.push({ flag: a, not, values })
    }
    not = false
  }
  const fail = (message: string): never => {
    throw new Error(`${message} in rule ${text}`)
  }
  rule.matches = matches.map((m): Match => compileMatch(m.name, m.options, fail))
  rule.target = target as Target | undefined
  return rule
}

/** Makes the chain exist. */
export function ensureChain(stack: Stack, table: TableName, name: string): void {
  const t = stack.netfilter.table(table)
  if (!t.chains.has(name)) t.chains.set(name, { name, rules: [], packets: 0, bytes: 0 })
}

/** Replaces a chain's rules. */
export function fillChain(stack: Stack, table: TableName, name: string, rules: readonly string[]): void {
  ensureChain(stack, table, name)
  stack.netfilter.table(table).chains.get(name)!.rules = rules.map(parseRule)
}

const texts = new WeakMap<Rule, string>()

/** Appends (or puts first) a rule unless the daemon's own is there already. */
export function ensureRule(stack: Stack, table: TableName, chain: string, text: string, first = false): void {
  ensureChain(stack, table, chain)
  const rules = stack.netfilter.table(table).chains.get(chain)!.rules
  if (rules.some((r) => texts.get(r) === text || same(r, text))) return
  const rule = parseRule(text)
  texts.set(rule, text)
  if (first) rules.unshift(rule)
  else rules.push(rule)
}

const same = (rule: Rule, text: string): boolean => {
  const other = parseRule(text)
  const shape = (r: Rule): string =>
    JSON.stringify([r.src, r.dst, r.inIf, r.outIf, r.proto, r.matches.map((m) => [m.name, m.options]), r.target])
  return shape(rule) === shape(other)
}

/** Deletes rules whose text, as `parseRule` reads it, is the same. */
export function deleteRules(stack: Stack, table: TableName, chain: string, where: (rule: Rule) => boolean): void {
  const c = stack.netfilter.tables.get(table)?.chains.get(chain)
  if (c) c.rules = c.rules.filter((r) => !where(r))
}
