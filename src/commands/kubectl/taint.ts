import type { Coro } from '../../kernel/index.ts'
import { isLabelValue, isQualifiedName } from '../../kinds/index.ts'
import { getObject, type Info, itemsOf, listAll, selectorOf } from './lib/builder.ts'
import { forEach, managerOf } from './lib/change.ts'
import { namesOf } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/taint.ts'

interface Taint {
  readonly key: string
  readonly value: string
  /** '' only when a key is removed with all its effects. */
  readonly effect: string
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function parseOne(spec: string): Taint {
  const parts = spec.split(':')
  let [body] = parts
  const effect = parts[1] ?? ''
  if (parts.length > 2) throw new CliError(`invalid taint spec: ${spec}`)
  if (parts.length === 2 && !EFFECTS.includes(effect))
    throw new CliError(`invalid taint effect: ${effect}, unsupported taint effect`)
  let value = ''
  if (parts.length === 2) {
    const halves = body.split('=')
    if (halves.length > 2) throw new CliError(`invalid taint spec: ${spec}`)
    body = halves[0]
    value = halves[1] ?? ''
  }
  const key = body
  const wrong = [isLabelValue(value), isQualifiedName(key)].find((messages) => messages.length > 0)
  if (wrong) throw new CliError(`invalid taint spec: ${spec}, ${wrong.join('; ')}`)
  return { key, value, effect }
}

function parse(specs: readonly string[]): { add: Taint[]; remove: Taint[] } {
  const add: Taint[] = []
  const remove: Taint[] = []
  for (const spec of specs) {
    if (spec.endsWith('-')) remove.push(parseOne(spec.slice(0, -1)))
    else {
      const taint = parseOne(spec)
      if (!taint.effect) throw new CliError(`invalid taint spec: ${spec}`)
      if (add.some((t) => t.key === taint.key && t.effect === taint.effect))
        throw new CliError(
          `duplicated taints with the same key and effect: {${taint.key} ${taint.value} ${taint.effect} <nil>}`,
        )
      add.push(taint)
    }
  }
  return { add, remove }
}

/** Models kubectl/pkg/cmd/taint/taint.go. */
export const taint: Definition = {
  page: pages.taint,
  complete: namesOf('nodes'),
  *run(k) {
    const at = k.args.findIndex((arg, i) => i > 0 && (arg.includes('=') || arg.includes(':') || arg.endsWith('-')))
    const names = at < 0 ? k.args : k.args.slice(0, at)
    const specs = at < 0 ? [] : k.args.slice(at)
    if (names.length === 0) throw new CliError('one or more resources must be specified as <resource> <name>')
    if (specs.length === 0) throw new CliError('at least one taint update is required')
    let changes: ReturnType<typeof parse>
    try {
      changes = parse(specs)
    } catch (error) {
      if (error instanceof CliError) throw k.usage(error.message)
      throw error
    }
    const resource = yield* k.resource(names[0])
    if (resource.name !== 'nodes' || resource.group !== '')
      throw new CliError(`invalid resource type ${names[0]}, only node types are supported`)
    const infos: Info[] = []
    if (k.flags.bool('all') || selectorOf(k)) {
      if (names.length > 1) throw new CliError('name cannot be provided when a selector is specified')
      for (const object of itemsOf(yield* listAll(k, { resource, namespace: undefined, name: undefined }), resource))
        infos.push({ resource, namespace: undefined, name: object.metadata.name, object, source: '' })
    } else {
      if (names.length < 2)
        throw new CliError("at least one resource name must be specified since 'all' parameter is not set")
      for (const name of names.slice(1))
        infos.push({
          resource,
          namespace: undefined,
          name,
          object: yield* getObject(k, resource, undefined, name),
          source: '',
        })
    }
    throwAll(yield* forEach(infos, (info) => change(k, info, changes)))
    return 0
  },
}

function* change(k: Kube, info: Info, { add, remove }: { add: Taint[]; remove: Taint[] }): Coro<void> {
  const old: any[] = info.object.spec.taints ?? []
  const same = (a: any, b: Taint): boolean => a.key === b.key && (b.effect === '' || a.effect === b.effect)
  const held = add.filter((t) => old.some((o) => same(o, t))).map((t) => t.key)
  if (!k.flags.bool('overwrite') && held.length > 0)
    throw new CliError(
      `node ${info.name} already has ${held.join(',')} taint(s) with same effect(s) and --overwrite is false`,
    )
  const missing = remove.filter((t) => !old.some((o) => same(o, t)))
  if (missing.length > 0)
    throw new CliError(
      missing
        .map((t) => (t.effect ? `taint "${t.key}:${t.effect}" not found` : `taint "${t.key}" not found`))
        .join('\n'),
    )
  const kept = old.filter((o) => !remove.some((t) => same(o, t)) && !add.some((t) => same(o, t)))
  const taints = [...add.map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect })), ...kept]
  const overwritten = add.some((t) => old.some((o) => same(o, t)))
  const operation = add.length === 0 ? 'untainted' : overwritten || remove.length > 0 ? 'modified' : 'tainted'
  const next = { ...info.object, spec: { ...info.object.spec, taints } }
  const printer = printerFor(k, { operation })
  if (k.dryRun() === 'client') {
    if (printer.format === '') yield* k.out(`node/${info.name} ${operation}${k.dryRunSuffix()}\n`)
    else yield* printer.print(next)
    return
  }
  const client = yield* k.client()
  const result = yield* client.patch(
    info.resource,
    undefined,
    info.name,
    'application/strategic-merge-patch+json',
    { spec: { taints: taints.length > 0 ? taints : null } },
    { fieldManager: managerOf(k, 'kubectl-taint'), dryRun: k.dryRun() === 'server' || undefined },
  )
  // The real command leaves out the suffix of a server dry run.
  if (printer.format === '') yield* k.out(`node/${info.name} ${operation}\n`)
  else yield* printer.print(result)
}
