/**
 * Tags of a repository as data: minor versions with their highest patch, aliases, and variants such as `-alpine`.
 * Returns the canonical version of a tag.
 */
export function tagScheme(spec: {
  /** `1.27: 5` = 1.27.0 … 1.27.5; `1.27` means 1.27.5. */
  readonly minors: Readonly<Record<string, number>>
  /** `latest`: `1.29`, … */
  readonly aliases?: Readonly<Record<string, string>>
  /** Suffixes after the version, without the dash: alpine, slim, bookworm. */
  readonly variants?: readonly string[]
  /** Variant tags without a version: `alpine` means the newest with that variant. */
  readonly bareVariants?: boolean
  /** Leading `v`. */
  readonly v?: boolean
}): (tag: string) => string | undefined {
  const variants = spec.variants ?? []
  return (tag) => {
    let variant = ''
    let version = tag
    for (const v of variants) {
      if (tag === v && spec.bareVariants) {
        variant = v
        version = 'latest'
      } else if (tag.endsWith(`-${v}`)) {
        variant = v
        version = tag.slice(0, -v.length - 1)
      }
    }
    version = spec.aliases?.[version] ?? version
    const plain = spec.v ? version.replace(/^v/, '') : version
    if (spec.v && plain === version) return undefined
    const canonical = patched(plain, spec.minors)
    if (!canonical) return undefined
    return `${spec.v ? 'v' : ''}${canonical}${variant ? `-${variant}` : ''}`
  }
}

function patched(version: string, minors: Readonly<Record<string, number>>): string | undefined {
  const highest = minors[version]
  if (highest !== undefined) return highest < 0 ? version : `${version}.${highest}`
  const cut = version.lastIndexOf('.')
  if (cut > 0) {
    const patch = version.slice(cut + 1)
    const max = minors[version.slice(0, cut)]
    if (max !== undefined && /^\d+$/.test(patch) && Number(patch) <= max) return version
  }
  // A bare major: its highest minor.
  if (!/^\d+$/.test(version)) return undefined
  const own = Object.keys(minors)
    .filter((m) => m.startsWith(`${version}.`))
    .sort((a, b) => Number(b.split('.')[1]) - Number(a.split('.')[1]))[0]
  return own === undefined ? undefined : minors[own] < 0 ? own : `${own}.${minors[own]}`
}
