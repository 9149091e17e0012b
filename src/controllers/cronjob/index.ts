import { rfc3339 } from '../../api/time.ts'
import { hasCause, type KubeObject, StatusError } from '../../api/types.ts'
import { type Cron, deepEqual } from '../../kinds/index.ts'
import { zoneInDatabase } from '../../print/index.ts'
import { controllerOf, defineController, itself, itsOwner, splitKey, type Tools, Unfinished } from '../controller.ts'
import { endedAs } from '../job/tracking.ts'
import { ownerRef } from '../pods.ts'
import { dueTime, scheduleOf, untilNext } from './times.ts'

const TZ_UNSUPPORTED =
  'is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'

/** Models pkg/controller/cronjob/cronjob_controllerv2.go: makes a Job whenever the schedule says so. */
export const cronJob = defineController({
  name: 'cronjob-controller',
  watches: { CronJob: itself, Job: itsOwner('CronJob') },
  batch: { CronJob: (now, before, tools) => (now && before ? pauseAfter(now, before, tools) : 0) },
  reconcile(key, tools) {
    const [namespace, name] = splitKey(key)
    const known = tools.informer('CronJob').get(namespace, name)
    if (!known) return undefined
    const { active = [], ...status } = known.status ?? {}
    const cronJob: KubeObject = { ...known, status: { ...status, active: [...active] } }
    const jobs = tools
      .informer('Job')
      .list(namespace)
      .filter((job) => controllerOf(job)?.name === name)
    try {
      trim(cronJob, jobs, tools)
      return sync(cronJob, jobs, tools)
    } finally {
      save(cronJob, known, tools)
    }
  },
})

/** After another schedule the next look is when that comes. */
function pauseAfter(now: KubeObject, before: KubeObject, tools: Tools): number {
  if (now.spec.schedule === before.spec.schedule && now.spec.timeZone === before.spec.timeZone) return 0
  try {
    return untilNext(now, tools.now(), scheduleOf(now))
  } catch {
    const { schedule } = now.spec
    tools.recorder.warning(now, 'UnParseableCronJobSchedule', `unparseable schedule for cronjob: ${schedule}`)
    return 0
  }
}

function save(cronJob: KubeObject, known: KubeObject, { api }: Tools): void {
  const { active, ...status } = cronJob.status
  const next = { ...status, ...(active.length > 0 ? { active } : {}) }
  if (!deepEqual(next, known.status ?? {})) api.updateStatus({ ...known, status: next })
}

const isActive = ({ status }: KubeObject, uid: string | undefined): boolean =>
  (status?.active ?? []).some((a: any) => a.uid === uid)

function forget({ status }: KubeObject, uid: string | undefined): void {
  status.active = status.active.filter((a: any) => a.uid !== uid)
}

/** Keeps no more ended Jobs than the limits say. */
function trim(cronJob: KubeObject, jobs: readonly KubeObject[], tools: Tools): void {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec
  const limits = [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const
  for (const [how, limit] of limits) {
    if (limit === undefined) continue
    const ended = jobs.filter((job) => endedAs(job) === how).sort(byStart)
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) remove(cronJob, job, tools)
  }
}

/** By when they were started, then by name. One that was never started comes last. */
const byStart = (a: KubeObject, b: KubeObject): number => {
  const start = (job: KubeObject): number => Date.parse(job.status?.startTime ?? '') || Number.POSITIVE_INFINITY
  const [x, y] = [start(a), start(b)]
  return x !== y ? x - y : a.metadata.name < b.metadata.name ? -1 : 1
}

function remove(cronJob: KubeObject, { metadata }: KubeObject, { api, recorder }: Tools): boolean {
  try {
    api.remove('Job', metadata.namespace, metadata.name, { propagationPolicy: 'Background' })
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    recorder.warning(cronJob, 'FailedDelete', `Deleted job: ${error.message}`)
    return false
  }
  forget(cronJob, metadata.uid)
  recorder.normal(cronJob, 'SuccessfulDelete', `Deleted job ${metadata.name}`)
  return true
}

/** What became of the Jobs that run. */
function follow(cronJob: KubeObject, jobs: readonly KubeObject[], { api, recorder }: Tools): void {
  const { status } = cronJob
  const { namespace, name } = cronJob.metadata
  for (const job of jobs) {
    const { uid } = job.metadata
    const ended = endedAs(job)
    const listed = isActive(cronJob, uid)
    if (!ended) {
      const fresh = listed ? undefined : api.find('CronJob', namespace, name)
      if (fresh && !isActive(fresh, uid))
        recorder.warning(
          cronJob,
          'UnexpectedJob',
          `Saw a job that the controller did not create or forgot: ${job.metadata.name}`,
        )
      continue
    }
    if (listed) {
      forget(cronJob, uid)
      recorder.normal(cronJob, 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${ended}`)
    }
    const at: string | undefined = job.status.completionTime
    if (ended === 'Complete' && at && !(status.lastSuccessfulTime >= at)) status.lastSuccessfulTime = at
  }
  const children = new Set(jobs.map((job) => job.metadata.uid))
  for (const { uid, name: missing } of [...status.active]) {
    if (children.has(uid) || api.find('Job', namespace, missing)) continue
    recorder.normal(cronJob, 'MissingJob', `Active job went missing: ${missing}`)
    forget(cronJob, uid)
  }
}

/** Starts what is due. Tells when to look again, ms. */
function sync(cronJob: KubeObject, jobs: readonly KubeObject[], tools: Tools): number | undefined {
  follow(cronJob, jobs, tools)
  const { metadata, spec } = cronJob
  const { recorder } = tools
  const now = tools.now()
  if (metadata.deletionTimestamp) return undefined
  if (spec.timeZone !== undefined && !zoneInDatabase(spec.timeZone)) {
    const zone = JSON.stringify(spec.timeZone)
    recorder.warning(cronJob, 'UnknownTimeZone', `invalid timeZone: ${zone}: unknown time zone ${spec.timeZone}`)
    return undefined
  }
  if (spec.suspend) return undefined
  const quoted = JSON.stringify(spec.schedule)
  if (spec.schedule.includes('TZ'))
    recorder.warning(cronJob, 'UnsupportedSchedule', `CRON_TZ or TZ used in schedule ${quoted} ${TZ_UNSUPPORTED}`)
  let schedule: Cron
  try {
    schedule = scheduleOf(cronJob)
  } catch (error) {
    const { message } = error as Error
    recorder.warning(cronJob, 'UnparseableSchedule', `unparseable schedule: ${quoted} : ${message}`)
    return undefined
  }
  let due: ReturnType<typeof dueTime>
  try {
    due = dueTime(cronJob, now, schedule)
  } catch (error) {
    const { message } = error as Error
    recorder.warning(cronJob, 'InvalidSchedule', `invalid schedule: ${spec.schedule} : ${message}`)
    return undefined
  }
  if (due) startDue(cronJob, due, now, tools)
  return untilNext(cronJob, now, schedule)
}

function startDue(cronJob: KubeObject, due: { time: number; tooMany: boolean }, now: number, tools: Tools): void {
  const { metadata, spec, status } = cronJob
  const { recorder } = tools
  if (due.tooMany) {
    const remedy = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew'
    recorder.warning(cronJob, 'TooManyMissedTimes', `too many missed start times. ${remedy}`)
  }
  if (spec.startingDeadlineSeconds !== undefined && due.time + spec.startingDeadlineSeconds * 1000 < now) {
    const at = new Date(due.time).toUTCString().replace('GMT', '+0000')
    return recorder.warning(cronJob, 'MissSchedule', `Missed scheduled time to start a job: ${at}`)
  }
  const name = `${metadata.name}-${Math.floor(due.time / 60_000)}`
  if (status.active.some((a: any) => a.name === name) || Date.parse(status.lastScheduleTime ?? '') === due.time) return
  if (spec.concurrencyPolicy === 'Forbid' && status.active.length > 0) {
    const why = 'prior execution is running and concurrency policy is Forbid'
    return recorder.normal(cronJob, 'JobAlreadyActive', `Not starting job because ${why}`)
  }
  if (spec.concurrencyPolicy === 'Replace') for (const ref of [...status.active]) replace(cronJob, ref, tools)
  const job = create(cronJob, name, due.time, tools)
  if (!job) return
  const { uid, resourceVersion, namespace } = job.metadata
  status.active.push({ kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion })
  status.lastScheduleTime = rfc3339(due.time)
}

/** Ends a Job that is still running. Throws StatusError when it cannot be asked for. */
function replace(cronJob: KubeObject, { namespace, name }: { namespace: string; name: string }, tools: Tools): void {
  let job: KubeObject
  try {
    job = tools.api.get('Job', namespace, name)
  } catch (error) {
    if (error instanceof StatusError) tools.recorder.warning(cronJob, 'FailedGet', `Get job: ${error.message}`)
    throw error
  }
  if (!remove(cronJob, job, tools)) throw new Unfinished(`could not replace job ${namespace}/${name}`)
}

/** The Job that was made, or made before without having been noted; nothing when somebody else keeps account of it. */
function create(cronJob: KubeObject, name: string, time: number, { api, recorder }: Tools): KubeObject | undefined {
  const { metadata, spec } = cronJob
  const { namespace } = metadata
  const { labels, annotations } = spec.jobTemplate.metadata ?? {}
  try {
    const job = api.create({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name,
        namespace,
        ...(labels ? { labels } : {}),
        annotations: {
          ...annotations,
          'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(time, spec.timeZone),
        },
        ownerReferences: [ownerRef(cronJob)],
      },
      spec: spec.jobTemplate.spec,
    })
    recorder.normal(cronJob, 'SuccessfulCreate', `Created job ${name}`)
    return job
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    if (error.reason === 'AlreadyExists') {
      const job = api.get('Job', namespace, name)
      return controllerOf(job)?.uid === metadata.uid && !isActive(cronJob, job.metadata.uid) ? job : undefined
    }
    if (!hasCause(error, 'NamespaceTerminating'))
      recorder.warning(cronJob, 'FailedCreate', `Error creating job: ${error.message}`)
    throw error
  }
}

/** RFC 3339 in the CronJob's zone. */
function timestamp(ms: number, zone: string | undefined): string {
  const offset = (zone === undefined ? undefined : zoneInDatabase(zone))?.at(ms).offset ?? 0
  if (offset === 0) return rfc3339(ms)
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  const east = Math.abs(offset)
  return `${rfc3339(ms + offset * 60_000).slice(0, -1)}${offset < 0 ? '-' : '+'}${two(east / 60)}:${two(east % 60)}`
}
