import type { Coro } from '../../kernel/index.ts'
import { JsonPath, relaxedJsonPath } from '../../print/index.ts'
import { asked, itemsOf, listAll } from './lib/builder.ts'
import { gvr } from './lib/client.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import type { Resource } from './lib/discovery.ts'
import { CliError, isExpected, isNotFound, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/wait.ts'

interface Condition {
  readonly kind: 'create' | 'delete' | 'state'
  /** Whether the object is as wanted. */
  readonly met: (object: any) => boolean
}

function parse(text: string): Condition {
  const lower = text.toLowerCase()
  if (lower === 'delete') return { kind: 'delete', met: () => false }
  if (lower === 'create') return { kind: 'create', met: () => true }
  if (text.startsWith('condition=')) {
    const body = text.slice('condition='.length)
    const at = body.indexOf('=')
    const [name, value] = at < 0 ? [body, 'true'] : [body.slice(0, at), body.slice(at + 1)]
    return {
      kind: 'state',
      met: (object) => {
        const found = object.status?.conditions?.find((c: any) => c.type?.toLowerCase() === name.toLowerCase())
        if (!found || found.status?.toLowerCase() !== value.toLowerCase()) return false
        const generation = found.observedGeneration ?? object.status?.observedGeneration
        return (
          generation === undefined ||
          object.metadata.generation === undefined ||
          generation >= object.metadata.generation
        )
      },
    }
  }
  if (text.startsWith('jsonpath=')) return jsonPathCondition(text.slice('jsonpath='.length))
  throw new CliError(`unrecognized condition: "${text}"`)
}

function jsonPathCondition(text: string): Condition {
  const [expression, ...values] = splitAtEquals(text)
  if (values.length > 1)
    throw new CliError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    )
  const wanted = values[0]?.replace(/^['"]+|['"]+$/g, '')
  if (wanted === '')
    throw new CliError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    )
  if (!expression) throw new CliError('jsonpath expression cannot be empty')
  let path: JsonPath
  try {
    path = new JsonPath(relaxedJsonPath(expression), { allowMissingKeys: true })
  } catch (error) {
    throw new CliError((error as Error).message)
  }
  return {
    kind: 'state',
    met: (object) => {
      const values = path.find(object)
      const first = values[0] ?? []
      if (first.length === 0) return false
      if (values.length > 1) throw new CliError('given jsonpath expression matches more than one list')
      if (first.length > 1) throw new CliError('given jsonpath expression matches more than one value')
      if (wanted === undefined) return true
      if (typeof first[0] === 'object' && first[0] !== null)
        throw new CliError('jsonpath leads to a nested object or list which is not supported')
      return String(first[0]).trim() === wanted.trim()
    },
  }
}

/** At each `=`; those of `==` belong to the expression. */
function splitAtEquals(text: string): string[] {
  const parts = ['']
  for (const piece of text.split(/(==|=)/)) {
    if (piece === '=') parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts
}

interface Target {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  readonly object?: any
}

/** Models kubectl/pkg/cmd/wait/wait.go. */
export const wait: Definition = {
  page: pages.wait,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    const texts = flags.strings('for')
    if (texts.length === 0) throw new CliError('unrecognized condition: []')
    const conditions = texts.map(parse)
    const { kernel } = k.p.host
    const timeout = flags.duration('timeout')
    const until = kernel.now() + (timeout < 0 ? 7 * 86_400_000 : timeout)
    const printer = printerFor(k, { operation: 'condition met' })
    const create = conditions.some((c) => c.kind === 'create')
    const rest = conditions.filter((c) => c.kind !== 'create')
    const errors: Error[] = []
    for (const target of yield* targets(k, conditions, create ? until : undefined)) {
      try {
        let object = target.object
        for (const condition of rest) object = yield* waitFor(k, target, condition, until, timeout === 0)
        if (object) yield* printer.print(object)
      } catch (error) {
        if (!isExpected(error)) throw error
        errors.push(error)
      }
    }
    throwAll(errors)
    return 0
  },
}

/** What is waited for. Missing objects are an error except for deletion and creation. */
function* targets(k: Kube, conditions: readonly Condition[], createUntil: number | undefined): Coro<Target[]> {
  const { list, errors } = yield* asked(k, { allowAll: createUntil !== undefined })
  throwAll(errors)
  const client = yield* k.client()
  const { kernel } = k.p.host
  const out: Target[] = []
  const missing: Error[] = []
  for (const query of list) {
    if (query.name === undefined) {
      for (const object of itemsOf(yield* listAll(k, query), query.resource))
        out.push({ ...query, namespace: object.metadata.namespace, name: object.metadata.name, object })
      continue
    }
    for (;;) {
      try {
        out.push({ ...query, name: query.name, object: yield* client.get(query.resource, query.namespace, query.name) })
        break
      } catch (error) {
        if (!isNotFound(error)) throw error
        if (createUntil === undefined) {
          if (!conditions.some((c) => c.kind === 'delete')) missing.push(error)
          break
        }
        if (kernel.now() >= createUntil) throw new CliError('timed out waiting for the condition')
        yield { until: Math.min(createUntil, kernel.now() + 500) }
      }
    }
  }
  if (missing.length > 0 && out.length === 0) throwAll(missing)
  if (missing.length > 0) out.push(...missing.map((error) => ({ error }) as never))
  if (out.length === 0 && !conditions.some((c) => c.kind === 'delete'))
    throw new CliError('no matching resources found')
  return out
}

function* waitFor(k: Kube, target: Target, condition: Condition, until: number, once: boolean): Coro<any> {
  if ('error' in target) throw (target as { error: Error }).error
  const { kernel } = k.p.host
  const client = yield* k.client()
  const where = `${target.resource.name}/${target.name}`
  // All share one deadline; where it has passed, nothing is asked any more.
  if (!once && kernel.now() >= until)
    throw new CliError(
      condition.kind === 'delete'
        ? 'client rate limiter Wait returned an error: context deadline exceeded'
        : `timed out waiting for the condition on ${where}`,
    )
  for (;;) {
    let object: any
    try {
      object = yield* client.get(target.resource, target.namespace, target.name)
    } catch (error) {
      if (!isNotFound(error)) throw error
      if (condition.kind === 'delete') return target.object
      throw error
    }
    if (condition.kind === 'delete' && object.metadata.uid !== target.object?.metadata.uid) return target.object
    if (condition.kind !== 'delete' && condition.met(object))
      return { apiVersion: target.object?.apiVersion, kind: target.resource.kind, ...object }
    if (once) throw new CliError(`condition not met for ${where}`)
    if (kernel.now() >= until) throw new CliError(`timed out waiting for the condition on ${where}`)
    const { stream } = yield* client.accepted({
      ...gvr(target.resource),
      verb: 'watch',
      namespace: target.namespace,
      fieldSelector: `metadata.name=${target.name}`,
      resourceVersion: object.metadata.resourceVersion,
    })
    if (!stream) throw new CliError(`timed out waiting for the condition on ${where}`)
    const undo = k.p.defer(() => stream.cancel())
    try {
      for (;;) {
        const event = stream.take()
        if (event && event.type !== 'BOOKMARK') break
        if (event) continue
        if (stream.closed || kernel.now() >= until) break
        yield { on: [stream.arrived], until }
      }
    } finally {
      undo()
      stream.cancel()
    }
  }
}
