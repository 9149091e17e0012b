import { goLookupError, lookup as lookupName, type Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'

const DIAL_TIMEOUT = 30_000
/** Loopback, link-local and RFC 1918: what answers there is in this network, not on the internet. */
const LOCAL = /^(127|10|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./

/**
 * Does the way from the daemon to a registry work: name, route, answer? Undefined when it does, else Go's words. The
 * internet's registries have no servers in the simulated network: whatever reaches their address has reached them.
 */
export function* registryFault(p: Process, hostPort: string): Coro<string | undefined> {
  const m = /^(.*?)(?::(\d+))?$/.exec(hostPort)!
  const host = m[1]!
  const port = Number(m[2] ?? 443)
  const found = yield* lookupName(p, host)
  if (!found.ok) return `dial tcp: ${goLookupError(p, host, found)}`
  const ip = found.ips[0]!
  const result = p.net.dial({ ip, port, from: p })
  switch (result.outcome) {
    case 'open':
      return result.socket.service.tls ? undefined : 'http: server gave HTTP response to HTTPS client'
    case 'refused':
      return LOCAL.test(ip) ? `dial tcp ${ip}:${port}: connect: connection refused` : undefined
    case 'unreachable':
      return `dial tcp ${ip}:${port}: connect: ${result.code === 'ENETUNREACH' ? 'network is unreachable' : 'no route to host'}`
    default:
      yield* sleep(p.host.kernel, DIAL_TIMEOUT)
      return `dial tcp ${ip}:${port}: i/o timeout`
  }
}
