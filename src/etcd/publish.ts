import type { Fields } from './log.ts'
import type { Member } from './member.ts'
import { REQUEST_TIMEOUT } from './requests.ts'

const attributes = ({ id, config: { name, clientUrls } }: Member): Fields => ({
  'local-member-id': id,
  'local-member-attributes': `{Name:${name} ClientURLs:[${clientUrls.join(' ')}]}`,
})

/** Tells the cluster this member's name and client URLs, which it does once after each start. */
export function publish(member: Member): void {
  if (!member.route || !member.self) return
  const { name, clientUrls } = member.config
  member.propose((lineage) => {
    const me = lineage.members.find((m) => m.id === member.id)
    if (me) lineage.setMember({ ...me, name, clientUrls: [...clientUrls] })
  })
  member.log('info', 'etcdserver/server.go:1833', 'published local member to cluster through raft', {
    ...attributes(member),
    'cluster-id': member.lineage.clusterId,
    'publish-timeout': `${REQUEST_TIMEOUT / 1000}s`,
  })
}

/** Until there is a leader, every attempt to publish ends by its timeout. */
export function publishInVain(member: Member): void {
  member.kernel.after(REQUEST_TIMEOUT, () => {
    if (!member.running || member.serving) return
    member.log('warn', 'etcdserver/server.go:1843', 'failed to publish local member to cluster through raft', {
      ...attributes(member),
      'publish-timeout': `${REQUEST_TIMEOUT / 1000}s`,
      error: 'context deadline exceeded',
    })
    publishInVain(member)
  })
}
