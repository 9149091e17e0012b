import { matchesNodeAffinity, termMatches, tolerates, untolerated } from '../../api/match.ts'
import type { KubeObject } from '../../api/types.ts'
import { becomes, byHighest, byLowest, type NodeInfo, type Plugin, unresolvable } from '../framework.ts'

/** Models plugins/nodeunschedulable. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  wakes: (_pod, change) => becomes(change, (node) => !node.spec?.unschedulable),
  filter(pod, { node }) {
    if (!node.spec?.unschedulable) return undefined
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
    return tolerates(pod.spec.tolerations, taint) ? undefined : unresolvable('node(s) were unschedulable')
  },
}

/** Models plugins/nodename. */
export const nodeName: Plugin = {
  name: 'NodeName',
  wakes: (_pod, change) => change.kind === 'Node' && change.action === 'add',
  filter: (pod, node) =>
    pod.spec.nodeName && pod.spec.nodeName !== node.name
      ? unresolvable("node(s) didn't match the requested node name")
      : undefined,
}

const repels = (node: KubeObject, pod: KubeObject): boolean =>
  Boolean(node.spec?.taints && untolerated(node.spec.taints, pod.spec.tolerations, ['NoSchedule', 'NoExecute']))

const preferNoSchedule = (pod: KubeObject, node: NodeInfo): number =>
  (node.node.spec?.taints ?? []).filter(
    (t: any) => t.effect === 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, t),
  ).length

/** Models plugins/tainttoleration. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  wakes: (pod, change) => becomes(change, (node) => !repels(node, pod)),
  filter: (pod, { node }) => (repels(node, pod) ? unresolvable('node(s) had untolerated taint(s)') : undefined),
  score: preferNoSchedule,
  normalize: byLowest,
  weight: 3,
}

/** Models plugins/nodeaffinity. A term on metadata.name narrows the nodes before they are filtered. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  wakes: (pod, change) => becomes(change, (node) => matchesNodeAffinity(pod.spec, node)),
  preFilter(pod) {
    const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
    if (!terms) return undefined
    const names = new Set<string>()
    for (const term of terms) {
      const fields = (term.matchFields ?? []).filter((r: any) => r.key === 'metadata.name' && r.operator === 'In')
      if (fields.length === 0) return undefined
      for (const name of fields[0].values) if (fields.every((f: any) => f.values.includes(name))) names.add(name)
    }
    if (names.size === 0) return { reject: unresolvable('pod affinity terms conflict') }
    return { nodes: names }
  },
  filter: (pod, { node }) =>
    matchesNodeAffinity(pod.spec, node) ? undefined : unresolvable("node(s) didn't match Pod's node affinity/selector"),
  preScore: (pod) => pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution,
  score(_pod, { node }, _snapshot, preferred: any[]) {
    return preferred.reduce((n: number, p: any) => n + (termMatches(p.preference, node) ? p.weight : 0), 0)
  },
  normalize: byHighest,
  weight: 2,
}
