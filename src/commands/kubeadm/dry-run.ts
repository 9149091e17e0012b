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
  const dir = given || `/etc/kubernetes/tmp/${what}${1_000_000_000 + runRng(p).fork('dry-run').int(3_000_000_000)}`
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
    if (verb !== 'list') out(`Resource name "${name}", namespace "${request.namespace ?? ''}"`)
    const attach = (object: unknown): void => p.stdout.write(`[dryrun] Attached object:\n${toYaml(object)}\n`)
    if (verb !== 'get' && verb !== 'list') {
      if (verb === 'create' || verb === 'update') attach(request.body)
      return request.body ?? {}
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
