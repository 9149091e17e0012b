import type { KubeObject } from '../api/types.ts'
import { detachedSignature } from '../pki/index.ts'
import { defineController, type KeysOf } from './controller.ts'

const TYPE = 'bootstrap.kubernetes.io/token'
const PREFIX = 'jws-kubeconfig-'
const CLUSTER_INFO = 'kube-public/cluster-info'

const isToken = (object: KubeObject): boolean =>
  object.type === TYPE &&
  object.metadata.namespace === 'kube-system' &&
  object.metadata.name.startsWith('bootstrap-token-')

const decode = (secret: KubeObject, key: string): string => {
  const value = secret.data?.[key]
  return value ? new TextDecoder().decode(Uint8Array.from(atob(value), (c) => c.charCodeAt(0))) : ''
}

/** ms since the epoch; Infinity for a token that lasts for ever. */
function expiryOf(secret: KubeObject): number {
  const text = decode(secret, 'expiration')
  return text ? Date.parse(text) : Number.POSITIVE_INFINITY
}

const signs: KeysOf = (object) => (isToken(object) ? [CLUSTER_INFO] : [])

/** Models pkg/controller/bootstrap/bootstrapsigner.go: signs cluster-info with every token that may sign. */
export const bootstrapSigner = defineController({
  name: 'bootstrap-signer-controller',
  watches: {
    ConfigMap: (cm) => (`${cm.metadata.namespace}/${cm.metadata.name}` === CLUSTER_INFO ? [CLUSTER_INFO] : []),
    Secret: signs,
  },
  reconcile(_, { api, informer, now }) {
    const cm = informer('ConfigMap').get('kube-public', 'cluster-info')
    const content: string | undefined = cm?.data?.kubeconfig
    if (!cm || content === undefined) return undefined
    const data: Record<string, string> = {}
    for (const [key, value] of Object.entries(cm.data as Record<string, string>))
      if (!key.startsWith(PREFIX)) data[key] = value
    for (const secret of informer('Secret').list('kube-system')) {
      if (!isToken(secret) || decode(secret, 'usage-bootstrap-signing') !== 'true' || expiryOf(secret) <= now())
        continue
      const id = decode(secret, 'token-id')
      data[`${PREFIX}${id}`] = detachedSignature(content, id, decode(secret, 'token-secret'))
    }
    const keys = Object.keys(data)
    const same = keys.length === Object.keys(cm.data).length && keys.every((key) => data[key] === cm.data[key])
    if (!same) api.update({ ...cm, data })
    return undefined
  },
})

/** Models pkg/controller/bootstrap/tokencleaner.go: deletes bootstrap tokens when they expire. */
export const tokenCleaner = defineController({
  name: 'token-cleaner-controller',
  watches: { Secret: (secret) => (isToken(secret) ? [`kube-system/${secret.metadata.name}`] : []) },
  reconcile(key, { api, informer, now }) {
    const name = key.slice(key.indexOf('/') + 1)
    const secret = informer('Secret').get('kube-system', name)
    if (!secret) return undefined
    const left = expiryOf(secret) - now()
    if (left > 0) return Number.isFinite(left) ? left : undefined
    api.remove('Secret', 'kube-system', name)
    return undefined
  },
})
