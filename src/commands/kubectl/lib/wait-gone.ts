import type { Coro } from '../../../kernel/index.ts'
import { gvr } from './client.ts'
import type { Resource } from './discovery.ts'
import { CliError, isNotFound } from './errors.ts'
import type { Kube } from './kube.ts'

interface Target {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  readonly uid?: string
}

/** Waits until objects are gone, or until `timeout` (ms, 0: a week) has passed for all of them together. */
export function* awaitGone(k: Kube, targets: readonly Target[], timeout: number): Coro<void> {
  const { kernel } = k.p.host
  const deadline = kernel.now() + (timeout > 0 ? timeout : 7 * 86_400_000)
  const client = yield* k.client()
  for (const { resource, namespace, name, uid } of targets) {
    for (;;) {
      let object: any
      try {
        object = yield* client.get(resource, namespace, name)
      } catch (error) {
        if (isNotFound(error)) break
        throw error
      }
      if (uid && object.metadata.uid !== uid) break
      if (kernel.now() >= deadline)
        throw new CliError(`timed out waiting for the condition on ${resource.name}/${name}`)
      if (yield* deleted(k, { resource, namespace, name }, deadline)) break
    }
  }
}

const SOURCE = 'reflector="k8s.io/client-go/tools/watch/informerwatcher.go:162"'
const TYPE = 'type="*unstructured.Unstructured"'

/** Follows one object by a reflector until it is deleted (true) or the watch or the time ends. Models watchtools.UntilWithSync. */
function* deleted(k: Kube, { resource, namespace, name }: Target, deadline: number): Coro<boolean> {
  const { kernel } = k.p.host
  const log = (level: number, line: number, text: string): void => k.log('I', level, `reflector.go:${line}`, text)
  log(3, 425, `"Starting reflector" ${TYPE} resyncPeriod="0s" ${SOURCE}`)
  log(3, 472, `"Listing and watching" ${TYPE} ${SOURCE}`)
  const began = kernel.now()
  const { stream } = yield* (yield* k.client()).accepted({
    ...gvr(resource),
    verb: 'watch',
    namespace: resource.namespaced ? namespace : undefined,
    allowWatchBookmarks: true,
    fieldSelector: `metadata.name=${name}`,
    resourceVersionMatch: 'NotOlderThan',
    sendInitialEvents: true,
    timeoutSeconds: k.p.host.rng.between(300, 599),
  })
  if (!stream) return true
  const undo = k.p.defer(() => stream.cancel())
  let items = 0
  let synced = false
  try {
    for (;;) {
      const event = stream.take()
      if (event) {
        items++
        if (event.type === 'DELETED') return true
        if (event.type === 'BOOKMARK' && !synced) {
          synced = true
          const why = 'Exiting watch because received the bookmark that marks the end of initial events stream'
          const took = `${kernel.now() - began}ms`
          log(2, 1080, `"${why}" ${SOURCE} totalItems=${items} duration="${took}"`)
          log(2, 507, `"Caches populated" ${TYPE} ${SOURCE}`)
          if (items === 1) return true
        }
      } else if (stream.closed || kernel.now() >= deadline) return false
      else yield { on: [stream.arrived], until: deadline }
    }
  } finally {
    log(3, 434, `"Stopping reflector" ${TYPE} resyncPeriod="0s" ${SOURCE}`)
    undo()
    stream.cancel()
  }
}
