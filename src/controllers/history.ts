import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { controllerOf, type Tools } from './controller.ts'
import { isOwnedBy, ownerRef, templateHash } from './pods.ts'

/** Label of a revision that names its content; DaemonSets use the one that their pods carry (snapshot in daemon/update.go). */
const hashLabel = ({ kind }: { kind: string }): string =>
  kind === 'DaemonSet' ? 'controller-revision-hash' : 'controller.kubernetes.io/hash'

/** ControllerRevisions of a StatefulSet or DaemonSet, oldest first. */
export const revisionsOf = (owner: KubeObject, tools: Tools): KubeObject[] =>
  tools
    .informer('ControllerRevision')
    .list(owner.metadata.namespace)
    .filter((r) => isOwnedBy(r, owner))
    .sort((a, b) => a.revision - b.revision)

/**
 * The revision that stands for the owner's present template: an equal one is moved to the end of the history, else
 * one is made. `label` is the key under which pods carry its hash or name.
 */
export function currentRevision(owner: KubeObject, tools: Tools): KubeObject {
  const all = revisionsOf(owner, tools)
  const data = { spec: { template: { ...owner.spec.template, $patch: 'replace' } } }
  const next = (all.at(-1)?.revision ?? 0) + 1
  const equal = all.find((r) => deepEqual(r.data, data))
  if (equal) {
    if (equal.revision === next - 1) return equal
    return tools.api.update({ ...equal, revision: next })
  }
  const hash = templateHash(owner.spec.template, owner.status?.collisionCount ?? 0)
  const name = `${owner.metadata.name}-${hash}`
  return (
    tools.api.find('ControllerRevision', owner.metadata.namespace, name) ??
    tools.api.create({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        namespace: owner.metadata.namespace,
        labels: { ...owner.spec.template.metadata?.labels, [hashLabel(owner)]: hash },
        ...(owner.metadata.annotations ? { annotations: owner.metadata.annotations } : {}),
        ownerReferences: [ownerRef(owner)],
      },
      data,
      revision: next,
    })
  )
}

/** What names a ControllerRevision's content in pods' labels. */
export const hashOf = (revision: KubeObject): string =>
  revision.metadata.labels?.[hashLabel(controllerOf(revision) ?? revision)] ?? revision.metadata.name

/** Deletes the oldest revisions beyond the limit that no pod uses. */
export function trimHistory(owner: KubeObject, live: ReadonlySet<string>, tools: Tools): void {
  const limit = owner.spec.revisionHistoryLimit ?? 10
  const idle = revisionsOf(owner, tools).filter((r) => !live.has(r.metadata.name) && !live.has(hashOf(r)))
  for (const r of idle.slice(0, Math.max(0, idle.length - limit)))
    tools.api.remove('ControllerRevision', r.metadata.namespace, r.metadata.name)
}
