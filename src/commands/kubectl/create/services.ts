import { isPort, isPortName, isSubdomain } from '../../../kinds/names.ts'
import type { Definition } from '../lib/define.ts'
import { CliError } from '../lib/errors.ts'
import { defaultSubcommand } from '../lib/help.ts'
import type { Kube } from '../lib/kube.ts'
import { pages } from '../pages/create.ts'
import { core, generator, metadata } from './generator.ts'

const services = core('services', 'Service')

/** `80`, `80:8080` or `80:http` of --tcp. */
function port(spec: string, nodePort: number): any {
  const [left = '', right] = spec.split(':')
  if (!/^\d+$/.test(left)) throw new CliError(`strconv.ParseUint: parsing "${left}": invalid syntax`)
  const number = Number(left)
  if (number > 65535) throw new CliError(`strconv.ParseUint: parsing "${left}": value out of range`)
  return {
    name: spec.replaceAll(':', '-'),
    ...(nodePort > 0 ? { nodePort } : {}),
    port: number,
    protocol: 'TCP',
    targetPort: right === undefined ? number : target(right),
  }
}

/** A port of the pods: a number, or the name that a container gives it. */
function target(text: string): number | string {
  const number = /^[-+]?\d+$/.test(text)
  const problems = number ? isPort(Number(text)) : isPortName(text)
  if (problems.length > 0) throw new CliError(problems.join(','))
  return number ? Number(text) : text
}

function service(
  k: Kube,
  name: string,
  type: string,
  extra: { clusterIP?: string; externalName?: string; nodePort?: number } = {},
): any {
  const tcp = k.flags.strings('tcp')
  if (type !== 'ExternalName' && tcp.length === 0 && extra.clusterIP !== 'None')
    throw new CliError('at least one tcp port specifier must be provided')
  const ports = tcp.map((spec) => port(spec, extra.nodePort ?? 0))
  return {
    metadata: metadata(k, name, { labels: { app: name } }),
    spec: {
      ...(extra.clusterIP ? { clusterIP: extra.clusterIP } : {}),
      ...(extra.externalName ? { externalName: extra.externalName } : {}),
      ...(ports.length > 0 ? { ports } : {}),
      selector: { app: name },
      type,
    },
    status: { loadBalancer: {} },
  }
}

const clusterIp: Definition = generator({
  page: pages['service clusterip'],
  resource: services,
  failure: 'failed to create ClusterIP service:',
  *build(k, name) {
    yield* []
    return service(k, name, 'ClusterIP', { clusterIP: k.flags.string('clusterip') })
  },
})

const nodePort: Definition = generator({
  page: pages['service nodeport'],
  resource: services,
  failure: 'failed to create NodePort service:',
  *build(k, name) {
    yield* []
    return service(k, name, 'NodePort', { nodePort: k.flags.int('node-port') })
  },
})

const loadBalancer: Definition = generator({
  page: pages['service loadbalancer'],
  resource: services,
  failure: 'failed to create LoadBalancer service:',
  *build(k, name) {
    yield* []
    return service(k, name, 'LoadBalancer')
  },
})

const externalName: Definition = generator({
  page: pages['service externalname'],
  resource: services,
  failure: 'failed to create ExternalName service:',
  *build(k, name) {
    const external = k.flags.string('external-name')
    if (isSubdomain(external).length > 0) throw new CliError(`invalid service external name ${external}`)
    yield* []
    return service(k, name, 'ExternalName', { externalName: external })
  },
})

export const serviceGroup: Definition = {
  page: pages.service,
  run: defaultSubcommand,
  commands: [clusterIp, nodePort, loadBalancer, externalName],
}
