import { builtinKinds } from '../../../kinds/index.ts'

const SELECTORS: Record<string, readonly string[]> = {
  Service: ['spec', 'selector'],
  ReplicationController: ['spec', 'selector'],
  Deployment: ['spec', 'selector', 'matchLabels'],
  ReplicaSet: ['spec', 'selector', 'matchLabels'],
  DaemonSet: ['spec', 'selector', 'matchLabels'],
  StatefulSet: ['spec', 'selector', 'matchLabels'],
  PodDisruptionBudget: ['spec', 'selector', 'matchLabels'],
  NetworkPolicy: ['spec', 'podSelector', 'matchLabels'],
}

/** The pod template inside a workload. */
function templateOf(object: any): any {
  if (object.kind === 'CronJob') return object.spec?.jobTemplate?.spec?.template
  return object.spec?.template
}

/** The pod spec of a pod or workload. */
const podSpecIn = (object: any): any => (object.kind === 'Pod' ? object.spec : templateOf(object)?.spec)

/** The labels transformer; `selectors` and `templates` say whether those follow. */
export function addLabels(object: any, pairs: Record<string, string>, selectors: boolean, templates: boolean): void {
  object.metadata.labels = { ...object.metadata.labels, ...pairs }
  const template = templateOf(object)
  if (template && (selectors || templates)) {
    template.metadata ??= {}
    template.metadata.labels = { ...template.metadata.labels, ...pairs }
  }
  const path = SELECTORS[object.kind]
  if (!selectors || !path) return
  let at = object
  for (const key of path.slice(0, -1)) at = at?.[key]
  const last = path.at(-1)!
  if (at && (at[last] || object.kind !== 'Service')) at[last] = { ...at[last], ...pairs }
}

/** commonAnnotations: the object's and its pod template's. */
export function addAnnotations(object: any, pairs: Record<string, string>): void {
  object.metadata.annotations = { ...object.metadata.annotations, ...pairs }
  const template = templateOf(object)
  if (!template) return
  template.metadata ??= {}
  template.metadata.annotations = { ...template.metadata.annotations, ...pairs }
}

const isNamespaced = (object: any): boolean =>
  builtinKinds.find((k) => k.apiVersion === object.apiVersion && k.kind === object.kind)?.namespaced ?? true

/** The namespace transformer: names of Namespaces and subjects of bindings follow. */
export function setNamespace(object: any, namespace: string): void {
  if (isNamespaced(object)) object.metadata.namespace = namespace
  if (object.kind === 'Namespace') object.metadata.name = namespace
  for (const subject of object.kind?.endsWith('RoleBinding') ? (object.subjects ?? []) : [])
    if (subject.kind === 'ServiceAccount') subject.namespace = namespace
}

interface ImageChange {
  readonly name: string
  readonly newName?: string
  readonly newTag?: string
  readonly digest?: string
}

/** The image transformer: containers whose image has that name get another name, tag or digest. */
export function setImage(object: any, change: ImageChange): void {
  const spec = podSpecIn(object)
  for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
    const match = /^(.*?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]+))?$/.exec(container.image ?? '')
    if (match?.[1] !== change.name) continue
    const name = change.newName ?? change.name
    if (change.digest) container.image = `${name}@${change.digest}`
    else if (change.newTag !== undefined) container.image = `${name}:${change.newTag}`
    else container.image = name + (match[2] ? `:${match[2]}` : '') + (match[3] ? `@${match[3]}` : '')
  }
}

type Rename = (kind: string, name: string) => string

/** Keys whose string names an object of a kind. */
const STRINGS: Record<string, string> = {
  secretName: 'Secret',
  serviceAccountName: 'ServiceAccount',
  serviceAccount: 'ServiceAccount',
  claimName: 'PersistentVolumeClaim',
  serviceName: 'Service',
  ingressClassName: 'IngressClass',
  storageClassName: 'StorageClass',
  priorityClassName: 'PriorityClass',
}

/** Keys whose object names one in its `name`. */
const OBJECTS: Record<string, string> = {
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  secret: 'Secret',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  service: 'Service',
}

/** Follows renamed objects in everything that refers to them. */
export function rename(value: any, to: Rename): void {
  if (Array.isArray(value)) {
    for (const item of value) rename(item, to)
    return
  }
  if (value === null || typeof value !== 'object') return
  for (const [key, inner] of Object.entries<any>(value)) {
    if (key === 'metadata' || key === 'data') {
      continue
    }
    if (typeof inner === 'string' && STRINGS[key]) value[key] = to(STRINGS[key], inner)
    else if (OBJECTS[key] && typeof inner?.name === 'string') inner.name = to(OBJECTS[key], inner.name)
    else if (key === 'imagePullSecrets') for (const one of inner ?? []) one.name = to('Secret', one.name)
    else if (['scaleTargetRef', 'roleRef'].includes(key) && inner?.name) inner.name = to(inner.kind, inner.name)
    else if (key === 'subjects')
      for (const one of inner ?? []) if (one.kind === 'ServiceAccount') one.name = to(one.kind, one.name)
    rename(inner, to)
  }
}

const FIRST = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
]
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']

/** kustomize's legacy order: what others need comes first. */
export function legacyOrder(objects: readonly any[]): any[] {
  const rank = (o: any): number =>
    FIRST.includes(o.kind) ? FIRST.indexOf(o.kind) - FIRST.length : LAST.includes(o.kind) ? 1 + LAST.indexOf(o.kind) : 0
  const id = (o: any): string =>
    `${o.apiVersion.includes('/') ? o.apiVersion.split('/')[0] : ''}_${o.apiVersion.split('/').at(-1)}_${o.kind}|${o.metadata.namespace ?? '~X'}|${o.metadata.name}`
  return [...objects].sort((a, b) => rank(a) - rank(b) || (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0))
}
