/**
 * API objects as Kubernetes writes them into etcd. Metadata and the kinds that people look at there have their real
 * field numbers; in other kinds the fields are numbered in the order in which they stand, which looks alike.
 */

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json }

type Type = 'string' | 'int' | 'time' | 'map' | 'bytesMap' | 'fieldsV1' | Message | readonly [Message]

/** Fields by their JSON name. `always`: written even when empty, as Go structs without a pointer are. */
interface Message {
  readonly [name: string]: readonly [number: number, type: Type, always?: true]
}

const OWNER: Message = {
  kind: [1, 'string', true],
  name: [3, 'string', true],
  uid: [4, 'string', true],
  apiVersion: [5, 'string', true],
  controller: [6, 'int'],
  blockOwnerDeletion: [7, 'int'],
}

const MANAGED: Message = {
  manager: [1, 'string', true],
  operation: [2, 'string', true],
  apiVersion: [3, 'string', true],
  time: [4, 'time'],
  fieldsType: [6, 'string', true],
  fieldsV1: [7, 'fieldsV1'],
  subresource: [8, 'string', true],
}

const META: Message = {
  name: [1, 'string', true],
  generateName: [2, 'string', true],
  namespace: [3, 'string', true],
  selfLink: [4, 'string', true],
  uid: [5, 'string', true],
  resourceVersion: [6, 'string', true],
  generation: [7, 'int', true],
  creationTimestamp: [8, 'time', true],
  deletionTimestamp: [9, 'time'],
  deletionGracePeriodSeconds: [10, 'int'],
  labels: [11, 'map'],
  annotations: [12, 'map'],
  ownerReferences: [13, [OWNER]],
  finalizers: [14, 'string'],
  managedFields: [17, [MANAGED]],
}

const REFERENCE: Message = {
  kind: [1, 'string', true],
  namespace: [2, 'string', true],
  name: [3, 'string', true],
  uid: [4, 'string', true],
  apiVersion: [5, 'string', true],
  resourceVersion: [6, 'string', true],
  fieldPath: [7, 'string', true],
}

const SUBJECT: Message = {
  kind: [1, 'string', true],
  apiGroup: [2, 'string', true],
  name: [3, 'string', true],
  namespace: [4, 'string', true],
}

const ROLE_REF: Message = { apiGroup: [1, 'string', true], kind: [2, 'string', true], name: [3, 'string', true] }

const RULE: Message = {
  verbs: [1, 'string'],
  apiGroups: [2, 'string'],
  resources: [3, 'string'],
  resourceNames: [4, 'string'],
  nonResourceURLs: [5, 'string'],
}

const BINDING: Message = { metadata: [1, META, true], subjects: [2, [SUBJECT]], roleRef: [3, ROLE_REF, true] }

const KINDS: Readonly<Record<string, Message>> = {
  Secret: {
    metadata: [1, META, true],
    data: [2, 'bytesMap'],
    type: [3, 'string', true],
    immutable: [5, 'int'],
  },
  ConfigMap: {
    metadata: [1, META, true],
    data: [2, 'map'],
    binaryData: [3, 'bytesMap'],
    immutable: [4, 'int'],
  },
  Namespace: {
    metadata: [1, META, true],
    spec: [2, { finalizers: [1, 'string'] }, true],
    status: [3, { phase: [1, 'string', true] }, true],
  },
  ServiceAccount: {
    metadata: [1, META, true],
    secrets: [2, [REFERENCE]],
    imagePullSecrets: [3, [{ name: [1, 'string', true] }]],
    automountServiceAccountToken: [4, 'int'],
  },
  Lease: {
    metadata: [1, META, true],
    spec: [
      2,
      {
        holderIdentity: [1, 'string'],
        leaseDurationSeconds: [2, 'int'],
        acquireTime: [3, 'time'],
        renewTime: [4, 'time'],
        leaseTransitions: [5, 'int'],
      },
      true,
    ],
  },
  Role: { metadata: [1, META, true], rules: [2, [RULE]] },
  ClusterRole: { metadata: [1, META, true], rules: [2, [RULE]] },
  RoleBinding: BINDING,
  ClusterRoleBinding: BINDING,
}

const encoder = new TextEncoder()

/** The protobuf message of an API object. */
export function protobuf(object: object): Uint8Array {
  const { apiVersion: _a, kind, ...rest } = object as { apiVersion?: string; kind?: string; [name: string]: unknown }
  const out: number[] = []
  const known = kind === undefined ? undefined : KINDS[kind]
  const fields = rest as { [name: string]: Json }
  if (known) message(out, fields, known)
  else {
    if (fields.metadata) put(out, 1, 'metadata', fields.metadata, META)
    unknown(out, Object.values({ ...fields, metadata: undefined }), 2)
  }
  return Uint8Array.from(out)
}

function message(out: number[], value: { readonly [name: string]: Json }, type: Message): void {
  for (const name in type) {
    const [number, of, always] = type[name]
    // The revision is the key's own; it is never part of the value.
    const field = name === 'resourceVersion' && type === META ? undefined : value[name]
    if (field !== undefined && field !== null) put(out, number, name, field, of)
    else if (always) put(out, number, name, of === 'int' ? 0 : of === 'string' ? '' : {}, of)
  }
}

function put(out: number[], number: number, name: string, value: Json, type: Type): void {
  if (Array.isArray(value)) {
    for (const item of value) put(out, number, name, item, Array.isArray(type) ? (type[0] as Message) : type)
  } else if (type === 'map' || type === 'bytesMap') {
    for (const [key, text] of Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const entry: number[] = []
      bytes(entry, 1, encoder.encode(key))
      bytes(entry, 2, type === 'map' ? encoder.encode(String(text)) : fromBase64(String(text)))
      bytes(out, number, entry)
    }
  } else if (type === 'time') bytes(out, number, time(value))
  else if (type === 'fieldsV1') {
    const raw: number[] = []
    bytes(raw, 1, encoder.encode(JSON.stringify(value)))
    bytes(out, number, raw)
  } else if (type === 'string') bytes(out, number, encoder.encode(String(value)))
  else if (type === 'int') int(out, number, Number(value))
  else {
    const inner: number[] = []
    message(inner, value as { readonly [name: string]: Json }, type as Message)
    bytes(out, number, inner)
  }
}

/** Fields of a message whose numbers are not known here. */
function unknown(out: number[], values: readonly Json[], first: number): void {
  values.forEach((value, i) => {
    for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (item === undefined || item === null) continue
      if (typeof item === 'number' || typeof item === 'boolean') int(out, first + i, Number(item))
      else if (typeof item === 'string') {
        if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(item)) bytes(out, first + i, time(item))
        else bytes(out, first + i, encoder.encode(item))
      } else {
        const inner: number[] = []
        if (flat(item as object)) put(out, first + i, '', item, 'map')
        else {
          unknown(inner, Object.values(item as object), 1)
          bytes(out, first + i, inner)
        }
      }
    }
  })
}

/** Whether an object looks like a map of labels: its keys are shown in the message too. */
const flat = (value: object): boolean => {
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([k, v]) => typeof v === 'string' && /[-./]/.test(k))
}

function time(value: Json): number[] {
  const out: number[] = []
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(ms)) return out
  int(out, 1, Math.floor(ms / 1000))
  const nanos = typeof value === 'string' ? Number(`${/\.(\d+)/.exec(value)?.[1] ?? '0'}000000000`.slice(0, 9)) : 0
  int(out, 2, nanos)
  return out
}

function varint(out: number[], n: number): void {
  let v = BigInt.asUintN(64, BigInt(Math.trunc(n)))
  while (v > 127n) {
    out.push(Number(v & 127n) | 128)
    v >>= 7n
  }
  out.push(Number(v))
}

function int(out: number[], number: number, value: number): void {
  varint(out, number * 8)
  varint(out, value)
}

function bytes(out: number[], number: number, data: ArrayLike<number>): void {
  varint(out, number * 8 + 2)
  varint(out, data.length)
  for (let i = 0; i < data.length; i++) out.push(data[i])
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    return encoder.encode(text)
  }
}
