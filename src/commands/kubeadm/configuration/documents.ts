import { parseDocument } from 'yaml'
import type { Process } from '../../../host/index.ts'
import { SysError } from '../../../host/index.ts'
import { decode, jsonType, type Schema } from '../../../kinds/index.ts'
import { goYamlError, parseGoDuration } from '../../../print/index.ts'
import { parseBootstrapToken } from '../../../programs/kubeadm/index.ts'
import { unknownFields } from '../../../programs/kubelet/config-document.ts'
import { KubeadmError } from '../errors.ts'
import { KINDS, typeOf } from './types.ts'

/** One document of a configuration file. */
export interface Document {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly text: string
  readonly object: any
}

/** As Go's %v shows a GroupVersionKind. */
export const gvkText = ({ group, version, kind }: Document): string => `${group}/${version}, Kind=${kind}`

/** As Go's %#v shows it. */
const gvkGo = ({ group, version, kind }: Document): string =>
  `schema.GroupVersionKind{Group:"${group}", Version:"${version}", Kind:"${kind}"}`

/** The text of --config. */
export function configText(p: Process, path: string): string {
  try {
    return p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new KubeadmError(`unable to read config from ${JSON.stringify(path)} : ${error.goMessage}`)
  }
}

const INTERPRET = 'could not interpret GroupVersionKind; unmarshal error: '

/** kubeadmutil.SplitConfigDocuments. */
export function splitDocuments(text: string): Document[] {
  const documents: Document[] = []
  const twice: string[] = []
  for (const part of text.split(/^---[^\n]*\n/m)) {
    if (part.trim() === '') continue
    const problem = goYamlError(part)
    if (problem) throw new KubeadmError(`${INTERPRET}error converting YAML to JSON: ${problem}`)
    const object = parseDocument(part, { uniqueKeys: false }).toJS()
    if (object === null) continue
    if (typeof object !== 'object' || Array.isArray(object))
      throw new KubeadmError(
        `${INTERPRET}error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonType(object)} into Go value of type runtime.TypeMeta`,
      )
    const api = String(object.apiVersion ?? '')
    const [group, version] = api.includes('/') ? api.split('/') : ['', api]
    const document = { group, version, kind: String(object.kind ?? ''), text: part, object }
    if (!group || !version || !document.kind)
      throw new KubeadmError(
        `invalid configuration for GroupVersionKind ${gvkText(document)}: kind and apiVersion is mandatory information that must be specified`,
      )
    if (documents.some((d) => d.kind === document.kind))
      twice.push(`invalid configuration: kind "${document.kind}" is specified twice in YAML file`)
    else documents.push(document)
  }
  if (twice.length > 0) throw new KubeadmError(twice.length === 1 ? twice[0] : `[${twice.join(', ')}]`)
  return documents
}

const OLD_RELEASES: Readonly<Record<string, string>> = {
  v1alpha1: 'v1.11',
  v1alpha2: 'v1.12',
  v1alpha3: 'v1.14',
  v1beta1: 'v1.15',
  v1beta2: 'v1.22',
}

/** Kinds of v1beta3. */
const BEFORE = ['ClusterConfiguration', 'InitConfiguration', 'JoinConfiguration']

const COMPONENT_GROUPS: Readonly<Record<string, string>> = {
  'kubelet.config.k8s.io': 'v1beta1, Kind=KubeletConfiguration',
  'kubeproxy.config.k8s.io': 'v1alpha1, Kind=KubeProxyConfiguration',
}

/** A component's configuration, of whatever version. */
export const isComponent = ({ group }: Document): boolean => COMPONENT_GROUPS[group] !== undefined

function known(document: Document): boolean {
  const { group, version, kind } = document
  if (group === 'kubeadm.k8s.io')
    return version === 'v1beta3'
      ? BEFORE.includes(kind)
      : version === 'v1beta4' && (KINDS as readonly string[]).includes(kind)
  return COMPONENT_GROUPS[group] === `${version}, Kind=${kind}`
}

/** validateKnownGVKs. */
export function checkKnown(documents: readonly Document[]): void {
  const unknown = documents.filter((d) => !(d.group === 'kubeadm.k8s.io' && OLD_RELEASES[d.version]) && !known(d))
  if (unknown.length > 0)
    throw new KubeadmError(`unknown configuration APIs: []schema.GroupVersionKind{${unknown.map(gvkGo).join(', ')}}`)
}

/** validateSupportedVersion. Returns a warning. */
export function checkVersion({ group, version, kind }: Document): string | undefined {
  if (group !== 'kubeadm.k8s.io') return undefined
  const advice =
    "'kubeadm config migrate --old-config old-config-file --new-config new-config-file', which will write the new, similar spec using a newer API version."
  const release = OLD_RELEASES[version]
  if (release)
    throw new KubeadmError(
      `your configuration file uses an old API spec: "${group}/${version}" (kind: "${kind}"). Please use kubeadm ${release} instead and run ${advice}`,
    )
  if (version !== 'v1beta3') return undefined
  return `your configuration file uses a deprecated API spec: "${group}/${version}" (kind: "${kind}"). Please use ${advice}`
}

/** What is wrong with a document, in the words of the decoder. */
interface Problems {
  /** It cannot be decoded at all. */
  readonly fatal?: string
  /** What strict decoding refuses, with its document's name. */
  readonly strict?: string
}

function duplicates(text: string): string[] {
  const lines = parseDocument(text)
    .errors.filter((e) => e.code === 'DUPLICATE_KEY')
    .map((e) => `  line ${e.linePos?.[0].line}: key "${/^[^\s:]+/.exec(text.slice(e.pos[0]))?.[0]}" already set in map`)
  return lines.length > 0 ? [`yaml: unmarshal errors:\n${lines.join('\n')}`] : []
}

/** What the decoders of durations and tokens refuse. */
function ownWords(value: any, schema: Schema): string | undefined {
  if (value === undefined || value === null) return undefined
  if (schema.type === 'list') return first(value as any[], (one) => ownWords(one, schema.items))
  if (schema.type === 'object')
    return first([...schema.fields.values()], (field) => ownWords(value[field.name], field.schema))
  if (schema.type !== 'string' || typeof value !== 'string') return undefined
  if (schema.name === 'token' && !parseBootstrapToken(value))
    return `the bootstrap token "${value}" was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`
  if (schema.name === 'duration')
    try {
      parseGoDuration(value)
    } catch (error) {
      return (error as Error).message
    }
  return undefined
}

function first<T>(items: readonly T[], of: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = of(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** strict.VerifyUnmarshalStrict, and whether the document can be decoded at all. */
export function problemsOf(document: Document): Problems {
  if (!known(document)) return { strict: `unknown configuration ${gvkGo(document)}` }
  const named = (text: string): string => `error unmarshaling configuration ${gvkGo(document)}: ${text}`
  let unknown: readonly string[] = []
  const schema = document.version === 'v1beta4' ? typeOf(document.kind) : undefined
  if (schema) {
    const { error, strict } = decode(document.object, schema)
    const fatal = error ?? ownWords(document.object, schema)
    if (fatal) return { fatal, strict: named(fatal) }
    unknown = strict
  } else if (document.kind === 'KubeletConfiguration')
    unknown = unknownFields(document.object).map((field) => `unknown field "${field}"`)
  const all = [...duplicates(document.text), ...unknown]
  return all.length > 0 ? { strict: named(`strict decoding error: ${all.join(', ')}`) } : {}
}
