import { MODULE_SYSCTLS, type Sysctls } from './net/sysctl.ts'

/** Kernel modules that exist for 6.8.0-generic: size as lsmod shows it, and what they pull in. */
const CATALOGUE: Record<string, readonly [size: number, needs?: readonly string[]]> = {
  aesni_intel: [356352],
  autofs4: [57344],
  binfmt_misc: [24576],
  br_netfilter: [32768, ['bridge']],
  bridge: [421888, ['stp', 'llc']],
  dm_multipath: [45056],
  dummy: [16384],
  ext4: [1257472],
  ip6_tables: [36864, ['x_tables']],
  ip6table_filter: [12288, ['ip6_tables']],
  ip6table_nat: [12288, ['ip6_tables', 'nf_nat']],
  ip6_udp_tunnel: [16384],
  ip_set: [61440, ['nfnetlink']],
  ip_set_hash_ip: [49152, ['ip_set']],
  ip_set_hash_ipport: [49152, ['ip_set']],
  ip_set_hash_net: [53248, ['ip_set']],
  ip_tables: [32768, ['x_tables']],
  ip_vs: [221184, ['nf_conntrack', 'libcrc32c', 'nf_defrag_ipv6']],
  ip_vs_rr: [12288, ['ip_vs']],
  ip_vs_sh: [12288, ['ip_vs']],
  ip_vs_wrr: [12288, ['ip_vs']],
  ip_vs_lc: [12288, ['ip_vs']],
  ipip: [20480, ['tunnel4', 'ip_tunnel']],
  ip_tunnel: [32768],
  iptable_filter: [12288, ['ip_tables']],
  iptable_mangle: [12288, ['ip_tables']],
  iptable_nat: [12288, ['ip_tables', 'nf_nat']],
  iptable_raw: [12288, ['ip_tables']],
  libcrc32c: [12288],
  llc: [16384],
  loop: [36864],
  nbd: [65536],
  nf_conntrack: [200704, ['nf_defrag_ipv6', 'nf_defrag_ipv4', 'libcrc32c']],
  nf_defrag_ipv4: [12288],
  nf_defrag_ipv6: [24576],
  nf_nat: [61440, ['nf_conntrack', 'libcrc32c']],
  nf_tables: [376832, ['nfnetlink', 'libcrc32c']],
  nfnetlink: [20480],
  nft_chain_nat: [12288, ['nf_nat', 'nf_tables']],
  nft_compat: [20480, ['x_tables', 'nf_tables']],
  nfs: [565248],
  overlay: [212992],
  sch_fq_codel: [24576],
  stp: [12288],
  tcp_bbr: [20480],
  tunnel4: [12288],
  udp_tunnel: [32768],
  virtio_rng: [12288],
  vxlan: [155648, ['ip6_udp_tunnel', 'udp_tunnel']],
  wireguard: [114688, ['udp_tunnel', 'ip6_udp_tunnel']],
  x_tables: [65536],
  xt_addrtype: [12288, ['x_tables']],
  xt_comment: [12288, ['x_tables']],
  xt_conntrack: [12288, ['nf_conntrack', 'x_tables']],
  xt_mark: [12288, ['x_tables']],
  xt_MASQUERADE: [16384, ['nf_nat', 'x_tables']],
  xt_multiport: [16384, ['x_tables']],
  xt_nat: [12288, ['nf_nat', 'x_tables']],
  xt_physdev: [12288, ['x_tables']],
  xt_set: [20480, ['ip_set', 'x_tables']],
  xt_statistic: [12288, ['x_tables']],
  xt_tcpudp: [16384, ['x_tables']],
}

/** Loaded at boot without being asked for. */
const AT_BOOT = [
  'autofs4',
  'x_tables',
  'ip_tables',
  'dm_multipath',
  'virtio_rng',
  'aesni_intel',
  'sch_fq_codel',
  'binfmt_misc',
]
/** Compiled in: modprobe succeeds, lsmod does not list them. */
const BUILT_IN = new Set(['unix', 'ipv6', 'virtio_net', 'virtio_blk', 'tun'])

const canonical = (name: string): string => {
  const plain = name.replace(/-/g, '_')
  return plain in CATALOGUE
    ? plain
    : (Object.keys(CATALOGUE).find((k) => k.toLowerCase() === plain.toLowerCase()) ?? plain)
}

/** Kernel modules of a machine. */
export class Modules {
  /** Newest first, as lsmod lists them. */
  private loaded: string[] = []
  /** Modules that a fault removed from /lib/modules. */
  readonly missing = new Set<string>()
  /** Where modules bring their sysctls. */
  sysctls: Sysctls | undefined

  constructor(
    /** A kernel that cannot load modules has everything compiled in; files for modprobe to find there are none. */
    readonly monolithic = false,
  ) {
    this.reset()
  }

  /** State after a boot, before modules-load.d. */
  reset(): void {
    const gone = this.loaded.flatMap((m) => Object.keys(MODULE_SYSCTLS[m] ?? {}))
    this.sysctls?.remove(gone)
    this.loaded = []
    if (this.monolithic) {
      this.sysctls?.add(MODULE_SYSCTLS.nf_conntrack)
      this.sysctls?.add(MODULE_SYSCTLS.br_netfilter)
      return
    }
    for (const name of AT_BOOT) this.load(name)
  }

  exists(name: string): boolean {
    const m = canonical(name)
    if (this.monolithic) return BUILT_IN.has(m)
    return !this.missing.has(m) && (m in CATALOGUE || BUILT_IN.has(m))
  }

  isLoaded(name: string): boolean {
    if (this.monolithic) return !canonical(name).startsWith('ip_vs')
    return this.loaded.includes(canonical(name)) || BUILT_IN.has(canonical(name))
  }

  /** Loads a module and what it needs; false when there is no such module. */
  load(name: string): boolean {
    const m = canonical(name)
    if (!this.exists(m)) return false
    if (this.isLoaded(m)) return true
    for (const dep of CATALOGUE[m][1] ?? []) if (!this.load(dep)) return false
    this.loaded.unshift(m)
    const keys = MODULE_SYSCTLS[m]
    if (keys) this.sysctls?.add(keys)
    return true
  }

  /** Modules that use `name`. */
  users(name: string): string[] {
    return this.loaded.filter((m) => CATALOGUE[m]?.[1]?.includes(canonical(name)))
  }

  /** Removes a module. Returns why not: not loaded, or in use by others. */
  unload(name: string): 'ok' | 'not-loaded' | readonly string[] {
    const m = canonical(name)
    if (!this.loaded.includes(m)) return 'not-loaded'
    const users = this.users(m)
    if (users.length > 0) return users
    this.loaded = this.loaded.filter((x) => x !== m)
    this.sysctls?.remove(Object.keys(MODULE_SYSCTLS[m] ?? {}))
    return 'ok'
  }

  list(): { readonly name: string; readonly size: number; readonly users: readonly string[] }[] {
    return this.loaded.map((name) => ({ name, size: CATALOGUE[name][0], users: this.users(name) }))
  }
}
