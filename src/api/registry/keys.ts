import type { Kind } from '../../kinds/index.ts'

/** Resources whose place below /registry is not their own name (historical, or kept by an own API group). */
const PLACES: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
  'customresourcedefinitions.apiextensions.k8s.io': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiservices.apiregistration.k8s.io': 'apiregistration.k8s.io/apiservices',
}

const prefixes = new WeakMap<Kind, string>()

/** Where objects of a stored kind are in etcd: `/registry/pods/`. */
export function keyPrefix(kind: Kind): string {
  let prefix = prefixes.get(kind)
  if (prefix === undefined) {
    const place = PLACES[kind.groupResource] ?? (kind.crd ? `${kind.group}/${kind.plural}` : kind.plural)
    prefix = `/registry/${place}/`
    prefixes.set(kind, prefix)
  }
  return prefix
}

/** The key in etcd: `/registry/pods/default/web`. */
export const keyOf = (kind: Kind, namespace: string | undefined, name: string): string =>
  kind.namespaced ? `${keyPrefix(kind)}${namespace}/${name}` : keyPrefix(kind) + name
