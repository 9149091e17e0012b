import { bootstrapPolicy } from '../../api/authz/bootstrap.ts'
import { type ApiClient, type KubeObject, microTime, rfc3339, StatusError, TransportError } from '../../api/index.ts'
import type { Process } from '../../host/index.ts'
import { tryRead } from './files.ts'
import type { ApiServerFlags } from './flags.ts'
import { flowControlObjects } from './flow-control.ts'

const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default']

const PRIORITIES: readonly [string, number, string][] = [
  ['system-node-critical', 2000001000, 'Used for system critical pods that must not be moved from their current node.'],
  [
    'system-cluster-critical',
    2000000000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
]

/** What the post-start hooks of a kube-apiserver look after. */
export interface BootstrapContext {
  readonly p: Process
  readonly client: ApiClient
  readonly flags: ApiServerFlags
  readonly advertise: string
  readonly port: number
  /** Name of this server's identity lease, `apiserver-…`. */
  readonly lease: string
}

/**
 * Creates what every cluster has: namespaces, priority classes, RBAC policy, flow control, the Service `kubernetes`.
 * What exists stays. Returns false when the server could not do it all (no etcd): to be done again.
 */
export function createDefaults(ctx: BootstrapContext): boolean {
  try {
    const known = new Map<string, Set<string>>()
    for (const object of defaults(ctx)) ensure(ctx.client, object, known)
    markServiceRange(ctx)
    return true
  } catch (error) {
    if (error instanceof TransportError || error instanceof StatusError) return false
    throw error
  }
}

function* defaults({ p, flags, port, lease }: BootstrapContext): Generator<KubeObject> {
  for (const name of NAMESPACES) yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  for (const [name, value, description] of PRIORITIES) {
    yield { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description }
  }
  yield* flowControlObjects()
  yield* bootstrapPolicy()
  yield authenticationConfig(p, flags)
  yield identityLease(p, lease)
  yield {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
    data: { since: rfc3339(p.now()).slice(0, 10) },
  }
  const cidr = flags.get('service-cluster-ip-range', '10.0.0.0/24')
  yield {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [cidr] },
  }
  yield {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: firstAddress(cidr),
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      sessionAffinity: 'None',
    },
  }
}

/** The first address of the service range is the API server's. */
function firstAddress(cidr: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = cidr.split('/')[0]!.split('.').map(Number)
  return `${a}.${b}.${c}.${d + 1}`
}

/** The default range of Service addresses is always ready. */
function markServiceRange({ p, client }: BootstrapContext): void {
  const range = client.find('ServiceCIDR', undefined, 'kubernetes')
  if (!range || range.status?.conditions?.length) return
  const ready = {
    lastTransitionTime: rfc3339(p.now()),
    message: 'Kubernetes Service CIDR is ready',
    reason: '',
    status: 'True',
    type: 'Ready',
  }
  client.updateStatus({ ...range, status: { conditions: [ready] } })
}

/** Creates what is not there. `known` keeps each kind's names: asking for hundreds one by one would take its time. */
function ensure(client: ApiClient, object: KubeObject, known: Map<string, Set<string>>): void {
  const kind = `${object.apiVersion}/${object.kind}`
  const name = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`
  let names = known.get(kind)
  if (!names) known.set(kind, (names = new Set(client.list(client.resolve(kind)).map(name))))
  if (!names.has(name(object))) client.create(object)
}

/** How extension API servers and the other components verify clients. */
function authenticationConfig(p: Process, flags: ApiServerFlags): KubeObject {
  const data: Record<string, string> = {}
  const clientCa = tryRead(p, flags.get('client-ca-file'))
  const proxyCa = tryRead(p, flags.get('requestheader-client-ca-file'))
  const json = (flag: string, fallback: string[]) => JSON.stringify(flags.list(flag, fallback))
  if (clientCa) data['client-ca-file'] = clientCa
  if (proxyCa) {
    data['requestheader-allowed-names'] = json('requestheader-allowed-names', [])
    data['requestheader-client-ca-file'] = proxyCa
    data['requestheader-extra-headers-prefix'] = json('requestheader-extra-headers-prefix', [])
    data['requestheader-group-headers'] = json('requestheader-group-headers', [])
    data['requestheader-username-headers'] = json('requestheader-username-headers', [])
  }
  const metadata = { name: 'extension-apiserver-authentication', namespace: 'kube-system' }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
}

function identityLease(p: Process, name: string): KubeObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: 'kube-system',
      labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': p.hostname },
    },
    spec: {
      holderIdentity: `${name}_${p.host.rng.uuid()}`,
      leaseDurationSeconds: 3600,
      renewTime: microTime(p.now()),
    },
  }
}
