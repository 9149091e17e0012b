import type { Member } from '../../etcd/member.ts'
import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { sleep } from '../../kernel/index.ts'
import type { EtcdConfig } from './config.ts'
import { connect, resolveHost } from './connect.ts'
import { isPeerEndpoint } from './endpoints.ts'
import { parseUrl } from './peer-network.ts'
import { read } from './tls-files.ts'

/** How long a peer that listens but does not answer holds up the start, ms. */
const TIMEOUT = 7000

/**
 * The initial corruption check (etcdserver/corrupt.go): asks every peer for its hash before the own peer port is served.
 * Members that restart together wait for each other here, 7 s a peer.
 */
export function* corruptionCheck(p: Process, member: Member, config: EtcdConfig): Coro {
  const { log, id } = member
  log('info', 'etcdserver/corrupt.go:91', 'starting initial corruption check', {
    'local-member-id': id,
    timeout: `${TIMEOUT / 1000}s`,
  })
  const kernel = p.host.kernel
  for (const m of member.members) {
    if (m.id === id) continue
    const url = m.peerUrls[0]
    const fail = (error: string): void =>
      log('warn', 'etcdserver/corrupt.go:494', 'failed hash kv request', {
        'local-member-id': id,
        'requested-revision': member.replica.position().rev,
        'remote-peer-endpoint': url,
        error,
      })
    const until = kernel.now() + TIMEOUT
    for (;;) {
      const answer = ask(p, config, url)
      if (answer === undefined) {
        if (kernel.now() >= until) {
          fail(`Get "${url}/members/hashkv": context deadline exceeded`)
          break
        }
        yield* sleep(kernel, 100)
        continue
      }
      if (answer.error) fail(`Get "${url}/members/hashkv": ${answer.error}`)
      else if (answer.member && answer.member.lineage.clusterId !== member.lineage.clusterId)
        fail('etcdserver: cluster ID mismatch')
      break
    }
  }
  log('info', 'etcdserver/corrupt.go:172', 'initial corruption checking passed; no corruption', {
    'local-member-id': id,
  })
}

/** Undefined while the peer accepts but does not answer. */
function ask(p: Process, config: EtcdConfig, url: string): { member?: Member; error?: string } | undefined {
  const { secure, host, port } = parseUrl(url)
  const ip = resolveHost(p, host)
  if (ip === undefined) return { error: `dial tcp: lookup ${host}: no such host` }
  const files = secure
    ? { caPem: quiet(p, config.peer.ca), certPem: quiet(p, config.peer.cert), keyPem: quiet(p, config.peer.key) }
    : undefined
  const result = connect(p, ip, port, host, files)
  if (!result.ok) return result.after === Number.POSITIVE_INFINITY ? undefined : { error: result.error }
  const member = isPeerEndpoint(result.service.custom) ? result.service.custom.member() : undefined
  return member && { member }
}

function quiet(p: Process, path: string): string | undefined {
  try {
    return path ? read(p, path) : undefined
  } catch {
    return undefined
  }
}
