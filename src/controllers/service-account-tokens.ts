import type { KubeObject } from '../api/types.ts'
import { StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, splitKey, type Tools } from './controller.ts'

const TYPE = 'kubernetes.io/service-account-token'
const NAME = 'kubernetes.io/service-account.name'
const UID = 'kubernetes.io/service-account.uid'

const tokensOf = (namespace: string, account: string, { informer }: Tools): KubeObject[] =>
  informer('Secret')
    .list(namespace)
    .filter((s) => s.type === TYPE && s.metadata.annotations?.[NAME] === account)

/** Models pkg/controller/serviceaccount/tokens_controller.go: fills token secrets, and removes those of accounts that are gone. */
export const serviceAccountTokens = defineController({
  name: 'serviceaccount-token-controller',
  watches: {
    Secret: (secret) => (secret.type === TYPE ? itself(secret, undefined as never) : []),
    ServiceAccount: (account, tools) =>
      tokensOf(account.metadata.namespace!, account.metadata.name, tools).flatMap((s) => itself(s, tools)),
  },
  reconcile(key, tools) {
    const { api, informer, options } = tools
    const [namespace, name] = splitKey(key) as [string, string]
    const secret = informer('Secret').get(namespace, name)
    const owner = secret?.metadata.annotations?.[NAME]
    if (!secret || !owner || !options.signAccountToken) return undefined
    const account = informer('ServiceAccount').get(namespace, owner) ?? api.find('ServiceAccount', namespace, owner)
    const uid = secret.metadata.annotations?.[UID]
    if (!account || (uid && uid !== account.metadata.uid)) {
      try {
        api.remove('Secret', namespace, name, { preconditions: { uid: secret.metadata.uid } })
      } catch (error) {
        if (!(error instanceof StatusError) || error.code !== 404) throw error
      }
      return undefined
    }
    const bytes = (text: string): string => Buffer.from(text).toString('base64')
    const annotations = { ...secret.metadata.annotations, [UID]: account.metadata.uid! }
    const data = {
      ...secret.data,
      ...(options.rootCaPem ? { 'ca.crt': bytes(options.rootCaPem) } : {}),
      namespace: bytes(namespace),
      token: secret.data?.token ?? bytes(options.signAccountToken(account, secret)),
    }
    if (!deepEqual(data, secret.data) || !deepEqual(annotations, secret.metadata.annotations))
      api.update({ ...secret, metadata: { ...secret.metadata, annotations }, data })
    return undefined
  },
})
