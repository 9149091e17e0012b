import {
  listSpecs,
  listTable,
  type Netfilter,
  type Program,
  parseRuleArgs,
  RuleError,
  ruleKey,
  type Stack,
  type Table,
  type TableName,
} from '../../../host/index.ts'
import { type Command, command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { requireRoot, tableNamed } from './shared.ts'

const VERSION = 'v1.8.11 (nf_tables)'
const NO_CHAIN = 'No chain/target/match by that name.'

/** iptables and ip6tables, whose rules no packet ever meets: the network is IPv4. */
export const iptablesFor = (name: 'iptables' | 'ip6tables'): Program =>
  command(name, (c) => {
    const words = c.args.flatMap((a) => split(a))
    if (words.includes('-V') || words.includes('--version')) {
      c.out(`${name} ${VERSION}\n`)
      return 0
    }
    if (words.includes('-h') || words.includes('--help')) {
      c.out(`${name} ${VERSION}\n\nUsage: ${name} -[ACD] chain rule-specification [options]\n`)
      return 0
    }
    requireRoot(c, name, VERSION)
    const stack = stackOf(c.p)
    return run(c, stack, name, words)
  })

/** `-nvL` is `-n -v -L`; options with a value stay as they are. */
function split(arg: string): string[] {
  if (!/^-[a-zA-Z]{2,}$/.test(arg)) return [arg]
  return [...arg.slice(1)].map((l) => `-${l}`)
}

interface Action {
  readonly verb: string
  readonly chain: string | undefined
  readonly number?: number
  readonly extra?: string
}

const COMMANDS: Record<string, string> = {
  '--append': '-A',
  '--check': '-C',
  '--delete': '-D',
  '--insert': '-I',
  '--replace': '-R',
  '--list': '-L',
  '--list-rules': '-S',
  '--flush': '-F',
  '--zero': '-Z',
  '--new-chain': '-N',
  '--delete-chain': '-X',
  '--policy': '-P',
  '--rename-chain': '-E',
  '--new': '-N',
}

/** Commands with a rule behind them. */
const RULE_VERBS = new Set(['-A', '-C', '-D', '-I', '-R'])

function run(c: Command, stack: Stack, name: string, words: readonly string[]): number {
  let table: TableName = 'filter'
  let action: Action | undefined
  let numeric = false
  let verbose = false
  let lineNumbers = false
  let exact = false
  const spec: string[] = []
  const error = (message: string, status = 2): never => {
    const hint = status === 2 ? `\nTry \`${name} -h' or '${name} --help' for more information.` : ''
    throw new Fail(`${name} ${VERSION}: ${message}${hint}`, status)
  }
  const badArgument = (word: string): never => {
    throw new Fail(`Bad argument \`${word}'\nTry \`${name} -h' or '${name} --help' for more information.`, 2)
  }
  for (let i = 0; i < words.length; i++) {
    const word = COMMANDS[words[i]] ?? words[i]
    const operand = (): string | undefined =>
      i + 1 < words.length && !words[i + 1].startsWith('-') && words[i + 1] !== '!' ? words[++i] : undefined
    switch (word) {
      case '-t':
      case '--table': {
        if (words[i + 1] === undefined) error(`option "${words[i]}" requires an argument`)
        const wanted = words[++i] ?? ''
        table =
          tableNamed(wanted) ??
          error(
            `can't initialize ${name} table \`${wanted}': Table does not exist (do you need to insmod?)\nPerhaps ${name} or your kernel needs to be upgraded.`,
            3,
          )
        break
      }
      case '-A':
      case '-C':
      case '-D':
      case '-I':
      case '-R':
      case '-N':
      case '-P':
      case '-E': {
        if (action) error(`Cannot use ${word} with ${action.verb}`)
        const chain = operand() ?? error(`option "${word}" requires an argument`)
        const next = words[i + 1]
        const takesNumber =
          (word === '-D' || word === '-I' || word === '-R') && next !== undefined && /^\d+$/.test(next)
        const extra = word === '-P' || word === '-E' ? words[++i] : undefined
        action = { verb: word, chain, number: takesNumber ? Number(words[++i]) : undefined, extra }
        break
      }
      case '-L':
      case '-S':
      case '-F':
      case '-X':
      case '-Z': {
        if (action && word !== '-Z' && !(action.verb === '-Z' && word === '-L'))
          error(`Cannot use ${word} with ${action.verb}`)
        const chain = operand()
        const next = words[i + 1]
        action =
          action && word === '-Z'
            ? action
            : { verb: word, chain, number: next !== undefined && /^\d+$/.test(next) ? Number(words[++i]) : undefined }
        break
      }
      case '-n':
      case '--numeric':
        numeric = true
        break
      case '-v':
      case '--verbose':
        verbose = true
        break
      case '--line-numbers':
        lineNumbers = true
        break
      case '-x':
      case '--exact':
        exact = true
        break
      case '-w':
      case '--wait':
        if (/^\d+$/.test(words[i + 1] ?? '')) i++
        break
      case '-W':
        i++
        break
      case '-4':
      case '-6':
        break
      default:
        spec.push(words[i])
    }
  }
  const wrong = spec.find((w) => w.startsWith('-') && !RULE_VERBS.has(action?.verb ?? ''))
  if (wrong !== undefined) error(`unknown option "${wrong}"`)
  if (!action) return error('no command specified')
  const stray = RULE_VERBS.has(action.verb) ? undefined : spec[0]
  if (stray !== undefined) return badArgument(stray)
  const v6 = name === 'ip6tables'
  const netfilter = v6 ? stack.netfilter6 : stack.netfilter
  const t = netfilter.table(table)
  const fail = (message: string, status = 1): never => {
    throw new Fail(`${name}: ${message}`, status)
  }
  const rule = (): ReturnType<typeof parseRuleArgs> => {
    try {
      return v6 ? ipv6Rule(c, spec, t, netfilter, action?.chain) : parseRuleArgs(spec, t, netfilter, action?.chain)
    } catch (e) {
      if (!(e instanceof RuleError)) throw e
      const word = /^Bad argument `(.*)'$/.exec(e.message)?.[1]
      return word === undefined ? error(e.message, e.status) : badArgument(word)
    }
  }
  return perform(c, netfilter, t, action, { numeric, verbose, lineNumbers, exact, v6 }, rule, fail, error)
}

/** A rule of IPv6 as far as it names no address. Throws RuleError. */
function ipv6Rule(
  c: Command,
  spec: readonly string[],
  t: Table,
  netfilter: Netfilter,
  chain: string | undefined,
): ReturnType<typeof parseRuleArgs> {
  for (const [i, word] of spec.entries()) {
    if (!/^(-s|-d|--src|--dst|--source|--destination)$/.test(word)) continue
    const address = spec[i + 1] ?? ''
    if (!address.includes(':')) throw new RuleError(`host/network \`${address}' not found`, 2)
    notSimulated(c, `addresses of IPv6 (${address})`)
  }
  const rule = parseRuleArgs(spec, t, netfilter, chain)
  if (rule.target?.name !== 'REJECT') return rule
  const options = rule.target.options.map((o) => ({ ...o, values: o.values.map((v) => v.replace(/^icmp-/, 'icmp6-')) }))
  return { ...rule, target: { ...rule.target, options } }
}

function perform(
  c: Command,
  netfilter: Netfilter,
  t: Table,
  a: Action,
  list: { numeric: boolean; verbose: boolean; lineNumbers: boolean; exact: boolean; v6: boolean },
  rule: () => ReturnType<typeof parseRuleArgs>,
  fail: (message: string, status?: number) => never,
  usage: (message: string) => never,
): number {
  const chain = a.chain === undefined ? undefined : t.chains.get(a.chain)
  /** A built-in chain that nothing has used yet: the kernel does not have it. */
  const unborn = (x: NonNullable<typeof chain>): boolean => t.builtin(x.name) && !x.used && x.rules.length === 0
  const needChain = (): NonNullable<typeof chain> => chain ?? fail(NO_CHAIN)
  switch (a.verb) {
    case '-L':
      if (a.chain !== undefined) needChain()
      c.out(listTable(t, a.chain, list))
      return 0
    case '-S':
      if (a.chain !== undefined) needChain()
      c.out(`${listSpecs(t, a.chain, list.verbose).join('\n')}\n`)
      return 0
    case '-A': {
      const target = needChain()
      target.rules.push(rule())
      target.used = true
      break
    }
    case '-I': {
      const target = needChain()
      if (a.number === 0) usage("Invalid rule number `0'")
      const at = (a.number ?? 1) - 1
      if (at > target.rules.length) fail('Index of insertion too big.')
      target.rules.splice(at, 0, rule())
      target.used = true
      break
    }
    case '-R': {
      const target = needChain()
      if (a.number === undefined) usage('-R requires a rule number')
      if (unborn(target)) fail(NO_CHAIN)
      const at = (a.number ?? 0) - 1
      if (at < 0 || at >= target.rules.length) fail('Index of replacement too big.')
      target.rules[at] = rule()
      break
    }
    case '-D': {
      const target = needChain()
      if (a.number !== undefined) {
        if (unborn(target)) fail(NO_CHAIN)
        if (a.number < 1) return usage("Invalid rule number `0'")
        if (a.number > target.rules.length) fail('Index of deletion too big.')
        target.rules.splice(a.number - 1, 1)
        break
      }
      const key = ruleKey(rule())
      const at = target.rules.findIndex((r) => ruleKey(r) === key)
      if (at < 0) fail('Bad rule (does a matching rule exist in that chain?).')
      target.rules.splice(at, 1)
      break
    }
    case '-C': {
      const target = needChain()
      const key = ruleKey(rule())
      if (!target.rules.some((r) => ruleKey(r) === key)) fail('Bad rule (does a matching rule exist in that chain?).')
      return 0
    }
    case '-F':
      if (a.chain !== undefined) needChain().rules = []
      else for (const x of t.chains.values()) x.rules = []
      break
    case '-Z':
      if (chain && unborn(chain)) fail(NO_CHAIN)
      for (const x of a.chain === undefined ? t.chains.values() : [needChain()]) {
        x.packets = x.bytes = 0
        for (const r of x.rules) r.packets = r.bytes = 0
      }
      return 0
    case '-N':
      if (a.chain!.length > 28) usage(`chain name \`${a.chain}' too long (must be under 29 chars)`)
      if (chain) fail('Chain already exists.')
      t.chains.set(a.chain!, { name: a.chain!, rules: [], packets: 0, bytes: 0 })
      break
    case '-X':
      for (const x of a.chain === undefined
        ? [...t.chains.values()].filter((y) => !t.builtin(y.name))
        : [needChain()]) {
        if (t.builtin(x.name)) fail(NO_CHAIN)
        if (t.references(x.name) > 0) fail(a.chain === undefined ? 'Too many links.' : 'Device or resource busy.')
        if (x.rules.length > 0) fail('Directory not empty.')
        t.chains.delete(x.name)
      }
      break
    case '-P': {
      if (a.extra === undefined) usage('-P requires a chain and a policy')
      if (!chain) fail('Bad built-in chain name.')
      const target = needChain()
      if (!t.builtin(target.name)) fail('Bad built-in chain name.')
      if (a.extra !== 'ACCEPT' && a.extra !== 'DROP') fail("Bad policy name. Run `dmesg' for more information.")
      target.policy = a.extra as 'ACCEPT' | 'DROP'
      target.used = true
      break
    }
    case '-E': {
      const target = needChain()
      if (t.builtin(target.name)) fail(NO_CHAIN)
      t.chains.delete(target.name)
      t.chains.set(a.extra!, { ...target, name: a.extra! })
      break
    }
  }
  netfilter.touch()
  return 0
}
