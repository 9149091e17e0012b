import { readAll } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { compareBytes } from '../../../print/index.ts'
import { type Info, liveInfos } from '../lib/builder.ts'
import { typesAndNames } from '../lib/complete.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, PlainError, throwAll } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { pages } from '../pages/set.ts'
import { checkLocal, containersMatching, objectsToSet, podSpecOf, resourcesAndPairs, setEach } from './change.ts'

const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

interface Changes {
  readonly env: any[]
  readonly remove: string[]
}

/** Models kubectl/pkg/cmd/set/set_env.go. */
export const env: Definition = {
  page: pages.env,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    const isEnv = (arg: string): boolean => /^.+=/s.test(arg) || arg.endsWith('-')
    const { resources, pairs } = resourcesAndPairs(k.args, isEnv, 'environment')
    checkLocal(k)
    const list =
      flags.bool('list') || (pairs.length === 0 && flags.strings('env').length === 0 && !flags.string('from'))
    if (flags.bool('list') && flags.string('output'))
      throw new CliError('--list and --output may not be specified together')
    if (flags.strings('keys').length > 0 && !flags.string('from'))
      throw new CliError('when specifying --keys, a configmap or secret must be provided with --from')
    const changes = yield* parse(k, [...flags.strings('env'), ...pairs])
    if (flags.string('from')) changes.env.push(...(yield* imported(k, flags.string('from'))))
    const prefix = flags.string('prefix')
    for (const one of changes.env) one.name = prefix + one.name
    const infos = yield* objectsToSet(k, resources)
    if (flags.bool('list')) {
      yield* show(k, infos, changes)
      return 0
    }
    if (list) throw new CliError('at least one environment variable must be provided')
    const options = {
      operation: 'env updated',
      manager: 'kubectl-set',
      failure: 'failed to patch env update to pod template:',
    }
    yield* setEach(k, infos, options, (object) => {
      for (const container of selectedContainers(k, object, podSpecOf(object))) {
        if (!flags.bool('overwrite')) refuseOverwrite(container.env ?? [], changes.env)
        const next = updated(container.env ?? [], changes)
        if (next.length > 0) container.env = next
        else delete container.env
      }
      return true
    })
    return 0
  },
}

function* parse(k: Kube, specs: readonly string[]): Coro<Changes> {
  const env: any[] = []
  const remove: string[] = []
  for (const spec of specs) {
    const at = spec.indexOf('=')
    if (spec === '-') {
      for (const line of (yield* readAll(k.p.stdin)).split('\n')) {
        const text = line.replace(/#.*/, '')
        if (text.includes('=')) env.push(pair(text))
      }
    } else if (at >= 0) {
      if (!NAME.test(spec.slice(0, at)))
        throw new CliError(
          `"${spec.slice(0, at)}" is not a valid key name: a valid environment variable name must consist only of printable ASCII characters other than '='`,
        )
      env.push(pair(spec))
    } else if (spec.endsWith('-')) remove.push(spec.slice(0, -1))
    else throw new CliError(`unknown environment variable: ${spec}`)
  }
  if (remove.some((name) => env.some((e) => e.name === name)))
    throw new CliError('can not both modify and remove the same environment variable in the same command')
  return { env, remove }
}

const pair = (text: string): any => {
  const at = text.indexOf('=')
  return { name: text.slice(0, at), value: text.slice(at + 1) }
}

/** Variables for the keys of a configmap or secret. */
function* imported(k: Kube, from: string): Coro<any[]> {
  const { infos, errors } = yield* liveInfos(k, [from])
  throwAll(errors)
  const keys = k.flags.strings('keys')
  return infos.flatMap(({ object }) => {
    if (object.kind !== 'Secret' && object.kind !== 'ConfigMap')
      throw new CliError('unsupported resource specified in --from')
    const source = object.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef'
    return Object.keys(object.data ?? {})
      .filter((key) => keys.length === 0 || keys.includes(key))
      .sort(compareBytes)
      .map((key) => {
        const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase()
        if (name !== key) k.err(`Warning: key ${key} transferred to ${name}\n`)
        return { name, valueFrom: { [source]: { key, name: object.metadata.name } } }
      })
  })
}

/** The first variable that is there already, as it is. */
const overwritten = (existing: any[], env: any[]): any =>
  env.flatMap((one) => existing.find((e) => e.name === one.name) ?? [])[0]

function refuseOverwrite(existing: any[], env: any[]): void {
  const old = overwritten(existing, env)
  if (old) throw new CliError(`'${old.name}' already has a value (${old.value ?? ''}), and --overwrite is false`)
}

function updated(existing: any[], { env, remove }: Changes): any[] {
  const covered = new Set(remove)
  const out: any[] = []
  for (const old of existing) {
    if (covered.has(old.name)) continue
    const newer = env.find((e) => e.name === old.name)
    if (newer) covered.add(old.name)
    out.push(newer ?? old)
  }
  for (const one of env) {
    if (covered.has(one.name)) continue
    covered.add(one.name)
    out.push(one)
  }
  return out
}

/** --list. What has no pods, or may not be changed, is passed over: only patches would tell. */
function* show(k: Kube, infos: readonly Info[], changes: Changes): Coro<void> {
  for (const { object, namespace } of infos) {
    for (const container of shownContainers(k, object)) {
      const before = container.env ?? []
      if (!k.flags.bool('overwrite') && overwritten(before, changes.env)) break
      yield* k.out(`# ${object.kind} ${object.metadata.name}, container ${container.name}\n`)
      const failures = new Map<string, string[]>()
      for (const one of updated(before, changes)) {
        if (!one.valueFrom) {
          yield* k.out(`${one.name}=${one.value ?? ''}\n`)
          continue
        }
        const value = k.flags.bool('resolve') ? yield* resolve(k, namespace, object, one.valueFrom) : undefined
        if (value?.text !== undefined) yield* k.out(`${one.name}=${value.text}\n`)
        else yield* k.out(`# ${one.name} from ${reference(one.valueFrom)}\n`)
        if (value?.error) failures.set(value.error, [...(failures.get(value.error) ?? []), one.name].sort(compareBytes))
      }
      const lines = [...failures].map(
        ([error, names]) => `error retrieving reference for ${names.join(', ')}: ${error}\n`,
      )
      for (const line of lines.sort(compareBytes)) k.err(line)
    }
  }
}

function shownContainers(k: Kube, object: any): any[] {
  let spec: any
  try {
    spec = podSpecOf(object)
  } catch (error) {
    if (error instanceof CliError) return []
    throw error
  }
  return selectedContainers(k, object, spec)
}

/** Those of --containers; says so when there are none. */
function selectedContainers(k: Kube, { kind, metadata }: any, spec: any): any[] {
  const pattern = k.flags.string('containers')
  const containers = containersMatching(spec, pattern)
  if (containers.length === 0) {
    k.err(`Warning: ${kind}/${metadata.name} does not have any containers matching "${pattern}"\n`)
  }
  return containers
}

function reference(from: any): string {
  if (from.configMapKeyRef) return `configmap ${from.configMapKeyRef.name}, key ${from.configMapKeyRef.key}`
  if (from.secretKeyRef) return `secret ${from.secretKeyRef.name}, key ${from.secretKeyRef.key}`
  if (from.fieldRef) return `field path ${from.fieldRef.fieldPath}`
  if (from.resourceFieldRef) {
    const { containerName, resource } = from.resourceFieldRef
    return containerName ? `resource field ${containerName}/${resource}` : `resource field ${resource}`
  }
  return 'invalid valueFrom'
}

function* resolve(
  k: Kube,
  namespace: string | undefined,
  object: any,
  from: any,
): Coro<{ text?: string; error?: string }> {
  if (from.fieldRef) {
    const value = from.fieldRef.fieldPath.split('.').reduce((at: any, key: string) => at?.[key], object)
    return { text: value === undefined ? '' : String(value) }
  }
  const ref = from.configMapKeyRef ?? from.secretKeyRef
  if (!ref) throw new PlainError('kubectl: set env --resolve of resource fields is not simulated', 127)
  const client = yield* k.client()
  const resource = from.configMapKeyRef ? 'configmaps' : 'secrets'
  const response = yield* client.raw({ verb: 'get', group: '', version: 'v1', resource, namespace, name: ref.name })
  if (response.code >= 400) return { error: (response.body as any)?.message ?? '' }
  const value = (response.body as any).data?.[ref.key]
  if (value === undefined)
    return { error: `key ${ref.key} not found in ${resource === 'secrets' ? 'secret' : 'config map'} ${ref.name}` }
  return { text: resource === 'secrets' ? atob(value) : value }
}
