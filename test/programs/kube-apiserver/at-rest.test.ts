import { expect, test } from 'vitest'
import { Sealed } from '../../../src/etcd/sealed.ts'
import { valueText } from '../../../src/etcd/value-bytes.ts'
import { encryption } from '../../../src/programs/kube-apiserver/encryption.ts'

const KEY = 'c2VjcmV0IGlzIHNlY3VyZSwgb3IgaXMgaXQ/PT09PT0='
const config = (providers: string, resources = 'secrets') =>
  encryption(
    `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [${resources}]
  providers: [${providers}]
`,
    '/enc.yaml',
  )
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } } as never
const PLACE = '/registry/secrets/default/s'

test.each([
  ['aescbc', 16],
  ['aesgcm', 24],
  ['secretbox', 32],
])('%s writes a prefix in clear text and reads it again', (cipher, bytes) => {
  const key = btoa('k'.repeat(bytes))
  const it = config(`{${cipher}: {keys: [{name: key1, secret: ${key}}]}}, {identity: {}}`)(PLACE)
  const sealed = it.seal(secret, 1)
  expect(valueText(sealed).slice(0, 24)).toContain(`k8s:enc:${cipher}:v1:key1:`.slice(0, 24))
  expect(it.open(sealed)).toBe(secret)
  expect(it.stale(sealed)).toBe(false)
  expect(it.stale(secret)).toBe(true)
})

test.each([
  ['no encryption', `{identity: {}}`, 'no matching prefix found'],
  [
    'another name',
    `{aescbc: {keys: [{name: key2, secret: ${KEY}}]}}`,
    'no matching key was found for the provided AES transformer',
  ],
  ['another secret', `{aescbc: {keys: [{name: key1, secret: ${btoa('x'.repeat(32))}}]}}`, 'invalid padding on input'],
])('what was encrypted is not readable with %s', (_case, providers, message) => {
  expect(() => config(providers)(PLACE).open(new Sealed('aescbc', 'key1', KEY, secret, 1))).toThrow(message)
})

test('rules cover resources by name, group and star; the rest stays in clear', () => {
  const sealing = (resources: string, key: string) =>
    config(`{aescbc: {keys: [{name: k, secret: ${KEY}}]}}`, resources)(key).seal(secret, 1) instanceof Sealed
  expect(sealing('secrets', '/registry/configmaps/default/c')).toBe(false)
  expect(sealing('deployments.apps', '/registry/deployments/default/d')).toBe(true)
  expect(sealing("'*.apps'", '/registry/deployments/default/d')).toBe(true)
  expect(sealing('widgets.example.com', '/registry/example.com/widgets/default/w')).toBe(true)
  expect(sealing("'*.*'", '/registry/services/specs/default/s')).toBe(true)
})

test('a secret of the wrong length ends the server', () => {
  expect(() => config('{aescbc: {keys: [{name: key1, secret: cGFzc3dvcmQ=}]}}')).toThrow(
    'error while parsing file: resources[0].providers[0].aescbc.keys[0].secret: Invalid value: "REDACTED": secret is not of the expected length, got 8, expected one of [16 24 32]',
  )
})
