import { expect, test } from 'vitest'
import { patchSchema, strategicDiff } from '../../../src/commands/kubectl/lib/patches.ts'

const deployment = (...ports: object[]): object => ({
  spec: { template: { spec: { containers: [{ name: 'dns', ports }] } } },
})
const udp = { containerPort: 53, name: 'dns', protocol: 'UDP' }
const tcp = { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' }
const schema = patchSchema('apps/v1', 'Deployment')
const diff = (before: object, after: object): object => strategicDiff(before, after, schema)
const change = (ports: object): object => ({
  spec: {
    template: {
      spec: {
        '$setElementOrder/containers': [{ name: 'dns' }],
        containers: [{ name: 'dns', ...ports }],
      },
    },
  },
})

test('entries that share a key are compared each with its own', () => {
  expect(diff(deployment(udp, tcp), deployment(udp, tcp))).toEqual({})
  expect(diff(deployment(udp, tcp), deployment(udp, { ...tcp, name: 'other' }))).toEqual(
    change({
      '$setElementOrder/ports': [{ containerPort: 53 }, { containerPort: 53 }],
      ports: [{ containerPort: 53, name: 'other' }],
    }),
  )
  expect(diff(deployment(udp, tcp), deployment(udp))).toEqual(
    change({
      '$setElementOrder/ports': [{ containerPort: 53 }],
      ports: [{ $patch: 'delete', containerPort: 53 }],
    }),
  )
})
