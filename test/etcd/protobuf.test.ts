import { expect, test } from 'vitest'
import { valueBytes, valueText } from '../../src/etcd/value-bytes.ts'

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ')

test('a secret as kubernetes.io shows it with hexdump', () => {
  const bytes = valueBytes({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'secret1',
      namespace: 'default',
      uid: '2b5b2f0a-0000-4000-8000-000000000000',
      creationTimestamp: '2026-11-21T09:00:00Z',
      resourceVersion: '17',
    },
    data: { mykey: 'bXlkYXRh' },
    type: 'Opaque',
  })
  const text = hex(bytes)
  expect(text.startsWith('6b 38 73 00 0a 0c 0a 02 76 31 12 06 53 65 63 72 65 74 12 ')).toBe(true)
  expect(text).toContain('0a 07 73 65 63 72 65 74 31 12 00 1a 07 64 65 66 61 75 6c 74 22 00 2a 24 ')
  expect(text).toContain('32 00 38 00 42 08 08 ')
  expect(text).toContain('12 0f 0a 05 6d 79 6b 65 79 12 06 6d 79 64 61 74 61 1a 06 4f 70 61 71 75 65')
  expect(text.endsWith('1a 00 22 00')).toBe(true)
})

test('custom resources are JSON, built-in groups are not', () => {
  expect(valueText({ apiVersion: 'stable.example.com/v1', kind: 'CronTab' })).toBe(
    '{"apiVersion":"stable.example.com/v1","kind":"CronTab"}\n',
  )
  expect(valueText({ apiVersion: 'apps/v1', kind: 'Deployment' }).startsWith('k8s\0')).toBe(true)
  expect(valueText({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' }).startsWith('k8s\0')).toBe(true)
})
