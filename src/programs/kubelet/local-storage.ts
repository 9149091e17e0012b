import type { Inode } from '../../host/index.ts'
import { quantityOf } from '../../print/index.ts'
import type { Kubelet } from './kubelet.ts'
import { amount } from './resources.ts'
import { containers, initContainers, type PodRecord } from './types.ts'

/** How often the contents of volumes are added up (volumeStatsAggPeriod), ms. */
const VOLUME_PERIOD = 60_000

/** A quantity as the API server stored it. */
const shown = (quantity: string | number): string => quantityOf(quantity).toString()

/** Bytes of all files in a directory and below. */
function contents(node: Inode): number {
  if (node.kind === 'file') return node.size
  if (node.kind !== 'dir') return 0
  let sum = 0
  for (const child of node.entries.values()) sum += contents(child)
  return sum
}

/** Who uses more of the machine's disk than the pod's own limits allow. Models localStorageEviction of pkg/kubelet/eviction. */
export class LocalStorage {
  private readonly measured = new WeakMap<PodRecord, { readonly at: number; readonly bytes: Map<string, number> }>()

  constructor(private readonly k: Kubelet) {}

  /** Why the pod must go; undefined: it keeps to its limits. */
  exceeded(r: PodRecord): string | undefined {
    const { spec } = r.pod
    const limited = (spec.volumes ?? []).filter((v: any) => v.emptyDir?.sizeLimit !== undefined)
    const all = containers(r.pod)
    const limits = all.map((c) => c.resources?.limits?.['ephemeral-storage'])
    if (limited.length === 0 && limits.every((limit) => limit === undefined)) return undefined
    const volumes = this.volumes(r)
    for (const { name, emptyDir } of limited)
      if (amount(emptyDir.sizeLimit) > 0 && (volumes.get(name) ?? 0) > amount(emptyDir.sizeLimit))
        return `Usage of EmptyDir volume ${JSON.stringify(name)} exceeds the limit ${JSON.stringify(shown(emptyDir.sizeLimit))}. `
    const used = new Map([...initContainers(r.pod), ...all].map((c) => [c.name, this.layer(r, c.name)]))
    const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
    const [first, ...others] = limits.filter((limit) => limit !== undefined).map(quantityOf)
    const total = first && others.reduce((a, b) => a.add(b), first)
    if (total && sum(used.values()) + sum(volumes.values()) > total.toNumber())
      return `Pod ephemeral local storage usage exceeds the total limit of containers ${total}. `
    for (const [i, { name }] of all.entries()) {
      const limit = limits[i]
      if (limit !== undefined && amount(limit) > 0 && used.get(name)! > amount(limit))
        return `Container ${name} exceeded its local ephemeral storage limit ${JSON.stringify(shown(limit))}. `
    }
    return undefined
  }

  /** Bytes in each emptyDir that lies on the disk, as they were at the last count. */
  private volumes(r: PodRecord): ReadonlyMap<string, number> {
    const now = this.k.kernel.now()
    const known = this.measured.get(r)
    if (known && now - known.at < VOLUME_PERIOD) return known.bytes
    const bytes = new Map<string, number>()
    for (const { name, emptyDir } of r.pod.spec.volumes ?? []) {
      const node = r.volumes.get(name)?.node
      if (emptyDir && emptyDir.medium !== 'Memory' && node) bytes.set(name, contents(node))
    }
    this.measured.set(r, { at: now, bytes })
    return bytes
  }

  /** Bytes that a container wrote into its own layer, and its log. */
  private layer(r: PodRecord, name: string): number {
    const { cri, host } = this.k
    let sum = 0
    for (const s of cri.sandboxesOf(r.uid))
      for (const c of cri.containersOf(s.id)) {
        if (c.config.name !== name) continue
        const log = host.fs.find(c.logFile)
        sum += cri.writableLayer(c.id) + (log?.kind === 'file' ? log.size : 0)
      }
    return sum
  }
}
