import type { Coro } from '../../kernel/index.ts'
import { GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { runtimeStatus } from './runtime-status.ts'

const HOUSEKEEPING = 2000

/** Models HandlePodCleanups. */
export class Housekeeping {
  /** Uids of pods that are being stopped because nobody wants them. */
  private readonly orphaned = new Set<string>()

  constructor(private readonly k: Kubelet) {}

  start(): void {
    this.k.process.every(HOUSEKEEPING, () => this.look())
  }

  /** Every two seconds: pods whose predecessor has stopped begin, and what runs without belonging to a pod is stopped. */
  private look(): void {
    this.k.sources.queue.housekeeping()
    if (!this.k.sources.ready) return
    this.k.mirrors.removeOrphans()
    for (const uid of this.k.volumes.removeOrphans(this.k.records.size, (uid) => this.k.records.has(uid)))
      this.k.log.info('kubelet_volumes.go:161', 'Cleaned up orphaned pod volumes dir', {
        podUID: uid,
        path: `${this.k.flags.rootDir}/pods/${uid}/volumes`,
      })
    let orphans: string[]
    try {
      orphans = this.k.cri
        .listPodSandbox()
        .filter((s) => s.state === 'SANDBOX_READY')
        .map((s) => s.config.uid)
        .filter((uid) => !this.k.records.has(uid) && !this.orphaned.has(uid))
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      return
    }
    for (const uid of new Set(orphans)) {
      if (this.k.sources.queue.has(uid)) continue
      this.orphaned.add(uid)
      this.k.spawn(`orphan ${uid}`, this.removeOrphan(uid), () => this.orphaned.delete(uid))
    }
  }

  private *removeOrphan(uid: string): Coro {
    try {
      const status = runtimeStatus(this.k.cri, uid)
      for (const c of status.containers)
        if (c.state === 'CONTAINER_RUNNING')
          yield* this.k.cri.stopContainer(
            c.id,
            Number(c.config.annotations['io.kubernetes.pod.terminationGracePeriod'] ?? 30),
          )
      for (const s of status.sandboxes) yield* this.k.cri.stopPodSandbox(s.id)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
    }
  }
}
