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
      const response = yield* client.accepted({
        ...gvr(resource),
        verb: 'watch',
        namespace: resource.namespaced ? namespace : undefined,
        fieldSelector: `metadata.name=${name}`,
        resourceVersion: object.metadata.resourceVersion,
      })
      const { stream } = response
      if (!stream) break
      const undo = k.p.defer(() => stream.cancel())
      try {
        for (;;) {
          const event = stream.take()
          if (event?.type === 'DELETED') break
          if (event) continue
          if (stream.closed || kernel.now() >= deadline) break
          yield { on: [stream.arrived], until: deadline }
        }
      } finally {
        undo()
        stream.cancel()
      }
    }
  }
}
