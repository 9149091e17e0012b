import type { ApiServer } from '../server.ts'
import type { KubeObject } from '../types.ts'
import type { Action, Authorizer, Decision } from './authorizer.ts'
import { NODE_RULES } from './node-rules.ts'
import { ruleAllows } from './rules.ts'

const yes: Decision = { allowed: true, reason: '' }
const no = (reason = ''): Decision => ({ allowed: false, reason })

/** Name of the node a user is; '' for one that cannot be told; undefined for everybody else. */
export function nodeName({ name, groups }: Action['user']): string | undefined {
  if (!name.startsWith('system:node:') || !groups.includes('system:nodes')) return undefined
  return name.slice('system:node:'.length)
}

/** A kubelet may see what its own pods need. Models plugin/pkg/auth/authorizer/node. */
export const nodeAuthorizer: Authorizer = {
  authorize(action, server) {
    const node = nodeName(action.user)
    if (node === undefined) return no()
    if (action.path === undefined) {
      const { group, resource } = action
      const own = OWN[group ? `${resource}.${group}` : resource]
      if (own) return own(action, node, server)
    }
    return NODE_RULES.some((rule) => ruleAllows(rule, action)) ? yes : no()
  },
}

type Decide = (action: Action, node: string, server: ApiServer) => Decision
/** Whether a pod refers to an object of this name. */
type Uses = (pod: KubeObject, name: string) => boolean

const unrelated = (node: string) => no(`no relationship found between node '${node}' and this object`)

/** Some pod of this namespace on the node refers to the object. */
function related({ namespace, name }: Action, node: string, server: ApiServer, uses: Uses): Decision {
  if (!name) return no('No Object name found')
  for (const pod of server.known(server.kinds.named('Pod')!).triggeredBy(node)) {
    if (pod.metadata.namespace === namespace && uses(pod, name)) return yes
  }
  return unrelated(node)
}

const readNamespaced =
  (uses: Uses): Decide =>
  (action, node, server) => {
    if (!['get', 'list', 'watch'].includes(action.verb)) return no('can only read resources of this type')
    if (action.subresource) return no('cannot read subresource')
    if (!action.namespace) return no('can only read namespaced object of this type')
    return related(action, node, server, uses)
  }

function getOnly({ verb, subresource }: Action): Decision | undefined {
  if (verb !== 'get') return no('can only get individual resources of this type')
  return subresource ? no('cannot get subresource') : undefined
}

const containers = ({ spec }: KubeObject): any[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...(spec.ephemeralContainers ?? []),
]

/** References to Secrets or ConfigMaps in environments and volumes. */
function refersTo(pod: KubeObject, name: string, what: 'secret' | 'configMap'): boolean {
  const { volumes = [], imagePullSecrets = [] } = pod.spec
  const nameField = what === 'secret' ? 'secretName' : 'name'
  if (volumes.some((v: any) => v[what]?.[nameField] === name)) return true
  if (volumes.some((v: any) => v.projected?.sources?.some((s: any) => s[what]?.name === name))) return true
  if (what === 'secret' && imagePullSecrets.some((s: any) => s.name === name)) return true
  return containers(pod).some(
    (c) =>
      c.env?.some((e: any) => e.valueFrom?.[`${what}KeyRef`]?.name === name) ||
      c.envFrom?.some((e: any) => e[`${what}Ref`]?.name === name),
  )
}

const usesClaim: Uses = (pod, name) =>
  (pod.spec.volumes ?? []).some(
    (v: any) =>
      v.persistentVolumeClaim?.claimName === name || (v.ephemeral && `${pod.metadata.name}-${v.name}` === name),
  )

function volume(action: Action, node: string, server: ApiServer): Decision {
  const wrong = getOnly(action)
  if (wrong) return wrong
  const { objects, prefix } = server.known(server.kinds.named('PersistentVolume')!)
  const claim = objects.get(prefix + action.name)?.spec?.claimRef
  if (!claim) return unrelated(node)
  return related({ ...action, namespace: claim.namespace, name: claim.name }, node, server, usesClaim)
}

const ownNameOnly =
  (texts: { verbs: string; sub?: string; other: string }, namespace?: string): Decide =>
  ({ verb, subresource, name, namespace: where }, node) => {
    if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) return no(texts.verbs)
    if (subresource && texts.sub) return no(texts.sub)
    if (namespace && where !== namespace) return no(`can only access leases in the "${namespace}" system namespace`)
    return verb !== 'create' && name !== node ? no(texts.other) : yes
  }

function nodes({ verb, subresource, name }: Action, node: string): Decision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? yes : no()
  if (subresource) return no()
  if (verb === 'create' || verb === 'update' || verb === 'patch') return yes
  if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return no()
  if (name === node) return yes
  if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`)
  return no(`node '${node}' cannot read '${name}', only its own Node object`)
}

function pods(action: Action, node: string, server: ApiServer): Decision {
  const { verb, subresource, name } = action
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? yes : no()
  if (subresource === 'eviction') return verb === 'create' ? yes : no()
  if (subresource) return no()
  if (verb === 'create' || verb === 'delete') return yes
  if (verb === 'get') return related(action, node, server, (pod, wanted) => pod.metadata.name === wanted)
  if (verb !== 'list' && verb !== 'watch') return no()
  if (action.fields?.includes(`spec.nodeName=${node}`)) return yes
  if (name) return related(action, node, server, (pod, wanted) => pod.metadata.name === wanted)
  return no('can only list/watch pods with spec.nodeName field selector')
}

function serviceAccounts(action: Action, node: string, server: ApiServer): Decision {
  const uses: Uses = (pod, name) => pod.spec.serviceAccountName === name
  if (action.verb === 'get' && !action.subresource) return readNamespaced(uses)(action, node, server)
  if (action.verb !== 'create' || !action.name) return no('can only create tokens for individual service accounts')
  if (action.subresource !== 'token') return no('can only create token subresource of serviceaccount')
  return related(action, node, server, uses)
}

const OWN: Readonly<Record<string, Decide>> = {
  secrets: readNamespaced((pod, name) => refersTo(pod, name, 'secret')),
  configmaps: readNamespaced((pod, name) => refersTo(pod, name, 'configMap')),
  persistentvolumeclaims(action, node, server) {
    if (action.subresource !== 'status') return getOnly(action) ?? related(action, node, server, usesClaim)
    if (action.verb !== 'update' && action.verb !== 'patch') return no('can only get/update/patch this type')
    return related(action, node, server, usesClaim)
  },
  persistentvolumes: volume,
  serviceaccounts: serviceAccounts,
  nodes,
  pods,
  'leases.coordination.k8s.io': ownNameOnly(
    {
      verbs: 'can only get, create, update, patch, or delete a node lease',
      other: 'can only access node lease with the same name as the requesting node',
    },
    'kube-node-lease',
  ),
  'csinodes.storage.k8s.io': ownNameOnly({
    verbs: 'can only get, create, update, patch, or delete a CSINode',
    sub: 'cannot authorize CSINode subresources',
    other: 'can only access CSINode with the same name as the requesting node',
  }),
}
