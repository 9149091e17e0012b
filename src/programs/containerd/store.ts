import { type FileSystem, type Host, type Process, FileSystem as Storage, serviceKey } from '../../host/index.ts'
import type { Rng } from '../../kernel/index.ts'
import { fullName, type Image, lookup, parseReference, repositoryName } from '../images/index.ts'
import { containerMounts } from './mounts.ts'
import type { NamespaceContents } from './namespaces.ts'
import { logOom } from './oom-log.ts'
import type { Container, RuntimeEvent, Sandbox, StoredImage } from './types.ts'

/** The release that Ubuntu's machines of the game run. */
const CONTAINERD_VERSION = 'v2.2.3'

/** Unpacked bytes for each downloaded one. */
const EXPANSION = 2.6

/** A container's writable layer: it lives on the host's disk. */
class OverlayStorage extends Storage {
  /** Bytes that were written into it. */
  written = 0

  constructor(private readonly disk: FileSystem) {
    super('overlay', 'overlay', disk.capacity)
  }

  override charge(delta: number): void {
    this.disk.charge(delta)
    this.written += delta
    this.used = this.disk.used
    this.capacity = this.disk.capacity
  }
}

/**
 * What /var/lib/containerd and the running shims hold: it outlives the daemon's process. The daemon (and thus every
 * tool) reaches it only through the socket.
 */
export class ContainerdState {
  readonly images = new Map<string, StoredImage>()
  /** `docker.io/library/nginx:1.27` or `…@sha256:…` → image ID. */
  readonly refs = new Map<string, string>()
  readonly sandboxes = new Map<string, Sandbox>()
  readonly containers = new Map<string, Container>()
  private readonly byPod = new Map<string, Sandbox[]>()
  readonly byCgroup = new Map<string, Container>()
  readonly containersOf = new Map<string, Set<Container>>()
  /** Images and containers of containerd's other clients, by namespace. */
  readonly plain = new Map<string, NamespaceContents>()
  readonly listeners = new Set<(event: RuntimeEvent) => void>()
  /** Layers made so far, of images and containers. */
  snapshots = 0
  /** What the installed daemon calls itself. */
  version = CONTAINERD_VERSION
  revision = '7f2bd1ec9c3e5b8d4a6f0e21c9d35a87b46e10fd'
  golang = 'go1.25.7'
  /** Which of its two ways of pulling it uses, as its errors tell: the client's (`reference "…"`) or the transfer service. */
  transfers = false
  /** Registries can be reached without a network: for hosts that have none. */
  directRegistries = false
  readonly rng: Rng

  constructor(readonly host: Host) {
    this.rng = host.rng.fork('containerd')
    host.onMemory = (process) => this.checkMemory(process)
    host.fs.listToo('containerd', () => containerMounts(this))
  }

  overlay(): OverlayStorage {
    return new OverlayStorage(this.host.rootFs)
  }

  /** Sandboxes of a pod, newest first. */
  sandboxesOf(podUid: string): Sandbox[] {
    return this.byPod.get(podUid) ?? []
  }

  addSandbox(s: Sandbox): void {
    this.sandboxes.set(s.id, s)
    this.byPod.set(s.config.uid, [s, ...this.sandboxesOf(s.config.uid)])
  }

  deleteSandbox(s: Sandbox): void {
    this.sandboxes.delete(s.id)
    this.containersOf.delete(s.id)
    const rest = this.sandboxesOf(s.config.uid).filter((o) => o !== s)
    if (rest.length > 0) this.byPod.set(s.config.uid, rest)
    else this.byPod.delete(s.config.uid)
  }

  emit(event: RuntimeEvent): void {
    for (const listener of this.listeners) listener(event)
  }

  addContainer(c: Container): void {
    this.containers.set(c.id, c)
    this.byCgroup.set(c.cgroup, c)
    let own = this.containersOf.get(c.sandbox.id)
    if (!own) this.containersOf.set(c.sandbox.id, (own = new Set()))
    own.add(c)
  }

  deleteContainer(c: Container): void {
    this.containers.delete(c.id)
    this.byCgroup.delete(c.cgroup)
    this.containersOf.get(c.sandbox.id)?.delete(c)
  }

  /** Stores an image under a reference, as a finished pull or an import (which names no repository) does. */
  storeImage(image: Image, name: string, repository: string | undefined, pinned = false): StoredImage {
    let stored = this.images.get(image.id)
    if (!stored) {
      const diskUsage = Math.round(image.spec.size * EXPANSION)
      this.host.rootFs.charge(diskUsage)
      stored = {
        image,
        tags: new Set(),
        digests: new Set(),
        pinned,
        diskUsage,
        snapshot: ++this.snapshots,
        lastUsed: this.host.clock.now(),
      }
      this.images.set(image.id, stored)
    }
    if (!name.includes('@')) {
      stored.tags.add(name)
      const before = this.refs.get(name)
      if (before !== undefined && before !== image.id) this.images.get(before)?.tags.delete(name)
      this.refs.set(name, image.id)
    }
    if (repository !== undefined) {
      const digest = `${repository}@${image.digest}`
      stored.digests.add(digest)
      this.refs.set(digest, image.id)
    }
    this.refs.set(image.id, image.id)
    return stored
  }

  removeImage(stored: StoredImage): void {
    for (const name of [...stored.tags, ...stored.digests, stored.image.id]) this.refs.delete(name)
    this.images.delete(stored.image.id)
    this.host.rootFs.used -= stored.diskUsage
  }

  /** By tag, digest, ID or a prefix of the ID. */
  findImage(text: string): StoredImage | undefined {
    const direct = this.refs.get(text)
    if (direct) return this.images.get(direct)
    const ref = parseReference(text)
    if (typeof ref !== 'string') {
      const id = this.refs.get(fullName(ref))
      if (id) return this.images.get(id)
    }
    if (!/^(sha256:)?[0-9a-f]+$/.test(text)) return undefined
    const hex = text.replace(/^sha256:/, '')
    for (const [id, stored] of this.images) if (id.startsWith(`sha256:${hex}`)) return stored
    return undefined
  }

  /** The OOM killer: the cgroup's sum is over its limit, so its biggest process dies. */
  private checkMemory(process: Process): void {
    const c = this.byCgroup.get(process.cgroup)
    if (c?.state !== 'CONTAINER_RUNNING') return
    const limit = c.config.resources.memoryLimit
    if (limit <= 0 || process.rss <= limit / 64) return
    let sum = 0
    let biggest = process
    for (const p of this.host.processes.values()) {
      if (p.cgroup !== c.cgroup || p.status) continue
      sum += p.rss
      if (p.rss > biggest.rss) biggest = p
    }
    if (sum <= limit) return
    if (biggest === c.process) c.oomKilled = true
    logOom(c, biggest, c.config.oomScoreAdj)
    // Not within the setter: the program that grew must be able to finish its statement.
    this.host.kernel.soon(() => biggest.kill('SIGKILL'))
  }
}

/** The containerd installation of a host. */
const CONTAINERD = serviceKey<ContainerdState>('containerd')

/** Attaches containerd's state to the host, once. */
export const containerdOf = (host: Host): ContainerdState =>
  host.has(CONTAINERD) ? host.service(CONTAINERD) : host.attach(CONTAINERD, new ContainerdState(host))

/** Puts images on a host without a download, as a machine image that was prepared would have them. */
export function preloadImages(host: Host, refs: readonly string[]): void {
  const state = containerdOf(host)
  for (const text of refs) {
    const ref = parseReference(text)
    if (typeof ref === 'string') throw new Error(`${text}: ${ref}`)
    const found = lookup(ref)
    if (found.outcome !== 'found') throw new Error(`${text}: not in the image catalogue`)
    state.storeImage(found.image, fullName(ref), repositoryName(ref), ref.path.endsWith('pause'))
  }
}
