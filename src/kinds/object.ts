/** Any Kubernetes object as JSON. Stored and watched objects are shared and immutable: copy before changing. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  // Everything else (spec, status, data, …) is shaped by the kind's schema.
  [field: string]: any
}

/** Models metav1.ObjectMeta. Times are RFC 3339 strings with second precision, as on the wire. */
export interface ObjectMeta {
  /** '' or missing before a name is generated. */
  name: string
  namespace?: string
  generateName?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  managedFields?: any[]
  [field: string]: any
}

/** metav1.OwnerReference. */
export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/** The object without its managedFields. They are never read: the API server works them out when somebody looks. */
export function withoutManagedFields<T extends { metadata?: object } | undefined>(object: T): T {
  const metadata = object?.metadata as Partial<ObjectMeta> | undefined
  if (!metadata || !('managedFields' in metadata)) return object
  const rest: Partial<ObjectMeta> = {}
  for (const key of Object.keys(metadata)) if (key !== 'managedFields') rest[key] = metadata[key]
  return { ...object, metadata: rest }
}
