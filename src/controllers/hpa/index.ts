import { type LabelSelector, parseLabelSelector, SelectorError } from '../../api/selector.ts'
import { rfc3339 } from '../../api/time.ts'
import { type GroupVersionResource, type KubeObject, StatusError } from '../../api/types.ts'
import { deepEqual } from '../../kinds/index.ts'
import { quantityOf } from '../../print/index.ts'
import {
  type AutoscalerOptions,
  type Controller,
  defineController,
  itself,
  splitKey,
  type Tools,
} from '../controller.ts'
import { withCondition } from '../pods.ts'
import { byBehavior, byRules, type Past, remember } from './limits.ts'
import { MetricError, type Proposal, propose } from './metrics.ts'

const DEFAULTS: Required<AutoscalerOptions> = {
  periodMs: 15_000,
  downscaleMs: 300_000,
  cpuInitializationMs: 300_000,
  readinessDelayMs: 30_000,
  tolerance: 0.1,
}

/** What one look knows besides its tools. */
interface Look extends Tools {
  readonly settings: Required<AutoscalerOptions>
  readonly past: Past
  /** By key, what is known of whom an autoscaler's target selects; nothing before it was looked at. */
  readonly selectors: Map<string, LabelSelector | undefined>
}

/** Models pkg/controller/podautoscaler/horizontal.go: compares metrics with targets and scales within the limits. */
export const horizontalPodAutoscaler: Controller = {
  name: 'horizontal-pod-autoscaler-controller',
  start(ctx) {
    const settings = { ...DEFAULTS, ...ctx.options.autoscaler }
    const pasts = new Map<string, Past>()
    const selectors = new Map<string, LabelSelector | undefined>()
    defineController({
      name: 'horizontal-pod-autoscaler-controller',
      component: 'horizontal-pod-autoscaler',
      watches: { HorizontalPodAutoscaler: itself },
      // NewDefaultHPARateLimiter: nothing is looked at sooner.
      batch: { HorizontalPodAutoscaler: () => settings.periodMs },
      reconcile(key, tools) {
        const hpa = tools.informer('HorizontalPodAutoscaler').get(...(splitKey(key) as [string, string]))
        if (!hpa) {
          pasts.delete(key)
          selectors.delete(key)
          return undefined
        }
        const past = pasts.get(key) ?? { recommendations: [], up: [], down: [] }
        pasts.set(key, past)
        new Autoscaling(key, hpa, { ...tools, settings, past, selectors }).run()
        return settings.periodMs
      },
    }).start(ctx)
  },
}

/** The scale subresource of the target: all that this controller may read of it. */
interface Scale {
  readonly ref: GroupVersionResource
  readonly object: any
}

/** One look at one autoscaler. */
class Autoscaling {
  private conditions: any[]
  private readonly now: number
  private readonly min: number

  constructor(
    private readonly key: string,
    private readonly hpa: KubeObject,
    private readonly look: Look,
  ) {
    this.conditions = hpa.status?.conditions ?? []
    this.now = look.now()
    this.min = hpa.spec.minReplicas ?? 1
  }

  run(): void {
    const { hpa, look, min } = this
    let scale: Scale
    try {
      scale = this.scale()
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      look.recorder.warning(hpa, 'FailedGetScale', error.message)
      const why = `the HPA controller was unable to get the target's current scale: ${error.message}`
      this.note('AbleToScale', 'False', 'FailedGetScale', why)
      return this.save({})
    }
    const able = "the HPA controller was able to get the target's current scale"
    this.note('AbleToScale', 'True', 'SucceededGetScale', able)
    const current: number = scale.object.spec?.replicas ?? 0
    const { recommendations } = look.past
    if (recommendations.length === 0) recommendations.push({ replicas: current, at: this.now })
    const { maxReplicas } = hpa.spec
    if (current === 0) {
      const why = 'scaling is disabled since the replica count of the target is zero'
      this.note('ScalingActive', 'False', 'ScalingDisabled', why)
      return this.save(this.status(0, 0, null))
    }
    if (current > maxReplicas)
      return this.rescale(scale, maxReplicas, 'Current number of replicas above Spec.MaxReplicas', null)
    if (current < min) return this.rescale(scale, min, 'Current number of replicas below Spec.MinReplicas', null)
    this.byMetrics(scale, current)
  }

  private byMetrics(scale: Scale, current: number): void {
    const { hpa, look } = this
    const found = this.ask(scale, current)
    if (typeof found === 'string' || !found.best) {
      this.save(
        this.status(current, hpa.status?.desiredReplicas ?? 0, typeof found === 'string' ? null : found.statuses),
      )
      const message = typeof found === 'string' ? found : found.problem!
      return look.recorder.warning(hpa, 'FailedComputeMetricsReplicas', message)
    }
    const { best, statuses } = found
    const wanted = best.replicas
    const reason = wanted > current ? `${best.name} above target` : 'All metrics below target'
    const desired = this.limit(wanted, current)
    if (desired !== current) return this.rescale(scale, desired, wanted === current ? '' : reason, statuses)
    this.save(this.status(current, current, statuses))
  }

  /** What the metrics ask for (computeReplicasForMetrics); a sentence when there is nobody to ask about. */
  private ask(scale: Scale, current: number): string | { best?: Proposal; statuses: any[]; problem?: string } {
    const { hpa, look, now } = this
    const selected = this.selected(scale.object.status?.selector ?? '')
    if (typeof selected === 'string') return selected
    const { selector, pods } = selected
    const { cpuInitializationMs, readinessDelayMs } = look.settings
    const reckoning = { pods, current, tolerances: this.tolerances(), cpuInitializationMs, readinessDelayMs, now }
    const specs: any[] = hpa.spec.metrics ?? []
    const statuses: any[] = []
    const errors: MetricError[] = []
    let best: Proposal | undefined
    for (const spec of specs) {
      try {
        const proposal = propose(spec, { namespace: hpa.metadata.namespace!, selector, reckoning }, look)
        statuses.push(proposal.status)
        if (!best || proposal.replicas > best.replicas) best = proposal
      } catch (error) {
        if (!(error instanceof MetricError)) throw error
        look.recorder.warning(hpa, error.reason, error.message)
        statuses.push({ type: '' })
        errors.push(error)
      }
    }
    const [first] = errors
    // Who cannot see everything does not scale down.
    if (first && (!best || best.replicas < current)) {
      const why = `the HPA was unable to compute the replica count: ${first.message}`
      this.note('ScalingActive', 'False', first.reason, why)
      const count = `${errors.length} invalid out of ${specs.length}`
      return { statuses, problem: `invalid metrics (${count}), first error is: ${first.whole}` }
    }
    const able = `the HPA was able to successfully calculate a replica count from ${best?.name ?? ''}`
    this.note('ScalingActive', 'True', 'ValidMetricFound', able)
    return { best, statuses }
  }

  /** Whose pods the target's are; a sentence when that is not clear (validateAndParseSelector). */
  private selected(text: string): { selector: LabelSelector; pods: readonly KubeObject[] } | string {
    const { hpa, look, key } = this
    const refuse = (event: string, reason: string, message: string, why = message): string => {
      look.recorder.warning(hpa, event, message)
      this.note('ScalingActive', 'False', reason, why)
      return message
    }
    if (text === '') {
      const why = "the HPA target's scale is missing a selector"
      return refuse('SelectorRequired', 'InvalidSelector', 'selector is required', why)
    }
    let selector: LabelSelector
    try {
      selector = parseLabelSelector(text)
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      const why = `couldn't convert selector into a corresponding internal selector object: ${error.message}`
      return refuse('InvalidSelector', 'InvalidSelector', why)
    }
    look.selectors.set(key, selector)
    const { namespace } = hpa.metadata
    const pods = look
      .informer('Pod')
      .list(namespace)
      .filter((pod) => selector.matches(pod.metadata.labels))
    const others = [...look.selectors]
      .filter(
        ([other, theirs]) => splitKey(other)[0] === namespace && pods.some((p) => theirs?.matches(p.metadata.labels)),
      )
      .map(([other]) => other)
      .sort()
    if (others.length < 2) return { selector, pods }
    const why = `pods by selector ${text} are controlled by multiple HPAs: [${others.join(' ')}]`
    return refuse('AmbiguousSelector', 'AmbiguousSelector', why)
  }

  private tolerances(): { down: number; up: number } {
    const { tolerance } = this.look.settings
    const { scaleDown, scaleUp } = this.hpa.spec.behavior ?? {}
    const of = (rules: any): number =>
      rules?.tolerance === undefined ? tolerance : quantityOf(rules.tolerance).toNumber()
    return { down: of(scaleDown), up: of(scaleUp) }
  }

  /** What of it may be done now (normalizeDesiredReplicas). */
  private limit(wanted: number, current: number): number {
    const { hpa, look, min, now } = this
    const { behavior, maxReplicas: max } = hpa.spec
    const { downscaleMs } = look.settings
    const bounds = { min, max, current, now }
    const window = { stabilizationWindowSeconds: downscaleMs / 1000 }
    const { stable, limited } = behavior
      ? byBehavior(wanted, { ...behavior, scaleDown: { ...window, ...behavior.scaleDown } }, look.past, bounds)
      : byRules(wanted, downscaleMs, look.past, bounds)
    this.note('AbleToScale', 'True', stable.reason, stable.message)
    const within = limited.replicas === stable.replicas
    this.note('ScalingLimited', within ? 'False' : 'True', limited.reason, limited.message)
    return limited.replicas
  }

  private rescale({ ref, object }: Scale, desired: number, reason: string, statuses: any[] | null): void {
    const { hpa, look, now } = this
    const { recorder } = look
    const current: number = object.spec?.replicas ?? 0
    const body = { ...object, spec: { ...object.spec, replicas: desired } }
    const { namespace, name } = object.metadata
    const answer = look.api.request({ ...ref, verb: 'update', namespace, name, subresource: 'scale', body })
    if (answer.code >= 400) {
      const why: string = answer.body.message ?? ''
      recorder.warning(hpa, 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${why}`)
      const unable = `the HPA controller was unable to update the target scale: ${why}`
      this.note('AbleToScale', 'False', 'FailedUpdateScale', unable)
      return this.save(this.status(current, hpa.status?.desiredReplicas ?? 0, statuses))
    }
    const done = `the HPA controller was able to update the target scale to ${desired}`
    this.note('AbleToScale', 'True', 'SucceededRescale', done)
    recorder.normal(hpa, 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`)
    remember(hpa.spec.behavior, look.past, current, desired, now)
    this.save({ ...this.status(current, desired, statuses), lastScaleTime: rfc3339(now) })
  }

  private scale(): Scale {
    const { namespace } = this.hpa.metadata
    const { kind, name, apiVersion } = this.hpa.spec.scaleTargetRef
    const ref = this.resource(apiVersion, kind)
    const { code, body } = this.look.api.request({ ...ref, verb: 'get', namespace, name, subresource: 'scale' })
    if (code >= 400) throw new StatusError(code, body.reason ?? '', body.message ?? '', body.details)
    return { ref, object: body }
  }

  /** The target's resource, whatever its version; Throws StatusError when no such kind is served. */
  private resource(apiVersion: string | undefined, kind: string): GroupVersionResource {
    try {
      return this.look.api.resolve(`${apiVersion}/${kind}`)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      const group = apiVersion?.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
      throw new StatusError(404, '', `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`)
    }
  }

  private note(type: string, status: string, reason: string, message: string): void {
    this.conditions = withCondition(this.conditions, { type, status, reason, message }, this.now)
  }

  private status(currentReplicas: number, desiredReplicas: number, currentMetrics: any[] | null): object {
    return { ...(currentReplicas > 0 ? { currentReplicas } : {}), desiredReplicas, currentMetrics }
  }

  private save(change: object): void {
    const { hpa, conditions } = this
    const { currentReplicas: _, ...before } = hpa.status ?? {}
    const status = { ...('desiredReplicas' in change ? before : hpa.status), ...change, conditions }
    if (!deepEqual(status, hpa.status)) this.look.api.updateStatus({ ...hpa, status })
  }
}
