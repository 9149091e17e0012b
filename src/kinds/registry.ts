import type { Kind } from './kind.ts'

/**
 * The kinds one API server serves. Discovery order: built-in kinds as registered, then custom ones; the first version of
 * a group is its preferred one.
 */
export class KindRegistry {
  private readonly kinds: Kind[] = []
  private readonly byGvk = new Map<string, Kind>()
  private readonly byGvr = new Map<string, Kind>()
  /** The first by Kind, and by `Kind.group`; made when one is asked for. */
  private firsts: Map<string, Kind> | undefined

  constructor(kinds: Iterable<Kind>) {
    for (const kind of kinds) this.add(kind)
  }

  /** Adds or replaces the kind with the same group, version and resource. */
  add(kind: Kind): void {
    const old = this.byGvr.get(`${kind.apiVersion}/${kind.plural}`)
    if (old) this.remove(old)
    this.kinds.push(kind)
    this.firsts = undefined
    this.byGvk.set(`${kind.apiVersion}/${kind.kind}`, kind)
    this.byGvr.set(`${kind.apiVersion}/${kind.plural}`, kind)
  }

  remove(kind: Kind): void {
    const index = this.kinds.findIndex((k) => k.apiVersion === kind.apiVersion && k.plural === kind.plural)
    if (index < 0) return
    const [gone] = this.kinds.splice(index, 1)
    this.firsts = undefined
    this.byGvk.delete(`${gone!.apiVersion}/${gone!.kind}`)
    this.byGvr.delete(`${gone!.apiVersion}/${gone!.plural}`)
  }

  /** All kinds, in order. */
  list(): readonly Kind[] {
    return this.kinds
  }

  /** By `apiVersion` (v1, apps/v1) and kind. */
  byKind(apiVersion: string, kind: string): Kind | undefined {
    return this.byGvk.get(`${apiVersion}/${kind}`)
  }

  /** By `apiVersion` and plural, as in a URL path. */
  byResource(apiVersion: string, plural: string): Kind | undefined {
    return this.byGvr.get(`${apiVersion}/${plural}`)
  }

  /** First kind called so: by its Kind, without regard to version. For callers inside the cluster. */
  named(kind: string, group?: string): Kind | undefined {
    if (!this.firsts) {
      this.firsts = new Map()
      for (const k of this.kinds)
        for (const name of [k.kind, `${k.kind}.${k.group}`]) if (!this.firsts.has(name)) this.firsts.set(name, k)
    }
    return this.firsts.get(group === undefined ? kind : `${kind}.${group}`)
  }

  /** The kind under which objects of `kind` are kept (itself unless it is a view of another). */
  stored(kind: Kind): Kind {
    if (!kind.storedAs) return kind
    const { group, version } = kind.storedAs
    return this.byKind(group ? `${group}/${version}` : version, kind.kind) ?? kind
  }

  /** First match by plural, singular, short name or lower-case kind, optionally `name.group` or `name.version.group`. */
  find(name: string): Kind | undefined {
    const wanted = name.toLowerCase()
    const [resource, ...rest] = wanted.split('.')
    const qualifier = rest.join('.')
    return this.kinds.find(
      (k) =>
        (k.plural === resource || k.singular === resource || k.shortNames.includes(resource!)) &&
        (!qualifier || qualifier === k.group || qualifier === `${k.version}.${k.group}`),
    )
  }

  /** Served versions by group, in order, preferred version first. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>()
    for (const { group, version } of this.kinds) {
      const versions = groups.get(group)
      if (!versions) groups.set(group, [version])
      else if (!versions.includes(version)) versions.push(version)
    }
    return groups
  }
}
