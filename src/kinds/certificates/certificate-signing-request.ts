import { humanDuration } from '../../print/index.ts'
import { age, columns } from '../columns.ts'
import { defineKind, keep, ownSubresource } from '../define.ts'
import { pathSegment } from '../meta.ts'
import type { KubeObject } from '../object.ts'
import { validateSigningRequest } from '../validation/cluster.ts'
import { validateSigningDecision } from '../validation/signing-decision.ts'

function condition(csr: KubeObject): string {
  const has = (type: string): boolean => csr.status?.conditions?.some((c: any) => c.type === type) ?? false
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${decision}${has('Failed') ? ',Failed' : ''}${csr.status?.certificate ? ',Issued' : ''}`
}

const isDecision = ({ type }: any): boolean => type === 'Approved' || type === 'Denied'

/** populateConditionTimestamps: times that the client left out. */
function stamped(conditions: any[], old: KubeObject, now: string): any[] {
  return conditions.map((condition) => {
    const before = old.status?.conditions?.find((c: any) => c.type === condition.type)
    const transition = before?.status === condition.status ? before?.lastTransitionTime : now
    const { lastUpdateTime, lastTransitionTime } = condition
    return {
      ...condition,
      lastTransitionTime: lastTransitionTime ?? transition ?? now,
      lastUpdateTime: lastUpdateTime ?? now,
    }
  })
}

export const certificateSigningRequest = defineKind({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: [
    ownSubresource('CertificateSigningRequest', 'approval'),
    ownSubresource('CertificateSigningRequest', 'status'),
  ],
  storageVersionHash: '95fRKMXA+00=',
  status: true,
  nameRule: pathSegment,
  columns: columns('Name', 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'),
  cells: (obj, ctx) => {
    const { signerName, username, expirationSeconds } = obj.spec ?? {}
    return [
      obj.metadata.name,
      age(obj, ctx),
      signerName || '<none>',
      username ?? '',
      expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000),
      condition(obj),
    ]
  },
  prepareForCreate(obj, { user }) {
    const { username, uid, groups, extra, ...spec } = obj.spec ?? {}
    obj.spec = spec
    if (user) {
      obj.spec.username = user.name
      if (user.uid) obj.spec.uid = user.uid
      if (user.groups?.length) obj.spec.groups = [...user.groups]
      if (user.extra && Object.keys(user.extra).length) obj.spec.extra = { ...user.extra }
    }
  },
  prepareForUpdate(next, old, subresource, { now }) {
    keep(next, old, 'spec')
    if (subresource === 'status') {
      const decided = (old.status?.conditions ?? []).filter(isDecision)
      const others = (next.status?.conditions ?? []).filter((c: any) => !isDecision(c))
      next.status = { ...next.status, conditions: stamped([...decided, ...others], old, now) }
      if (!next.status.conditions.length) delete next.status.conditions
    } else if (subresource === 'approval') {
      next.status = { ...old.status, conditions: stamped(next.status?.conditions ?? [], old, now) }
    }
  },
  fields: { 'spec.signerName': (csr) => csr.spec?.signerName ?? '' },
  validate: validateSigningRequest,
  validateUpdate: validateSigningDecision,
  validateSubresource: validateSigningDecision,
})
