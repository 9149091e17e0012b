import { type ApiResponse, type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import { type Process, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { ApiTransport } from '../../programs/lib/api-transport.ts'
import { type ClientConfig, loadKubeconfig } from '../../programs/lib/kubeconfig.ts'
import { releaseOf } from '../../programs/lib/releases.ts'
import { KubeadmError } from './errors.ts'

export const ADMIN_CONF = '/etc/kubernetes/admin.conf'

/** kubeadm gives every request this long (constants.KubernetesAPICallTimeout of a single call). */
const TIMEOUT = 10_000

/** Group, version, plural and scope of the kinds that kubeadm writes. */
const KINDS: Readonly<Record<string, readonly [group: string, version: string, resource: string]>> = {
  ConfigMap: ['', 'v1', 'configmaps'],
  Secret: ['', 'v1', 'secrets'],
  ServiceAccount: ['', 'v1', 'serviceaccounts'],
  Service: ['', 'v1', 'services'],
  Node: ['', 'v1', 'nodes'],
  Pod: ['', 'v1', 'pods'],
  Job: ['batch', 'v1', 'jobs'],
  Deployment: ['apps', 'v1', 'deployments'],
  DaemonSet: ['apps', 'v1', 'daemonsets'],
  Role: ['rbac.authorization.k8s.io', 'v1', 'roles'],
  RoleBinding: ['rbac.authorization.k8s.io', 'v1', 'rolebindings'],
  ClusterRole: ['rbac.authorization.k8s.io', 'v1', 'clusterroles'],
  ClusterRoleBinding: ['rbac.authorization.k8s.io', 'v1', 'clusterrolebindings'],
}

/** What goes to the API server. */
export interface ClientRequest {
  readonly verb: Verb
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly body?: any
}

type Verb = 'get' | 'list' | 'create' | 'update' | 'delete' | 'patch'
const METHODS: Record<Verb, string> = {
  get: 'Get',
  list: 'Get',
  create: 'Post',
  update: 'Put',
  delete: 'Delete',
  patch: 'Patch',
}

/** kubeadm's typed client: failures read as client-go's do. */
export class Client {
  private readonly transport: ApiTransport

  constructor(
    p: Process,
    readonly config: ClientConfig,
  ) {
    this.transport = new ApiTransport(p, config, `kubeadm/${releaseOf(p)} (linux/amd64) kubernetes/0000000`)
  }

  get(kind: string, namespace: string | undefined, name: string): Coro<KubeObject> {
    return this.call('get', kind, { namespace, name })
  }

  *find(kind: string, namespace: string | undefined, name: string): Coro<KubeObject | undefined> {
    try {
      return yield* this.get(kind, namespace, name)
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'NotFound') return undefined
      throw error
    }
  }

  *list(
    kind: string,
    namespace: string | undefined,
    selectors: { readonly fieldSelector?: string; readonly labelSelector?: string } = {},
  ): Coro<KubeObject[]> {
    return (yield* this.call('list', kind, { namespace, ...selectors })).items ?? []
  }

  create(object: KubeObject): Coro<KubeObject> {
    return this.call('create', object.kind, { namespace: object.metadata.namespace, body: object })
  }

  update(object: KubeObject): Coro<KubeObject> {
    const { namespace, name } = object.metadata
    return this.call('update', object.kind, { namespace, name, body: object })
  }

  remove(kind: string, namespace: string | undefined, name: string): Coro<unknown> {
    return this.call('delete', kind, { namespace, name })
  }

  patch(kind: string, name: string, body: unknown): Coro<KubeObject> {
    return this.call('patch', kind, { name, body, patchType: 'application/strategic-merge-patch+json' })
  }

  /** What the API server says that it is: `v1.36.4`. */
  *serverVersion(): Coro<string> {
    return (yield* this.transport.request({ verb: 'get', path: '/version' }, TIMEOUT)).body?.gitVersion ?? ''
  }

  /** apiclient.CreateOrUpdate: replaces what is there already. */
  *apply(object: KubeObject): Coro<void> {
    try {
      yield* this.create(object)
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error
      const { namespace, name } = object.metadata
      const old = yield* this.get(object.kind, namespace, name)
      yield* this.update({
        ...object,
        metadata: { ...object.metadata, resourceVersion: old.metadata.resourceVersion },
      } as KubeObject)
    }
  }

  private *call(verb: Verb, kind: string, rest: Record<string, unknown>): Coro<any> {
    const [group, version, resource] = KINDS[kind]
    return yield* this.send({
      verb,
      group,
      version,
      resource,
      ...rest,
      fieldManager: 'kubeadm',
      untyped: true,
    } as never)
  }

  /** One request; a dry run only tells of those that change something. */
  protected *send(request: ClientRequest): Coro<any> {
    const { verb, group, version, resource, ...rest } = request
    let response: ApiResponse
    try {
      response = yield* this.transport.request(request as never, TIMEOUT)
    } catch (error) {
      if (!(error instanceof TransportError) || error.kind === 'config') throw error
      const path = [
        group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
        ...(rest.namespace ? [`namespaces/${rest.namespace}`] : []),
        resource,
        ...(rest.name ? [rest.name] : []),
      ].join('/')
      const reason = error.kind === 'timeout' ? 'context deadline exceeded' : error.message
      const { fieldSelector } = rest as { fieldSelector?: string }
      const query = fieldSelector ? `fieldSelector=${encodeURIComponent(fieldSelector)}` : 'timeout=10s'
      throw new TransportError(error.kind, `${METHODS[verb]} "${this.config.server}${path}?${query}": ${reason}`)
    }
    if (response.code < 400) return response.body
    const status = response.body ?? {}
    throw new StatusError(response.code, status.reason ?? '', status.message ?? '', status.details)
  }
}

/** kubeconfigutil.ClientSetFromFile. */
export function clientFromFile(p: Process, path: string): Client {
  try {
    // Looked at first, because the words of a missing file differ from those of a bad one.
    p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new KubeadmError(`failed to load admin kubeconfig: ${error.goMessage}`)
  }
  return new Client(p, loadKubeconfig(p, path))
}

/** cmdutil.GetKubeConfigPath: the flag's value if given, else admin.conf where it exists, else the user's own. */
export function kubeconfigPath(p: Process, given: string): string {
  if (given !== '' && given !== ADMIN_CONF) return given
  return p.fs.exists(ADMIN_CONF) ? ADMIN_CONF : `${p.env.HOME ?? '/root'}/.kube/config`
}
