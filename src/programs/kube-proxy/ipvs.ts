import { parseIp, type Stack } from '../../host/index.ts'
import type { ServicePort } from './services.ts'

/** Keeps IPVS virtual servers, with every cluster IP on the dummy device kube-ipvs0. */
export class IpvsProxier {
  constructor(
    private readonly stack: Stack,
    private readonly scheduler: string,
  ) {}

  sync(ports: readonly ServicePort[]): void {
    const { stack } = this
    const device = stack.iface('kube-ipvs0') ?? stack.addIface('kube-ipvs0', 'dummy', {})
    const wanted = new Set<string>()
    const addresses = new Set<number>()
    for (const s of ports) {
      if (s.protocol === 'sctp') continue
      for (const text of [s.clusterIp, ...s.externalIps, ...s.loadBalancerIps]) {
        const ip = parseIp(text)
        if (ip === undefined) continue
        addresses.add(ip)
        this.server(s, ip, s.port, wanted)
      }
      if (s.nodePort > 0) this.server(s, stack.primaryIp(), s.nodePort, wanted)
    }
    for (const ip of addresses) if (!device.addrs.some((a) => a.ip === ip)) stack.setAddr(device, `${text(ip)}/32`)
    for (const a of [...device.addrs]) if (!addresses.has(a.ip)) stack.removeAddr(device, a.ip)
    for (const [key, v] of [...stack.ipvs.servers]) if (!wanted.has(key)) stack.ipvs.remove(v.proto, v.ip, v.port)
    stack.changed()
  }

  private server(s: ServicePort, ip: number, port: number, wanted: Set<string>): void {
    const { stack } = this
    const proto = s.protocol as 'tcp' | 'udp'
    wanted.add(`${proto}:${text(ip)}:${port}`)
    let v = stack.ipvs.find(proto, ip, port)
    if (!v) {
      v = { proto, ip, port, scheduler: this.scheduler, reals: [], next: 0, persistent: s.affinity || undefined }
      stack.ipvs.add(v)
    }
    const reals = s.endpoints.map((e) => ({ ip: parseIp(e.ip)!, port: e.port }))
    for (let i = v.reals.length - 1; i >= 0; i--)
      if (!reals.some((r) => r.ip === v.reals[i].ip && r.port === v.reals[i].port)) v.reals.splice(i, 1)
    for (const r of reals)
      if (!v.reals.some((k) => k.ip === r.ip && k.port === r.port))
        v.reals.push({ ...r, weight: 1, active: 0, inactive: 0 })
  }
}

const text = (n: number): string => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`
