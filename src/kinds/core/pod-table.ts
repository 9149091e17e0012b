import { age, columns, since } from '../columns.ts'
import type { Cell, CellContext } from '../kind.ts'
import type { KubeObject } from '../object.ts'

export const podColumns = columns(
  'Name',
  'Ready',
  'Status',
  'Restarts',
  'Age',
  '+IP',
  '+Node',
  '+Nominated Node',
  '+Readiness Gates',
)

/** What `kubectl get pods` shows of a pod's containers. Models printPod of printers.go. */
interface PodSummary {
  ready: number
  total: number
  reason: string
  restarts: number
  /** When a container that counts ended last, RFC 3339. */
  lastRestart: string | undefined
}

/** `kubectl get pods` (printers/internalversion printPod): what READY, STATUS and RESTARTS say. */
export function podCells(pod: KubeObject, ctx: CellContext): Cell[] {
  const { ready, total, reason, restarts, lastRestart } = podSummary(pod)
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    reason,
    restarts && lastRestart ? `${restarts} (${since(lastRestart, ctx)} ago)` : String(restarts),
    age(pod, ctx),
    pod.status?.podIPs?.[0]?.ip || '<none>',
    pod.spec?.nodeName || '<none>',
    pod.status?.nominatedNodeName || '<none>',
    readinessGates(pod),
  ]
}

function podSummary(pod: KubeObject): PodSummary {
  const { spec = {}, status = {} } = pod
  const sidecars = new Set<string>()
  for (const c of spec.initContainers ?? []) if (c.restartPolicy === 'Always') sidecars.add(c.name)
  const summary: PodSummary = {
    ready: 0,
    total: (spec.containers?.length ?? 0) + sidecars.size,
    reason: status.reason || status.phase || '',
    restarts: 0,
    lastRestart: undefined,
  }
  const scheduled = status.conditions?.find((c: any) => c.type === 'PodScheduled')
  if (scheduled?.reason === 'SchedulingGated') summary.reason = 'SchedulingGated'

  const sidecarRestarts = { restarts: 0, lastRestart: undefined as string | undefined }
  const initializing = summarizeInit(pod, sidecars, summary, sidecarRestarts)
  if (!initializing || conditionTrue(status, 'Initialized')) {
    Object.assign(summary, sidecarRestarts)
    summarizeContainers(status, summary)
  }

  if (pod.metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') summary.reason = 'Unknown'
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') summary.reason = 'Terminating'
  }
  return summary
}

type Restarts = Pick<PodSummary, 'restarts' | 'lastRestart'>

function countRestarts(into: Restarts, container: any): void {
  into.restarts += container.restartCount ?? 0
  const ended = container.lastState?.terminated?.finishedAt
  if (ended && (!into.lastRestart || ended > into.lastRestart)) into.lastRestart = ended
}

/** Returns whether an init container still holds up the pod; its state is the reason then. */
function summarizeInit(pod: KubeObject, sidecars: Set<string>, summary: PodSummary, ofSidecars: Restarts): boolean {
  const statuses: any[] = pod.status?.initContainerStatuses ?? []
  for (const [i, container] of statuses.entries()) {
    countRestarts(summary, container)
    if (sidecars.has(container.name)) countRestarts(ofSidecars, container)
    const { terminated, waiting } = container.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) summary.ready++
      continue
    }
    if (terminated) summary.reason = `Init:${endText(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`
    else summary.reason = `Init:${i}/${pod.spec?.initContainers?.length ?? 0}`
    return true
  }
  return false
}

function summarizeContainers(status: any, summary: PodSummary): void {
  let running = false
  let errorReason = ''
  const statuses: any[] = status.containerStatuses ?? []
  // From the last to the first: the first container's reason wins.
  for (let i = statuses.length - 1; i >= 0; i--) {
    const container = statuses[i]
    countRestarts(summary, container)
    const { waiting, terminated } = container.state ?? {}
    if (waiting?.reason) summary.reason = waiting.reason
    else if (terminated) {
      summary.reason = endText(terminated)
      if (terminated.exitCode !== 0) errorReason = summary.reason
    } else if (container.ready && container.state?.running) {
      running = true
      summary.ready++
    }
  }
  if (summary.reason !== 'Completed') return
  if (running && conditionTrue(status, 'Ready')) summary.reason = 'Running'
  else if (errorReason) summary.reason = errorReason
  else if (running) summary.reason = 'NotReady'
}

const endText = ({ reason, signal, exitCode }: any): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`)

const conditionTrue = (status: any, type: string): boolean =>
  status.conditions?.some((c: any) => c.type === type && c.status === 'True') ?? false

function readinessGates(pod: KubeObject): string {
  const gates: any[] = pod.spec?.readinessGates ?? []
  if (!gates.length) return '<none>'
  const met = gates.filter(
    (g) => pod.status?.conditions?.find((c: any) => c.type === g.conditionType)?.status === 'True',
  )
  return `${met.length}/${gates.length}`
}
