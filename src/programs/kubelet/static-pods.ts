import { parseDocument } from 'yaml'
import { type KubeObject, rfc3339 } from '../../api/index.ts'
import { SysError } from '../../host/index.ts'
import { hash } from '../../kernel/index.ts'
import { goYamlError, readWritten } from '../../print/index.ts'
import type { Kubelet } from './kubelet.ts'

/** A manifest that cannot become a pod, in the kubelet's words. */
class ManifestError extends Error {}

/** A static pod's UID: 128 bits of what it says (not how it is written), of the node and of the file. */
function podHash(pod: unknown, node: string, path: string): string {
  const text = `${JSON.stringify(pod)}host:${node}file:${path}`
  const part = (salt: string): string => hash(`${salt}${text}`).toString(16).padStart(8, '0')
  return `${part('a')}${part('b')}${part('c')}${part('d')}`
}

/** Decodes one manifest as pkg/kubelet/config/common.go does. Throws ManifestError. */
export function parseManifest(path: string, text: string, nodeName: string): KubeObject {
  const unparsable = (problem: string): ManifestError =>
    new ManifestError(`${path}: couldn't parse as pod(${problem}), please check config file`)
  const known = readWritten(text)
  const problem = known ? undefined : goYamlError(text)
  if (problem) throw unparsable(problem)
  const value: any = known ? known.value : parseDocument(text).toJS()
  if (typeof value !== 'object' || value === null || !value.kind)
    throw unparsable(`Object 'Kind' is missing in '${JSON.stringify(value ?? null)}'`)
  if (!value.apiVersion) throw unparsable(`Object 'apiVersion' is missing in '${JSON.stringify(value)}'`)
  if (value.kind !== 'Pod' || value.apiVersion !== 'v1')
    throw unparsable(
      ['Deployment', 'Service', 'ConfigMap', 'DaemonSet'].includes(value.kind)
        ? `invalid pod: &v1.${value.kind}{}`
        : `no kind "${value.kind}" is registered for version "${value.apiVersion}" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
    )
  const { metadata = {}, spec = {} } = value
  if (!metadata.name) throw new ManifestError('invalid pod: name is needed for the pod')
  if (!Array.isArray(spec.containers) || spec.containers.length === 0)
    throw new ManifestError('invalid pod: [spec.containers: Required value]')
  for (const [i, c] of spec.containers.entries()) {
    if (!c.image) throw new ManifestError(`invalid pod: [spec.containers[${i}].image: Required value]`)
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(c.name ?? ''))
      throw new ManifestError(
        c.name
          ? `invalid pod: [spec.containers[${i}].name: Invalid value: ${JSON.stringify(c.name)}: a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]`
          : `invalid pod: [spec.containers[${i}].name: Required value]`,
      )
  }
  const uid = metadata.uid || podHash(value, nodeName, path)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${metadata.name}-${nodeName}`.toLowerCase(),
      namespace: metadata.namespace || 'default',
      uid,
      annotations: { ...metadata.annotations, 'kubernetes.io/config.hash': uid, 'kubernetes.io/config.source': 'file' },
    },
    spec: podDefaults(spec, nodeName),
  }
}

/** The defaults that matter before the API server adds its own to the mirror pod. */
function podDefaults(spec: any, nodeName: string): any {
  const container = (c: any): any => ({
    ...c,
    imagePullPolicy:
      c.imagePullPolicy ?? (/(:latest|^[^:@]+)$/.test(c.image.split('/').pop()!) ? 'Always' : 'IfNotPresent'),
    resources: c.resources ?? {},
    terminationMessagePath: c.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: c.terminationMessagePolicy ?? 'File',
    ...(c.resources?.limits
      ? { resources: { ...c.resources, requests: { ...c.resources.limits, ...c.resources.requests } } }
      : {}),
  })
  return {
    ...spec,
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(container) } : {}),
    containers: spec.containers.map(container),
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    enableServiceLinks: spec.enableServiceLinks ?? true,
    nodeName,
    restartPolicy: spec.restartPolicy ?? 'Always',
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    securityContext: spec.securityContext ?? {},
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    tolerations: [
      { effect: 'NoExecute', operator: 'Exists' },
      ...(spec.tolerations ?? []).filter((t: any) => !(t.operator === 'Exists' && t.effect === 'NoExecute' && !t.key)),
    ],
  }
}

/** Watches staticPodPath: at once by inotify, and completely every 20 seconds. Models pkg/kubelet/config/file.go. */
export class StaticPods {
  private known = new Map<string, KubeObject>()
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
      // The event is read after the writer has gone on, but before it writes again.
      k.process.after(1, () => this.changed(event.name, event.type))
    })
    k.process.defer(() => this.unwatch?.())
  }

  private changed(name: string, type: string): void {
    if (name.startsWith('.') || name === '') return
    const { k } = this
    const path = `${this.path}/${name}`
    if (type === 'delete' || type === 'move') {
      if (this.known.delete(path)) this.publish()
      return
    }
    try {
      const pod = this.read(path)
      if (this.known.get(path)?.metadata.uid === pod.metadata.uid) return
      this.known.set(path, pod)
      this.publish()
    } catch (error) {
      const text = this.problem(error, path)
      k.log.error('file.go:108', 'Unable to process watch event', `can't process config file "${path}": ${text}`)
    }
  }

  /** What the file says. An unchanged text is not parsed again: the directory is listed every 20 s. */
  private read(path: string): KubeObject {
    const { k } = this
    const node = k.host.fs.resolve(path)
    if (node.kind !== 'file') throw new ManifestError(`read ${path}: is a directory`)
    const text = node.read()
    const before = this.parsed.get(path)
    if (before?.text === text) return before.pod
    const pod = parseManifest(path, text, k.nodeName)
    this.parsed.set(path, { text, pod })
    let seen = this.seenAt.get(pod.metadata.uid!)
    if (!seen) {
      seen = rfc3339(k.now()).replace('Z', `.${String((k.now() * 7919) % 1_000_000_000).padStart(9, '0')}Z`)
      this.seenAt.set(pod.metadata.uid!, seen)
    }
    pod.metadata.annotations!['kubernetes.io/config.seen'] = seen
    return pod
  }

  private problem(error: unknown, _path: string): string {
    if (error instanceof ManifestError) return error.message
    if (error instanceof SysError) return error.goMessage
    throw error
  }

  /** Every manifest of the directory; what does not parse is not there. */
  private relist(place = 'file.go:104'): void {
    const { k, path } = this
    for (const file of this.parsed.keys()) if (!k.host.fs.find(file)) this.parsed.delete(file)
    const node = k.host.fs.find(path)
    const found = new Map<string, KubeObject>()
    const one = (file: string): void => {
      try {
        found.set(file, this.read(file))
      } catch (error) {
        k.log.error('file.go:187', 'Could not process manifest file', this.problem(error, file), { path: file })
      }
    }
    if (node?.kind === 'dir') {
      for (const [name, entry] of k.host.fs.readdir(path)) {
        if (name.startsWith('.') || entry.kind === 'special') continue
        if (entry.kind === 'dir') continue
        one(`${path}/${name}`)
      }
    } else if (node?.kind === 'file') one(path)
    else if (!node) k.log.error(place, 'Unable to read config path', 'path does not exist, ignoring', { path })
    const same =
      found.size === this.known.size && [...found].every(([f, p]) => this.known.get(f)?.metadata.uid === p.metadata.uid)
    this.known = found
    if (!same || !k.sources.staticReady) this.publish()
  }

  private publish(): void {
    this.k.sources.setStatic([...this.known.values()])
  }
}
