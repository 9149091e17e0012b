import { expect, test } from 'vitest'
import { slicePorts, subsetPorts } from '../../src/controllers/port-order.ts'

const names = (ports: readonly any[]): string[] => ports.map((p) => p.name)

test('ports of kube-dns in its Endpoints, as `kubectl get ep` showed them (recording a03)', () => {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    { name: 'metrics', port: 9153, protocol: 'TCP' },
  ]
  expect(names(subsetPorts(ports))).toEqual(['metrics', 'dns-tcp', 'dns'])
})

test('ports of a slice (recording i11)', () => {
  const ports = [
    { name: 'web', port: 80, protocol: 'TCP' },
    { name: 'alt', port: 8081, protocol: 'TCP' },
  ]
  expect(names(slicePorts(ports))).toEqual(['alt', 'web'])
})
