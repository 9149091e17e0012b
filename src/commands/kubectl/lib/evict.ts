import { StatusError } from '../../../api/types.ts'
import type { Coro } from '../../../kernel/index.ts'
import { goDuration } from '../../../print/index.ts'
import { CliError, isExpected, isNotFound, throwAll } from './errors.ts'
import type { Kube } from './kube.ts'
import { PODS } from './pods.ts'

interface Verdict {
  readonly pod: any
  readonly remove: boolean
  readonly error?: string
  readonly warning?: string
}

const FATAL = {
  daemonSet: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
  local: 'Pods with local storage (use --delete-emptydir-data to override)',
  unmanaged: 'Pods that declare no controller (use --force to override)',
}

/** drain's filters: the last one that has something to say decides. */
function* judge(k: Kube, pod: any): Coro<Verdict> {
  const { flags } = k
  const skip = flags.int('skip-wait-for-delete-timeout')
  const deleted = pod.metadata.deletionTimestamp
  if (skip > 0 && deleted && k.now() - Date.parse(deleted) > skip * 1000) return { pod, remove: false }
  const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  const owner = pod.metadata.ownerReferences?.find((r: any) => r.controller)
  let warning: string | undefined
  if (owner?.kind === 'DaemonSet' && !finished) {
    const client = yield* k.client()
    try {
      yield* client.send({
        verb: 'get',
        group: 'apps',
        version: 'v1',
        resource: 'daemonsets',
        namespace: pod.metadata.namespace,
        name: owner.name,
      })
      if (!flags.bool('ignore-daemonsets')) return { pod, remove: false, error: FATAL.daemonSet }
      return { pod, remove: false, warning: 'ignoring DaemonSet-managed Pods' }
    } catch (error) {
      if (!isExpected(error)) throw error
      if (!isNotFound(error) || !flags.bool('force')) return { pod, remove: false, error: error.message }
      warning = error.message
    }
  }
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror']) return { pod, remove: false }
  if (!finished && pod.spec.volumes?.some((v: any) => v.emptyDir)) {
    if (!flags.bool('delete-emptydir-data')) return { pod, remove: false, error: FATAL.local }
    // The real command drops this warning again.
    warning = undefined
  }
  if (!finished && !owner) {
    if (!flags.bool('force')) return { pod, remove: false, error: FATAL.unmanaged }
    warning = 'deleting Pods that declare no controller'
  }
  return { pod, remove: true, warning }
}

/** Pods of a node that a drain takes, what it warns of, and why it must not go on. */
export function* podsToDelete(k: Kube, node: string): Coro<{ pods: any[]; warnings: string; errors: Error[] }> {
  const client = yield* k.client()
  const list = yield* client.send({
    verb: 'list',
    group: '',
    version: 'v1',
    resource: 'pods',
    labelSelector: k.flags.string('pod-selector') || undefined,
    fieldSelector: `spec.nodeName=${node}`,
    limit: 500,
  })
  const verdicts: Verdict[] = []
  for (const pod of list.items) verdicts.push(yield* judge(k, pod))
  const grouped = (key: 'error' | 'warning'): Map<string, string[]> => {
    const out = new Map<string, string[]>()
    for (const verdict of verdicts) {
      const text = verdict[key]
      if (text === undefined) continue
      const { namespace, name } = verdict.pod.metadata
      out.set(text, [...(out.get(text) ?? []), `${namespace}/${name}`])
    }
    return out
  }
  return {
    pods: verdicts.filter((v) => v.remove).map((v) => v.pod),
    warnings: [...grouped('warning')].map(([text, pods]) => `${text}: ${pods.join(', ')}`).join('; '),
    errors: [...grouped('error')].map(([text, pods]) => new CliError(`cannot delete ${text}: ${pods.join(', ')}`)),
  }
}

/** Evicts all pods, retrying those that a disruption budget protects every 5 s, and waits until they are gone. */
export function* evictAll(k: Kube, pods: readonly any[]): Coro<void> {
  const { kernel } = k.p.host
  const { flags } = k
  const timeout = flags.duration('timeout')
  const until = timeout > 0 ? kernel.now() + timeout : Number.POSITIVE_INFINITY
  const mode = k.dryRun()
  const client = yield* k.client()
  const direct = flags.bool('disable-eviction')
  const grace = flags.int('grace-period')
  // One goroutine a pod: Go runs the youngest first, then the others in their order.
  const order = direct ? pods : [...pods.slice(-1), ...pods.slice(0, -1)]
  let queue = order.map((pod) => ({ pod, next: kernel.now(), evicted: false }))
  const errors: Error[] = []
  const globalTimeout = (pod: any): CliError =>
    new CliError(
      `error when evicting pods/"${pod.metadata.name}" -n "${pod.metadata.namespace}": global timeout reached: ${goDuration(timeout)}`,
    )
  while (queue.length > 0) {
    for (const entry of queue) {
      const { pod } = entry
      const { namespace, name, uid } = pod.metadata
      if (entry.next > kernel.now()) continue
      if (!entry.evicted) {
        if (!direct) yield* k.out(`evicting pod ${namespace}/${name}${mode === 'server' ? ' (server dry run)' : ''}\n`)
        // Who waits to try again notices only then that the time is over.
        if (kernel.now() >= until) {
          errors.push(globalTimeout(pod))
          entry.next = -1
          continue
        }
        try {
          if (direct)
            yield* client.delete(PODS, namespace, name, {
              gracePeriodSeconds: grace >= 0 ? grace : undefined,
              dryRun: mode === 'server' || undefined,
            })
          else
            yield* client.send({
              verb: 'create',
              group: '',
              version: 'v1',
              resource: 'pods',
              namespace,
              name,
              subresource: 'eviction',
              dryRun: mode === 'server' || undefined,
              body: {
                apiVersion: 'policy/v1',
                kind: 'Eviction',
                metadata: { name, namespace },
                ...(grace >= 0 ? { deleteOptions: { gracePeriodSeconds: grace } } : {}),
              },
            })
          entry.evicted = true
          entry.next = kernel.now()
        } catch (error) {
          if (!isExpected(error)) throw error
          if (isNotFound(error)) entry.evicted = true
          else if (error instanceof StatusError && error.code === 429) {
            k.err(`error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${error.message}\n`)
            entry.next = kernel.now() + 5000
            continue
          } else {
            errors.push(new CliError(`error when evicting pods/"${name}" -n "${namespace}": ${error.message}`))
            entry.next = -1
            continue
          }
        }
      }
      if (mode === 'server') entry.next = -1
      else {
        let gone = false
        try {
          gone = (yield* client.get(PODS, namespace, name)).metadata.uid !== uid
        } catch (error) {
          if (!isNotFound(error)) throw error
          gone = true
        }
        if (gone) {
          yield* k.out(`pod/${name} ${direct ? 'deleted' : 'evicted'}\n`)
          entry.next = -1
        } else if (kernel.now() >= until) {
          errors.push(
            new CliError(
              `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: context deadline exceeded`,
            ),
          )
          entry.next = -1
        } else entry.next = Math.min(until, kernel.now() + 1000)
      }
    }
    queue = queue.filter((entry) => entry.next >= 0)
    if (queue.length === 0) break
    yield { until: Math.min(...queue.map((entry) => entry.next)) }
  }
  throwAll(errors)
}
