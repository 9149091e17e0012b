import type { Coro } from '../../kernel/index.ts'
import { isLabelValue } from '../../kinds/index.ts'
import { compareBytes } from '../../print/index.ts'
import { fileInfos, hasFiles, type Info, liveInfos } from './lib/builder.ts'
import { forEach, managerOf } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { nameOf, printerFor } from './lib/output.ts'
import { mergeDiff } from './lib/patches.ts'
import { pages as annotatePages } from './pages/annotate.ts'
import { pages } from './pages/label.ts'

interface Changes {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

/** `a=1` and `b-`. What begins with = is taken for a resource. */
const isChange = (arg: string): boolean => arg.indexOf('=') > 0 || (arg.endsWith('-') && arg !== '-')

/** Splits `TYPE NAME a=1 b-` into the resources and the changes. */
function split(args: readonly string[], noun: string): { resources: string[]; changes: string[] } {
  const at = args.findIndex(isChange)
  const from = at < 0 ? args.length : at
  const changes = args.slice(from)
  const bad = changes.find((arg) => !isChange(arg))
  if (bad !== undefined) throw new CliError(`all resources must be specified before ${noun} changes: ${bad}`)
  return { resources: args.slice(0, from), changes }
}

function parse(list: readonly string[], noun: 'label' | 'annotation'): Changes {
  const set = new Map<string, string>()
  const remove: string[] = []
  for (const text of list) {
    const at = text.indexOf('=')
    if (at >= 0) {
      const [key, value] = [text.slice(0, at), text.slice(at + 1)]
      if (noun === 'label' && value.includes('=')) throw new CliError(`invalid label spec: ${text}`)
      const wrong = noun === 'label' ? isLabelValue(value) : []
      if (wrong.length > 0) throw new CliError(`invalid label value: "${text}": ${wrong.join(';')}`)
      if (key === '')
        throw new CliError(noun === 'label' ? `invalid label spec: ${text}` : `invalid annotation format: ${text}`)
      set.set(key, value)
    } else remove.push(text.slice(0, -1))
  }
  for (const key of remove)
    if (set.has(key))
      throw new CliError(
        noun === 'label'
          ? 'can not both modify and remove a label in the same command'
          : `can not both modify and remove the following annotation(s) in the same command: ${key}`,
      )
  return { set, remove }
}

type Noun = 'label' | 'annotation'

function changing(page: Definition['page'], noun: Noun): Definition {
  return {
    page,
    records: true,
    complete: typesAndNames,
    *run(k) {
      const { flags } = k
      const { resources, changes } = split(k.args, noun)
      const list = flags.bool('list')
      if (resources.length === 0 && !hasFiles(k))
        throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
      if (changes.length === 0 && !list) throw new CliError(`at least one ${noun} update is required`)
      const wanted = parse(changes, noun)
      const local = flags.bool('local')
      const { infos, errors } = local
        ? { infos: yield* fileInfos(k, { local: true }), errors: [] }
        : yield* liveInfos(k, resources)
      throwAll(errors)
      if (infos.length > 1 && flags.string('resource-version'))
        throw new CliError(`--resource-version may only be used with a single resource`)
      const failed = yield* forEach(infos, function* (info: Info) {
        if (list) return yield* show(k, info, noun, changed(k, info, wanted, noun), infos.length)
        yield* change(k, info, wanted, noun, local)
      })
      throwAll(failed)
      return 0
    },
  }
}

const fieldOf = (noun: Noun): 'labels' | 'annotations' => (noun === 'label' ? 'labels' : 'annotations')

function* show(k: Kube, info: Info, noun: Noun, map: Record<string, string>, count: number): Coro<void> {
  const indent = count > 1 ? ' ' : ''
  if (count > 1)
    yield* k.out(
      `Listing ${fieldOf(noun)} for ${info.object.kind}.${info.resource.group}/${info.name}:\n`.replace('./', '/'),
    )
  for (const key of Object.keys(map).sort(compareBytes)) yield* k.out(`${indent}${key}=${map[key]}\n`)
}

/** The map as it is to be. Throws CliError for what may not be overwritten. */
function changed(k: Kube, { object }: Info, { set, remove }: Changes, noun: Noun): Record<string, string> {
  const before: Record<string, string> = object.metadata[fieldOf(noun)] ?? {}
  const taken = k.flags.bool('overwrite')
    ? []
    : [...set].filter(([key, value]) => before[key] !== undefined && before[key] !== value)
  if (taken.length > 0 && noun === 'label')
    throw new CliError(
      taken.map(([key]) => `'${key}' already has a value (${before[key]}), and --overwrite is false`).join('; '),
    )
  if (taken.length > 0)
    throw new CliError(
      `--overwrite is false but found the following declared annotation(s): ${taken.map(([key]) => `'${key}' already has a value (${before[key]})`).join('; ')}`,
    )
  const after: Record<string, string> = { ...before, ...Object.fromEntries(set) }
  for (const key of remove) delete after[key]
  return after
}

function* change(k: Kube, info: Info, wanted: Changes, noun: Noun, local: boolean): Coro<void> {
  const { object } = info
  const field = fieldOf(noun)
  const before: Record<string, string> = object.metadata[field] ?? {}
  if (noun === 'label' && !local && k.dryRun() !== 'client')
    for (const key of wanted.remove) if (before[key] === undefined) yield* k.out(`label "${key}" not found.\n`)
  const after = changed(k, info, wanted, noun)
  const version = k.flags.string('resource-version')
  const operation = noun === 'annotation' ? 'annotated' : outcome(before, wanted)
  let result: any
  if (local || k.dryRun() === 'client') {
    const metadata = { ...object.metadata, [field]: after, ...(version ? { resourceVersion: version } : {}) }
    result = { ...object, metadata }
  } else {
    const patch = mergeDiff({ metadata: { [field]: before } }, { metadata: { [field]: after } })
    if (version) patch.metadata = { ...patch.metadata, resourceVersion: version }
    const client = yield* k.client()
    result =
      Object.keys(patch).length === 0
        ? object
        : yield* client.patch(info.resource, info.namespace, info.name, 'application/merge-patch+json', patch, {
            fieldManager: managerOf(k, noun === 'label' ? 'kubectl-label' : 'kubectl-annotate'),
            dryRun: k.dryRun() === 'server' || undefined,
          })
  }
  const printer = printerFor(k, { operation })
  if (printer.format === '') yield* k.out(`${nameOf(object)} ${operation}${k.dryRunSuffix()}\n`)
  else yield* printer.print(result)
}

function outcome(before: Record<string, string>, { set, remove }: Changes): string {
  const added = [...set].some(([key, value]) => before[key] !== value)
  const removed = remove.some((key) => before[key] !== undefined)
  if (added) return removed ? 'modified' : 'labeled'
  return removed ? 'unlabeled' : 'not labeled'
}

/** Models kubectl/pkg/cmd/label/label.go. */
export const label = changing(pages.label, 'label')
/** Models kubectl/pkg/cmd/annotate/annotate.go. */
export const annotate = changing(annotatePages.annotate, 'annotation')
