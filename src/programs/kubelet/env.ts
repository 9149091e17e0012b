import type { KubeObject } from '../../api/types.ts'
import { quantityOf } from '../../print/index.ts'
import { type ContainerSpec, containers, initContainers, type Pod } from './types.ts'

/** What environment variables may refer to. `find` throws Error with the text of CreateContainerConfigError. */
export interface EnvSource {
  configMap(namespace: string, name: string): KubeObject | undefined
  secret(namespace: string, name: string): KubeObject | undefined
  services(): KubeObject[] | undefined
  readonly hostIp: string
  readonly podIp: string
  readonly nodeName: string
  readonly allocatable: Readonly<Record<string, string>>
}

/** Replaces $(NAME) as k8s.io/kubernetes/third_party/forked/golang/expansion does: unknown ones stay, $$ is $. */
export function expand(text: string, of: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    whole === '$$' ? '$' : (of(name!) ?? whole),
  )
}

/** The same where every variable must be there. Throws Error that says which are not. Models ExpandContainerVolumeMounts. */
export function expandStrictly(text: string, of: (name: string) => string | undefined): string {
  const missing: string[] = []
  const expanded = expand(text, (name) => {
    const value = of(name)
    if (!value) missing.push(`missing value for ${name}`)
    return value
  })
  if (missing.length > 0) throw new Error(missing.length > 1 ? `[${missing.join(', ')}]` : missing[0])
  return expanded
}

const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_')

/** Docker-style variables of one service: WEB_SERVICE_HOST, WEB_PORT_80_TCP_ADDR, … */
function serviceVariables(service: KubeObject): [string, string][] {
  const { clusterIP: ip, ports = [] } = service.spec
  const name = upper(service.metadata.name)
  const out: [string, string][] = [
    [`${name}_SERVICE_HOST`, ip],
    [`${name}_SERVICE_PORT`, String(ports[0]?.port ?? '')],
  ]
  for (const p of ports) if (p.name) out.push([`${name}_SERVICE_PORT_${upper(p.name)}`, String(p.port)])
  ports.forEach((p: any, i: number) => {
    const protocol = (p.protocol ?? 'TCP') as string
    const url = `${protocol.toLowerCase()}://${ip}:${p.port}`
    const prefix = `${name}_PORT_${p.port}_${protocol}`
    if (i === 0) out.push([`${name}_PORT`, url])
    out.push(
      [prefix, url],
      [`${prefix}_PROTO`, protocol.toLowerCase()],
      [`${prefix}_PORT`, String(p.port)],
      [`${prefix}_ADDR`, ip],
    )
  })
  return out
}

/** Values of metadata and status fields for env and downward volumes. Throws Error for an unsupported path. */
export function fieldValue(pod: Pod, path: string, source: Pick<EnvSource, 'hostIp' | 'podIp' | 'nodeName'>): string {
  const m = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path)
  if (m) return pod.metadata[m[1]]?.[m[2]] ?? ''
  const map = (values: Record<string, string> | undefined): string =>
    Object.keys(values ?? {})
      .sort()
      .map((k) => `${k}=${JSON.stringify(values![k])}`)
      .join('\n')
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace!
    case 'metadata.uid':
      return pod.metadata.uid!
    case 'metadata.labels':
      return map(pod.metadata.labels)
    case 'metadata.annotations':
      return map(pod.metadata.annotations)
    case 'spec.nodeName':
      return pod.spec.nodeName
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return source.hostIp
    case 'status.podIP':
    case 'status.podIPs':
      return pod.spec.hostNetwork ? source.hostIp : source.podIp
    default:
      throw new Error(`unsupported fieldPath: ${path}`)
  }
}

/** A container's request or limit divided by the divisor, rounded up. */
export function resourceValue(
  pod: Pod,
  spec: ContainerSpec,
  ref: any,
  allocatable: Readonly<Record<string, string>>,
): string {
  const name = ref.containerName
  const own = name ? [...containers(pod), ...initContainers(pod)].find((c) => c.name === name) : spec
  if (!own) throw new Error(`container ${name} not found`)
  const [kind, resource] = (ref.resource as string).split('.')
  const value = own.resources?.[kind]?.[resource] ?? (kind === 'limits' ? allocatable[resource] : undefined) ?? '0'
  const divisor = quantityOf(ref.divisor && ref.divisor !== '0' ? ref.divisor : '1')
  return String(Math.ceil(quantityOf(value).toNumber() / divisor.toNumber()))
}

/** All variables of a container, in the order in which later ones win. Throws Error with the kubelet's text. */
export function environment(pod: Pod, spec: ContainerSpec, source: EnvSource): [string, string][] {
  const ns = pod.metadata.namespace!
  const result = new Map<string, string>()
  const services = new Map<string, string>()
  const all = source.services()
  if (!all && pod.metadata.annotations?.['kubernetes.io/config.source'] === undefined)
    throw new Error('services have not yet been read at least once, cannot construct envvars')
  for (const service of all ?? []) {
    const { namespace, name } = service.metadata
    if (!service.spec.clusterIP || service.spec.clusterIP === 'None') continue
    const master = namespace === 'default' && name === 'kubernetes'
    if (!master && (namespace !== ns || pod.spec.enableServiceLinks === false)) continue
    for (const [key, value] of serviceVariables(service)) services.set(key, value)
  }
  for (const from of spec.envFrom ?? []) {
    const ref = from.configMapRef ?? from.secretRef
    const found = from.configMapRef ? source.configMap(ns, ref.name) : source.secret(ns, ref.name)
    if (!found) {
      if (ref.optional) continue
      throw new Error(`${from.configMapRef ? 'configmap' : 'secret'} "${ref.name}" not found`)
    }
    for (const [key, value] of Object.entries<string>(found.data ?? {}))
      result.set(`${from.prefix ?? ''}${key}`, from.configMapRef ? value : decode(value))
  }
  const known = (name: string): string | undefined => result.get(name) ?? services.get(name)
  for (const e of spec.env ?? []) {
    const value = variableValue(pod, spec, e, source, known)
    if (value !== undefined) result.set(e.name, value)
  }
  for (const [key, value] of services) if (!result.has(key)) result.set(key, value)
  return [...result]
}

/** base64 of a Secret's value to text; bytes that are not UTF-8 survive as lone surrogates. */
export function decode(data: string): string {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

function variableValue(
  pod: Pod,
  spec: ContainerSpec,
  e: any,
  source: EnvSource,
  known: (name: string) => string | undefined,
): string | undefined {
  const from = e.valueFrom
  if (!from) return expand(e.value ?? '', known)
  const ns = pod.metadata.namespace!
  if (from.fieldRef) return fieldValue(pod, from.fieldRef.fieldPath, source)
  if (from.resourceFieldRef) return resourceValue(pod, spec, from.resourceFieldRef, source.allocatable)
  const ref = from.configMapKeyRef ?? from.secretKeyRef
  if (!ref) return ''
  const isMap = from.configMapKeyRef !== undefined
  const found = isMap ? source.configMap(ns, ref.name) : source.secret(ns, ref.name)
  if (!found) {
    if (ref.optional) return undefined
    throw new Error(`${isMap ? 'configmap' : 'secret'} "${ref.name}" not found`)
  }
  const value = found.data?.[ref.key]
  if (value === undefined) {
    if (ref.optional) return undefined
    throw new Error(`couldn't find key ${ref.key} in ${isMap ? 'ConfigMap' : 'Secret'} ${ns}/${ref.name}`)
  }
  return isMap ? value : decode(value)
}
