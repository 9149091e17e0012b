import type { Api, Header } from './api.ts'
import { errors } from './errors.ts'
import { hashKv } from './hash.ts'

/** What HashKV answers. */
export interface HashKv {
  readonly header: Header
  readonly hash: number
  readonly compactRevision: number
  readonly hashRevision: number
}

/** Hash of the key space up to a revision; 0: the newest (v3rpc/maintenance.go). */
export function hashOf(api: Api, revision: number): HashKv {
  api.admin()
  const header = api.header()
  const at = revision === 0 ? header.revision : revision
  const { store } = api.member.lineage
  const known = api.member.compactions.find((c) => c.revision === revision)
  if (known) return { header, hash: known.hash, compactRevision: known.previous, hashRevision: revision }
  if (at < store.compacted) throw errors.Compacted()
  if (at > header.revision) throw errors.FutureRev()
  return { header, hash: hashKv(store, at), compactRevision: store.compacted, hashRevision: at }
}

/** What Downgrade answers: the version before. */
export interface Downgrade {
  readonly header: Header
  readonly version: string
}

/** Which downgrade is possible: one minor version below the cluster's. */
export function validateDowngrade(api: Api, target: string): Downgrade {
  api.admin()
  const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(target)
  if (!match) throw errors.WrongDowngradeVersionFormat()
  const { lineage } = api.member
  const [major, minor] = lineage.clusterVersion.split('.').map(Number)
  if (Number(match[1]) !== major || Number(match[2]) !== minor - 1 || lineage.downgradeTarget !== '')
    throw errors.InvalidDowngradeTargetVersion()
  return { header: api.header(), version: lineage.clusterVersion }
}

/** Begins a downgrade. */
export function enableDowngrade(api: Api, target: string): Downgrade {
  const before = validateDowngrade(api, target)
  const [major, minor] = target.split('.')
  api.member.propose((lineage) => {
    lineage.downgradeTarget = `${major}.${minor}.0`
  })
  return before
}

/** Ends a downgrade. */
export function cancelDowngrade(api: Api): Downgrade {
  api.admin()
  const { member } = api
  const version = member.lineage.clusterVersion
  // Only the log tells that there was nothing to cancel.
  if (member.lineage.downgradeTarget === '')
    member.log('warn', 'etcdserver/v3_server.go:1157', 'failed to cancel downgrade', {
      error: 'etcdserver: no inflight downgrade job',
    })
  else
    member.propose((lineage) => {
      lineage.downgradeTarget = ''
    })
  return { header: api.header(), version }
}
