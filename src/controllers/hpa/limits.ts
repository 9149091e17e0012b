/** Replicas that the metrics asked for, or by how many they changed, and when, ms since 1970. */
interface Dated {
  readonly replicas: number
  readonly at: number
}

/** What the controller remembers of an autoscaler from look to look. */
export interface Past {
  recommendations: Dated[]
  up: Dated[]
  down: Dated[]
}

/** A verdict on a number of replicas, as a condition has it. */
interface Limited {
  readonly replicas: number
  readonly reason: string
  readonly message: string
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly current: number
  readonly now: number
}

const WITHIN = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' }
const TOO_MANY = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
}
const TOO_FEW = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
}
const UP_LIMIT = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
}
const DOWN_LIMIT = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
}
const UP_STABILIZED = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const DOWN_STABILIZED = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const READY = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }

/** Nothing may more than double, but four are always allowed. */
const scaleUpLimit = (current: number): number => Math.max(2 * current, 4)

/** Without a behavior: the highest recommendation within the window, within the bounds, at most twice as many. */
export function byRules(
  desired: number,
  window: number,
  past: Past,
  bounds: Bounds,
): { stable: Limited; limited: Limited } {
  const { current, min, max, now } = bounds
  const recent = past.recommendations.filter((r) => r.at >= now - window)
  const highest = Math.max(desired, ...recent.map((r) => r.replicas))
  past.recommendations = [...recent, { replicas: desired, at: now }]
  const stable = { replicas: highest, ...(highest === desired ? READY : DOWN_STABILIZED) }
  const most = scaleUpLimit(current)
  if (highest < min) return { stable, limited: { replicas: min, ...TOO_FEW } }
  if (highest > Math.min(max, most))
    return { stable, limited: { replicas: Math.min(max, most), ...(max > most ? UP_LIMIT : TOO_MANY) } }
  return { stable, limited: { replicas: highest, ...WITHIN } }
}

/** With a behavior: the recommendations within both windows, then what the policies let change at once. */
export function byBehavior(
  desired: number,
  behavior: any,
  past: Past,
  bounds: Bounds,
): { stable: Limited; limited: Limited } {
  const stable = stabilized(desired, behavior, past, bounds)
  return { stable, limited: byPolicies(stable.replicas, behavior, past, bounds) }
}

function stabilized(desired: number, { scaleUp, scaleDown }: any, past: Past, { current, now }: Bounds): Limited {
  const upCutoff = now - scaleUp.stabilizationWindowSeconds * 1000
  const downCutoff = now - scaleDown.stabilizationWindowSeconds * 1000
  let lowest = desired
  let highest = desired
  for (const { replicas, at } of past.recommendations) {
    if (at > upCutoff) lowest = Math.min(lowest, replicas)
    if (at > downCutoff) highest = Math.max(highest, replicas)
  }
  const replicas = Math.min(Math.max(current, lowest), highest)
  const kept = past.recommendations.filter((r) => r.at >= Math.min(upCutoff, downCutoff))
  past.recommendations = [...kept, { replicas: desired, at: now }]
  return { replicas, ...(replicas === desired ? READY : desired >= current ? UP_STABILIZED : DOWN_STABILIZED) }
}

function byPolicies(desired: number, { scaleUp, scaleDown }: any, past: Past, bounds: Bounds): Limited {
  const { current, min, max } = bounds
  if (desired > current) {
    const limit = Math.max(current, policyLimit(scaleUp, 1, past, bounds))
    const most = Math.min(max, limit)
    if (desired > most) return { replicas: most, ...(max > limit ? UP_LIMIT : TOO_MANY) }
  } else if (desired < current) {
    const limit = Math.min(current, policyLimit(scaleDown, -1, past, bounds))
    const least = Math.max(min, limit)
    if (desired < least) return { replicas: least, ...(min < limit ? DOWN_LIMIT : TOO_FEW) }
  }
  return { replicas: desired, ...WITHIN }
}

/** How far the policies of one direction (1 up, -1 down) let the replicas go. */
function policyLimit(rules: any, direction: 1 | -1, past: Past, { current, now }: Bounds): number {
  if (rules.selectPolicy === 'Disabled') return current
  const within = (changes: readonly Dated[], seconds: number): number =>
    changes.filter((c) => c.at > now - seconds * 1000).reduce((sum, c) => sum + c.replicas, 0)
  const proposals = (rules.policies ?? []).map(({ type, value, periodSeconds }: any): number => {
    const start = current - within(past.up, periodSeconds) + within(past.down, periodSeconds)
    if (type === 'Pods') return start + direction * value
    const share = start * (1 + (direction * value) / 100)
    return direction > 0 ? Math.ceil(share) : Math.trunc(share)
  })
  const greatest = (rules.selectPolicy === 'Min') === direction < 0
  return greatest ? Math.max(...proposals) : Math.min(...proposals)
}

/** Remembers a change for the policies, as long as the longest of them looks back. */
export function remember(behavior: any, past: Past, from: number, to: number, now: number): void {
  if (!behavior) return
  const [side, rules] = to > from ? (['up', behavior.scaleUp] as const) : (['down', behavior.scaleDown] as const)
  const longest = Math.max(0, ...(rules.policies ?? []).map((p: any) => p.periodSeconds)) * 1000
  past[side] = [...past[side].filter((c) => c.at >= now - longest), { replicas: Math.abs(to - from), at: now }]
}
