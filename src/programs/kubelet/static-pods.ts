import { type KubeObject, rfc3339 } from '../../api/index.ts'
import { type FileEvent, type Inode, SysError } from '../../host/index.ts'
import type { Kubelet } from './kubelet.ts'
import { ManifestError, parseManifest } from './manifest.ts'
import { podKey } from './types.ts'

/** What a file said when it was looked at; undefined when there was none. */
type Look = string | 'directory' | undefined

/** Watches staticPodPath: at once by inotify, and completely every 20 seconds. Models pkg/kubelet/config/file.go. */
export class StaticPods {
  /** One manifest a pod name: of two files with the same pod the one that was read last counts. */
  private store = new Map<string, KubeObject>()
  private fileKeys = new Map<string, string>()
  private readonly seenAt = new Map<string, string>()
  private readonly parsed = new Map<string, { readonly text: string; readonly pod: KubeObject }>()
  private unwatch: (() => void) | undefined
  private watched: unknown

  constructor(
    private readonly k: Kubelet,
    private readonly path: string,
  ) {}

  start(): void {
    this.relist('file.go:98')
    this.k.process.every(this.k.config.fileCheckFrequency, () => this.relist('file.go:104'))
    this.watch()
    // A directory that is missing or replaced is looked for again every second.
    this.k.process.every(1000, () => this.watch())
  }

  private watch(): void {
    const { k, path } = this
    const node = k.host.fs.find(path)
    if (!node) {
      k.log.error('file_linux.go:59', 'Unable to read config path', 'path does not exist, ignoring', { path })
      this.watched = undefined
      return
    }
    if (node === this.watched) return
    this.unwatch?.()
    this.watched = node
    this.unwatch = k.host.fs.watch(path, (event) => {
      if (event.name.startsWith('.') || event.name === '') return
      // The file is read as it is now, between two writes of its writer; what follows from that takes a moment.
      const file = `${this.path}/${event.name}`
      const seen = look(k.host.fs.find(file))
      k.process.after(1, () => this.changed(file, event.type, seen))
    })
    k.process.defer(() => this.unwatch?.())
  }

  /** Models consumeWatchEvent. */
  private changed(file: string, type: FileEvent['type'], seen: Look): void {
    const { k, store } = this
    if (type === 'delete' || type === 'move') {
      const key = this.fileKeys.get(file)
      if (key === undefined) return
      this.fileKeys.delete(file)
      if (store.delete(key)) this.publish()
      return
    }
    try {
      const pod = this.read(file, seen)
      const key = podKey(pod)
      this.fileKeys.set(file, key)
      if (store.get(key)?.metadata.uid === pod.metadata.uid) return
      store.set(key, pod)
      this.publish()
    } catch (error) {
      const text = this.problem(error)
      k.log.error('file.go:108', 'Unable to process watch event', `can't process config file "${file}": ${text}`)
    }
  }

  /** What the file says. An unchanged text is not parsed again: the directory is listed every 20 s. */
  private read(path: string, seen: Look): KubeObject {
    const { k } = this
    if (seen === undefined) throw new SysError('ENOENT', path, 'open')
    if (seen === 'directory') throw new ManifestError(`read ${path}: is a directory`)
    const before = this.parsed.get(path)
    if (before?.text === seen) return before.pod
    const pod = parseManifest(path, seen, k.nodeName)
    this.parsed.set(path, { text: seen, pod })
    let seenAt = this.seenAt.get(pod.metadata.uid!)
    if (!seenAt) {
      seenAt = rfc3339(k.now()).replace('Z', `.${String((k.now() * 7919) % 1_000_000_000).padStart(9, '0')}Z`)
      this.seenAt.set(pod.metadata.uid!, seenAt)
    }
    pod.metadata.annotations!['kubernetes.io/config.seen'] = seenAt
    return pod
  }

  private problem(error: unknown): string {
    if (error instanceof ManifestError) return error.message
    if (error instanceof SysError) return error.goMessage
    throw error
  }

  /** Every manifest of the directory, by name; what does not parse is not there. */
  private relist(place = 'file.go:104'): void {
    const { k, path, store } = this
    for (const file of this.parsed.keys()) if (!k.host.fs.find(file)) this.parsed.delete(file)
    const node = k.host.fs.find(path)
    const found = new Map<string, KubeObject>()
    const one = (file: string, inode: Inode): void => {
      try {
        const pod = this.read(file, look(inode))
        const key = podKey(pod)
        this.fileKeys.set(file, key)
        found.set(key, pod)
      } catch (error) {
        k.log.error('file.go:187', 'Could not process manifest file', this.problem(error), { path: file })
      }
    }
    if (node?.kind === 'dir') {
      for (const [name] of k.host.fs.readdir(path)) {
        if (name.startsWith('.')) continue
        const inode = k.host.fs.find(`${path}/${name}`)
        if (inode?.kind === 'file') one(`${path}/${name}`, inode)
      }
    } else if (node?.kind === 'file') one(path, node)
    else if (!node) k.log.error(place, 'Unable to read config path', 'path does not exist, ignoring', { path })
    const same =
      found.size === store.size && [...found].every(([key, p]) => store.get(key)?.metadata.uid === p.metadata.uid)
    this.store = found
    if (!same || !k.sources.staticReady) this.publish()
  }

  private publish(): void {
    this.k.sources.setStatic([...this.store.values()])
  }
}

const look = (node: Inode | undefined): Look =>
  node?.kind === 'file' ? node.read() : node === undefined ? undefined : 'directory'
