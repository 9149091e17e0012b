import { type KubeObject, microTime, StatusError, TransportError } from '../../api/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goDuration } from '../../print/index.ts'
import type { Kubelet } from './kubelet.ts'

const NAMESPACE = 'kube-node-lease'
/** How long the client of leases and Node statuses waits for an answer, ms. */
export const TIMEOUT = 10_000
/** While it waits, it is looked at so often whether there is an answer, ms. */
const LOOK = 2500
const UPDATES = 5
const FIRST_WAIT = 100
const LONGEST_WAIT = 7000

/** This node's heartbeat. Models component-helpers/apimachinery/lease/controller.go. */
export class NodeLease {
  /** As it was after the last update: nobody else writes it. */
  private latest: KubeObject | undefined

  constructor(private readonly k: Kubelet) {}

  start(): void {
    this.k.spawn('node lease', this.run())
  }

  private *run(): Coro {
    const { kernel, config } = this.k
    for (;;) {
      yield* this.sync()
      yield { until: kernel.now() + (config.nodeLeaseDurationSeconds * 1000) / 4 }
    }
  }

  private *sync(): Coro {
    const { log } = this.k
    if (this.latest) {
      if (yield* this.update(this.latest)) return
      const err = `failed ${UPDATES} attempts to update lease`
      log.info('controller.go:171', 'failed to update lease using latest lease, fallback to ensure lease', { err })
    }
    const { lease, created } = yield* this.ensure()
    this.latest = lease
    if (!created) yield* this.update(lease)
  }

  /** Tries to renew it, at once again and again. A conflict asks for its newer version first. */
  private *update(base: KubeObject): Coro<boolean> {
    const { k } = this
    let lease = base
    for (let i = 0; i < UPDATES; i++) {
      const error = yield* this.attempt(() => {
        this.latest = k.client!.update({ ...lease, spec: { ...lease.spec, ...this.spec() } })
      })
      if (!error) return true
      k.log.error('controller.go:251', 'Failed to update lease', this.text('Put', error))
      if (error instanceof StatusError && error.code === 409) lease = (yield* this.ensure()).lease
    }
    return false
  }

  /** The lease, made when there is none, however long it takes. */
  private *ensure(): Coro<{ lease: KubeObject; created: boolean }> {
    const { k } = this
    for (let wait = FIRST_WAIT; ; ) {
      let lease: KubeObject | undefined
      let created = false
      const error = yield* this.attempt(() => {
        lease = k.client!.find('Lease', NAMESPACE, k.nodeName)
        created = !lease
        lease ??= k.client!.create(this.fresh())
      })
      if (lease && !error) return { lease, created }
      wait = Math.min(2 * wait, LONGEST_WAIT)
      k.log.error('controller.go:201', 'Failed to ensure lease exists, will retry', this.text('Get', error!), {
        interval: goDuration(wait),
      })
      yield { until: k.kernel.now() + wait }
    }
  }

  private spec(): Record<string, unknown> {
    const { config, nodeName } = this.k
    return {
      holderIdentity: nodeName,
      leaseDurationSeconds: config.nodeLeaseDurationSeconds,
      renewTime: microTime(this.k.now()),
    }
  }

  private fresh(): KubeObject {
    const name = this.k.nodeName
    const node = this.k.nodeObject()
    const owner = node && { apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid! }
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: NAMESPACE, ...(owner ? { ownerReferences: [owner] } : {}) },
      spec: this.spec(),
    }
  }

  /** Asks once, which may take until the time-out: an answer that comes meanwhile is seen within seconds. */
  private *attempt(ask: () => void): Coro<StatusError | TransportError | undefined> {
    const { kernel } = this.k
    const until = kernel.now() + TIMEOUT
    for (;;) {
      try {
        ask()
        return undefined
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof TransportError)) throw error
        const hangs = error instanceof TransportError && error.kind === 'timeout'
        if (!hangs || kernel.now() >= until) return error
        yield { until: Math.min(kernel.now() + LOOK, until) }
      }
    }
  }

  private text(verb: string, error: StatusError | TransportError): string {
    const { nodeName } = this.k
    const path = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/${nodeName}?timeout=10s`
    return this.k.requestError(verb, path, error)
  }
}
