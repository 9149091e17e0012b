import { rfc3339 } from '../api/time.ts'
import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, itsOwner, splitKey } from './controller.ts'
import { parseSchedule } from './cron-schedule.ts'
import { endedAs } from './job/tracking.ts'
import { ownerRef } from './pods.ts'

/** The controller looks a little after the minute (nextScheduledTimeDuration adds 100 ms). */
const GRACE_MS = 100

/** Models pkg/controller/cronjob/cronjob_controllerv2.go: makes a Job whenever the schedule says so. */
export const cronJob = defineController({
  name: 'cronjob-controller',
  watches: { CronJob: itself, Job: itsOwner('CronJob') },
  reconcile(key, tools) {
    const { api, recorder } = tools
    const cj = tools.informer('CronJob').get(...(splitKey(key) as [string, string]))
    if (!cj || cj.metadata.deletionTimestamp) return undefined
    const now = tools.now()
    const jobs = tools
      .informer('Job')
      .list(cj.metadata.namespace)
      .filter((j) => j.metadata.ownerReferences?.some((r) => r.controller && r.uid === cj.metadata.uid))
    const status = { ...cj.status }
    let active: any[] = [...(status.active ?? [])]

    for (const job of jobs) {
      const listed = active.some((a) => a.uid === job.metadata.uid)
      const ended = endedAs(job)
      if (!listed && !ended && !isListed(api.find('CronJob', cj.metadata.namespace, cj.metadata.name), job))
        recorder.warning(
          cj,
          'UnexpectedJob',
          `Saw a job that the controller did not create or forgot: ${job.metadata.name}`,
        )
      if (listed && ended) {
        active = active.filter((a) => a.uid !== job.metadata.uid)
        recorder.normal(cj, 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${ended}`)
        if (ended === 'Complete') status.lastSuccessfulTime = job.status.completionTime ?? rfc3339(now)
      }
    }
    active = active.filter((a) => jobs.some((j) => j.metadata.uid === a.uid) || recentlyMade(a, status, now))

    const trim = (type: string, keep: number): void => {
      const done = jobs
        .filter((j) => endedAs(j) === type && !j.metadata.deletionTimestamp)
        .sort((a, b) => Date.parse(a.status?.startTime ?? '') - Date.parse(b.status?.startTime ?? ''))
      for (const job of done.slice(0, Math.max(0, done.length - keep))) {
        api.remove('Job', job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Background' })
        recorder.normal(cj, 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
      }
    }
    trim('Complete', cj.spec.successfulJobsHistoryLimit ?? 3)
    trim('Failed', cj.spec.failedJobsHistoryLimit ?? 1)

    const save = (): void => {
      const next = { ...status, active: active.length > 0 ? active : undefined }
      if (!deepEqual(next, cj.status ?? {})) api.updateStatus({ ...cj, status: next })
    }
    if (cj.spec.suspend) {
      save()
      return undefined
    }
    let schedule: ReturnType<typeof parseSchedule>
    try {
      schedule = parseSchedule(cj.spec.schedule)
    } catch (error) {
      recorder.warning(
        cj,
        'UnparseableSchedule',
        `unparseable schedule: ${JSON.stringify(cj.spec.schedule)} : ${(error as Error).message}`,
      )
      save()
      return undefined
    }
    const since = Date.parse(status.lastScheduleTime ?? cj.metadata.creationTimestamp!)
    let due: number | undefined
    for (let t = schedule.next(since), n = 0; t !== undefined && t <= now && n < 100; t = schedule.next(t), n++) due = t
    const after = schedule.next(now)
    const again = after === undefined ? undefined : after - now + GRACE_MS
    const deadline = cj.spec.startingDeadlineSeconds
    if (due === undefined) {
      save()
      return again
    }
    if (deadline !== undefined && due + deadline * 1000 < now) {
      recorder.warning(cj, 'MissSchedule', `Missed scheduled time to start a job: ${new Date(due).toUTCString()}`)
      save()
      return again
    }
    if (cj.spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
      recorder.normal(
        cj,
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      )
      save()
      return again
    }
    if (cj.spec.concurrencyPolicy === 'Replace') {
      for (const a of active) {
        api.remove('Job', cj.metadata.namespace, a.name, { propagationPolicy: 'Background' })
        recorder.normal(cj, 'SuccessfulDelete', `Deleted job ${a.name}`)
      }
      active = []
    }
    const name = `${cj.metadata.name}-${Math.floor(due / 60_000)}`
    if (!api.find('Job', cj.metadata.namespace, name)) {
      const template = cj.spec.jobTemplate
      const job = api.create({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name,
          namespace: cj.metadata.namespace,
          ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
          annotations: {
            ...template.metadata?.annotations,
            'batch.kubernetes.io/cronjob-scheduled-timestamp': rfc3339(due),
          },
          ownerReferences: [ownerRef(cj)],
        },
        spec: template.spec,
      })
      recorder.normal(cj, 'SuccessfulCreate', `Created job ${name}`)
      const { uid, resourceVersion } = job.metadata
      active.push({ apiVersion: 'batch/v1', kind: 'Job', name, namespace: cj.metadata.namespace, uid, resourceVersion })
    }
    status.lastScheduleTime = rfc3339(due)
    save()
    return again
  },
})

const isListed = (cj: KubeObject | undefined, job: KubeObject): boolean =>
  (cj?.status?.active ?? []).some((a: any) => a.uid === job.metadata.uid)

/** A job that this controller made an instant ago may not have reached the informer yet. */
const recentlyMade = (ref: any, status: any, now: number): boolean =>
  ref.name.endsWith(`-${Math.floor(Date.parse(status.lastScheduleTime ?? '') / 60_000)}`) &&
  now - Date.parse(status.lastScheduleTime) < 2000
