import type { PeerDial, PeerNetwork } from '../../etcd/peer.ts'
import { keepOpen, type Process, type Stack } from '../../host/index.ts'
import type { TlsFiles } from './config.ts'
import { type ClientFiles, connect, resolveHost } from './connect.ts'
import { isPeerEndpoint } from './endpoints.ts'
import { read } from './tls-files.ts'

/** `https://192.168.56.11:2380` taken apart. */
export function parseUrl(url: string): { secure: boolean; host: string; port: number } {
  const match = /^(https?):\/\/(.*):(\d+)/.exec(url)
  return { secure: match?.[1] === 'https', host: match?.[2] ?? '', port: Number(match?.[3] ?? 0) }
}

/** Raft's messages come in two streams, that of the appended entries and the others', both fetched from the peer. */
const STREAMS = 2

/** Reaches peers over the host's network, with the peer certificate as client certificate. */
export function peerNetwork(p: Process, tls: TlsFiles): PeerNetwork {
  /** Paths stay as they are until somebody changes the network's configuration. */
  const paths = new Map<string, { generation: number | undefined; flows: boolean }>()
  const streams = new Map<string, () => void>()
  const files = (): ClientFiles => {
    const text = (path: string): string | undefined => {
      if (!path) return undefined
      try {
        return read(p, path)
      } catch {
        return undefined
      }
    }
    return { caPem: text(tls.ca), certPem: text(tls.cert), keyPem: text(tls.key) }
  }
  return {
    dial(url): PeerDial {
      const { secure, host, port } = parseUrl(url)
      const ip = resolveHost(p, host)
      if (ip === undefined) return { error: `dial tcp: lookup ${host}: no such host` }
      const result = connect(p, ip, port, host, secure ? files() : undefined)
      if (!result.ok) return { error: result.error }
      const endpoint = result.service.custom
      const member = isPeerEndpoint(endpoint) ? endpoint.member() : undefined
      streams.get(url)?.()
      if (member) streams.set(url, keepOpen(p, result.open, STREAMS - 1))
      return member ? { member } : { error: 'context deadline exceeded' }
    },
    flows(url): boolean {
      const generation = (p.net as Partial<Stack>).network?.generation
      const known = paths.get(url)
      if (known && generation !== undefined && known.generation === generation) return known.flows
      const { host, port } = parseUrl(url)
      const ip = resolveHost(p, host)
      // A port that was closed answers with RST: packets flow, and the stream's end is told by the peer itself.
      const flows = ip !== undefined && ['open', 'refused'].includes(p.net.dial({ ip, port, from: p }).outcome)
      paths.set(url, { generation, flows })
      return flows
    },
  }
}
