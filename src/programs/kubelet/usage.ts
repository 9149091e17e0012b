import type { Container } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import type { PodRecord } from './types.ts'

/** What a cgroup uses. */
interface Use {
  /** CPU seconds so far. */
  readonly seconds: number
  /** Thousandths of a CPU now. */
  readonly milli: number
  /** Resident bytes. */
  readonly bytes: number
  readonly processes: number
}

const NOTHING: Use = { seconds: 0, milli: 0, bytes: 0, processes: 0 }

/** A pod with its running containers. */
interface PodUse {
  readonly record: PodRecord
  readonly containers: readonly { readonly container: Container; readonly use: Use }[]
}

/** What is used by the machine and, of it, by pods. */
export interface Reading {
  readonly now: number
  readonly node: Use
  readonly pods: readonly PodUse[]
}

/** What several cgroups use together. */
export const total = (uses: readonly Use[]): Use =>
  uses.reduce(
    (a, b) => ({
      seconds: a.seconds + b.seconds,
      milli: a.milli + b.milli,
      bytes: a.bytes + b.bytes,
      processes: a.processes + b.processes,
    }),
    NOTHING,
  )

/** Cgroups count nanoseconds. */
const nano = (seconds: number): number => Math.round(seconds * 1e9) / 1e9

/** Reads what cgroups use. CPU time is counted up between two readings by what the processes use now. */
export class Usage {
  /** CPU seconds used so far, by cgroup. */
  private seconds = new Map<string, number>()
  private nodeSeconds = 0
  private countedAt: number

  constructor(private readonly k: Kubelet) {
    this.countedAt = k.now()
  }

  read(): Reading {
    const { k } = this
    const now = k.now()
    const elapsed = Math.max(0, now - this.countedAt) / 1000
    this.countedAt = now
    const current = new Map<string, Use>()
    for (const p of k.host.processes.values()) {
      if (p.status) continue
      const was = current.get(p.cgroup) ?? NOTHING
      current.set(p.cgroup, {
        seconds: 0,
        milli: was.milli + p.cpuMilli,
        bytes: was.bytes + p.rss,
        processes: was.processes + 1,
      })
    }
    const uses = new Map<string, Use>()
    for (const [cgroup, use] of current)
      uses.set(cgroup, { ...use, seconds: nano((this.seconds.get(cgroup) ?? 0) + (use.milli / 1000) * elapsed) })
    this.seconds = new Map([...uses].map(([cgroup, { seconds }]) => [cgroup, seconds]))
    const all = total([...current.values()])
    this.nodeSeconds = nano(this.nodeSeconds + (all.milli / 1000) * elapsed)
    return {
      now,
      node: { ...all, seconds: this.nodeSeconds, bytes: k.eviction.memoryUsed() },
      pods: this.pods((cgroup) => uses.get(cgroup) ?? NOTHING),
    }
  }

  /** Pods of which something runs. */
  private pods(useOf: (cgroup: string) => Use): PodUse[] {
    const { k } = this
    return [...k.records.values()].flatMap((record) => {
      const containers = k.cri
        .sandboxesOf(record.uid)
        .flatMap((s) => k.cri.containersOf(s.id))
        .filter((c) => c.state === 'CONTAINER_RUNNING')
        .map((container) => ({ container, use: useOf(container.cgroup) }))
      return containers.length > 0 ? [{ record, containers }] : []
    })
  }
}
