import { StatusError } from '../../api/types.ts'
import type { Coro } from '../../kernel/index.ts'
import { digest } from '../../pki/index.ts'
import { releaseOf } from '../../programs/lib/releases.ts'
import { type Info, itemsOf } from './lib/builder.ts'
import { apiVersionOf, groupKind, type Resource } from './lib/discovery.ts'
import { CliError, isExpected, isNotFound } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import type { ObjectPrinter } from './lib/output.ts'

const TOOLING = 'applyset.kubernetes.io/tooling'
const NAMESPACES = 'applyset.kubernetes.io/additional-namespaces'
const KINDS = 'applyset.kubernetes.io/contains-group-kinds'
const ID = 'applyset.kubernetes.io/id'
const PART_OF = 'applyset.kubernetes.io/part-of'
const PARENT_TYPE = 'applyset.kubernetes.io/is-parent-type'

const TOOL = 'kubectl'
const MANAGER = `${TOOL}-applyset`

/** Kinds of which every object may stand for a set; others need a label on their definition. */
const PARENTS = ['secrets', 'configmaps']

/** The members of a set: where to look for objects that left the files. */
interface Members {
  readonly kinds: ReadonlySet<string>
  readonly namespaces: ReadonlySet<string>
}

const union = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): Set<T> => new Set([...a, ...b])
const words = (text: string | undefined): Set<string> => new Set((text ?? '').split(',').filter(Boolean))

/** What `apply --prune --applyset` keeps together: a parent object that says what belongs to it. Models apply/applyset.go. */
export class ApplySet {
  private before: Members = { kinds: new Set(), namespaces: new Set() }
  private after: Members = this.before

  private constructor(
    private readonly k: Kube,
    private readonly resource: Resource,
    private readonly name: string,
    private readonly namespace: string,
  ) {}

  /** The set that --applyset names; undefined without the flag. */
  static *of(k: Kube): Coro<ApplySet | undefined> {
    const { flags } = k
    const ref = flags.has('applyset') ? flags.string('applyset') : ''
    if (!ref) return undefined
    const slash = ref.indexOf('/')
    const name = ref.slice(slash + 1)
    const invalid = (why: string): CliError => new CliError(`invalid parent reference ${JSON.stringify(ref)}: ${why}`)
    if (!name) throw invalid('name cannot be blank')
    const discovery = yield* k.discovery()
    const resource = yield* discovery.find(slash < 0 ? 'secrets' : ref.slice(0, slash))
    if (!resource) throw invalid(`no matches for /, Resource=${ref.slice(0, slash)}`)
    const set = new ApplySet(k, resource, name, resource.namespaced && k.namespaceGiven ? k.namespace : '')
    if (!flags.bool('prune')) throw new CliError('--applyset requires --prune')
    yield* set.validate()
    for (const other of ['all', 'selector', 'prune-allowlist'])
      if (flags.changed(other)) throw new CliError(`--${other} is incompatible with --applyset`)
    return set
  }

  private *validate(): Coro<void> {
    if (this.resource.namespaced && !this.namespace)
      throw new CliError('namespace is required to use namespace-scoped ApplySet')
    if (this.builtIn) return
    const discovery = yield* this.k.discovery()
    const definitions = yield* discovery.resource('customresourcedefinitions')
    const client = yield* this.k.client()
    const { items } = yield* client.list(definitions, undefined, { labelSelector: PARENT_TYPE })
    const { group, version, name } = this.resource
    if (!items.some((crd: any) => crd.metadata.name === `${name}.${group}`))
      throw new CliError(`resource "${group}/${version}, Resource=${name}" is not permitted as an ApplySet parent`)
  }

  private get builtIn(): boolean {
    return this.resource.group === '' && PARENTS.includes(this.resource.name)
  }

  private get id(): string {
    const { kind, group } = this.resource
    const whole = [this.name, this.namespace, kind, group].join('.')
    return `applyset-${digest('sha256', whole).toString('base64url')}-v1`
  }

  private get shown(): string {
    return `"${this.resource.name}.${this.resource.group}/${this.name}"`
  }

  /** Makes the objects of the files members, and the parent tell of them and of those before. */
  *begin(infos: readonly Info[]): Coro<void> {
    for (const { object } of infos.filter((info) => !('error' in info))) {
      if (object.metadata.labels?.[PART_OF] !== undefined)
        throw new CliError(`ApplySet label "${PART_OF}" already set in input data`)
      object.metadata.labels = { ...object.metadata.labels, [PART_OF]: this.id }
    }
    this.before = yield* this.recorded()
    this.after = {
      kinds: new Set(infos.map((info) => groupKind(info.resource))),
      namespaces: new Set(infos.flatMap((info) => info.namespace ?? [])),
    }
    yield* this.record({
      kinds: union(this.before.kinds, this.after.kinds),
      namespaces: union(this.before.namespaces, this.after.namespaces),
    })
  }

  /** Deletes members that are no longer in the files; the parent then tells only of the files. */
  *prune(kept: readonly Info[], printer: ObjectPrinter): Coro<void> {
    const { k } = this
    const discovery = yield* k.discovery()
    const client = yield* k.client()
    const names = new Set(kept.map((info) => `${groupKind(info.resource)}/${info.namespace ?? ''}/${info.name}`))
    for (const kind of this.before.kinds) {
      const resource = yield* discovery.resource(kind)
      for (const namespace of resource.namespaced ? this.before.namespaces : [undefined]) {
        const list = yield* client.list(resource, namespace, { labelSelector: `${PART_OF}=${this.id}` })
        for (const object of itemsOf(list, resource)) {
          const { name } = object.metadata
          if (names.has(`${kind}/${namespace ?? ''}/${name}`)) continue
          if (k.dryRun() !== 'client')
            yield* client.delete(resource, namespace, name, {
              dryRun: k.dryRun() === 'server' || undefined,
              propagationPolicy: 'Background',
            })
          yield* printer.print(object)
        }
      }
    }
    yield* this.record(this.after)
  }

  /** The members of which the parent tells. */
  private *recorded(): Coro<Members> {
    const client = yield* this.k.client()
    let parent: any
    try {
      parent = yield* client.get(this.resource, this.namespace || undefined, this.name)
    } catch (error) {
      if (!isExpected(error)) throw error
      if (!isNotFound(error))
        throw new CliError(`failed to fetch ApplySet parent object ${this.shown}: ${error.message}`)
      if (!this.builtIn) throw new CliError('custom resource ApplySet parents cannot be created automatically')
      return this.before
    }
    const { labels = {}, annotations = {} } = parent.metadata
    const exists = `ApplySet parent object ${this.shown}`
    const tooling: string | undefined = annotations[TOOLING]
    if (tooling === undefined)
      throw new CliError(`${exists} already exists and is missing required annotation "${TOOLING}"`)
    const manager = tooling.replace(/\/[^/]*$/, '')
    if (manager !== TOOL)
      throw new CliError(`${exists} already exists and is managed by tooling "${manager}" instead of "${TOOL}"`)
    if (labels[ID] === undefined) throw new CliError(`${exists} exists and does not have required label ${ID}`)
    if (labels[ID] !== this.id)
      throw new CliError(
        `${exists} exists and has incorrect value for label "${ID}" (got: ${labels[ID]}, want: ${this.id})`,
      )
    if (annotations[KINDS] === undefined)
      throw new CliError(
        `parsing ApplySet annotation on ${this.shown}: kubectl requires the "${KINDS}" annotation to be set on all ApplySet parent objects`,
      )
    return {
      kinds: words(annotations[KINDS]),
      namespaces: union(words(annotations[NAMESPACES]), new Set(this.namespace ? [this.namespace] : [])),
    }
  }

  private *record({ kinds, namespaces }: Members): Coro<void> {
    const { k, resource } = this
    if (k.dryRun() === 'client') return
    const others = [...namespaces].filter((name) => name !== this.namespace)
    const parent = {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: {
        name: this.name,
        ...(this.namespace ? { namespace: this.namespace } : {}),
        annotations: {
          [TOOLING]: `${TOOL}/${releaseOf(k.p)}`,
          [KINDS]: [...kinds].sort().join(','),
          [NAMESPACES]: others.sort().join(','),
        },
        labels: { [ID]: this.id },
      },
    }
    const client = yield* k.client()
    const apply = (force: boolean): Coro<any> =>
      client.patch(resource, this.namespace || undefined, this.name, 'application/apply-patch+yaml', parent, {
        fieldManager: MANAGER,
        fieldValidation: k.fieldValidation(),
        dryRun: k.dryRun() === 'server' || undefined,
        force,
      })
    try {
      yield* apply(false)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      if (error.reason !== 'Conflict') throw new CliError(`failed to update ApplySet: ${error.message}`)
      yield* apply(true)
    }
  }
}
