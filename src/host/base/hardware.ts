import type { Host } from '../host.ts'
import { MACHINE } from '../machine.ts'

export const CPU_FLAGS =
  'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm constant_tsc rep_good nopl xtopology nonstop_tsc cpuid extd_apicid tsc_known_freq pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand hypervisor lahf_lm cmp_legacy cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw topoext vmmcall fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt clwb sha_ni xsaveopt xsavec xgetbv1 xsaves clzero xsaveerptr arat umip vaes vpclmulqdq rdpid fsrm'

/** /proc/cpuinfo */
export function cpuinfo(cpus: number): string {
  let out = ''
  for (let i = 0; i < cpus; i++)
    out += `processor\t: ${i}\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\nmodel name\t: AMD EPYC\nstepping\t: 1\nmicrocode\t: 0x1000065\ncpu MHz\t\t: 2445.420\ncache size\t: 512 KB\nphysical id\t: 0\nsiblings\t: ${cpus}\ncore id\t\t: ${i}\ncpu cores\t: ${cpus}\napicid\t\t: ${i}\ninitial apicid\t: ${i}\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 13\nwp\t\t: yes\nflags\t\t: ${CPU_FLAGS}\nbogomips\t: 4890.84\nTLB size\t: 1024 4K pages\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: 48 bits physical, 48 bits virtual\npower management:\n\n`
  return out
}

/** Memory of a machine in bytes, from its processes: what free, /proc/meminfo and the kubelet see. */
export function memory(host: Host): {
  readonly total: number
  readonly used: number
  readonly free: number
  readonly cache: number
  readonly shared: number
  readonly available: number
  readonly swapTotal: number
  readonly swapUsed: number
} {
  const total = host.memory
  let rss = 0
  for (const p of host.processes.values()) if (!p.status) rss += p.rss
  const used = Math.min(total, rss + Math.round(host.memory * 0.06))
  const cache = Math.min(total - used, Math.round(host.memory * 0.34))
  const free = total - used - cache
  const machine = host.service(MACHINE)
  return {
    total,
    used,
    free,
    cache,
    shared: 3 << 20,
    available: Math.round(free + cache * 0.92),
    swapTotal: machine.swaps.reduce((n, s) => n + s.size, 0),
    swapUsed: machine.swaps.reduce((n, s) => n + s.used, 0),
  }
}

/** /proc/meminfo */
export function meminfo(host: Host): string {
  const m = memory(host)
  const kb = (n: number): number => Math.round(n / 1024)
  const rows: [string, number][] = [
    ['MemTotal', m.total],
    ['MemFree', m.free],
    ['MemAvailable', m.available],
    ['Buffers', m.cache * 0.05],
    ['Cached', m.cache * 0.85],
    ['SwapCached', 0],
    ['Active', m.used * 0.6],
    ['Inactive', m.cache * 0.6],
    ['SwapTotal', m.swapTotal],
    ['SwapFree', m.swapTotal - m.swapUsed],
    ['Dirty', 131072],
    ['Writeback', 0],
    ['AnonPages', m.used * 0.8],
    ['Mapped', m.cache * 0.3],
    ['Shmem', m.shared],
    ['Slab', m.cache * 0.1],
    ['SReclaimable', m.cache * 0.1],
    ['CommitLimit', m.total / 2 + m.swapTotal],
    ['Committed_AS', m.used * 2],
  ]
  return `${rows.map(([k, v]) => `${`${k}:`.padEnd(16)}${String(kb(v)).padStart(8)} kB`).join('\n')}\nHugePages_Total:       0\nHugePages_Free:        0\nHugepagesize:       2048 kB\n`
}
