import { Api, type Header } from '../../etcd/api.ts'
import { decimal } from '../../etcd/ids.ts'
import type { Member } from '../../etcd/member.ts'
import type { HttpResponse } from '../../host/index.ts'

const header = (h: Header): Record<string, string> => ({
  cluster_id: decimal(h.clusterId),
  member_id: decimal(h.memberId),
  ...(h.revision ? { revision: String(h.revision) } : {}),
  raft_term: String(h.raftTerm),
})

/** What grpc-gateway leaves out: zero values. Numbers of 64 bits are strings. */
const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([, v]) => v !== undefined && v !== '' && v !== false && v !== '0' && !(Array.isArray(v) && v.length === 0),
    ),
  )

/** Calls of the JSON gateway on the client port that are modelled (grpc-gateway of api/etcdserverpb). */
const CALLS: Readonly<Record<string, (api: Api) => unknown>> = {
  '/v3/maintenance/status': (api) => {
    const s = api.status()
    return given({
      header: header(s.header),
      version: s.version,
      dbSize: String(s.dbSize),
      leader: s.leader && decimal(s.leader),
      raftIndex: String(s.raftIndex),
      raftTerm: String(s.raftTerm),
      raftAppliedIndex: String(s.raftAppliedIndex),
      errors: s.errors,
      dbSizeInUse: String(s.dbSizeInUse),
      isLearner: s.isLearner,
      storageVersion: s.storageVersion,
      dbSizeQuota: String(s.quota),
      downgradeInfo: s.downgradeTarget ? { enabled: true, targetVersion: s.downgradeTarget } : {},
    })
  },
  '/v3/cluster/member/list': (api) => {
    const { header: h, members } = api.memberList()
    return {
      header: header(h),
      members: members.map((m) =>
        given({
          ID: decimal(m.id),
          name: m.name,
          peerURLs: m.peerUrls,
          clientURLs: m.clientUrls,
          isLearner: m.isLearner,
        }),
      ),
    }
  },
}

/** Answers a POST of the gateway; undefined when the path is not one of it. Throws Blocked like the call itself. */
export function gatewayAnswer(member: Member, method: string, path: string): HttpResponse | undefined {
  const call = CALLS[path]
  if (!call || method !== 'POST') return undefined
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'grpc-metadata-content-type': 'application/grpc' },
    body: JSON.stringify(call(new Api(member))),
  }
}
