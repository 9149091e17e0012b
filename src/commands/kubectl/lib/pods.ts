import type { Coro } from '../../../kernel/index.ts'
import { getObject, splitName } from './builder.ts'
import type { Resource } from './discovery.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'
import { selectorText } from './object-selector.ts'

export const PODS: Resource = {
  name: 'pods',
  singular: 'pod',
  group: '',
  version: 'v1',
  kind: 'Pod',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  verbs: [],
  preferred: true,
}

const ready = (pod: any): any => pod.status?.conditions?.find((c: any) => c.type === 'Ready' && c.status === 'True')
const restarts = (pod: any): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map((s: any) => s.restartCount ?? 0))
const PHASE: Record<string, number> = { Running: 0, Unknown: 1, Pending: 2 }

/** podutils.ByLogging: the pod that is most likely to be of interest comes first. */
function byInterest(a: any, b: any): number {
  if (Boolean(a.spec.nodeName) !== Boolean(b.spec.nodeName)) return a.spec.nodeName ? -1 : 1
  const phases = (PHASE[a.status?.phase] ?? 0) - (PHASE[b.status?.phase] ?? 0)
  if (phases !== 0) return phases
  if (Boolean(ready(a)) !== Boolean(ready(b))) return ready(a) ? -1 : 1
  const [ra, rb] = [ready(a)?.lastTransitionTime ?? '', ready(b)?.lastTransitionTime ?? '']
  if (ra !== rb) return ra < rb ? -1 : 1
  if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a)
  return a.metadata.creationTimestamp < b.metadata.creationTimestamp
    ? -1
    : a.metadata.creationTimestamp > b.metadata.creationTimestamp
      ? 1
      : 0
}

/** Pods of a selector, waiting until there is one. Throws `timed out waiting for the condition`. */
export function* podsOf(k: Kube, namespace: string, selector: string, timeout: number): Coro<any[]> {
  const { kernel } = k.p.host
  const until = kernel.now() + timeout
  const client = yield* k.client()
  for (;;) {
    const list = yield* client.list(PODS, namespace, { labelSelector: selector })
    if (list.items.length > 0) return list.items.sort(byInterest)
    if (kernel.now() >= until) throw new CliError('timed out waiting for the condition')
    yield { until: Math.min(until, kernel.now() + 500) }
  }
}

/** The pod behind `NAME`, `pod/NAME` or `deploy/NAME`. */
export function* podFor(k: Kube, arg: string, timeout: number, verb: string): Coro<any> {
  yield* (yield* k.discovery()).load()
  if (!arg.includes('/')) return withKind(yield* getObject(k, PODS, k.namespace, arg))
  const [type, name] = splitName(arg)
  const resource = yield* k.resource(type)
  const object = yield* getObject(k, resource, resource.namespaced ? k.namespace : undefined, name)
  if (resource.kind === 'Pod') return withKind(object)
  const selector = selectorText(object, resource)
  if (selector === undefined)
    throw new CliError(
      `cannot ${verb} *${goPackage(resource)}.${resource.kind}: selector for *${goPackage(resource)}.${resource.kind} not implemented`,
    )
  const [pod] = yield* podsOf(k, k.namespace, selector, timeout)
  return withKind(pod)
}

/** The Go package of a kind's type, as error messages name it (`*v1.Pod`). */
export const goPackage = (resource: Resource): string => resource.version
const withKind = (pod: any): any => ({ apiVersion: 'v1', kind: 'Pod', ...pod })

/** `a, b, debugger-x (ephem), init (init)`. */
export function containerNames(pod: any): string {
  return [
    ...(pod.spec.containers ?? []).map((c: any) => c.name),
    ...(pod.spec.ephemeralContainers ?? []).map((c: any) => `${c.name} (ephem)`),
    ...(pod.spec.initContainers ?? []).map((c: any) => `${c.name} (init)`),
  ].join(', ')
}

const allContainers = (pod: any): any[] => [
  ...(pod.spec.containers ?? []),
  ...(pod.spec.ephemeralContainers ?? []),
  ...(pod.spec.initContainers ?? []),
]

/** The named container, or the default one; says on stderr which it took where there is a choice. */
export function containerOf(k: Kube, pod: any, name: string, quiet = false): any {
  if (name) {
    const found = allContainers(pod).find((c) => c.name === name)
    if (!found)
      throw new CliError(`container ${name} is not valid for pod ${pod.metadata.name} out of: ${containerNames(pod)}`)
    return found
  }
  const wanted = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (wanted) {
    const found = allContainers(pod).find((c) => c.name === wanted)
    if (found) return found
    if (!quiet) k.err(`Default container name "${wanted}" not found in pod ${pod.metadata.name}\n`)
  }
  const [first] = pod.spec.containers
  if (!quiet && allContainers(pod).length > 1)
    k.err(`Defaulted container "${first.name}" out of: ${containerNames(pod)}\n`)
  return first
}
