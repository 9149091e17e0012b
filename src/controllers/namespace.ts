import type { ResourceRef } from '../api/client.ts'
import { rfc3339 } from '../api/time.ts'
import { type KubeObject, StatusError } from '../api/types.ts'
import { builtinKinds, deepEqual, type Kind, KindRegistry } from '../kinds/index.ts'
import { defineController, itself, type Tools } from './controller.ts'

/** Every look at a namespace waits so long, for what other API servers may still create in it. */
const GRACE_MS = 5000
/** What asking for one kind's objects, or deleting them, takes; every kind is asked, ms. */
const REQUEST_MS = 10
/** Half of the 15 s that content with finalizers is given, and one more. */
const AGAIN_MS = 8000

/** Kinds whose objects live in namespaces and can be listed and deleted, built-in ones and those of CRDs. */
function deletableKinds(tools: Tools): Kind[] {
  const registry = new KindRegistry(builtinKinds)
  return registry
    .list()
    .filter((k) => k.namespaced && k.verbs.includes('delete') && k.verbs.includes('list') && !k.storedAs)
    .concat(customKinds(tools))
}

function customKinds(tools: Tools): Kind[] {
  return tools
    .informer('CustomResourceDefinition')
    .list()
    .filter((crd) => crd.spec.scope === 'Namespaced')
    .map((crd) => {
      const version = crd.spec.versions.find((v: any) => v.storage)?.name
      return {
        group: crd.spec.group,
        version,
        plural: crd.spec.names.plural,
        groupResource: `${crd.spec.names.plural}.${crd.spec.group}`,
      } as Kind
    })
}

const refOf = (kind: Kind): ResourceRef => ({ group: kind.group, version: kind.version, resource: kind.plural })

/** Namespaces whose kinds are being gone through. */
const sweeping = new WeakMap<Tools, Set<string>>()

/** Models pkg/controller/namespace: empties a namespace that is being deleted, then lets it go. */
export const namespace = defineController({
  name: 'namespace-controller',
  watches: { Namespace: itself },
  batch: { Namespace: () => GRACE_MS },
  reconcile(name, tools) {
    const ns = tools.informer('Namespace').get(undefined, name)
    if (!ns?.metadata.deletionTimestamp) return undefined
    if (ns.status?.phase !== 'Terminating') return undefined
    if ((ns.spec?.finalizers ?? []).length === 0) return undefined
    const remaining = new Map<string, number>()
    const finalizers = new Map<string, number>()
    let failure: string | undefined
    const kinds = deletableKinds(tools)
    const begun = sweeping.get(tools) ?? new Set()
    sweeping.set(tools, begun)
    const swept = begun.delete(name)
    for (const kind of kinds) {
      let objects: KubeObject[]
      try {
        objects = tools.api.list(refOf(kind), name)
        for (const o of objects)
          if (!o.metadata.deletionTimestamp)
            tools.api.remove(refOf(kind), name, o.metadata.name, { propagationPolicy: 'Background' })
        if (objects.length > 0) objects = tools.api.list(refOf(kind), name)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        if (error.code === 404 || error.code === 405) continue
        failure = error.message
        continue
      }
      if (objects.length > 0)
        remaining.set(kind.groupResource.includes('.') ? kind.groupResource : `${kind.plural}.`, objects.length)
      for (const o of objects)
        for (const f of o.metadata.finalizers ?? []) finalizers.set(f, (finalizers.get(f) ?? 0) + 1)
    }
    if (!swept) {
      begun.add(name)
      return kinds.length * 2 * REQUEST_MS
    }
    const undiscovered = silentGroups(tools)
    const conditions = conditionsFor(ns, remaining, finalizers, failure, undiscovered, tools.now())
    if (remaining.size > 0 || failure || undiscovered.length > 0) {
      if (!deepEqual(conditions, ns.status?.conditions))
        tools.api.updateStatus({ ...ns, status: { ...ns.status, conditions } })
      return undiscovered.length > 0 ? GRACE_MS : AGAIN_MS
    }
    const left = (ns.spec?.finalizers ?? []).filter((f: string) => f !== 'kubernetes')
    tools.api.post('Namespace', undefined, name, 'finalize', { ...ns, spec: { ...ns.spec, finalizers: left } })
    return undefined
  },
})

/** Group versions of other servers that do not answer: nobody knows what of theirs is in the namespace. */
const silentGroups = (tools: Tools): string[] =>
  tools.api
    .list('APIService')
    .filter(
      (s) =>
        s.spec.service && !(s.status?.conditions ?? []).some((c: any) => c.type === 'Available' && c.status === 'True'),
    )
    .map((s) => `${s.spec.group}/${s.spec.version}`)
    .sort()

/** Models namespace conditions of pkg/controller/namespace/deletion/status_condition_utils.go. */
function conditionsFor(
  ns: KubeObject,
  remaining: Map<string, number>,
  finalizers: Map<string, number>,
  failure: string | undefined,
  undiscovered: readonly string[],
  now: number,
): any[] {
  const list = (m: Map<string, number>, unit: string): string =>
    [...m]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, n]) => `${k} ${unit.replace('N', String(n))}`)
      .join(', ')
  const wanted = [
    undiscovered.length > 0
      ? [
          'NamespaceDeletionDiscoveryFailure',
          'True',
          'DiscoveryFailed',
          `Discovery failed for some groups, ${undiscovered.length} failing: unable to retrieve the complete list of server APIs: ${undiscovered.map((gv) => `${gv}: stale GroupVersion discovery: ${gv}`).join(', ')}`,
        ]
      : ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    failure
      ? [
          'NamespaceDeletionContentFailure',
          'True',
          'ContentDeletionFailed',
          `Failed to delete all resource types, 1 remaining: ${failure}`,
        ]
      : [
          'NamespaceDeletionContentFailure',
          'False',
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        ],
    remaining.size > 0
      ? [
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${list(remaining, 'has N resource instances')}`,
        ]
      : ['NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'],
    finalizers.size > 0
      ? [
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${list(finalizers, 'in N resource instances')}`,
        ]
      : [
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ],
  ]
  return wanted.map(([type, status, reason, message]) => {
    const old = (ns.status?.conditions ?? []).find((c: any) => c.type === type)
    const same = old && old.status === status && old.message === message
    return { lastTransitionTime: same ? old.lastTransitionTime : rfc3339(now), message, reason, status, type }
  })
}
