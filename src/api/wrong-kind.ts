import type { RequestContext } from './context.ts'
import type { KubeObject } from './types.ts'

/**
 * Why a body that says it is something else cannot be decoded as the requested kind, in the words of apimachinery's
 * scheme; undefined when it says nothing, or the right thing.
 */
export function wrongKind({ kind, server }: RequestContext, body: KubeObject): string | undefined {
  const apiVersion = body.apiVersion || kind.apiVersion
  const name = body.kind || kind.kind
  if (name === kind.kind && apiVersion === kind.apiVersion) return undefined
  const version = apiVersion.split('/').pop()!
  const known =
    name.endsWith('List') && server.kinds.list().some((k) => k.apiVersion === apiVersion && k.listKind === name)
  const general =
    (apiVersion === 'v1' && OF_V1.has(name)) ||
    (EVERYWHERE.has(name) && server.kinds.list().some((k) => k.apiVersion === apiVersion))
  if (server.kinds.byKind(apiVersion, name) || known || general) {
    return `converting (${version}.${name}) to (${kind.group || 'core'}.${kind.kind}): unknown conversion`
  }
  return `no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s/pkg/api/legacyscheme/scheme.go:30"`
}

/** metav1.AddToGroupVersion: kinds that every group version has. */
const EVERYWHERE = new Set([
  'WatchEvent',
  'ListOptions',
  'GetOptions',
  'DeleteOptions',
  'CreateOptions',
  'UpdateOptions',
  'PatchOptions',
])

/** Kinds without a version of their own, which are found in v1. */
const OF_V1 = new Set(['List', 'Status', 'APIVersions', 'APIGroup', 'APIGroupList', 'APIResourceList'])
