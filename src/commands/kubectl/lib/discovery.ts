import type { Coro } from '../../../kernel/index.ts'
import type { KubeClient } from './client.ts'
import { NoResourceMatchError, UrlError } from './errors.ts'

/** One served resource, as discovery lists it. */
export interface Resource {
  /** Plural. */
  readonly name: string
  readonly singular: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  /** True in the version that the group prefers. */
  readonly preferred: boolean
}

/** `deployments.apps`, `pods`. */
export const groupResource = (r: Pick<Resource, 'name' | 'group'>): string =>
  r.group ? `${r.name}.${r.group}` : r.name
/** `deployment.apps`, `pod`. */
export const kindGroup = (r: Pick<Resource, 'kind' | 'group'>): string =>
  r.group ? `${r.kind.toLowerCase()}.${r.group}` : r.kind.toLowerCase()
/** schema.GroupKind as Go prints it: `Deployment.apps`, `Pod`. */
export const groupKind = ({ kind, group }: Pick<Resource, 'kind' | 'group'>): string =>
  group ? `${kind}.${group}` : kind

/** `apps/v1`, or `v1` for the core group. */
export const apiVersionOf = (r: Pick<Resource, 'group' | 'version'>): string =>
  r.group ? `${r.group}/${r.version}` : r.version

interface DiscoveryGroup {
  readonly name: string
  readonly preferredVersion: string
  readonly versions: readonly string[]
}

interface Served {
  readonly groups: readonly DiscoveryGroup[]
  readonly resources: readonly Resource[]
  /** Versions whose aggregated server does not answer, `metrics.k8s.io/v1beta1`. */
  readonly stale: readonly string[]
}

/** Cached lists are read again by every command. */
const digests = new WeakMap<readonly any[], Served>()

function digest(lists: readonly any[]): Served {
  let served = digests.get(lists)
  if (!served) digests.set(lists, (served = flatten(lists)))
  return served
}

function flatten(lists: readonly any[]): Served {
  const groups: DiscoveryGroup[] = []
  const resources: Resource[] = []
  const stale: string[] = []
  for (const item of lists.flatMap((list) => list.items ?? [])) {
    const group = item.metadata.name ?? ''
    const versions: string[] = item.versions.map((v: any) => v.version)
    groups.push({ name: group, preferredVersion: versions[0], versions })
    for (const { version, resources: served, freshness } of item.versions) {
      if (freshness === 'Stale') stale.push(apiVersionOf({ group, version }))
      for (const r of served ?? [])
        resources.push({
          name: r.resource,
          singular: r.singularResource || r.responseKind.kind.toLowerCase(),
          group,
          version,
          kind: r.responseKind.kind,
          namespaced: r.scope === 'Namespaced',
          shortNames: r.shortNames ?? [],
          categories: r.categories ?? [],
          verbs: r.verbs ?? [],
          preferred: version === versions[0],
        })
    }
  }
  return { groups, resources, stale }
}

/** The first of the resources that is called so: plural, singular, kind or short name, perhaps with group and version. */
function named(resources: readonly Resource[], typed: string): Resource | undefined {
  const lower = typed.toLowerCase()
  const [name, ...rest] = lower.split('.')
  const first = (list: Resource[]): Resource | undefined => list.find((r) => r.preferred) ?? list[0]
  const called = (n: string): Resource[] =>
    resources.filter((r) => r.name === n || r.singular === n || r.kind.toLowerCase() === n)
  const short = (n: string): Resource[] => resources.filter((r) => r.shortNames.includes(n))
  if (rest.length > 0) {
    const [version, ...group] = rest
    const full = [...called(name), ...short(name)]
    // `pods.v1` is no version but a group called v1; the core group's versions need a dot behind them.
    const exact = group.length > 0 ? full.filter((r) => r.version === version && r.group === group.join('.')) : []
    if (exact.length > 0) return first(exact)
    const wanted = rest.join('.')
    return first(full.filter((r) => r.group === wanted)) ?? first(full.filter((r) => r.group.startsWith(wanted)))
  }
  return first(called(name)) ?? first(short(name))
}

/** What the server serves, asked once per command. */
export class Discovery {
  private loaded: Served | undefined

  constructor(
    private readonly client: KubeClient,
    /** Cached answers of an earlier command, if they are still fresh, and how to keep new ones. */
    private readonly cache: DiscoveryCache,
    /** How often this command looks for types when nobody answers. */
    private readonly tries = 4,
  ) {}

  /** Loads the lists, asking up to `tries` times: each failure is logged as client-go's memory cache does. */
  *load(tries = this.tries): Coro<Served> {
    if (this.loaded) return this.loaded
    const cached = this.cache.read()
    if (cached) {
      this.loaded = digest(cached)
      return this.loaded
    }
    for (let i = 1; ; i++) {
      try {
        const lists = yield* this.fetch()
        this.cache.write(lists)
        this.loaded = digest(lists)
        return this.loaded
      } catch (error) {
        if (error instanceof UrlError) this.cache.failed(error)
        if (i >= tries || !(error instanceof UrlError)) throw error
      }
    }
  }

  /** Asks the server, whatever was cached. */
  *refresh(): Coro<void> {
    try {
      const lists = yield* this.fetch()
      this.cache.write(lists)
      this.loaded = digest(lists)
    } catch (error) {
      if (error instanceof UrlError) this.cache.failed(error)
      throw error
    }
  }

  /** The two aggregated lists. */
  private *fetch(): Coro<any[]> {
    const query = { timeout: '32s' }
    const lists: any[] = []
    for (const path of ['/api', '/apis'])
      lists.push(yield* this.client.send({ verb: 'get', path, query, accept: 'discovery' }))
    return lists
  }

  /** Resource for what a user typed: `po`, `deployments.apps`, `deployments.v1.apps`. Throws NoResourceMatchError. */
  *resource(typed: string): Coro<Resource> {
    const found = yield* this.find(typed)
    if (found) return found
    const [name, ...rest] = typed.split('.')
    if (rest.length === 0) throw new NoResourceMatchError(typed)
    // Kinds may be typed as well; what remains unknown is reported without its group.
    throw new NoResourceMatchError(name)
  }

  /** The same, or undefined. What a cached list does not know is asked for again (DeferredDiscoveryRESTMapper). */
  *find(typed: string): Coro<Resource | undefined> {
    const { resources } = yield* this.load()
    const found = named(resources, typed)
    if (found || !this.cache.stale()) return found
    yield* this.refresh()
    return named(this.loaded!.resources, typed)
  }

  /** Resource of an object by its apiVersion and kind. */
  *forKind(apiVersion: string, kind: string): Coro<Resource | undefined> {
    const match = (list: readonly Resource[]): Resource | undefined =>
      // The REST mapper also knows each kind in lower case.
      list.find((r) => (r.kind === kind || r.kind.toLowerCase() === kind) && apiVersionOf(r) === apiVersion)
    const { resources } = yield* this.load(1)
    const found = match(resources)
    if (found || !this.cache.stale()) return found
    yield* this.refresh()
    return match(this.loaded!.resources)
  }

  /** Resources of a category (`all`), in the server's order; none while the server is silent, which costs a try. */
  *category(name: string): Coro<Resource[]> {
    try {
      const { resources } = yield* this.load(1)
      return resources.filter((r) => r.preferred && r.categories.includes(name))
    } catch (error) {
      if (!(error instanceof UrlError)) throw error
      return []
    }
  }
}

/** Where discovery answers survive from one command to the next. */
export interface DiscoveryCache {
  read(): any[] | undefined
  write(lists: any[]): void
  /** A try failed: logs it. */
  failed(error: UrlError): void
  /** The answers in use came from the cache, so that an unknown kind is worth asking for again. */
  stale(): boolean
}
