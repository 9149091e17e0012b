import { Signal } from '../../kernel/index.ts'
import { StorageBlocked } from '../storage/storage.ts'
import type { ApiRequest, KubeObject } from '../types.ts'
import { forbid, lookup } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const VOLUME = 'kube-api-access'
const MIRROR = 'kubernetes.io/config.mirror'

/** The default account of a namespace is made by a controller: so long the server waits for it, ms. */
const PATIENCE = 1500
const RETRY = 150

/** Gives pods an account, its token and its pull secrets. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: (operation, resource, subresource) => operation === 'CREATE' && resource === 'pods' && subresource === '',
  admit(a) {
    const pod = a.object
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return checkMirror(a)
    const name = (pod.spec.serviceAccountName ||= 'default')
    pod.spec.serviceAccount = name
    const account = lookup(a.ctx.server, 'ServiceAccount', a.namespace, name)
    if (!account) throw missing(a, name)
    if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(a, pod)
    if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      pod.spec.imagePullSecrets = account.imagePullSecrets.map(({ name: secret }: any) => ({ name: secret }))
    }
  },
}

const waits = new WeakMap<ApiRequest, number>()

function missing(a: Attributes, name: string): Error {
  const { server, request } = a.ctx
  const now = server.kernel.now()
  const until = waits.get(request) ?? now + PATIENCE
  waits.set(request, until)
  // A typed client in this process cannot wait; its own back-off comes to the same.
  if (name === 'default' && request.untyped && now < until) return new StorageBlocked(new Signal(), now + RETRY)
  return forbid(
    a,
    `error looking up service account ${a.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`,
  )
}

function checkMirror(a: Attributes): void {
  const { spec } = a.object
  if (spec.serviceAccountName) throw forbid(a, 'a mirror pod may not reference service accounts')
  for (const v of spec.volumes ?? []) {
    if (v.secret) throw forbid(a, 'a mirror pod may not reference secrets')
    if (v.projected?.sources?.some((s: any) => s.serviceAccountToken)) {
      throw forbid(a, 'a mirror pod may not use ServiceAccountToken volume projections')
    }
  }
}

function mountToken(a: Attributes, pod: KubeObject): void {
  const { spec } = pod
  const existing = spec.volumes?.find((v: any) => v.name.startsWith(`${VOLUME}-`))
  const name = existing?.name ?? `${VOLUME}-${a.ctx.server.rng.suffix(5)}`
  let needed = false
  for (const list of ['initContainers', 'containers']) {
    spec[list] = spec[list]?.map((container: any) => {
      if (container.volumeMounts?.some((m: any) => m.mountPath === MOUNT_PATH)) return container
      needed = true
      const mount = { mountPath: MOUNT_PATH, name, readOnly: true }
      return { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
    })
    if (!spec[list]) delete spec[list]
  }
  if (existing || !needed) return
  spec.volumes = [...(spec.volumes ?? []), { name, projected: tokenVolume() }]
}

/** Token, root certificate and namespace. */
const tokenVolume = () => ({
  defaultMode: 420,
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
    {
      downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] },
    },
  ],
})
