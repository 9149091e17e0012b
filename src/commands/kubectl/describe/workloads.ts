import type { Coro } from '../../../kernel/index.ts'
import { deepEqual } from '../../../kinds/index.ts'
import { selectorText } from '../lib/object-selector.ts'
import type { DescribeContext, Describer } from './context.ts'
import { describeTemplate } from './pod.ts'
import {
  controller,
  formatLabels,
  formatSelector,
  humanDuration,
  orUnset,
  rfc1123,
  titleOrUnset,
  Writer,
} from './writer.ts'

const selector = (object: any): string => selectorText(object, { kind: 'ReplicaSet' } as never) ?? ''

/** `1 Running / 0 Waiting / 0 Succeeded / 0 Failed` of the pods that a controller owns. */
function* podStatus(c: DescribeContext, object: any, labelSelector: string): Coro<string> {
  const pods = yield* c.list('', 'v1', 'pods', object.metadata.namespace, { labelSelector })
  const mine = pods.filter((pod) =>
    pod.metadata.ownerReferences?.some((r: any) => r.controller && r.uid === object.metadata.uid),
  )
  const count = (phase: string): number => mine.filter((pod) => pod.status?.phase === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}

function conditions(w: Writer, list: readonly any[] | undefined): void {
  if (!list?.length) return
  w.w(0, 'Conditions:\n  Type\tStatus\tReason\n')
  w.w(1, '----\t------\t------\n')
  for (const x of list) w.w(1, `${x.type} \t${x.status}\t${x.reason ?? ''}\n`)
}

/** DeploymentDescriber, with its old and new replica sets. */
export const describeDeployment: Describer = function* (c, d) {
  const w = new Writer(c.now)
  const { spec, status = {} } = d
  w.row(0, 'Name', d.metadata.name)
  w.row(0, 'Namespace', d.metadata.namespace)
  w.row(0, 'CreationTimestamp', rfc1123(d.metadata.creationTimestamp))
  w.labels('Labels', d.metadata.labels)
  w.annotations('Annotations', d.metadata.annotations)
  w.row(0, 'Selector', selector(d))
  const n = (key: string): number => status[key] ?? 0
  w.row(
    0,
    'Replicas',
    `${spec.replicas} desired | ${n('updatedReplicas')} updated | ${n('replicas')} total | ${n('availableReplicas')} available | ${n('unavailableReplicas')} unavailable`,
  )
  w.row(0, 'StrategyType', spec.strategy?.type ?? '')
  w.row(0, 'MinReadySeconds', spec.minReadySeconds ?? 0)
  const rolling = spec.strategy?.rollingUpdate
  if (rolling)
    w.row(0, 'RollingUpdateStrategy', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`)
  describeTemplate(w, spec.template)
  conditions(w, status.conditions)
  const sets = yield* c.list('apps', 'v1', 'replicasets', d.metadata.namespace, { labelSelector: selector(d) })
  const owned = sets.filter((rs) =>
    rs.metadata.ownerReferences?.some((r: any) => r.controller && r.uid === d.metadata.uid),
  )
  const current = newReplicaSet(d, owned)
  const old = owned.filter((rs) => rs !== current)
  if (owned.length > 0) {
    w.row(0, 'OldReplicaSets', replicaSets(old))
    w.row(0, 'NewReplicaSet', replicaSets(current ? [current] : []))
  }
  w.events(yield* c.events(d))
  return w.toString()
}

const replicaSets = (list: readonly any[]): string =>
  list
    .map((rs) => `${rs.metadata.name} (${rs.status?.replicas ?? 0}/${rs.spec.replicas} replicas created)`)
    .join(', ') || '<none>'

/** The set whose template is the deployment's, apart from the hash label. */
function newReplicaSet(d: any, sets: readonly any[]): any {
  const bare = (template: any): any => {
    const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
    return { ...template, metadata: { ...template.metadata, labels } }
  }
  const wanted = bare(d.spec.template)
  return [...sets]
    .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
    .find((rs) => deepEqual(bare(rs.spec.template), wanted))
}

/** ReplicaSetDescriber and ReplicationControllerDescriber. */
export const describeReplicaSet: Describer = function* (c, rs) {
  const w = new Writer(c.now)
  const controllerKind = rs.kind === 'ReplicationController'
  w.row(0, 'Name', rs.metadata.name)
  w.row(0, 'Namespace', rs.metadata.namespace)
  w.row(0, 'Selector', controllerKind ? formatLabels(rs.spec.selector) : formatSelector(rs.spec.selector))
  w.labels('Labels', rs.metadata.labels)
  w.annotations('Annotations', rs.metadata.annotations)
  if (!controllerKind) w.optional(0, 'Controlled By', controller(rs))
  w.row(0, 'Replicas', `${rs.status?.replicas ?? 0} current / ${rs.spec.replicas} desired`)
  const text = controllerKind ? formatLabels(rs.spec.selector) : selector(rs)
  w.row(0, 'Pods Status', yield* podStatus(c, rs, text))
  describeTemplate(w, rs.spec.template)
  conditions(w, rs.status?.conditions)
  w.events(yield* c.events(rs))
  return w.toString()
}

/** StatefulSetDescriber, with its claim templates. */
export const describeStatefulSet: Describer = function* (c, s) {
  const w = new Writer(c.now)
  w.row(0, 'Name', s.metadata.name)
  w.row(0, 'Namespace', s.metadata.namespace)
  w.row(0, 'CreationTimestamp', rfc1123(s.metadata.creationTimestamp))
  w.row(0, 'Selector', selector(s))
  w.labels('Labels', s.metadata.labels)
  w.annotations('Annotations', s.metadata.annotations)
  w.row(0, 'Replicas', `${s.spec.replicas} desired | ${s.status?.replicas ?? 0} total`)
  w.row(0, 'Update Strategy', s.spec.updateStrategy?.type ?? '')
  const partition = s.spec.updateStrategy?.rollingUpdate?.partition
  if (partition !== undefined) {
    w.row(1, 'Partition', partition)
    w.optional(1, 'MaxUnavailable', s.spec.updateStrategy.rollingUpdate.maxUnavailable)
  }
  w.row(0, 'Pods Status', yield* podStatus(c, s, selector(s)))
  describeTemplate(w, s.spec.template)
  const claims = s.spec.volumeClaimTemplates ?? []
  w.w(0, claims.length === 0 ? 'Volume Claims:\t<none>\n' : 'Volume Claims:\n')
  for (const claim of claims) {
    w.row(1, 'Name', claim.metadata.name)
    w.row(1, 'StorageClass', claim.spec.storageClassName ?? '')
    w.labels('Labels', claim.metadata.labels, '  ')
    w.labels('Annotations', claim.metadata.annotations, '  ')
    w.row(1, 'Capacity', claim.spec.resources?.requests?.storage ?? '<default>')
    w.row(1, 'Access Modes', `[${(claim.spec.accessModes ?? []).join(' ')}]`)
  }
  w.events(yield* c.events(s))
  return w.toString()
}

/** DaemonSetDescriber: how many nodes want it, how many have it. */
export const describeDaemonSet: Describer = function* (c, d) {
  const w = new Writer(c.now)
  const { status = {} } = d
  w.row(0, 'Name', d.metadata.name)
  w.row(0, 'Namespace', d.metadata.namespace)
  w.row(0, 'Selector', selector(d))
  w.row(0, 'Node-Selector', formatLabels(d.spec.template.spec.nodeSelector))
  w.labels('Labels', d.metadata.labels)
  w.annotations('Annotations', d.metadata.annotations)
  w.w(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}\n`)
  w.w(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}\n`)
  w.w(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}\n`)
  w.w(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}\n`)
  w.w(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}\n`)
  w.row(0, 'Pods Status', yield* podStatus(c, d, selector(d)))
  describeTemplate(w, d.spec.template)
  w.events(yield* c.events(d))
  return w.toString()
}

/** JobDescriber: what ran, what succeeded and failed. */
export const describeJob: Describer = function* (c, j) {
  const w = new Writer(c.now)
  const { spec, status = {} } = j
  w.row(0, 'Name', j.metadata.name)
  w.row(0, 'Namespace', j.metadata.namespace)
  w.row(0, 'Selector', selector(j))
  w.labels('Labels', j.metadata.labels)
  w.annotations('Annotations', j.metadata.annotations)
  w.optional(0, 'Controlled By', controller(j))
  w.optional(0, 'Parallelism', spec.parallelism)
  w.row(0, 'Completions', orUnset(spec.completions))
  w.optional(0, 'Completion Mode', spec.completionMode)
  w.optional(0, 'Suspend', spec.suspend)
  w.optional(0, 'Backoff Limit', spec.backoffLimit)
  w.optional(0, 'TTL Seconds After Finished', spec.ttlSecondsAfterFinished)
  if (status.startTime) w.row(0, 'Start Time', rfc1123(status.startTime))
  if (status.completionTime) w.row(0, 'Completed At', rfc1123(status.completionTime))
  if (status.startTime && status.completionTime)
    w.row(0, 'Duration', humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime)))
  if (spec.activeDeadlineSeconds !== undefined) w.row(0, 'Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`)
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`
  w.row(
    0,
    'Pods Statuses',
    `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
  )
  if (spec.completionMode === 'Indexed') w.row(0, 'Completed Indexes', capped(status.completedIndexes ?? ''))
  describeTemplate(w, spec.template)
  w.events(yield* c.events(j))
  return w.toString()
}

function capped(indexes: string): string {
  if (indexes === '') return '<none>'
  const at = indexes.indexOf(',', 50)
  return at < 0 ? indexes : `${indexes.slice(0, at + 1)}...`
}

/** CronJobDescriber: its schedule and the jobs that are active. */
export const describeCronJob: Describer = function* (c, j) {
  const w = new Writer(c.now)
  const { spec, status = {} } = j
  w.meta(j)
  w.row(0, 'Schedule', spec.schedule)
  w.row(0, 'Concurrency Policy', spec.concurrencyPolicy ?? '')
  w.row(0, 'Suspend', titleOrUnset(spec.suspend))
  w.row(0, 'Time Zone', orUnset(spec.timeZone))
  w.row(0, 'Successful Job History Limit', orUnset(spec.successfulJobsHistoryLimit))
  w.row(0, 'Failed Job History Limit', orUnset(spec.failedJobsHistoryLimit))
  w.row(
    0,
    'Starting Deadline Seconds',
    spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`,
  )
  const job = spec.jobTemplate.spec
  w.row(0, 'Selector', job.selector ? selector({ spec: job }) : '<unset>')
  w.row(0, 'Parallelism', orUnset(job.parallelism))
  w.row(0, 'Completions', orUnset(job.completions))
  if (job.activeDeadlineSeconds !== undefined) w.row(0, 'Active Deadline Seconds', `${job.activeDeadlineSeconds}s`)
  describeTemplate(w, job.template)
  w.row(0, 'Last Schedule Time', status.lastScheduleTime ? rfc1123(status.lastScheduleTime) : '<unset>')
  w.row(0, 'Active Jobs', (status.active ?? []).map((ref: any) => ref.name).join(', ') || '<none>')
  w.events(yield* c.events(j))
  return w.toString()
}
