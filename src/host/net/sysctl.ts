import { SysError } from '../errno.ts'

/** Defaults of Ubuntu 24.04 for what the simulation or a player may look at. Network keys exist once per namespace. */
const NET_DEFAULTS: Record<string, string> = {
  'net.core.bpf_jit_enable': '1',
  'net.core.netdev_max_backlog': '1000',
  'net.core.rmem_default': '212992',
  'net.core.rmem_max': '212992',
  'net.core.somaxconn': '4096',
  'net.core.wmem_default': '212992',
  'net.core.wmem_max': '212992',
  'net.ipv4.conf.all.accept_redirects': '1',
  'net.ipv4.conf.all.arp_announce': '0',
  'net.ipv4.conf.all.arp_ignore': '0',
  'net.ipv4.conf.all.forwarding': '0',
  'net.ipv4.conf.all.route_localnet': '0',
  'net.ipv4.conf.all.rp_filter': '2',
  'net.ipv4.conf.all.src_valid_mark': '0',
  'net.ipv4.conf.default.forwarding': '0',
  'net.ipv4.conf.default.rp_filter': '2',
  'net.ipv4.icmp_echo_ignore_all': '0',
  'net.ipv4.icmp_ratelimit': '1000',
  'net.ipv4.icmp_ratemask': '6168',
  'net.ipv4.ip_default_ttl': '64',
  'net.ipv4.ip_forward': '0',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_no_pmtu_disc': '0',
  'net.ipv4.ip_nonlocal_bind': '0',
  'net.ipv4.ip_unprivileged_port_start': '1024',
  'net.ipv4.ping_group_range': '1\t0',
  'net.ipv4.neigh.default.gc_thresh1': '128',
  'net.ipv4.neigh.default.gc_thresh2': '512',
  'net.ipv4.neigh.default.gc_thresh3': '1024',
  'net.ipv4.tcp_congestion_control': 'cubic',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_keepalive_intvl': '75',
  'net.ipv4.tcp_keepalive_probes': '9',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_max_syn_backlog': '256',
  'net.ipv4.tcp_mtu_probing': '0',
  'net.ipv4.tcp_retries2': '15',
  'net.ipv4.tcp_syn_retries': '6',
  'net.ipv4.tcp_syncookies': '1',
  'net.ipv4.tcp_tw_reuse': '2',
  'net.ipv6.conf.all.disable_ipv6': '0',
  'net.ipv6.conf.all.forwarding': '0',
  'net.ipv6.conf.default.disable_ipv6': '0',
}

const HOST_DEFAULTS: Record<string, string> = {
  'fs.aio-max-nr': '65536',
  'fs.file-max': '9223372036854775807',
  'fs.inotify.max_queued_events': '16384',
  'fs.inotify.max_user_instances': '128',
  'fs.inotify.max_user_watches': '30208',
  'fs.nr_open': '1048576',
  'fs.protected_fifos': '1',
  'fs.protected_hardlinks': '1',
  'fs.protected_regular': '2',
  'fs.protected_symlinks': '1',
  'kernel.dmesg_restrict': '1',
  'kernel.keys.root_maxbytes': '25000000',
  'kernel.keys.root_maxkeys': '1000000',
  'kernel.kptr_restrict': '1',
  'kernel.osrelease': '6.8.0-57-generic',
  'kernel.ostype': 'Linux',
  'kernel.panic': '0',
  'kernel.panic_on_oops': '0',
  'kernel.pid_max': '4194304',
  'kernel.printk': '4\t4\t1\t7',
  'kernel.threads-max': '31328',
  'kernel.unprivileged_userns_clone': '1',
  'kernel.version': '#59-Ubuntu SMP PREEMPT_DYNAMIC Sat Mar 15 17:40:59 UTC 2025',
  'vm.max_map_count': '1048576',
  'vm.min_free_kbytes': '67584',
  'vm.overcommit_memory': '0',
  'vm.overcommit_ratio': '50',
  'vm.panic_on_oom': '0',
  'vm.swappiness': '60',
}

/** What systemd's 50-default.conf sets for the machine: everybody may ping. */
const SYSTEMD_DEFAULTS: Record<string, string> = { 'net.ipv4.ping_group_range': '0\t2147483647' }

const MACHINE_DEFAULTS = { ...HOST_DEFAULTS, ...NET_DEFAULTS, ...SYSTEMD_DEFAULTS }

/** Keys that appear when a kernel module is loaded. */
export const MODULE_SYSCTLS: Record<string, Record<string, string>> = {
  br_netfilter: {
    'net.bridge.bridge-nf-call-arptables': '1',
    'net.bridge.bridge-nf-call-ip6tables': '1',
    'net.bridge.bridge-nf-call-iptables': '1',
    'net.bridge.bridge-nf-filter-pppoe-tagged': '0',
    'net.bridge.bridge-nf-filter-vlan-tagged': '0',
    'net.bridge.bridge-nf-pass-vlan-input-dev': '0',
  },
  nf_conntrack: {
    'net.netfilter.nf_conntrack_buckets': '65536',
    'net.netfilter.nf_conntrack_count': '0',
    'net.netfilter.nf_conntrack_max': '262144',
    'net.netfilter.nf_conntrack_tcp_be_liberal': '0',
    'net.netfilter.nf_conntrack_tcp_loose': '1',
    'net.netfilter.nf_conntrack_tcp_timeout_close_wait': '60',
    'net.netfilter.nf_conntrack_tcp_timeout_established': '432000',
    'net.netfilter.nf_conntrack_tcp_timeout_time_wait': '120',
    'net.netfilter.nf_conntrack_udp_timeout': '30',
    'net.netfilter.nf_conntrack_udp_timeout_stream': '120',
    'net.nf_conntrack_max': '262144',
  },
}

const READ_ONLY = new Set(['kernel.osrelease', 'kernel.ostype', 'kernel.version', 'net.netfilter.nf_conntrack_count'])

/** Writing one of these changes the others, as the kernel does. */
const ALIASES: Record<string, readonly string[]> = {
  'net.ipv4.ip_forward': ['net.ipv4.conf.all.forwarding', 'net.ipv4.conf.default.forwarding'],
  'net.ipv4.conf.all.forwarding': ['net.ipv4.ip_forward', 'net.ipv4.conf.default.forwarding'],
  'net.netfilter.nf_conntrack_max': ['net.nf_conntrack_max'],
  'net.nf_conntrack_max': ['net.netfilter.nf_conntrack_max'],
}

/** /proc/sys as one network namespace sees it: own `net.*`, the rest shared with the host. */
export class Sysctls {
  private readonly values: Map<string, string>
  private base: Record<string, string> = {}
  /** Told of every change, e.g. to forget cached paths. */
  onChange: (key: string, value: string) => void = () => {}
  /** Keys that only the initial network namespace may write: a node that is a container itself is refused. */
  readonly denied = new Set<string>()
  /** Values computed at reading. */
  readonly computed = new Map<string, () => string>()

  constructor(private readonly parent?: Sysctls) {
    this.values = new Map(Object.entries(parent ? NET_DEFAULTS : MACHINE_DEFAULTS))
  }

  get(key: string): string | undefined {
    const computed = this.computed.get(key)
    if (computed) return computed()
    return this.values.get(key) ?? (key.startsWith('net.') ? this.interface(key) : this.parent?.get(key))
  }

  /** The value as a number; 0 when the key does not exist. */
  number(key: string): number {
    return Number(this.get(key) ?? 0)
  }

  /** True for a key that may be written. */
  writable(key: string): boolean {
    return !READ_ONLY.has(key)
  }

  set(key: string, value: string): void {
    if (this.denied.has(key)) throw new SysError('EACCES', `/proc/sys/${key.replace(/\./g, '/')}`, 'open')
    if (!this.values.has(key) && !key.startsWith('net.') && this.parent) return this.parent.set(key, value)
    this.values.set(key, value)
    for (const alias of ALIASES[key] ?? []) this.values.set(alias, value)
    this.onChange(key, value)
  }

  /** Values of this make of kernel, which a boot brings back. */
  rebase(values: Record<string, string>): void {
    this.base = values
    for (const [key, value] of Object.entries(values)) this.values.set(key, value)
  }

  /** Back to the kernel's defaults: a boot. */
  reset(): void {
    const defaults = this.parent ? NET_DEFAULTS : { ...MACHINE_DEFAULTS, ...this.base }
    this.values.clear()
    for (const [key, value] of Object.entries(defaults)) this.values.set(key, value)
    this.onChange('', '')
  }

  /** Keys come with their module. */
  add(keys: Record<string, string>): void {
    for (const [key, value] of Object.entries(keys)) if (!this.values.has(key)) this.values.set(key, value)
    this.onChange('', '')
  }

  remove(keys: Iterable<string>): void {
    for (const key of keys) this.values.delete(key)
    this.onChange('', '')
  }

  /** Per-interface keys (`net.ipv4.conf.eth0.rp_filter`) exist for every interface and start at the default. */
  private interface(key: string): string | undefined {
    const m = /^net\.ipv([46])\.conf\.([^.]+(?:\.\d+)?)\.([a-z_]+)$/.exec(key)
    if (!m || !this.interfaces().includes(m[2])) return undefined
    return (
      this.values.get(`net.ipv${m[1]}.conf.default.${m[3]}`) ??
      (m[3] in INTERFACE_KEYS ? INTERFACE_KEYS[m[3]] : undefined)
    )
  }

  /** Names of the interfaces of this namespace. */
  interfaces: () => readonly string[] = () => []

  keys(): string[] {
    const keys = new Set([
      ...this.values.keys(),
      ...this.computed.keys(),
      ...(this.parent ? this.parent.hostKeys() : []),
    ])
    for (const name of this.interfaces())
      for (const key of ['forwarding', 'rp_filter', 'route_localnet', 'arp_ignore'])
        keys.add(`net.ipv4.conf.${name}.${key}`)
    return [...keys].sort()
  }

  private hostKeys(): string[] {
    return [...this.values.keys()].filter((k) => !k.startsWith('net.'))
  }
}

const INTERFACE_KEYS: Record<string, string> = {
  route_localnet: '0',
  arp_ignore: '0',
  arp_announce: '0',
  disable_ipv6: '0',
}
