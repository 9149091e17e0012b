import type { CtEntry } from '../conntrack.ts'
import type { Cidr } from '../ip.ts'
import type { Packet } from '../packet.ts'
import type { Stack } from '../stack.ts'

/** The kernel's tables, in the order in which a hook passes them. */
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'

/** What a rule is asked about. */
export interface Context {
  readonly stack: Stack
  readonly packet: Packet
  readonly hook: Hook
  readonly inIf: string
  readonly outIf: string
  /** Port of the bridge on which a bridged frame came in or goes out. */
  readonly physIn?: string
  readonly physOut?: string
  readonly ct: CtEntry | undefined
}

/** Where packets meet rules; chains of these names are built in. */
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

/** A match of an extension (`-m NAME …`) as data: options in order, each with its values and negation. */
export interface Match {
  readonly name: string
  readonly options: readonly MatchOption[]
  readonly test: (c: Context) => boolean
  /** Equal packets may fare differently: it draws lots, remembers, or looks at the sender's port. */
  readonly fickle: boolean
}

/** An option of a match: `--dport 80`, `! --ctstate NEW`. */
export interface MatchOption {
  readonly flag: string
  readonly not: boolean
  readonly values: readonly string[]
}

/** What a rule does with a packet: `-j DNAT --to-destination …`. */
export interface Target {
  readonly name: string
  /** `-g` instead of `-j`. */
  readonly goto?: boolean
  readonly options: readonly { readonly flag: string; readonly values: readonly string[] }[]
}

/** `-s` or `-d`, perhaps negated. */
export interface AddrMatch {
  readonly not: boolean
  readonly cidr: Cidr
}

/** `-i` or `-o`, perhaps negated. */
export interface NameMatch {
  readonly not: boolean
  readonly name: string
}

/** One rule: the single model that iptables -S, -L, iptables-save and nft render and that packets are tested against. */
export interface Rule {
  readonly src?: AddrMatch
  readonly dst?: AddrMatch
  readonly inIf?: NameMatch
  readonly outIf?: NameMatch
  readonly proto?: { readonly not: boolean; readonly name: string }
  readonly fragment?: boolean
  readonly matches: readonly Match[]
  readonly target?: Target
  packets: number
  bytes: number
}

/** A chain of rules. */
export interface Chain {
  readonly name: string
  /** ACCEPT or DROP for built-in chains. */
  policy?: 'ACCEPT' | 'DROP'
  /** A built-in chain into which a rule was once put: from then on the kernel has it. */
  used?: boolean
  rules: Rule[]
  packets: number
  bytes: number
}

/** Built-in chains of each table in the order in which iptables lists them. */
export const BUILTIN: Record<TableName, readonly Hook[]> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}

export const TABLES = Object.keys(BUILTIN) as TableName[]

/** A table with its chains. */
export class Table {
  readonly chains = new Map<string, Chain>()
  /** Its built-in chains, which nothing removes. */
  private readonly hooks: readonly Chain[]

  constructor(readonly name: TableName) {
    this.hooks = BUILTIN[name].map((hook) => ({ name: hook, policy: 'ACCEPT', rules: [], packets: 0, bytes: 0 }))
    for (const chain of this.hooks) this.chains.set(chain.name, chain)
  }

  builtin(name: string): boolean {
    return (BUILTIN[this.name] as readonly string[]).includes(name)
  }

  /** The chains that the kernel has: iptables makes a built-in one when the first rule or policy is put into it. */
  get made(): Chain[] {
    return [...this.chains.values()].filter(
      (c) => !this.hooks.includes(c) || c.used || c.rules.length > 0 || c.policy === 'DROP',
    )
  }

  /** Rules of this table that jump or go to the chain. */
  references(name: string): number {
    let n = 0
    for (const chain of this.chains.values()) for (const rule of chain.rules) if (rule.target?.name === name) n++
    return n
  }

  /** True when no rule and no policy could affect a packet: such tables cost nothing. */
  get idle(): boolean {
    for (const chain of this.hooks) if (chain.rules.length > 0 || chain.policy === 'DROP') return false
    return true
  }
}

/** An ipset. */
export interface IpSet {
  readonly name: string
  readonly type: string
  /** Header as `ipset list` shows it. */
  readonly header: string
  readonly entries: Map<string, string>
}

/** All netfilter state of a namespace. */
export class Netfilter {
  readonly tables = new Map<TableName, Table>()
  readonly sets = new Map<string, IpSet>()
  /** Lists of `-m recent`, by name: address → last seen, virtual ms. */
  readonly recent = new Map<string, Map<number, number>>()
  /** Native nftables tables by `family name` (kube-proxy's nftables mode), which see packets before iptables' chains of the same hook. */
  readonly native = new Map<string, NativeTable>()
  /** True once anything touched iptables: before that `iptables-save` prints nothing. */
  get used(): boolean {
    return this.tables.size > 0
  }
  generation = 0

  table(name: TableName): Table {
    let t = this.tables.get(name)
    if (!t) {
      t = new Table(name)
      this.tables.set(name, t)
    }
    return t
  }

  /** Says that rules have changed. */
  touch(): void {
    this.generation++
    this.onChange()
  }

  onChange: () => void = () => {}
}

/** An nftables table of its own: its text and what it does with packets. */
export interface NativeTable {
  readonly family: 'ip' | 'ip6' | 'inet'
  readonly name: string
  readonly comment?: string
  /** `nft list table` without the enclosing line: an ordered list of objects (chains, sets, maps). */
  readonly objects: readonly NativeObject[]
  /** DNAT decision at prerouting/output. */
  readonly dnat?: (c: Context) => { ip: number; port: number } | 'drop' | 'reject' | undefined
  /** True when the packet must be masqueraded at postrouting. */
  readonly masquerade?: (c: Context) => boolean
  /** Verdict at a filter hook. */
  readonly filter?: (c: Context) => 'drop' | 'reject' | undefined
}

/** A part of a table that only nftables has, as `nft list` prints it. */
export interface NativeObject {
  readonly kind: 'chain' | 'set' | 'map'
  readonly name: string
  /** Lines inside the braces, without indentation. */
  readonly body: readonly string[]
}
