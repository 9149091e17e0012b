import type { KubeObject } from '../types.ts'
import { forbid, listOf, lookup } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'

// Small plug-ins that complete pods and nodes.

const createsPod: AdmissionPlugin['handles'] = (operation, resource, subresource) =>
  operation === 'CREATE' && resource === 'pods' && subresource === ''

/** New nodes begin tainted until their kubelet says that they are ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: (operation, resource, subresource) => operation === 'CREATE' && resource === 'nodes' && subresource === '',
  admit({ object }) {
    const key = 'node.kubernetes.io/not-ready'
    object.spec ??= {}
    const taints = object.spec.taints ?? []
    if (taints.some((t: any) => t.key === key && t.effect === 'NoSchedule')) return
    object.spec.taints = [...taints, { effect: 'NoSchedule', key }]
  },
}

const TOLERATED = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** Pods bear a broken node for five minutes. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (operation, resource, subresource) =>
    (operation === 'CREATE' || operation === 'UPDATE') && resource === 'pods' && subresource === '',
  admit({ object: { spec } }) {
    const tolerations: any[] = spec.tolerations ?? []
    const missing = TOLERATED.filter(
      (key) => !tolerations.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)),
    )
    if (missing.length === 0) return
    const added = missing.map((key) => ({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: 300 }))
    spec.tolerations = [...tolerations, ...added]
  },
}

/** The class that counts when none is named: the lowest of those marked as default. */
function defaultClass({ ctx }: Attributes): KubeObject | undefined {
  const marked = listOf(ctx.server, 'PriorityClass').filter((c) => c.globalDefault)
  return marked.reduce<KubeObject | undefined>((low, c) => (low && low.value <= c.value ? low : c), undefined)
}

/** Turns the name of a priority class into a number. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (operation, resource, subresource) =>
    subresource === '' &&
    ((resource === 'pods' && (operation === 'CREATE' || operation === 'UPDATE')) ||
      resource === 'priorityclasses.scheduling.k8s.io'),
  admit(a) {
    if (a.kind.kind !== 'Pod') return
    const { spec } = a.object
    if (a.operation === 'UPDATE') {
      spec.priority ??= a.old?.spec.priority
      spec.preemptionPolicy ??= a.old?.spec.preemptionPolicy
      if (spec.priority === undefined) delete spec.priority
      if (spec.preemptionPolicy === undefined) delete spec.preemptionPolicy
      return
    }
    const wanted = spec.priorityClassName
    const found = wanted ? lookup(a.ctx.server, 'PriorityClass', undefined, wanted) : defaultClass(a)
    if (wanted && !found) throw forbid(a, `no PriorityClass with name ${wanted} was found`)
    const value = found?.value ?? 0
    if (spec.priority !== undefined && spec.priority !== value) {
      throw forbid(
        a,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    }
    const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority'
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      throw forbid(
        a,
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
      )
    }
    if (found) spec.priorityClassName = found.metadata.name
    spec.priority = value
    spec.preemptionPolicy = policy
  },
  validate(a) {
    if (a.kind.kind !== 'PriorityClass' || !a.object?.globalDefault) return
    const other = defaultClass(a)
    if (other && other.metadata.name !== a.object.metadata.name) {
      throw forbid(a, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`)
    }
  },
}

/** Overhead and scheduling constraints of the runtime class. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: createsPod,
  admit(a) {
    const { spec } = a.object
    if (!spec.runtimeClassName) return
    const found = lookup(a.ctx.server, 'RuntimeClass', undefined, spec.runtimeClassName)
    if (!found) throw forbid(a, `pod rejected: RuntimeClass ${JSON.stringify(spec.runtimeClassName)} not found`)
    if (found.overhead?.podFixed) spec.overhead = { ...found.overhead.podFixed }
    const { nodeSelector = {}, tolerations = [] } = found.scheduling ?? {}
    for (const [key, value] of Object.entries(nodeSelector)) {
      const own = spec.nodeSelector?.[key]
      if (own !== undefined && own !== value) {
        throw forbid(
          a,
          `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
        )
      }
    }
    if (Object.keys(nodeSelector).length) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector }
    if (tolerations.length) spec.tolerations = [...(spec.tolerations ?? []), ...tolerations]
  },
}
