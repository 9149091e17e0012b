import { StatusError } from '../../../api/types.ts'
import type { Coro } from '../../../kernel/index.ts'
import { decode, deepEqual, withoutManagedFields } from '../../../kinds/index.ts'
import { fileInfos, hasFiles, type Info, liveInfos } from '../lib/builder.ts'
import { forEach, managerOf } from '../lib/change.ts'
import { CliError, throwAll } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { printerFor } from '../lib/output.ts'
import { patchSchema, twoWay } from '../lib/patches.ts'

const NO_RESOURCES = 'one or more resources must be specified as <resource> <name> or <resource>/<name>'

/** Go types in messages about objects without a pod template. */
const goType = (object: any): string => `*${(object.apiVersion ?? '').split('/').at(-1)}.${object.kind}`

/** Is the group none of those that kubectl was built with? */
const isForeign = (apiVersion: string): boolean => {
  const group = apiVersion.split('/').at(-2) ?? ''
  return group.includes('.') && !group.endsWith('.k8s.io')
}

/** UpdatePodSpecForObject: the pod spec inside an object. */
export function podSpecOf(object: any): any {
  switch (object.kind) {
    case 'Pod':
      return object.spec
    case 'CronJob':
      return object.spec.jobTemplate.spec.template.spec
    case 'ReplicationController':
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'Job':
      return object.spec.template.spec
    default:
      if (isForeign(object.apiVersion))
        throw new CliError(
          `error: no kind ${JSON.stringify(object.kind)} is registered for version ${JSON.stringify(object.apiVersion)} in scheme "pkg/scheme/scheme.go:28"`,
        )
      throw new CliError(`the object is not a pod or does not have a pod template: ${goType(object)}`)
  }
}

/** Containers that a pattern with `*` means. */
export function containersMatching(spec: any, pattern: string): any[] {
  const re = new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  )
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].filter((c) => re.test(c.name))
}

/** Splits `TYPE NAME a=1` into resources and pairs. */
export function resourcesAndPairs(args: readonly string[], isPair: (arg: string) => boolean, what: string) {
  const at = args.findIndex(isPair)
  if (at < 0) return { resources: [...args], pairs: [] }
  const pairs = args.slice(at)
  const bad = pairs.find((arg) => !isPair(arg))
  if (bad !== undefined) throw new CliError(`all resources must be specified before ${what} changes: ${bad}`)
  return { resources: args.slice(0, at), pairs }
}

/** --local asks no server, so it cannot ask one for a dry run. Throws CliError. */
export function checkLocal(k: Kube): void {
  if (k.flags.bool('local') && k.dryRun() === 'server')
    throw new CliError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
}

/** The objects that a `set` command is to change; `missing` says that none are named. */
export function* objectsToSet(k: Kube, resources: readonly string[], missing = NO_RESOURCES): Coro<Info[]> {
  if (k.flags.bool('local')) {
    if (resources.length > 0)
      throw new CliError(
        `error: you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'`,
      )
    return (yield* fileInfos(k, { local: true })).map((info) => ({ ...info, object: asStruct(info.object) }))
  }
  if (resources.length === 0 && !hasFiles(k)) throw new CliError(missing)
  const { infos, errors } = yield* liveInfos(k, resources)
  throwAll(errors)
  return infos
}

/** Without a server objects go through Go's structs, which write what was left out. */
function asStruct(object: any): any {
  const schema = object && patchSchema(object.apiVersion, object.kind)
  return schema ? decode(object, schema).value : object
}

/** Info.ObjectName of cli-runtime: without a server nobody knows the resource's name. */
function objectName(k: Kube, { resource, name, object }: Info): string {
  if (!k.flags.bool('local')) return `${resource.name}/${name}`
  const kind = object.kind.toLowerCase()
  return resource.group ? `${kind}.${resource.group}/${name}\n` : `${kind}/${name}`
}

interface SetOptions {
  /** Behind the object's name: `image updated`. */
  readonly operation: string
  readonly manager: string
  /** In front of what the server said against the patch. */
  readonly failure: string
  /** Sends and reports even what does not change anything. */
  readonly always?: boolean
  /** What `mutate` complains of is told without the object. */
  readonly bare?: boolean
  /** What `mutate` has found wrong besides: told first. */
  readonly problems?: readonly Error[]
}

/** Changes each object with `mutate` (which gets a copy, and may return false for "nothing to do") and sends the difference. */
export function* setEach(
  k: Kube,
  infos: readonly Info[],
  options: SetOptions,
  mutate: (object: any) => boolean | undefined,
): Coro<void> {
  const printer = printerFor(k, { operation: options.operation })
  const failed = yield* forEach(infos, function* (info) {
    const before = withoutManagedFields(info.object)
    const after = structuredClone(before)
    let wanted: boolean | undefined
    try {
      wanted = mutate(after)
    } catch (error) {
      if (!(error instanceof CliError) || options.bare || error.message.startsWith('error: ')) throw error
      throw new CliError(`error: ${objectName(k, info)} ${error.message}\n`)
    }
    if (wanted === false) return
    if (!options.always && deepEqual(before, after)) return
    if (k.flags.bool('local') || k.dryRun() === 'client') {
      if (before !== info.object) after.metadata.managedFields = info.object.metadata.managedFields
      return yield* printer.print(after)
    }
    const { type, patch } = twoWay(before, after)
    const client = yield* k.client()
    try {
      yield* printer.print(
        yield* client.patch(info.resource, info.namespace, info.name, type, patch, {
          fieldManager: managerOf(k, options.manager),
          dryRun: k.dryRun() === 'server' || undefined,
        }),
      )
    } catch (error) {
      if (!(error instanceof StatusError) || !options.failure) throw error
      throw new CliError(`${options.failure} ${error.message}`)
    }
  })
  throwAll([...(options.problems ?? []), ...failed])
}
