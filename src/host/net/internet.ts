import type { Network } from './network.ts'
import type { Segment } from './segment.ts'
import type { Stack } from './stack.ts'
import type { DnsAnswer, DnsQuestion } from './types.ts'

/** What an NTP server tells: its time (ms, may be wrong) and stratum. The `custom` protocol of UDP port 123. */
export interface NtpService {
  readonly ntp: () => { readonly time: number; readonly stratum: number; readonly refid: string }
}

/** The outside world behind the default gateway: public addresses, DNS and NTP. */
export interface Internet {
  readonly stack: Stack
  /** Public names; add to it to make more of the world exist. */
  readonly names: Map<string, readonly string[]>
  /** Fault: no DNS answers, no packets. */
  setReachable(reachable: boolean): void
}

const isPrivate = (ip: number): boolean =>
  ip >>> 24 === 10 ||
  ip >>> 20 === 0xac1 ||
  ip >>> 16 === 0xc0a8 ||
  ip >>> 24 === 127 ||
  ip >>> 28 >= 14 ||
  ip >>> 24 === 0 ||
  ip >>> 22 === 0x6440 >>> 6

/** Creates the gateway of a segment, which stands for the whole Internet. */
export function createInternet(
  network: Network,
  segment: Segment,
  cidr: string,
  names: Readonly<Record<string, readonly string[]>> = {},
): Internet {
  const stack = network.host('gateway')
  network.connect(stack, segment, { cidr })
  stack.standsFor = (ip) => !isPrivate(ip)
  stack.beyond = { latency: 4.6, hops: 7 }
  const table = new Map<string, readonly string[]>(Object.entries({ ...PUBLIC, ...names }))
  const dns = (q: DnsQuestion): DnsAnswer => {
    const ips = table.get(q.name.toLowerCase().replace(/\.$/, ''))
    if (!ips) return { rcode: 'NXDOMAIN', answers: [] }
    return {
      rcode: 'NOERROR',
      answers:
        q.type === 'A' || q.type === 'ANY' ? ips.map((data) => ({ name: q.name, type: 'A', ttl: 60, data })) : [],
    }
  }
  const ntp: NtpService = { ntp: () => ({ time: network.kernel.now(), stratum: 2, refid: 'C0A83801' }) }
  stack.listen(undefined, { proto: 'udp', port: 53, service: { name: 'dns', dns } })
  stack.listen(undefined, { proto: 'tcp', port: 53, service: { name: 'dns', dns } })
  stack.listen(undefined, { proto: 'udp', port: 123, service: { name: 'ntp', custom: ntp } })
  return {
    stack,
    names: table,
    setReachable: (reachable) => {
      stack.powered = reachable
      stack.changed()
    },
  }
}

/** A few names of the real world. Addresses of documentation stand in where nobody looks. */
const PUBLIC: Readonly<Record<string, readonly string[]>> = {
  'ntp.ubuntu.com': ['185.125.190.56', '185.125.190.57', '91.189.91.157', '185.125.190.58'],
  'registry.k8s.io': ['34.96.108.209'],
  'dl.k8s.io': ['34.107.204.206'],
  'pkgs.k8s.io': ['34.107.204.206'],
  'prod-cdn.packages.k8s.io': ['3.165.82.38'],
  'docker.io': ['3.94.224.37'],
  'registry-1.docker.io': ['54.198.86.24'],
  'auth.docker.io': ['54.236.113.205'],
  'quay.io': ['44.194.68.221'],
  'ghcr.io': ['140.82.121.34'],
  'gcr.io': ['142.251.168.82'],
  'k8s.gcr.io': ['142.251.168.82'],
  'mirror.gcr.io': ['142.251.168.82'],
  'public.ecr.aws': ['75.101.160.11'],
  'mcr.microsoft.com': ['150.171.70.10'],
  'registry.gitlab.com': ['35.227.35.254'],
  'github.com': ['140.82.121.3'],
  'kubernetes.io': ['15.197.167.90'],
  'google.com': ['142.250.74.110'],
  'www.google.com': ['142.250.74.100'],
  'example.com': ['93.184.215.14'],
  'archive.ubuntu.com': ['185.125.190.81'],
}
