import { rfc3339 } from '../../api/index.ts'
import { compileMachine, Lifecycle } from '../../kernel/index.ts'
import { GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { LocalStorage } from './local-storage.ts'
import { nodeConditionMachine } from './node-condition.machine.ts'
import { amount, podRequest, qosClass } from './resources.ts'
import { containers, type PodRecord, podKey } from './types.ts'

const machine = compileMachine(nodeConditionMachine)

/** What starves the node. */
interface Signal {
  readonly name: string
  readonly condition: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'
  readonly resource: 'memory' | 'ephemeral-storage' | 'pids'
  readonly threshold: number
  readonly available: number
}

const MI = 1024 * 1024

/** Memory that the system itself needs beside the processes that are simulated. */
const BASE_MEMORY = 350 * MI

const CHECK = 10_000

/** Models kubelettypes.IsCriticalPod: these are never evicted. */
const isCritical = (r: PodRecord): boolean => r.source === 'file' || (r.pod.spec.priority ?? 0) >= 2_000_000_000

/** Binary quantity as messages show it: `1234Ki`. */
const ki = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`

/** Models pkg/kubelet/eviction: pressure conditions, image clean-up, and one pod a round. */
export class Eviction {
  private readonly states = new Map<string, Lifecycle>()
  private readonly storage: LocalStorage
  private evicting: PodRecord | undefined

  constructor(private readonly k: Kubelet) {
    this.storage = new LocalStorage(k)
    for (const type of ['MemoryPressure', 'DiskPressure', 'PIDPressure'])
      this.states.set(
        type,
        new Lifecycle(machine, k.kernel, { period: k.config.evictionPressureTransitionPeriod }, () =>
          k.node.update(false),
        ),
      )
    k.process.defer(() => {
      for (const s of this.states.values()) s.stop()
    })
  }

  start(): void {
    this.k.log.info('eviction_manager.go:194', 'Eviction manager: starting control loop')
    this.k.process.every(CHECK, () => this.check())
  }

  /** Is the node under this pressure, or has it been a moment ago? */
  has(type: string): boolean {
    return this.states.get(type)?.state !== 'False'
  }

  conditions(): string[] {
    return [...this.states.keys()].filter((type) => this.has(type))
  }

  /** Bytes of memory in use on the machine. */
  memoryUsed(): number {
    let sum = BASE_MEMORY
    for (const p of this.k.host.processes.values()) sum += p.rss
    return sum
  }

  private signals(): Signal[] {
    const { k } = this
    const { host } = k
    const of = (signal: string, total: number): number => {
      const value = k.config.evictionHard[signal]
      return !value ? 0 : value.endsWith('%') ? (total * Number(value.slice(0, -1))) / 100 : amount(value)
    }
    const disk = host.rootFs
    const list: Signal[] = [
      {
        name: 'memory.available',
        condition: 'MemoryPressure',
        resource: 'memory',
        threshold: of('memory.available', host.memory),
        available: host.memory - this.memoryUsed(),
      },
    ]
    if (Number.isFinite(disk.capacity))
      for (const name of ['nodefs.available', 'imagefs.available'])
        list.push({
          name,
          condition: 'DiskPressure',
          resource: 'ephemeral-storage',
          threshold: of(name, disk.capacity),
          available: disk.free,
        })
    return list
  }

  private check(): void {
    const { k } = this
    const signals = this.signals()
    for (const [type, state] of this.states) {
      const crossed = signals.some((s) => s.condition === type && s.threshold > 0 && s.available < s.threshold)
      state.send({ type: crossed ? 'crossed' : 'relieved' })
    }
    try {
      if (this.evictOverLimit()) return
    } catch (error) {
      // Nothing is known of containers whose runtime does not answer.
      if (!(error instanceof GrpcError)) throw error
    }
    const starved = signals.find((s) => s.threshold > 0 && s.available < s.threshold)
    if (!starved) return
    if (this.evicting && this.evicting.state !== 'finished') {
      k.log.info('eviction_manager.go:213', 'Eviction manager: pods evicted, waiting for pod to be cleaned up', {
        pods: [podKey(this.evicting.pod)],
      })
      return
    }
    this.evicting = undefined
    const { resource } = starved
    k.log.info('eviction_manager.go:381', 'Eviction manager: attempting to reclaim', { resourceName: resource })
    k.events.warning(k.nodeRef, 'EvictionThresholdMet', `Attempting to reclaim ${resource}`)
    if (resource === 'ephemeral-storage') {
      k.log.info('image_gc_manager.go:460', 'Attempting to delete unused images')
      try {
        this.removeUnusedImages()
      } catch (error) {
        if (!(error instanceof GrpcError)) throw error
        const what = 'Eviction manager: unexpected error when attempting to reduce resource pressure'
        k.log.info('eviction_manager.go:459', what, { resourceName: resource, err: error.message })
      }
      if (this.signals().every((s) => s.condition !== 'DiskPressure' || s.available >= s.threshold)) return
    }
    k.log.info('eviction_manager.go:392', 'Eviction manager: must evict pod(s) to reclaim', { resourceName: resource })
    const ranked = this.rank(resource)
    if (ranked.length === 0) {
      k.log.error(
        'eviction_manager.go:403',
        'Eviction manager: eviction thresholds have been met, but no pods are active to evict',
      )
      return
    }
    k.log.info('eviction_manager.go:410', 'Eviction manager: pods ranked for eviction', {
      pods: ranked.map((r) => podKey(r.pod)),
    })
    const victim = ranked.find((r) => !isCritical(r))
    if (!victim) return
    this.evict(victim, starved)
  }

  /** Pods that use more disk than their own limits allow, whatever is left of it. */
  private evictOverLimit(): boolean {
    const { k } = this
    let any = false
    for (const r of k.records.values()) {
      if (r.state !== 'syncing' || r.rejected || r.verdict || isCritical(r)) continue
      const message = this.storage.exceeded(r)
      if (message === undefined) continue
      any = true
      k.events.warning(r.pod, 'Evicted', message)
      k.evict(r, 'Evicted', message, 1)
      k.log.info('eviction_manager.go:635', 'Eviction manager: pod is evicted successfully', { pod: podKey(r.pod) })
    }
    return any
  }

  private usage(r: PodRecord, name?: string): number {
    let sum = 0
    for (const p of this.k.host.processes.values()) {
      const c = p.cgroup.includes(r.uid.replaceAll('-', '_')) || p.cgroup.includes(r.uid)
      if (c && (name === undefined || p.program.name !== 'pause')) sum += p.rss
    }
    return sum
  }

  /** Those over their request first, then by priority, then by how much they are over. */
  private rank(resource: Signal['resource']): PodRecord[] {
    const active = [...this.k.records.values()].filter((r) => r.state === 'syncing' && !r.rejected)
    const over = (r: PodRecord): number =>
      resource === 'memory' ? this.usage(r) - podRequest(r.pod, 'memory') : -podRequest(r.pod, 'ephemeral-storage')
    const qos = (r: PodRecord): number => ['BestEffort', 'Burstable', 'Guaranteed'].indexOf(qosClass(r.pod))
    return active.sort(
      (a, b) =>
        Number(over(b) > 0) - Number(over(a) > 0) ||
        (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0) ||
        over(b) - over(a) ||
        qos(a) - qos(b),
    )
  }

  private evict(r: PodRecord, s: Signal): void {
    const { k } = this
    const [c] = containers(r.pod)
    const used = s.resource === 'memory' ? ki(this.usage(r, c.name)) : '0'
    const request =
      s.resource === 'memory' ? c.resources?.requests?.memory : c.resources?.requests?.['ephemeral-storage']
    const message =
      `The node was low on resource: ${s.resource}. Threshold quantity: ${s.name.startsWith('memory') ? ki(s.threshold) : String(Math.floor(s.threshold))}, available: ${ki(s.available)}. ` +
      `Container ${c.name} was using ${used}, request is ${request ?? '0'}, has larger consumption of ${s.resource}. `
    const now = rfc3339(k.now())
    const condition = {
      lastProbeTime: null,
      lastTransitionTime: now,
      message: message,
      reason: 'TerminationByKubelet',
      status: 'True',
      type: 'DisruptionTarget',
      observedGeneration: r.pod.metadata.generation,
    }
    this.evicting = r
    k.events.warning(r.pod, 'Evicted', message)
    k.evict(r, 'Evicted', message, 1, [condition])
    k.log.info('eviction_manager.go:635', 'Eviction manager: pod is evicted successfully', { pod: podKey(r.pod) })
  }

  /** Images that no container uses go, oldest first. */
  removeUnusedImages(): void {
    const { cri } = this.k
    const used = new Set(cri.listContainers().map((c) => c.config.imageId))
    for (const s of cri.listImages()) if (!used.has(s.image.id) && !s.pinned) cri.removeImage(s.image.id)
  }
}
