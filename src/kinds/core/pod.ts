import { defineKind, keep, ownSubresource } from '../define.ts'
import type { KubeObject } from '../object.ts'
import { validatePod } from '../validation/pod-spec.ts'
import { validatePodStatus } from '../validation/pod-status.ts'
import { validateEphemeralUpdate, validatePodResize, validatePodUpdate } from '../validation/pod-update.ts'
import { podWarnings } from '../warnings/kinds.ts'
import { defaultPod } from './pod-defaults.ts'
import { podCells, podColumns } from './pod-table.ts'
import { qosClass } from './qos.ts'

/** Models pkg/registry/core/pod/strategy.go. */
export const pod = defineKind({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  subresources: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    ownSubresource('Pod', 'ephemeralcontainers'),
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    ownSubresource('Pod', 'resize'),
    ownSubresource('Pod', 'status'),
  ],
  storageVersionHash: 'xPOwRZ+Yhw8=',
  warnings: podWarnings,
  status: true,
  generation: true,
  columns: podColumns,
  cells: podCells,
  defaults(obj) {
    // Conversion does it, for pods and not for templates.
    if (obj.spec?.terminationGracePeriodSeconds < 0) obj.spec.terminationGracePeriodSeconds = 1
    defaultPod(obj)
  },

  prepareForCreate(obj) {
    obj.status = { phase: 'Pending', qosClass: qosClass(obj.spec) }
    if (obj.spec.schedulingGates?.length) {
      obj.status.conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
          lastProbeTime: null,
          lastTransitionTime: obj.metadata.creationTimestamp ?? null,
        },
      ]
    }
  },

  prepareForUpdate(next, old, subresource) {
    if (subresource === 'status') prepareStatus(next, old)
    else if (subresource === 'ephemeralcontainers') {
      next.spec = { ...old.spec, ephemeralContainers: next.spec.ephemeralContainers }
      keep(next, old, 'status')
    } else if (subresource === 'resize') {
      next.spec = resized(next.spec, old.spec)
      keep(next, old, 'status')
    }
  },

  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateSubresource(next, old, subresource) {
    if (subresource === 'status') return validatePodStatus(next, old)
    if (subresource === 'resize') return validatePodResize(next, old)
    return subresource === 'ephemeralcontainers' ? validateEphemeralUpdate(next, old) : []
  },

  fields: {
    'spec.nodeName': (pod) => pod.spec?.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec?.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIP ?? '',
    'status.podIPs': (pod) => pod.status?.podIP ?? '',
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },

  gracePeriod(obj, requested) {
    const { phase } = obj.status ?? {}
    if (!obj.spec?.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0
    const period = requested ?? obj.spec.terminationGracePeriodSeconds ?? 0
    return period < 0 ? 1 : period
  },
})

function prepareStatus(next: KubeObject, old: KubeObject): void {
  const { deletionTimestamp, ...metadata } = next.metadata
  next.metadata = metadata as KubeObject['metadata']
  if (old.metadata.deletionTimestamp) next.metadata.deletionTimestamp = old.metadata.deletionTimestamp
  // Old kubelets corrupt owner references in a way that breaks garbage collection.
  if (old.metadata.ownerReferences) next.metadata.ownerReferences = old.metadata.ownerReferences
  else delete next.metadata.ownerReferences
  const kept: any = {}
  if (!next.status?.qosClass && old.status?.qosClass) kept.qosClass = old.status.qosClass
  if (!next.status?.observedGeneration && old.status?.observedGeneration) {
    kept.observedGeneration = old.status.observedGeneration
  }
  next.status = { ...next.status, ...kept }
}

/** Of a resize only resources and resizePolicy count, unless containers were added, removed or renamed. */
function resized(next: any, old: any): any {
  const containers = resizedContainers(next.containers, old.containers)
  const initContainers = resizedContainers(next.initContainers, old.initContainers)
  if (!containers || !initContainers) return next
  const spec = { ...old, containers }
  if (old.initContainers) spec.initContainers = initContainers
  if (next.resources) spec.resources = next.resources
  return spec
}

function resizedContainers(next: any[] = [], old: any[] = []): any[] | undefined {
  if (next.length !== old.length || next.some((c, i) => c.name !== old[i].name)) return undefined
  return old.map((container, i) => {
    const { resources, resizePolicy, ...rest } = container
    const { resources: newResources, resizePolicy: newPolicy } = next[i]
    return { ...rest, resources: newResources ?? {}, ...(newPolicy ? { resizePolicy: newPolicy } : {}) }
  })
}
