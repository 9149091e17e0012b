import type { Coro } from '../../kernel/index.ts'
import type { Definition } from './lib/define.ts'
import { isExpected } from './lib/errors.ts'
import { logRequest } from './lib/follow-logs.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/cluster-info.ts'

const green = (text: string): string => `\u001b[0;32m${text}\u001b[0m`
const yellow = (text: string): string => `\u001b[0;33m${text}\u001b[0m`

function* printService(k: Kube, name: string, link: string): Coro<void> {
  const color = k.p.stdout.isTty
  yield* k.out(`${color ? green(name) : name} is running at ${color ? yellow(link) : link}\n`)
}

function linkTo(service: any, host: string): string {
  const [ingress] = service.status?.loadBalancer?.ingress ?? []
  const ports = service.spec.ports ?? []
  if (ingress) return ports.map((p: any) => `http://${ingress.ip || ingress.hostname}:${p.port} `).join('')
  const [port] = ports
  let name = service.metadata.name
  if (port) {
    const scheme = port.name === 'https' || port.port === 443 ? 'https' : ''
    if (scheme) name = `${scheme}:${name}:${port.name ?? ''}`
    else if (port.name) name = `${name}:${port.name}`
  }
  return `${host}/api/v1/namespaces/${service.metadata.namespace}/services/${name}/proxy`
}

/** Models kubectl/pkg/cmd/clusterinfo/clusterinfo.go. */
export const clusterInfo: Definition = {
  page: pages['cluster-info'],
  *run(k) {
    const hint = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
    try {
      const client = yield* k.client()
      yield* (yield* k.discovery()).load()
      const { server } = k.target.config
      const list = yield* client.send({
        verb: 'list',
        group: '',
        version: 'v1',
        resource: 'services',
        namespace: k.namespaceGiven ? k.namespace : 'kube-system',
        labelSelector: 'kubernetes.io/cluster-service=true',
      })
      yield* printService(k, 'Kubernetes control plane', server)
      for (const service of list.items)
        yield* printService(
          k,
          service.metadata.labels['kubernetes.io/name'] || service.metadata.name,
          linkTo(service, server),
        )
    } catch (error) {
      if (isExpected(error)) yield* k.out(hint)
      throw error
    }
    yield* k.out(hint)
    return 0
  },
  commands: [{ page: pages.dump, run: dump }],
}

const DUMPED: readonly (readonly [group: string, resource: string, kind: string, file: string])[] = [
  ['', 'events', 'Event', 'events'],
  ['', 'replicationcontrollers', 'ReplicationController', 'replication-controllers'],
  ['', 'services', 'Service', 'services'],
  ['apps', 'daemonsets', 'DaemonSet', 'daemonsets'],
  ['apps', 'deployments', 'Deployment', 'deployments'],
  ['apps', 'replicasets', 'ReplicaSet', 'replicasets'],
  ['', 'pods', 'Pod', 'pods'],
]

/** Models kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go. */
function* dump(k: Kube): Coro<number> {
  const { flags } = k
  const client = yield* k.client()
  const directory = flags.string('output-directory')
  const toStdout = directory === '' || directory === '-'
  const extension = flags.string('output') === 'yaml' ? '.yaml' : '.json'
  const write = function* (path: string, print: () => Coro<void>): Coro<void> {
    if (toStdout) yield* print()
    else yield* into(k, `${directory}/${path}`, print)
  }
  const list = function* (group: string, resource: string, kind: string, namespace?: string): Coro<any> {
    const answer = yield* client.send({ verb: 'list', group, version: 'v1', resource, namespace })
    return { apiVersion: group ? `${group}/v1` : 'v1', kind: `${kind}List`, ...answer }
  }
  const nodes = yield* list('', 'nodes', 'Node')
  yield* write(`nodes${extension}`, () => printerFor(k, { typed: true }).print(nodes))
  const given = flags.strings('namespaces')
  const namespaces: string[] = flags.bool('all-namespaces')
    ? (yield* list('', 'namespaces', 'Namespace')).items.map((n: any) => n.metadata.name)
    : given.length > 0
      ? given
      : ['kube-system', k.namespace]
  for (const namespace of namespaces) {
    let pods: any[] = []
    for (const [group, resource, kind, file] of DUMPED) {
      const found = yield* list(group, resource, kind, namespace)
      if (kind === 'Pod') pods = found.items
      yield* write(`${namespace}/${file}${extension}`, () => printerFor(k, { typed: true }).print(found))
    }
    for (const pod of pods)
      for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
        yield* write(`${namespace}/${pod.metadata.name}/logs.txt`, () => log(k, pod, container.name))
  }
  if (!toStdout) yield* k.out(`Cluster info dumped to ${directory}\n`)
  return 0
}

function* log(k: Kube, pod: any, container: string): Coro<void> {
  const client = yield* k.client()
  const { name, namespace } = pod.metadata
  yield* k.out(`==== START logs for container ${container} of pod ${namespace}/${name} ====\n`)
  const response = yield* client.raw(logRequest(namespace, name, { container }))
  if (response.code < 400 && typeof response.body === 'string') yield* k.out(response.body)
  else yield* k.out(`Create log for pod ${name} failed: ${(response.body as any)?.message ?? ''}\n`)
  yield* k.out(`==== END logs for container ${container} of pod ${namespace}/${name} ====\n`)
}

/** Sends what `print` puts out to a file instead. */
function* into(k: Kube, path: string, print: () => Coro<void>): Coro<void> {
  const { p } = k
  p.fs.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true, cwd: p.cwd, creds: p.creds })
  const out = k.out
  let text = ''
  k.out = function* (more: string) {
    text += more
    yield* []
  }
  try {
    yield* print()
  } finally {
    k.out = out
  }
  p.fs.writeFile(path, text, { cwd: p.cwd, creds: p.creds, append: path.endsWith('logs.txt') })
}
