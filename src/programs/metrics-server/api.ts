import { type KubeObject, parseLabelSelector, rfc3339 } from '../../api/index.ts'
import type { HttpRequest, HttpResponse } from '../../host/index.ts'
import type { MetricsStore, Usage } from './store.ts'

const GROUP = 'metrics.k8s.io'
const API_VERSION = `${GROUP}/v1beta1`
const PATH = /^\/apis\/metrics\.k8s\.io\/v1beta1(?:\/namespaces\/([^/]+))?\/(nodes|pods)(?:\/([^/]+))?$/

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: API_VERSION,
  resources: [
    { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
}

/** Where the names and labels come from. */
export interface Objects {
  nodes(): readonly KubeObject[]
  pods(namespace: string | undefined): readonly KubeObject[]
}

/** Answers /apis/metrics.k8s.io/v1beta1. Undefined for other paths. */
export function answer(
  request: HttpRequest,
  store: MetricsStore,
  objects: Objects,
  now: number,
): HttpResponse | undefined {
  const [path, search = ''] = request.path.split('?') as [string, string?]
  if (path === `/apis/${API_VERSION}`) return { status: 200, body: RESOURCES }
  const m = PATH.exec(path)
  if (!m) return undefined
  const [, namespace, resource, name] = m
  const query = new Map(search.split('&').map((q) => q.split('=', 2).map(decodeURIComponent) as [string, string]))
  const selector = parseLabelSelector(query.get('labelSelector'))
  const all = resource === 'nodes' ? objects.nodes() : objects.pods(namespace)
  const kind = resource === 'nodes' ? 'NodeMetrics' : 'PodMetrics'
  const creationTimestamp = rfc3339(now)
  const sample = (object: KubeObject): KubeObject | undefined => {
    const { metadata } = object
    const { labels } = metadata
    const head = {
      kind,
      apiVersion: API_VERSION,
      metadata: {
        name: metadata.name,
        ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
        creationTimestamp,
        ...(labels ? { labels } : {}),
      },
    }
    if (resource === 'nodes') {
      const usage = store.node(metadata.name)
      return usage && { ...head, timestamp: usage.timestamp, window: usage.window, usage: amounts(usage) }
    }
    const containers = store.pod(metadata.namespace!, metadata.name)
    if (!containers?.length) return undefined
    const { timestamp, window } = containers[0]!.usage
    return {
      ...head,
      timestamp,
      window,
      containers: containers.map((c) => ({ name: c.name, usage: amounts(c.usage) })),
    }
  }
  if (name !== undefined) {
    const object = all.find((o) => o.metadata.name === name)
    const found = object && sample(object)
    if (found) return { status: 200, body: found }
    return notFound(resource === 'nodes' ? name : `${namespace}/${name}`, resource!)
  }
  const items = all.filter((o) => selector.matches(o.metadata.labels ?? {})).flatMap((o) => sample(o) ?? [])
  return { status: 200, body: { kind: `${kind}List`, apiVersion: API_VERSION, metadata: {}, items } }
}

const amounts = ({ cpu, memory }: Usage) => ({ cpu, memory })

function notFound(name: string, resource: string): HttpResponse {
  const kind = resource === 'nodes' ? 'nodemetrics' : 'podmetrics'
  return {
    status: 404,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `${kind}.${GROUP} ${JSON.stringify(name)} not found`,
      reason: 'NotFound',
      details: { name, group: GROUP, kind },
      code: 404,
    },
  }
}
