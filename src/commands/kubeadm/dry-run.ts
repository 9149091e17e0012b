import { StatusError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { toYaml } from '../../print/index.ts'
import { Klog } from '../../programs/lib/klog.ts'
import { Client, type ClientRequest } from './client.ts'
import { runRng } from './run-rng.ts'

/** constants.GetDryRunDir: where a dry run writes instead. `what`: kubeadm-init-dryrun, kubeadm-join-dryrun … */
export function dryRunDir(p: Process, what: string, variable: string): string {
  const given = p.env[variable]
  const dir = given || `/etc/kubernetes/tmp/${what}${1_000_000_000 + runRng(p).fork(what).int(3_000_000_000)}`
  p.fs.mkdir(dir, { parents: true, mode: 0o700, cwd: p.cwd, creds: p.creds })
  if (!given)
    new Klog(p).warning(
      'constants.go:631',
      `Using dry-run directory ${dir}. To override it, set the environment variable ${variable}`,
    )
  return dir
}

/** PrintDryRunFiles. */
export function wouldWrite(p: Process, path: string, content: string): void {
  p.stdout.write(`[dryrun] Would write file ${JSON.stringify(path)} with content:\n${content}`)
}

/** A Node of which nothing is known. */
export const unknownNode = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { labels: { 'kubernetes.io/hostname': name }, name },
  spec: {},
  status: {
    daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
    nodeInfo: Object.fromEntries(
      [
        'architecture',
        'bootID',
        'containerRuntimeVersion',
        'kernelVersion',
        'kubeProxyVersion',
        'kubeletVersion',
        'machineID',
        'operatingSystem',
        'osImage',
        'systemUUID',
      ].map((field) => [field, '']),
    ),
  },
})

/** HealthCheckJobReactor: the Job of an upgrade's check has ended; the real one mixes up name and namespace. */
const finishedJob = (name: string, namespace: string): unknown =>
  name.startsWith('upgrade-health-check')
    ? {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: namespace, namespace: name },
        spec: { template: { metadata: {}, spec: { containers: null } } },
        status: { conditions: [{ lastProbeTime: null, lastTransitionTime: null, status: '', type: 'Complete' }] },
      }
    : undefined

/** What a request that changes something would leave. */
function changed({ verb, resource, namespace, body }: ClientRequest, name: string): any {
  if (verb === 'create' || verb === 'update') return body
  if (resource === 'nodes') return unknownNode(name)
  const kind = resource === 'secrets' ? 'Secret' : resource
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace ? { namespace } : {}) } }
}

/** A client that reads from the real cluster and tells what it would change. */
export class DryRunClient extends Client {
  constructor(
    private readonly p: Process,
    config: Client['config'],
    /** What stands in for objects that are not there; undefined: nothing does. */
    private readonly standIn: (request: ClientRequest) => unknown = () => undefined,
  ) {
    super(p, config)
  }

  protected override *send(request: ClientRequest): Coro<any> {
    const { verb, group, version, resource } = request
    const out = (text: string): void => p.stdout.write(`[dryrun] ${text}\n`)
    const { p } = this
    const name = request.name ?? request.body?.metadata?.name ?? ''
    out(
      `Would perform action ${verb.toUpperCase()} on resource "${resource}" in API group "${group || 'core'}/${version}"`,
    )
    // Actions that create or update carry no name of their own.
    if (verb === 'get' || verb === 'patch' || verb === 'delete')
      out(`Resource name "${name}", namespace "${request.namespace ?? ''}"`)
    const attach = (object: unknown): void => p.stdout.write(`[dryrun] Attached object:\n${toYaml(object)}\n`)
    if (verb !== 'get' && verb !== 'list') {
      const object = changed(request, name)
      attach(object)
      return object
    }
    const ready = verb === 'get' && resource === 'jobs' ? finishedJob(name, request.namespace ?? '') : undefined
    if (ready) {
      attach(ready)
      return ready
    }
    let found: unknown
    try {
      found = yield* super.send(request)
    } catch (error) {
      out(
        `Real object does not exist. Attempting to ${verb.toUpperCase()} from followup reactors or from the fake client tracker`,
      )
      found = this.standIn(request)
      if (found !== undefined) {
        attach(found)
        return found
      }
      // What the fake client tracker says, which knows of nothing.
      if (error instanceof StatusError) throw new StatusError(404, 'NotFound', `${resource} "${name}" not found`)
      throw error
    }
    attach(found)
    return found
  }
}
