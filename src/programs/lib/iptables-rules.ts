import { type Netfilter, parseRuleArgs, type Rule, ruleKey, ruleWords, type TableName } from '../../host/index.ts'

/** Whose rules: a stack has those of IPv4, and `{ netfilter: stack.netfilter6 }` are those of IPv6. */
export interface Family {
  readonly netfilter: Netfilter
}

/** One rule in the words of iptables-save (without `-A CHAIN`), as daemons write them. */
const parseRule = (stack: Family, table: TableName, text: string): Rule =>
  parseRuleArgs(ruleWords(text), stack.netfilter.table(table), stack.netfilter)

/** Makes the chain exist. */
export function ensureChain(stack: Family, table: TableName, name: string): void {
  const t = stack.netfilter.table(table)
  if (!t.chains.has(name)) t.chains.set(name, { name, rules: [], packets: 0, bytes: 0 })
}

/** Replaces a chain's rules. */
export function fillChain(stack: Family, table: TableName, name: string, rules: readonly string[]): void {
  ensureChain(stack, table, name)
  stack.netfilter.table(table).chains.get(name)!.rules = rules.map((text) => parseRule(stack, table, text))
}

/** Appends (or puts first) a rule unless the same one is there already. */
export function ensureRule(stack: Family, table: TableName, chain: string, text: string, first = false): void {
  ensureChain(stack, table, chain)
  const into = stack.netfilter.table(table).chains.get(chain)!
  into.used = true
  const { rules } = into
  const rule = parseRule(stack, table, text)
  const key = ruleKey(rule)
  if (rules.some((r) => ruleKey(r) === key)) return
  if (first) rules.unshift(rule)
  else rules.push(rule)
}

/** Deletes the rules that `where` picks. */
export function deleteRules(stack: Family, table: TableName, chain: string, where: (rule: Rule) => boolean): void {
  const c = stack.netfilter.tables.get(table)?.chains.get(chain)
  if (c) c.rules = c.rules.filter((r) => !where(r))
}
