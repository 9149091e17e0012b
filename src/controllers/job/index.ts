import { selects } from '../../api/match.ts'
import { rfc3339 } from '../../api/time.ts'
import { type KubeObject, StatusError } from '../../api/types.ts'
import { deepEqual } from '../../kinds/index.ts'
import { defineController, itself, itsOwner, type Steps, splitKey, type Tools } from '../controller.ts'
import { deletionOrder, indexByOwner, isActive, isReady, isTerminal, removePod, slowStart } from '../pods.ts'
import { compress, expand, INDEX, indexOf } from './indexes.ts'
import { finishTime, podFor } from './pods.ts'
import { failedIndexes, failurePolicy, hasFailed, isIgnored, successPolicy, type Verdict } from './policies.ts'
import { finished, isTracked, releaseFinalizers, untrack } from './tracking.ts'

/** syncJobBatchPeriod */
const BATCH_MS = 1000
const FIRST_BACKOFF_MS = 10_000
const MAX_BACKOFF_MS = 600_000

/** Models pkg/controller/job: runs pods until enough have succeeded or too many have failed. */
export const job = defineController({
  name: 'job-controller',
  watches: { Job: itself, Pod: itsOwner('Job') },
  // Pods that end together are counted together.
  batch: {
    Job: (now, before) => (now && before && now.metadata.generation === before.metadata.generation ? BATCH_MS : 0),
    Pod: () => BATCH_MS,
  },
  start: (tools) => indexByOwner(tools),
  *reconcile(key, tools): Steps {
    const found = tools.informer('Job').get(...(splitKey(key) as [string, string]))
    if (!found || found.metadata.deletionTimestamp || finished(found))
      return yield* releaseFinalizers(key, found, tools)
    if (found.spec.managedBy && found.spec.managedBy !== 'kubernetes.io/job-controller') return undefined
    return yield* new JobSync(found, tools).run()
  },
})

/** One look at a job: what its pods amount to, what is to be done, and the status after it. */
class JobSync {
  private readonly pods: KubeObject[]
  private readonly now: number
  private readonly spec: any
  private status: any

  constructor(
    private job: KubeObject,
    private readonly tools: Tools,
  ) {
    this.pods = tools
      .informer('Pod')
      .by('owner', job.metadata.uid!)
      .filter((p) => selects(job.spec.selector, p.metadata.labels))
    this.now = tools.now()
    this.spec = job.spec
    this.status = { ...job.status, conditions: [...(job.status?.conditions ?? [])] }
  }

  *run(): Steps {
    const { spec, job } = this
    if (!this.status.startTime && !spec.suspend) this.status.startTime = rfc3339(this.now)
    const active = this.pods.filter(isActive)
    const terminating = this.pods.filter((p) => p.metadata.deletionTimestamp && !isTerminal(p))
    const succeeded = this.pods.filter((p) => p.status?.phase === 'Succeeded')
    const failedPods = this.pods.filter((p) => hasFailed(p, spec))
    const indexes = new Set(succeeded.map((p) => Number(p.metadata.annotations?.[INDEX] ?? p.metadata.labels?.[INDEX])))

    let counted = this.countUncounted(succeeded, failedPods)
    let again: number | undefined
    const criteria = this.condition('SuccessCriteriaMet')
    let target = this.condition('FailureTarget')
    const verdict = criteria || target ? undefined : this.judge(failedPods, active, counted.failed)
    if (verdict?.kind === 'failed') {
      target = this.addCondition('FailureTarget', verdict)
    } else if (verdict?.kind === 'succeeded') this.addCondition('SuccessCriteriaMet', verdict)

    const completions = spec.completions
    const done = this.isIndexed ? indexes.size : counted.succeeded
    const enough =
      completions !== undefined && completions !== null
        ? done >= completions
        : counted.succeeded > 0 && active.length === 0
    let alive = active
    if (target || this.condition('SuccessCriteriaMet') || (enough && active.length === 0)) {
      if (active.length > 0) {
        yield* this.removePods(active)
        // Success is decided: what still runs is let go without being counted. With failure it counts as failed.
        if (!target) for (const pod of active) untrack(pod, this.tools)
        alive = []
      }
      if (target) counted = this.countUncounted(succeeded, [...new Set([...failedPods, ...active])])
    } else if (spec.suspend) {
      if (active.length > 0) yield* this.removePods(active, true)
      alive = []
      this.noteSuspended()
    } else {
      const resumed = this.resume()
      const result = yield* this.manage(active, indexes, failedPods, counted.succeeded)
      if (resumed) this.tools.recorder.normal(this.job, 'Resumed', 'Job resumed')
      again = result.again
      alive = result.active
    }

    const settled = alive.length === 0 && this.pods.every(isTerminal)
    if (settled && !target && !this.condition('SuccessCriteriaMet') && enough)
      this.addCondition('SuccessCriteriaMet', {
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      })
    yield* this.account(alive, terminating, target ? active : [])
    const met = this.condition('SuccessCriteriaMet')
    if (settled && target) this.addCondition('Failed', target)
    else if (settled && met) {
      this.addCondition('Complete', met)
      this.status.completionTime = rfc3339(this.now)
    }
    yield* this.write(alive, terminating, counted, indexes)
    if (settled && target) this.tools.recorder.warning(this.job, target.reason, target.message)
    else if (settled && met) this.tools.recorder.normal(this.job, 'Completed', 'Job completed')
    if (spec.activeDeadlineSeconds && !finished({ ...job, status: this.status }) && this.status.startTime) {
      const left = Date.parse(this.status.startTime) + spec.activeDeadlineSeconds * 1000 - this.now
      if (left > 0) again = Math.min(again ?? left, left)
    }
    return again
  }

  /** Pods that have ended are written down as uncounted before their finalizer goes (trackJobStatusAndRemoveFinalizers). */
  private *account(
    alive: readonly KubeObject[],
    terminating: readonly KubeObject[],
    ended: readonly KubeObject[],
  ): Steps<void> {
    const done = (p: KubeObject): boolean => p.status?.phase === 'Succeeded'
    const fresh = this.pods.filter((p) => isTracked(p) && (done(p) || hasFailed(p, this.spec) || ended.includes(p)))
    if (fresh.length === 0) return
    const uids = (pods: readonly KubeObject[]): string[] => pods.map((p) => p.metadata.uid!)
    const failed = fresh.filter((p) => !done(p) && !isIgnored(this.spec, p))
    const uncounted = { succeeded: uids(fresh.filter(done)), failed: uids(failed) }
    const { conditions, startTime } = this.status
    yield
    this.job = this.tools.api.updateStatus({
      ...this.job,
      status: {
        ...this.job.status,
        ...(startTime ? { startTime } : {}),
        ...(conditions.length > 0 ? { conditions } : {}),
        active: alive.length || undefined,
        ready: alive.filter(isReady).length,
        terminating: terminating.length,
        uncountedTerminatedPods: {
          ...(uncounted.succeeded.length > 0 ? { succeeded: uncounted.succeeded } : {}),
          ...(uncounted.failed.length > 0 ? { failed: uncounted.failed } : {}),
        },
      },
    })
    yield
    for (const pod of fresh) untrack(pod, this.tools)
  }

  private get isIndexed(): boolean {
    return this.spec.completionMode === 'Indexed'
  }

  private countUncounted(succeeded: KubeObject[], failed: KubeObject[]): { succeeded: number; failed: number } {
    // Pods that were counted and then deleted stay counted.
    const before = this.job.status ?? {}
    const fresh = (pods: KubeObject[]): number => pods.filter(isTracked).length
    // Who was let go uncounted is being deleted.
    const seen = (pods: KubeObject[]): number =>
      this.condition('SuccessCriteriaMet')
        ? 0
        : pods.filter((p) => !isTracked(p) && !p.metadata.deletionTimestamp).length
    const total = (n: number, pods: KubeObject[]): number => Math.max(n, seen(pods)) + fresh(pods)
    const counts = failed.filter((p) => !isIgnored(this.spec, p))
    return { succeeded: total(before.succeeded ?? 0, succeeded), failed: total(before.failed ?? 0, counts) }
  }

  private judge(
    failedPods: KubeObject[],
    active: KubeObject[],
    failed: number,
  ): (Verdict & { kind: 'failed' | 'succeeded' }) | undefined {
    const { spec } = this
    for (const pod of failedPods) {
      const match = failurePolicy(spec, pod)
      if (match?.action === 'FailJob') return { kind: 'failed', reason: 'PodFailurePolicy', message: match.message }
    }
    const met = successPolicy(spec, this.pods)
    if (met) return { kind: 'succeeded', ...met }
    if (this.isIndexed && spec.backoffLimitPerIndex !== undefined) {
      const bad = this.badIndexes(failedPods)
      const max = spec.maxFailedIndexes
      if (max !== undefined && bad.size > max)
        return {
          kind: 'failed',
          reason: 'MaxFailedIndexesExceeded',
          message: 'Job has exceeded the specified maximal number of failed indexes',
        }
      if (bad.size > 0) {
        const ok = this.pods.filter((p) => p.status?.phase === 'Succeeded').length
        if (ok + bad.size >= spec.completions)
          return { kind: 'failed', reason: 'FailedIndexes', message: 'Job has failed indexes' }
      }
    } else {
      const restarts = active.reduce(
        (n, p) => n + (p.status?.containerStatuses ?? []).reduce((m: number, c: any) => m + c.restartCount, 0),
        0,
      )
      const onFailure = spec.template.spec.restartPolicy === 'OnFailure'
      const limit = spec.backoffLimit ?? 6
      if (failed > limit || (onFailure && restarts > 0 && restarts >= limit))
        return {
          kind: 'failed',
          reason: 'BackoffLimitExceeded',
          message: 'Job has reached the specified backoff limit',
        }
    }
    const deadline = spec.activeDeadlineSeconds
    if (
      deadline &&
      this.status.startTime &&
      !spec.suspend &&
      Date.parse(this.status.startTime) + deadline * 1000 <= this.now
    )
      return { kind: 'failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
    return undefined
  }

  /** Creates what is missing (after a back-off when pods have failed) and removes what is too many. */
  private *manage(
    active: KubeObject[],
    done: Set<number>,
    failedPods: KubeObject[],
    succeeded: number,
  ): Steps<{ active: KubeObject[]; again?: number }> {
    const { spec } = this
    const parallelism = spec.parallelism ?? 1
    let want = parallelism
    if (spec.completions !== undefined && spec.completions !== null)
      want = Math.min(parallelism, Math.max(0, spec.completions - (this.isIndexed ? done.size : succeeded)))
    else if (succeeded > 0) want = active.length
    if (active.length > want) {
      const extra = this.forRemoval(active, active.length - want)
      yield* this.removePods(extra, true)
      return { active: active.filter((p) => !extra.includes(p)) }
    }
    if (active.length >= want) return { active }
    const wait = this.backOff(failedPods)
    if (wait > 0) return { active, again: wait }
    if (spec.podReplacementPolicy === 'Failed' && this.pods.some((p) => p.metadata.deletionTimestamp && !isTerminal(p)))
      return { active }
    const used = new Set(active.map((p) => indexOf(p)))
    const bad = this.badIndexes(failedPods)
    const missing: (number | undefined)[] = Array.from({ length: want - active.length })
    const made: KubeObject[] = []
    if (this.isIndexed) {
      missing.length = 0
      for (let i = 0; i < spec.completions && active.length + missing.length < want; i++)
        if (!used.has(i) && !done.has(i) && !bad.has(i)) missing.push(i)
    }
    for (const batch of slowStart(missing.length)) {
      yield
      for (const index of missing.splice(0, batch))
        try {
          const pod = this.tools.api.create(podFor(this.job, index, failedPods))
          made.push(pod)
          this.tools.recorder.normal(this.job, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
        } catch (error) {
          if (!(error instanceof StatusError)) throw error
          this.tools.recorder.warning(this.job, 'FailedCreate', `Error creating: ${error.message}`)
          return { active: [...active, ...made], again: FIRST_BACKOFF_MS }
        }
    }
    return { active: [...active, ...made] }
  }

  /** Indexes that will not be tried again: those of earlier looks, and of pods that have just failed once too often. */
  private badIndexes(failedPods: readonly KubeObject[]): Set<number> {
    if (!this.isIndexed || this.spec.backoffLimitPerIndex === undefined) return new Set()
    const before = this.job.status?.failedIndexes
    return new Set([...(before ? expand(before) : []), ...failedIndexes(this.spec, failedPods.filter(isTracked))])
  }

  private backOff(failedPods: KubeObject[]): number {
    const lastSuccess = Math.max(0, ...this.pods.filter((p) => p.status?.phase === 'Succeeded').map(finishTime))
    const failures = failedPods.map(finishTime).filter((t) => t > lastSuccess)
    if (failures.length === 0) return 0
    const delay = Math.min(FIRST_BACKOFF_MS * 2 ** (failures.length - 1), MAX_BACKOFF_MS)
    return Math.max(0, Math.max(...failures) + delay - this.now)
  }

  /** activePodsForRemoval: the highest indexes, else who is least far. */
  private forRemoval(active: readonly KubeObject[], n: number): KubeObject[] {
    const outside = this.isIndexed ? active.filter((p) => indexOf(p) >= this.spec.completions) : []
    const rest = deletionOrder(active.filter((p) => !outside.includes(p)))
    return [...outside, ...rest.slice(0, Math.max(0, n - outside.length))]
  }

  /** Deletes pods; `uncounted` lets them go without being counted as failed (deleteJobPods). */
  private *removePods(pods: readonly KubeObject[], uncounted = false): Steps<void> {
    yield
    for (const pod of pods) {
      if (uncounted) untrack(pod, this.tools)
      if (!removePod(pod, this.tools.api)) continue
      this.tools.recorder.normal(this.job, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    }
  }

  private condition(type: string): any {
    return this.status.conditions.find((c: any) => c.type === type && c.status === 'True')
  }

  private addCondition(type: string, verdict: Verdict, status = 'True'): any {
    const at = rfc3339(this.now)
    const made = {
      type,
      status,
      lastProbeTime: at,
      lastTransitionTime: at,
      reason: verdict.reason,
      message: verdict.message,
    }
    this.status.conditions = [...this.status.conditions.filter((c: any) => c.type !== type), made]
    return made
  }

  private noteSuspended(): void {
    if (this.condition('Suspended')) return
    this.addCondition('Suspended', { reason: 'JobSuspended', message: 'Job suspended' })
    delete this.status.startTime
    this.tools.recorder.normal(this.job, 'Suspended', 'Job suspended')
  }

  private resume(): boolean {
    if (!this.condition('Suspended')) return false
    this.addCondition('Suspended', { reason: 'JobResumed', message: 'Job resumed' }, 'False')
    this.status.startTime = rfc3339(this.now)
    return true
  }

  private *write(
    active: KubeObject[],
    terminating: KubeObject[],
    counted: { succeeded: number; failed: number },
    done: Set<number>,
  ): Steps<void> {
    const put = (name: string, n: number) => (n > 0 ? { [name]: n } : {})
    const { active: _a, succeeded: _s, failed: _f, ...rest } = this.status
    const bad =
      this.isIndexed && this.spec.backoffLimitPerIndex !== undefined
        ? this.badIndexes(this.pods.filter((p) => hasFailed(p, this.spec)))
        : undefined
    const next = {
      ...rest,
      conditions: rest.conditions.length > 0 ? rest.conditions : undefined,
      ...put('active', active.length),
      ...put('succeeded', counted.succeeded),
      ...put('failed', counted.failed),
      ...(this.isIndexed && done.size > 0 ? { completedIndexes: compress(done) } : {}),
      ...(bad ? { failedIndexes: compress(bad) } : {}),
      ready: active.filter(isReady).length,
      terminating: terminating.length,
      uncountedTerminatedPods: {},
    }
    if (deepEqual(next, this.job.status)) return
    yield
    this.tools.api.updateStatus({ ...this.job, status: next })
  }
}
