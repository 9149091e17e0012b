import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import type { KubeObject } from '../object.ts'
import { validateEndpoints } from '../validation/service.ts'

/** Three of all addresses, or ip:port pairs. */
function endpointsText(obj: KubeObject): string {
  if (!obj.subsets?.length) return '<none>'
  const list: string[] = []
  for (const { addresses = [], ports = [] } of obj.subsets) {
    if (!ports.length) for (const { ip } of addresses) list.push(ip)
    for (const { port } of ports) {
      for (const { ip } of addresses) list.push(ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)
    }
  }
  return list.length > 3 ? `${list.slice(0, 3).join(',')} + ${list.length - 3} more...` : list.join(',')
}

export const endpoints = defineKind({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  storageVersionHash: 'fWeeMqaN/OA=',
  columns: columns('Name', 'Endpoints', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, endpointsText(obj), age(obj, ctx)],
  defaults(obj) {
    for (const { ports } of obj.subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP'
  },
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  validate: validateEndpoints,
})
