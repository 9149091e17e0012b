import type { AdmissionPlugin, Attributes } from './plugin.ts'

interface Link {
  readonly mutating: readonly AdmissionPlugin[]
  readonly validating: readonly AdmissionPlugin[]
}

/** The enabled plug-ins in their fixed order, looked up by what they handle. */
export class AdmissionChain {
  private readonly links = new Map<string, Link>()

  constructor(readonly plugins: readonly AdmissionPlugin[]) {}

  admit(a: Attributes): void {
    for (const plugin of this.link(a).mutating) plugin.admit!(a)
  }

  validate(a: Attributes): void {
    for (const plugin of this.link(a).validating) plugin.validate!(a)
  }

  private link({ operation, kind, subresource }: Attributes): Link {
    const key = `${operation} ${kind.groupResource}/${subresource}`
    let link = this.links.get(key)
    if (!link) {
      const interested = this.plugins.filter((p) => p.handles(operation, kind.groupResource, subresource))
      link = { mutating: interested.filter((p) => p.admit), validating: interested.filter((p) => p.validate) }
      this.links.set(key, link)
    }
    return link
  }
}
