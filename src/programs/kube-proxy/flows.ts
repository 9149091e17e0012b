import { formatIp, type Stack, SysError } from '../../host/index.ts'
import type { StructuredLog } from '../lib/structured-log.ts'
import type { ServicePort } from './services.ts'
import type { Fatal, Settings } from './settings.ts'

/** nf_conntrack_max, unless it is high enough already. */
export function sizeConntrack(
  cpus: number,
  log: StructuredLog,
  s: Settings,
  stack: Stack,
  fail: (text: string) => Fatal,
): void {
  const wanted = s.maxPerCore > 0 ? Math.max(s.maxPerCore * cpus, s.min) : 0
  if (wanted === 0) return
  const now = Number(stack.sysctls.get('net.netfilter.nf_conntrack_max') ?? 0)
  if (now >= wanted) return
  log.info('sysctls.go:147', 'Setting nf_conntrack_max', { nfConntrackMax: wanted })
  log.info('sysctls.go:191', 'Set sysctl', { entry: 'net/netfilter/nf_conntrack_max', value: wanted })
  try {
    stack.sysctls.set('net.netfilter.nf_conntrack_max', String(wanted))
  } catch (error) {
    if (error instanceof SysError)
      throw fail(`could not set conntrack parameters from kube-proxy configuration: ${error.goMessage}`)
    throw error
  }
}

const udpFlows = (ports: readonly ServicePort[]): string[] =>
  ports.flatMap((s) => (s.protocol === 'udp' ? s.endpoints.map((e) => `${s.clusterIp} ${e.ip}`) : []))

/** UDP flows to endpoints that have gone would be sent there for ever. Models pkg/proxy/conntrack. */
export function forgetFlows(stack: Stack, before: readonly ServicePort[], now: readonly ServicePort[]): void {
  const live = new Set(udpFlows(now))
  const gone = new Set(udpFlows(before).filter((key) => !live.has(key)))
  const fresh = new Set(
    now
      .filter(
        (s) =>
          s.protocol === 'udp' &&
          s.endpoints.length > 0 &&
          before.some((b) => b.name === s.name && b.endpoints.length === 0),
      )
      .map((s) => s.clusterIp),
  )
  if (gone.size === 0 && fresh.size === 0) return
  stack.conntrack.remove(
    (e) =>
      e.proto === 'udp' &&
      (gone.has(`${formatIp(e.orig.dst)} ${formatIp(e.reply.src)}`) || (fresh.has(formatIp(e.orig.dst)) && !e.dnat)),
  )
}
