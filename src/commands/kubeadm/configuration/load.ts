import type { Process } from '../../../host/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import { KubeadmError } from '../errors.ts'
import { checkVersion, type Document, gvkText, isComponent, problemsOf, splitDocuments } from './documents.ts'

/** How a file is read. */
export interface Reading {
  /** What strict decoding refuses is an error (config validate, config migrate) rather than a warning. */
  readonly strict?: boolean
  /** Old versions are converted without a word. */
  readonly migrating?: boolean
}

/** Where in kubeadm's sources a kind's reader warns: of documents that it leaves out, and of what strict decoding refuses. */
const PLACES: Readonly<Record<string, readonly [file: string, ignored: number, strict: number]>> = {
  InitConfiguration: ['initconfiguration.go', 363, 334],
  JoinConfiguration: ['joinconfiguration.go', 112, 124],
  ResetConfiguration: ['resetconfiguration.go', 116, 128],
  UpgradeConfiguration: ['upgradeconfiguration.go', 42, 54],
}

/** Checks one document; an error or warnings, and then it can be worked with. */
function read(p: Process, document: Document, { strict, migrating }: Reading, place: string): void {
  const log = new Klog(p)
  const old = checkVersion(document)
  if (old && !migrating) log.warning('common.go:100', old)
  const problems = problemsOf(document)
  if (problems.strict && strict) throw new KubeadmError(problems.strict)
  if (problems.strict) log.warning(place, problems.strict)
  if (problems.fatal) throw new KubeadmError(problems.fatal)
}

const ignored = (document: Document): string =>
  `[config] WARNING: Ignored configuration document with GroupVersionKind ${gvkText(document)}`

/** extraArgs were maps before v1beta4, and the time-out of the API server stood beside them. */
function newer({ version, object }: Document): any {
  if (version === 'v1beta4') return object
  const args = (map: any): any =>
    Object.keys(map)
      .sort()
      .map((name) => ({ name, value: String(map[name]) }))
  const walk = (value: any): any => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).filter(([key]) => key !== 'timeoutForControlPlane')
    return Object.fromEntries(
      entries.map(([key, inner]) => [key, /^(kubeletE|e)xtraArgs$/.test(key) && inner ? args(inner) : walk(inner)]),
    )
  }
  return walk(object)
}

/** documentMapToInitConfiguration: InitConfiguration, ClusterConfiguration and the components' by kind. */
export function readInit(p: Process, text: string, reading: Reading = {}): Map<string, any> {
  const [file, left, strict] = PLACES.InitConfiguration
  const found = new Map<string, any>()
  const documents = splitDocuments(text).sort((a, b) => (gvkText(a) < gvkText(b) ? -1 : 1))
  for (const document of documents) {
    read(p, document, reading, `${file}:${strict}`)
    if (document.kind === 'InitConfiguration' || document.kind === 'ClusterConfiguration')
      found.set(document.kind, newer(document))
    else if (isComponent(document)) found.set(document.kind, document.object)
    else new Klog(p).warning(`${file}:${left}`, ignored(document))
  }
  if (!found.has('InitConfiguration') && !found.has('ClusterConfiguration'))
    throw new KubeadmError('no InitConfiguration or ClusterConfiguration kind was found in the configuration file')
  return found
}

/** The document of a kind, and no other: Join-, Reset- or UpgradeConfiguration. */
export function readOne(p: Process, text: string, kind: string, reading: Reading = {}): any {
  const [file, left, strict] = PLACES[kind]
  let found: any
  for (const document of splitDocuments(text)) {
    if (document.kind !== kind) {
      new Klog(p).warning(`${file}:${left}`, ignored(document))
      continue
    }
    read(p, document, reading, `${file}:${strict}`)
    found = newer(document)
  }
  if (found === undefined) throw new KubeadmError(`no ${kind} found in the supplied config`)
  return found
}
