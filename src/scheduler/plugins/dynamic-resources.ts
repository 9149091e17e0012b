import { type KubeObject, resourceClaimName } from '../../kinds/index.ts'
import { type Plugin, type Rejection, type Snapshot, unresolvable } from '../framework.ts'

/** The pod's claims that exist; undefined: one does not, or goes. */
function claimsOf(pod: KubeObject, informer: Snapshot['informer']): KubeObject[] | undefined {
  const claims: KubeObject[] = []
  for (const entry of pod.spec.resourceClaims ?? []) {
    const name = resourceClaimName(pod, entry)
    if (name === null) continue
    const claim = name && informer('ResourceClaim').get(pod.metadata.namespace, name)
    if (!claim || claim.metadata.deletionTimestamp) return undefined
    claims.push(claim)
  }
  return claims
}

/** PreEnqueue: a pod whose claims are not there is not even tried, and nothing is said. */
export const lacksClaims = (pod: KubeObject, informer: Snapshot['informer']): boolean =>
  pod.spec.resourceClaims?.length > 0 && claimsOf(pod, informer) === undefined

const uses = (pod: KubeObject, { metadata }: KubeObject): boolean =>
  pod.metadata.namespace === metadata.namespace &&
  (pod.spec.resourceClaims ?? []).some((entry: any) => resourceClaimName(pod, entry) === metadata.name)

interface State {
  /** Claims that devices have still to be found for. */
  readonly open: readonly KubeObject[]
}

/** Models plugins/dynamicresources for clusters without a driver: nobody offers devices, so none can be allocated. */
export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  // Another's claim matters when it gives devices back.
  wakes: (pod, { kind, action, object }) =>
    kind === 'DeviceClass' ||
    (kind === 'ResourceClaim' &&
      (uses(pod, object) || (action === 'delete' && object.status?.allocation !== undefined))),
  preFilter(pod, snapshot) {
    const claims = claimsOf(pod, snapshot.informer) ?? []
    if (claims.length === 0) return undefined
    const open = claims.filter((claim) => !claim.status?.allocation)
    for (const claim of claims) {
      const { allocation, reservedFor = [] } = claim.status ?? {}
      const mine = reservedFor.some((r: any) => r.uid === pod.metadata.uid)
      if (allocation && reservedFor.length >= MAX_USERS && !mine)
        return { reject: unresolvable('resourceclaim in use') }
    }
    for (const claim of open)
      for (const request of claim.spec.devices?.requests ?? [])
        for (const [name, wanted] of classesOf(request))
          if (wanted && !snapshot.informer('DeviceClass').get(undefined, wanted))
            return { reject: unresolvable(`request ${name}: device class ${wanted} does not exist`) }
    return { state: { open } satisfies State }
  },
  filter: (_pod, _node, state: State | undefined): Rejection | undefined =>
    state && state.open.length > 0 ? unresolvable('cannot allocate all claims') : undefined,
}

/** resource.k8s.io/v1 ResourceClaimReservedForMaxSize. */
const MAX_USERS = 256

/** A request's name, or those of its alternatives, with the classes of devices. */
const classesOf = ({ name, exactly, firstAvailable = [] }: any): [string, string | undefined][] =>
  exactly ? [[name, exactly.deviceClassName]] : firstAvailable.map((r: any) => [`${name}/${r.name}`, r.deviceClassName])
