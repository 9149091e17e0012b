import type { FieldError } from '../../kinds/index.ts'
import { listOf, lookup } from '../admission/lookup.ts'
import type { RequestContext } from '../context.ts'
import { invalid } from '../errors.ts'
import { rfc3339 } from '../time.ts'
import { type KubeObject, StatusError } from '../types.ts'
import { IpRange } from './ip-range.ts'
import { keyOf } from './keys.ts'

/*
 * Addresses and ports of Services (registry/core/service). Every address is an IPAddress object, made before the
 * Service is stored and taken back if that fails; ports are looked up among the Services there are.
 */

const RANGE_DEFAULT = '10.0.0.0/24'
const PORTS_DEFAULT = '30000-32767'

const fail = (
  ctx: RequestContext,
  name: string,
  field: string,
  body: string,
  type: FieldError['type'] = 'FieldValueInvalid',
): StatusError => invalid(ctx.stored, name, [{ type, field, body }])

/** Normalises the address fields of a Service that is about to be validated. */
export function normalizeAddresses(service: KubeObject): void {
  const { spec } = service
  if (!spec || spec.type === 'ExternalName') return
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
}

/** Gives a Service its address and node ports. Returns how to take them back. */
export function allocate(ctx: RequestContext, service: KubeObject, old?: KubeObject): (() => void) | undefined {
  const { spec, metadata } = service
  if (spec.type === 'ExternalName') {
    if (old) release(ctx, old)
    return undefined
  }
  checkFamilies(ctx, service)
  const undo: (() => void)[] = []
  const before = old?.spec.clusterIPs?.[0]
  try {
    if (spec.clusterIP !== 'None' && (!before || before === 'None')) {
      const ip = takeAddress(ctx, service)
      spec.clusterIP = ip
      spec.clusterIPs = [ip]
      undo.push(() => releaseAddress(ctx, ip))
    } else if (spec.clusterIP === 'None') spec.clusterIPs = ['None']
    spec.ipFamilies ??= ['IPv4']
    spec.ipFamilyPolicy ??= 'SingleStack'
    allocatePorts(ctx, service, metadata.name)
  } catch (error) {
    for (const fn of undo) fn()
    throw error
  }
  return () => {
    for (const fn of undo) fn()
  }
}

function checkFamilies(ctx: RequestContext, { spec, metadata }: KubeObject): void {
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    throw fail(
      ctx,
      metadata.name,
      'spec.ipFamilyPolicy',
      'Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    )
  }
  const families: string[] = spec.ipFamilies ?? []
  const strange = families.findIndex((f) => f !== 'IPv4')
  if (strange >= 0) {
    const body = `Invalid value: ${JSON.stringify(families[strange])}: not configured on this cluster`
    throw fail(ctx, metadata.name, `spec.ipFamilies[${strange}]`, body)
  }
}

function takeAddress(ctx: RequestContext, service: KubeObject): string {
  const { server } = ctx
  const range = new IpRange(server.options.serviceRange ?? RANGE_DEFAULT)
  const { spec, metadata } = service
  const wanted = spec.clusterIPs?.[0] || spec.clusterIP
  const taken = (ip: string) => lookup(server, 'IPAddress', undefined, ip) !== undefined
  if (wanted) {
    const refuse = (why: string) =>
      fail(
        ctx,
        metadata.name,
        'spec.clusterIPs',
        `Invalid value: ${JSON.stringify([wanted])}: failed to allocate IP ${wanted}: ${why}`,
      )
    if (!range.contains(wanted)) throw refuse('the provided network does not match the current range')
    if (taken(wanted)) throw refuse('provided IP is already allocated')
    return claim(ctx, service, wanted)
  }
  // The lower part of the range is kept for addresses chosen by hand.
  const reserved = Math.min(Math.max(16, Math.floor(range.size / 16)), 256)
  const open = range.size - 1 - reserved
  const start = server.rng.int(open)
  for (let i = 0; i < open; i++) {
    const ip = range.at(reserved + ((start + i) % open))
    if (!taken(ip)) return claim(ctx, service, ip)
  }
  throw new StatusError(500, 'InternalError', 'Internal error occurred: failed to allocate a serviceIP: range is full')
}

function claim(ctx: RequestContext, { metadata }: KubeObject, ip: string): string {
  if (ctx.request.dryRun) return ip
  const { server } = ctx
  const kind = server.kinds.named('IPAddress')!
  const object: KubeObject = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      name: ip,
      uid: server.rng.uuid(),
      creationTimestamp: rfc3339(server.now()),
      generation: 1,
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace: metadata.namespace, name: metadata.name } },
  }
  server.storage.put(keyOf(kind, undefined, ip), object, 0)
  return ip
}

function releaseAddress({ server }: RequestContext, ip: string): void {
  const key = keyOf(server.kinds.named('IPAddress')!, undefined, ip)
  const current = server.storage.get(key)
  if (current) server.storage.delete(key, current.revision)
}

/** The Service is gone: so is its address. */
export function release(ctx: RequestContext, service: KubeObject): void {
  const ip = service.spec?.clusterIPs?.[0]
  if (ip && ip !== 'None') releaseAddress(ctx, ip)
}

function allocatePorts(ctx: RequestContext, { spec, metadata }: KubeObject, name: string): void {
  const needs =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  if (!needs) return
  const { server } = ctx
  const [low = 0, high = 0] = (server.options.nodePortRange ?? PORTS_DEFAULT).split('-').map(Number)
  const used = new Set<string>()
  for (const other of listOf(server, 'Service')) {
    if (other.metadata.name === name && other.metadata.namespace === metadata.namespace) continue
    for (const p of other.spec?.ports ?? []) if (p.nodePort) used.add(`${p.nodePort}/${p.protocol}`)
  }
  spec.ports.forEach((port: any, i: number) => {
    const wanted = port.nodePort
    if (!wanted) return
    const refuse = (why: string) => fail(ctx, name, `spec.ports[${i}].nodePort`, `Invalid value: ${wanted}: ${why}`)
    if (wanted < low || wanted > high) {
      throw refuse(`provided port is not in the valid range. The range of valid ports is ${low}-${high}`)
    }
    if (used.has(`${wanted}/${port.protocol}`)) throw refuse('provided port is already allocated')
    used.add(`${wanted}/${port.protocol}`)
  })
  for (const port of spec.ports) {
    if (port.nodePort) continue
    // Ports below this belong to those who choose by hand.
    const reserved = Math.min(Math.max(16, Math.floor((high - low + 1) / 32)), 128)
    let n = low + reserved + server.rng.int(high - low + 1 - reserved)
    while (used.has(`${n}/${port.protocol}`)) n = n >= high ? low + reserved : n + 1
    port.nodePort = n
    used.add(`${n}/${port.protocol}`)
  }
}
