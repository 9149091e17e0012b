import type { Coro } from '../../kernel/index.ts'
import { getObject, selectorOf, splitName } from './lib/builder.ts'
import { podsAndOwners } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import type { Resource } from './lib/discovery.ts'
import { CliError, isExpected, isNotFound } from './lib/errors.ts'
import { follow, type LogSource } from './lib/follow-logs.ts'
import type { Kube } from './lib/kube.ts'
import { selectorText } from './lib/object-selector.ts'
import { containerNames, containerOf, goPackage, PODS, podsOf } from './lib/pods.ts'
import { pages } from './pages/logs.ts'

/** Models kubectl/pkg/cmd/logs/logs.go and polymorphichelpers/logsforobject.go. */
export const logs: Definition = {
  page: pages.logs,
  complete: podsAndOwners,
  *run(k) {
    const options = queryOf(k)
    yield* (yield* k.discovery()).load()
    const sources = yield* findSources(k)
    if (k.flags.bool('follow') && sources.length > 1) {
      const limit = k.flags.int('max-log-requests')
      if (sources.length > limit)
        throw new CliError(
          `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
        )
      return yield* follow(k, sources, options)
    }
    for (const source of sources) {
      try {
        yield* follow(k, [source], options)
      } catch (error) {
        if (!k.flags.bool('ignore-errors') || !isExpected(error)) throw error
        yield* k.out(`error: ${(error as Error).message}\n`)
      }
    }
    return 0
  },
}

const USAGE =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"

function queryOf(k: Kube): Record<string, string> {
  const { flags, args } = k
  const selector = selectorOf(k)
  if (args.length === 0 && !selector) throw k.usage(USAGE)
  if (args.length > 0 && selector) throw k.usage('only a selector (-l) or a POD name is allowed')
  if (args.length > 2) throw k.usage(USAGE)
  if (flags.string('container') && args.length === 2)
    throw new CliError('only one of -c or an inline [CONTAINER] arg is allowed')
  const tail = flags.int('tail')
  const since = flags.string('since-time')
  if (since && Number.isNaN(Date.parse(since)))
    throw new CliError(`parsing time "${since}" as "2006-01-02T15:04:05Z07:00": cannot parse "${since}" as "2006"`)
  const options: Record<string, string> = {}
  if (flags.bool('follow')) options.follow = 'true'
  if (flags.bool('previous')) options.previous = 'true'
  if (flags.bool('timestamps')) options.timestamps = 'true'
  if (flags.bool('insecure-skip-tls-verify-backend')) options.insecureSkipTLSVerifyBackend = 'true'
  if (since) options.sinceTime = since
  if (flags.duration('since')) options.sinceSeconds = String(Math.ceil(flags.duration('since') / 1000))
  if (flags.changed('limit-bytes')) options.limitBytes = String(flags.int('limit-bytes'))
  if (tail >= 0) options.tailLines = String(tail)
  // With a selector only the last ten lines of each pod are shown.
  else if (selector && !flags.changed('tail')) options.tailLines = '10'
  return options
}

/** What kubectl looks at only when it has what was named. */
function validate({ flags, args }: Kube): void {
  if (flags.string('since-time') && flags.duration('since'))
    throw new CliError('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.changed('tail') && flags.int('tail') < -1) throw new CliError('--tail must be greater than or equal to -1')
  if (flags.changed('limit-bytes') && flags.int('limit-bytes') < 1)
    throw new CliError('--limit-bytes must be greater than 0')
  const container = flags.string('container') || (args.length === 2 && !args[0].includes('/') ? args[1] : '')
  if (flags.bool('all-containers') && container)
    throw new CliError(`--all-containers=true should not be specified with container name ${container}`)
}

/** Pods and containers whose logs are wanted. */
function* findSources(k: Kube): Coro<LogSource[]> {
  const { flags, args } = k
  const selector = selectorOf(k)
  const inline = args.length === 2 ? args[1] : ''
  const container = flags.string('container') || inline
  const every = flags.bool('all-containers')
  const timeout = flags.duration('pod-running-timeout')
  if (selector) {
    const client = yield* k.client()
    const list = yield* client.list(PODS, k.namespace, { labelSelector: selector })
    validate(k)
    if (list.items.length === 0) {
      k.err(`No resources found in ${k.namespace} namespace.\n`)
      return []
    }
    return list.items.flatMap((pod: any) => sourcesOf(k, pod, container, every, true))
  }
  if (!args[0].includes('/')) {
    const pod = yield* fetch(k, PODS, args[0])
    validate(k)
    return sourcesOf(k, pod, container, every, false)
  }
  const [type, name] = splitName(args[0])
  const resource = yield* k.resource(type)
  const object = yield* fetch(k, resource, name)
  validate(k)
  if (resource.kind === 'Pod') return sourcesOf(k, object, container, every, false)
  const text = selectorText(object, resource)
  if (text === undefined)
    throw new CliError(
      `cannot get the logs from *${goPackage(resource)}.${resource.kind}: selector for *${goPackage(resource)}.${resource.kind} not implemented`,
    )
  const pods = yield* podsOf(k, k.namespace, text, timeout)
  if (flags.bool('all-pods')) return pods.flatMap((pod) => sourcesOf(k, pod, container, every, true))
  if (pods.length > 1) k.err(`Found ${pods.length} pods, using pod/${pods[0].metadata.name}\n`)
  return sourcesOf(k, pods[0], container, every, false)
}

/** The builder's error names the namespace here. */
function* fetch(k: Kube, resource: Resource, name: string): Coro<any> {
  try {
    return yield* getObject(k, resource, resource.namespaced ? k.namespace : undefined, name)
  } catch (error) {
    if (isNotFound(error))
      throw new CliError(`error from server (NotFound): ${error.message} in namespace "${k.namespace}"`)
    throw error
  }
}

function sourcesOf(k: Kube, pod: any, container: string, every: boolean, quiet: boolean): LogSource[] {
  const one = (name: string): LogSource => ({
    pod: pod.metadata.name,
    namespace: pod.metadata.namespace,
    container: name,
    prefix: k.flags.bool('prefix') || k.flags.bool('all-pods'),
  })
  if (every)
    return [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])].map(
      (c: any) => one(c.name),
    )
  if (container) {
    const known = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])]
    if (!known.some((c: any) => c.name === container))
      throw new CliError(
        `container ${container} is not valid for pod ${pod.metadata.name} out of: ${containerNames(pod)}`,
      )
    return [one(container)]
  }
  return [one(containerOf(k, pod, '', quiet && pod.spec.containers.length === 1).name)]
}
