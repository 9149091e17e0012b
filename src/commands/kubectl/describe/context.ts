import type { Coro } from '../../../kernel/index.ts'
import type { Resource } from '../lib/discovery.ts'
import { isExpected } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'

const resource = (group: string, version: string, name: string): any => ({ group, version, resource: name })

/** What a describer may ask for besides the object itself. */
export class DescribeContext {
  constructor(
    readonly k: Kube,
    readonly resource: Resource,
    readonly showEvents: boolean,
  ) {}

  get now(): number {
    return this.k.now()
  }

  *list(
    group: string,
    version: string,
    name: string,
    namespace: string | undefined,
    options: object = {},
  ): Coro<any[]> {
    const client = yield* this.k.client()
    const list = yield* client.send({
      ...resource(group, version, name),
      ...options,
      verb: 'list',
      namespace,
      limit: 500,
    })
    return list.items
  }

  /** The object, or the error. */
  *find(group: string, version: string, plural: string, namespace: string | undefined, name: string): Coro<any> {
    const client = yield* this.k.client()
    try {
      return yield* client.send({ ...resource(group, version, plural), verb: 'get', namespace, name })
    } catch (error) {
      if (isExpected(error)) return error
      throw error
    }
  }

  /** Events about the object; undefined when they are not wanted. */
  *events(object: any, uid: string = object.metadata.uid, kind = this.resource.kind): Coro<any[] | undefined> {
    if (!this.showEvents) return undefined
    const { name, namespace } = object.metadata
    const fields = [
      `involvedObject.name=${name}`,
      `involvedObject.namespace=${namespace ?? ''}`,
      ...(kind ? [`involvedObject.kind=${kind}`] : []),
      `involvedObject.uid=${uid}`,
    ]
    try {
      return yield* this.list('', 'v1', 'events', namespace, { fieldSelector: fields.join(',') })
    } catch (error) {
      if (isExpected(error)) return []
      throw error
    }
  }
}

/** Describes one object of a kind. */
export type Describer = (c: DescribeContext, object: any) => Coro<string>
