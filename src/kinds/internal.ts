import { goJson, Rendered, sorted } from './errors.ts'
import { INTERNAL } from './internal.data.ts'
import { givenEmpty } from './schema/decode.ts'

interface InternalField {
  readonly go: string
  readonly wire: string
  readonly code: string
}

/** Names on the wire that do not follow from lowering the first letter. */
const WIRE: Readonly<Record<string, string>> = {
  TTY: 'tty',
  UID: 'uid',
  APIVersion: 'apiVersion',
  APIGroup: 'apiGroup',
  HTTPGet: 'httpGet',
  HTTPHeaders: 'httpHeaders',
  TCPSocket: 'tcpSocket',
  GRPC: 'grpc',
  NFS: 'nfs',
  ISCSI: 'iscsi',
  IQN: 'iqn',
  RBD: 'rbd',
  FC: 'fc',
  CSI: 'csi',
  CEL: 'cel',
  OS: 'os',
  IP: 'ip',
  CIDR: 'cidr',
  CIDRs: 'cidrs',
  APIGroups: 'apiGroups',
  IPBlock: 'ipBlock',
  DNSPolicy: 'dnsPolicy',
  DNSConfig: 'dnsConfig',
  AWSElasticBlockStore: 'awsElasticBlockStore',
  GCEPersistentDisk: 'gcePersistentDisk',
  GMSACredentialSpecName: 'gmsaCredentialSpecName',
  GMSACredentialSpec: 'gmsaCredentialSpec',
  PDName: 'pdName',
  SSLEnabled: 'sslEnabled',
  FSType: 'fsType',
  SELinuxOptions: 'seLinuxOptions',
  SELinuxChangePolicy: 'seLinuxChangePolicy',
  DataDiskURI: 'diskURI',
  FSGroup: 'fsGroup',
  FSGroupChangePolicy: 'fsGroupChangePolicy',
  CephFS: 'cephfs',
  StorageOS: 'storageos',
  CephMonitors: 'monitors',
  RBDImage: 'image',
  RBDPool: 'pool',
  RadosUser: 'user',
  EndpointsName: 'endpoints',
  ISCSIInterface: 'iscsiInterface',
  DiscoveryCHAPAuth: 'chapAuthDiscovery',
  SessionCHAPAuth: 'chapAuthSession',
  TTLSecondsAfterFinished: 'ttlSecondsAfterFinished',
}

/** Fields that the wire keeps in the pod spec and the internal type in its security context. */
const FROM_SPEC = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers']

let lines: Map<string, string> | undefined
const loaded = new Map<string, InternalField[]>()

function fieldsOf(struct: string): InternalField[] {
  let fields = loaded.get(struct)
  if (fields) return fields
  lines ??= new Map(
    INTERNAL.trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line]),
  )
  fields = (lines.get(struct) ?? '')
    .split(' ')
    .slice(1)
    .flatMap((entry) => {
      if (entry.startsWith('...')) return fieldsOf(entry.slice(3))
      const [go, code] = entry.split(':') as [string, string]
      return [{ go, code, wire: WIRE[go] ?? go[0]!.toLowerCase() + go.slice(1) }]
    })
  loaded.set(struct, fields)
  return fields
}

/** The internal form of a value on the wire: fields in Go's order and under Go's names, nothing left out. */
export function toInternal(struct: string, value: any): any {
  const out: any = {}
  for (const field of fieldsOf(struct)) {
    const { go, wire, code } = field
    if (givenEmpty(value, wire)) out[go] = code[0] === '{' ? {} : []
    else out[go] = convert(code, value[wire])
  }
  if (struct === 'PodSpec' && out.SecurityContext) {
    for (const { go, wire, code } of fieldsOf('PodSecurityContext')) {
      if (FROM_SPEC.includes(wire)) out.SecurityContext[go] = convert(code, value[wire])
    }
  }
  return out
}

function convert(code: string, value: any): any {
  const rest = code.slice(1)
  const absent = value === undefined || value === null
  switch (code[0]) {
    case '*':
      return absent ? null : convert(rest, value)
    case '[':
      return absent || !value.length ? null : value.map((item: any) => convert(rest, item))
    case '{':
      return absent
        ? null
        : sorted(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(rest, item)])))
    case '#':
      return toInternal(rest, value ?? {})
    case 's':
    case 'y':
      return value ?? ''
    case 'b':
      return value ?? false
    case 'i':
    case 'x':
      return value ?? 0
    case 'q':
      return value ?? '0'
    default:
      return absent ? null : value
  }
}

/** A value as an error message shows it. */
export const internalJson = (struct: string, value: any): Rendered => new Rendered(goJson(toInternal(struct, value)))

/** A pod template: its metadata is versioned, its spec internal. */
export function internalTemplateJson(template: any): Rendered {
  const { labels, annotations, ...meta } = template?.metadata ?? {}
  const metadata = {
    ...meta,
    ...(labels ? { labels: sorted(labels) } : {}),
    ...(annotations ? { annotations: sorted(annotations) } : {}),
  }
  return new Rendered(goJson({ ...metadata, Spec: toInternal('PodSpec', template?.spec ?? {}) }))
}
