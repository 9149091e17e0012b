import { IpRange, rfc3339 } from '../api/index.ts'
import type { KubeObject } from '../kinds/index.ts'
import { defineController, itself, type Tools } from './controller.ts'

const KIND = 'ServiceCIDR'
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
const NAME = 'service-cidr-controller'

/** Until every API server knows that no address may be taken any more, ms. */
const GRACE = 10_000

const everyRange = (_: KubeObject, { informer }: Tools): string[] =>
  informer(KIND)
    .list()
    .map((o) => o.metadata.name)

/** Models pkg/controller/servicecidrs: a range is ready once it is protected, and goes when no address is left in it. */
export const serviceCidr = defineController({
  name: NAME,
  watches: { [KIND]: (range, tools) => [...itself(range, tools), ...everyRange(range, tools)], IPAddress: leaving },
  reconcile(name, tools) {
    const range = tools.informer(KIND).get(undefined, name)
    if (!range) return undefined
    const { finalizers = [], deletionTimestamp } = range.metadata
    if (!deletionTimestamp) {
      if (!finalizers.includes(FINALIZER)) finalize(tools, name, { finalizers: [FINALIZER] })
      say(tools, range, 'True', '', 'Kubernetes Service CIDR is ready')
      return undefined
    }
    if (!maySpare(tools, range)) {
      const why =
        'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR'
      say(tools, range, 'False', 'Terminating', why)
      return undefined
    }
    const wait = GRACE - (tools.now() - Date.parse(deletionTimestamp))
    if (wait > 0) return wait
    if (finalizers.includes(FINALIZER)) finalize(tools, name, { '$deleteFromPrimitiveList/finalizers': [FINALIZER] })
    return undefined
  },
})

/** Ranges that are leaving look again when an address goes; nobody else cares. */
function leaving(_: KubeObject, { informer }: Tools): string[] {
  return informer(KIND)
    .list()
    .filter((o) => o.metadata.deletionTimestamp)
    .map((o) => o.metadata.name)
}

const finalize = ({ api }: Tools, name: string, metadata: object): void =>
  void api.patch(KIND, undefined, name, { metadata }, 'application/strategic-merge-patch+json')

function say({ api, now }: Tools, range: KubeObject, status: string, reason: string, message: string): void {
  const known = range.status?.conditions?.find((c: any) => c.type === 'Ready')
  if (known?.status === status && (known.reason ?? '') === reason && known.message === message) return
  const ready = { lastTransitionTime: rfc3339(now()), message, reason, status, type: 'Ready' }
  api.patch(
    KIND,
    undefined,
    range.metadata.name,
    {
      apiVersion: range.apiVersion,
      kind: KIND,
      metadata: { name: range.metadata.name },
      status: { conditions: [ready] },
    },
    'application/apply-patch+yaml',
    { subresource: 'status', fieldManager: NAME, force: true },
  )
}

const rangesOf = ({ spec }: KubeObject): IpRange[] =>
  (spec?.cidrs ?? []).filter((cidr: string) => !cidr.includes(':')).map((cidr: string) => new IpRange(cidr))

/** Does another range cover this one, or is no address in it that no other covers? */
function maySpare({ informer }: Tools, range: KubeObject): boolean {
  const others = informer(KIND)
    .list()
    .filter((o) => o.metadata.name !== range.metadata.name)
    .flatMap(rangesOf)
  return rangesOf(range).every(
    (mine) =>
      others.some((other) => other.covers(mine)) ||
      informer('IPAddress')
        .list()
        .map((o) => o.metadata.name)
        .every((ip) => ip.includes(':') || !mine.contains(ip) || others.some((other) => other.contains(ip))),
  )
}
