import { invalid as invalidField } from '../../kinds/index.ts'
import { listOf, lookup } from '../admission/lookup.ts'
import type { RequestContext } from '../context.ts'
import { internal, invalid } from '../errors.ts'
import { rfc3339 } from '../time.ts'
import type { KubeObject } from '../types.ts'
import { IpRange } from './ip-range.ts'
import { keyOf } from './keys.ts'
import { initFamilies } from './service-families.ts'
import { allocatePorts } from './service-ports.ts'

/*
 * Addresses of Services (registry/core/service). Every address is an IPAddress object, made before the
 * Service is stored and taken back if that fails; ports are looked up among the Services there are.
 */

const RANGE_DEFAULT = '10.0.0.0/24'

/** Normalises the address fields of a Service that is about to be validated. */
export function normalizeAddresses(service: KubeObject): void {
  const { spec } = service
  if (!spec || spec.type === 'ExternalName') return
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
}

/** Gives a Service its families, address and node ports. Returns how to take them back, and what to do once it is stored. */
export function allocate(
  ctx: RequestContext,
  service: KubeObject,
  old?: KubeObject,
): { undo(): void; done?(): void } | undefined {
  const { spec } = service
  const hadAddress = old !== undefined && old.spec.type !== 'ExternalName' && old.spec.clusterIPs?.[0]
  if (spec.type === 'ExternalName') return hadAddress ? { undo: () => {}, done: () => release(ctx, old) } : undefined
  initFamilies(ctx, service, old)
  let ip: string | undefined
  if (spec.clusterIP === 'None') spec.clusterIPs = ['None']
  else if (!hadAddress) {
    ip = takeAddress(ctx, service)
    spec.clusterIP = ip
    spec.clusterIPs = [ip]
  }
  const undo = (): void => {
    if (ip !== undefined) releaseAddress(ctx, ip)
  }
  try {
    allocatePorts(ctx, service, old)
  } catch (error) {
    undo()
    throw error
  }
  return { undo }
}

/** The ranges that addresses may be taken from: the server's own, and every ServiceCIDR that is ready and stays. */
function ranges({ server }: RequestContext): IpRange[] {
  const own = server.options.serviceRange ?? RANGE_DEFAULT
  const more = listOf(server, 'ServiceCIDR')
    .filter(({ metadata, status }) => {
      const ready = status?.conditions?.find((c: any) => c.type === 'Ready')
      return !metadata.deletionTimestamp && ready?.status === 'True'
    })
    .flatMap(({ spec }): string[] => spec?.cidrs ?? [])
  return [...new Set([own, ...more])].filter((cidr) => !cidr.includes(':')).map((cidr) => new IpRange(cidr))
}

function takeAddress(ctx: RequestContext, service: KubeObject): string {
  const { server } = ctx
  const { spec, metadata } = service
  const wanted = spec.clusterIPs?.[0] || spec.clusterIP
  const taken = (ip: string) => lookup(server, 'IPAddress', undefined, ip) !== undefined
  if (wanted) {
    const refuse = (why: string) =>
      invalid(ctx.stored, metadata.name, [
        invalidField('spec.clusterIPs', spec.clusterIPs ?? [wanted], `failed to allocate IP ${wanted}: ${why}`),
      ])
    if (!ranges(ctx).some((range) => range.contains(wanted)))
      throw refuse('the provided network does not match the current range')
    if (taken(wanted)) throw refuse('provided IP is already allocated')
    return claim(ctx, service, wanted)
  }
  for (const range of ranges(ctx)) {
    // The lower part of the range is kept for addresses chosen by hand, until the rest is used up.
    const reserved = Math.min(Math.max(16, Math.floor(range.size / 16)), 256)
    const usable = range.size - 2
    const from = reserved < usable ? reserved : 0
    const open = range.size - 1 - from
    const start = server.rng.int(open)
    for (let i = 0; i < open; i++) {
      const ip = range.at(from + ((start + i) % open))
      if (range.contains(ip) && !taken(ip)) return claim(ctx, service, ip)
    }
    for (let i = 1; i < from; i++) if (!taken(range.at(i))) return claim(ctx, service, range.at(i))
  }
  throw internal(`failed to allocate a serviceIP for Service ${JSON.stringify(metadata.name)}: range is full`)
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
