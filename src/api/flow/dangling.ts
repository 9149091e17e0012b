import type { ApiClient } from '../client.ts'
import type { ApiServer } from '../server.ts'
import type { Cacher, CacheWatcher } from '../storage/cacher.ts'
import { StorageBlocked } from '../storage/storage.ts'
import { rfc3339 } from '../time.ts'
import { type KubeObject, StatusError, TransportError } from '../types.ts'

const MANAGER = 'api-priority-and-fairness-config-consumer-v1'

/** From a change to its digest, ms: several are digested together. */
const DELAY = 20
const RETRY_DELAY = 1000

/**
 * Writes into each FlowSchema whether the level that it names is there. Models presyncFlowSchemaStatus of
 * apiserver/pkg/util/flowcontrol/apf_controller.go.
 */
export class DanglingSchemas implements CacheWatcher {
  private readonly cachers = new Map<string, Cacher>()
  private leave: (() => void)[] = []
  private due = false
  private stopped = false

  constructor(
    private readonly server: ApiServer,
    private readonly client: ApiClient,
  ) {}

  start(): void {
    if (this.stopped) return
    const { server } = this
    try {
      for (const kind of ['FlowSchema', 'PriorityLevelConfiguration']) {
        const cacher = server.cacher(server.kinds.named(kind)!)
        this.cachers.set(kind, cacher)
        this.leave.push(cacher.subscribe(this))
      }
    } catch (error) {
      if (!(error instanceof StorageBlocked)) throw error
      return this.onReset()
    }
    this.digestIn(DELAY)
  }

  stop(): void {
    this.stopped = true
    for (const fn of this.leave) fn()
  }

  onChange(): void {
    this.digestIn(DELAY)
  }

  onReset(): void {
    for (const fn of this.leave) fn()
    this.leave = []
    this.server.kernel.after(RETRY_DELAY, () => this.start())
  }

  private digestIn(ms: number): void {
    if (this.due) return
    this.due = true
    this.server.kernel.after(ms, () => {
      this.due = false
      if (this.stopped) return
      try {
        this.digest()
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof TransportError)) throw error
        this.digestIn(RETRY_DELAY)
      }
    })
  }

  private digest(): void {
    const objects = (kind: string): KubeObject[] => [...(this.cachers.get(kind)?.objects.values() ?? [])]
    const levels = new Set(objects('PriorityLevelConfiguration').map((o) => o.metadata.name))
    // Before the levels are there nothing is known of them.
    if (levels.size === 0) return
    for (const schema of objects('FlowSchema')) {
      const level: string = schema.spec.priorityLevelConfiguration.name
      const what = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`
      const found = levels.has(level)
      const wanted = found
        ? { status: 'False', reason: 'Found', message: `${what} and it exists` }
        : { status: 'True', reason: 'NotFound', message: `${what} but there is no such object` }
      const known = schema.status?.conditions?.find((c: any) => c.type === 'Dangling')
      if (known?.status === wanted.status && known.message === wanted.message) continue
      this.write(schema, { type: 'Dangling', ...wanted, lastTransitionTime: rfc3339(this.server.now()) })
    }
  }

  private write({ apiVersion, kind, metadata: { name } }: KubeObject, condition: object): void {
    try {
      this.client.patch(
        kind,
        undefined,
        name,
        { apiVersion, kind, metadata: { name }, status: { conditions: [condition] } },
        'application/apply-patch+yaml',
        { subresource: 'status', fieldManager: MANAGER, force: true },
      )
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 404) throw error
    }
  }
}
