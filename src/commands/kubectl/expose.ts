import type { Coro } from '../../kernel/index.ts'
import { core } from './create/generator.ts'
import { hasFiles, type Info, liveInfos, MISSING_RESOURCE } from './lib/builder.ts'
import { forEach, managerOf, savedConfig } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { groupKind } from './lib/discovery.ts'
import { CliError, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { overridden } from './override.ts'
import { pages } from './pages/expose.ts'

/** A Service object as the generators write it. */
export const serviceFor = (metadata: any, spec: any): any => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...(metadata.labels ? { labels: metadata.labels } : {}),
    name: metadata.name,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  },
  spec,
  status: { loadBalancer: {} },
})

/** Models kubectl/pkg/cmd/expose/expose.go. */
export const expose: Definition = {
  records: true,
  page: pages.expose,
  complete: typesAndNames,
  *run(k) {
    if (k.args.length === 0 && !hasFiles(k)) throw new CliError(MISSING_RESOURCE)
    const mode = k.dryRun()
    const printer = printerFor(k, { operation: 'exposed', typed: mode === 'client' })
    const { infos, errors } = yield* liveInfos(k, k.args, { ignoreSelectors: true })
    const failed = yield* forEach(infos, function* (info: Info) {
      const service = savedConfig(k, yield* build(k, info))
      if (mode === 'client') return yield* printer.print(service)
      const client = yield* k.client()
      yield* printer.print(
        yield* client.create(core('services', 'Service'), info.namespace ?? k.namespace, service, {
          fieldManager: managerOf(k, 'kubectl-expose'),
          dryRun: mode === 'server' || undefined,
        }),
      )
    })
    throwAll([...errors, ...failed])
    return 0
  },
}

const EXPOSABLE = new Set(['ReplicationController', 'Service', 'Pod', 'Deployment', 'ReplicaSet'])

function* build(k: Kube, info: Info): Coro<any> {
  const { flags } = k
  const { object, resource } = info
  if (!EXPOSABLE.has(resource.kind)) throw new CliError(`cannot expose a ${groupKind(resource)}`)
  const name = (flags.string('name') || info.name).slice(0, 63)
  const selector = flags.string('selector') ? equalitySelector(flags.string('selector')) : selectorOf(info)
  const headless = flags.string('cluster-ip') === 'None'
  const found = containerPorts(object, resource.kind)
  const given = flags.string('port')
  const numbers = given ? given.split(',') : found.map((p) => String(p.port))
  if (numbers.length === 0 && !headless) throw new CliError("couldn't find port via --port flag or introspection")
  const target = flags.string('target-port')
  const ports = numbers.map((text, i) => {
    if (!/^\d+$/.test(text)) throw new CliError(`strconv.Atoi: parsing "${text}": invalid syntax`)
    const port = Number(text)
    const known = found.find((p) => p.port === port)
    return {
      ...(numbers.length > 1 ? { name: `port-${i + 1}` } : {}),
      port,
      protocol: flags.string('protocol') || known?.protocol || 'TCP',
      targetPort: target ? (/^\d+$/.test(target) ? Number(target) : target) : port,
    }
  })
  const labels = flags.string('labels') ? equalitySelector(flags.string('labels')) : object.metadata.labels
  const service = serviceFor(
    { name, namespace: k.namespaceGiven ? k.namespace : undefined, labels },
    {
      ...(flags.string('cluster-ip') ? { clusterIP: flags.string('cluster-ip') } : {}),
      ...(flags.string('external-ip') ? { externalIPs: [flags.string('external-ip')] } : {}),
      ...(flags.string('load-balancer-ip') ? { loadBalancerIP: flags.string('load-balancer-ip') } : {}),
      ...(ports.length > 0 ? { ports } : {}),
      selector,
      ...(flags.string('session-affinity') ? { sessionAffinity: flags.string('session-affinity') } : {}),
      ...(flags.string('type') ? { type: flags.string('type') } : {}),
    },
  )
  yield* []
  return overridden(k, service)
}

function equalitySelector(text: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    if (at <= 0) throw new CliError(`unexpected label spec: ${part}`)
    out[part.slice(0, at)] = part.slice(at + 1)
  }
  return out
}

function selectorOf({ object, resource }: Info): Record<string, string> {
  switch (resource.kind) {
    case 'Pod':
      if (!object.metadata.labels) throw new CliError('the pod has no labels and cannot be exposed')
      return object.metadata.labels
    case 'Service':
      if (!object.spec.selector)
        throw new CliError(
          "couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set",
        )
      return object.spec.selector
    case 'ReplicationController':
      return object.spec.selector
    default:
      if (object.spec.selector?.matchExpressions?.length > 0)
        throw new CliError(
          `couldn't convert expressions - "${JSON.stringify(object.spec.selector.matchExpressions)}" to map-based selector format`,
        )
      return object.spec.selector.matchLabels
  }
}

function containerPorts(object: any, kind: string): { port: number; protocol: string }[] {
  if (kind === 'Service')
    return (object.spec.ports ?? []).map((p: any) => ({ port: p.port, protocol: p.protocol ?? 'TCP' }))
  const spec = kind === 'Pod' ? object.spec : object.spec.template?.spec
  return (spec?.containers ?? [])
    .flatMap((c: any) => c.ports ?? [])
    .map((p: any) => ({ port: p.containerPort, protocol: p.protocol ?? 'TCP' }))
}
