import { compareBytes, KUBECTL_TABLE, TabWriter } from '../../print/index.ts'
import type { Definition } from './lib/define.ts'
import { apiVersionOf, groupResource, type Resource } from './lib/discovery.ts'
import { CliError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/api-resources.ts'
import { pages as versionPages } from './pages/api-versions.ts'

function noArguments(k: Kube): void {
  if (k.args.length > 0) throw k.usage(`unexpected arguments: [${k.args.join(' ')}]`)
}

/** Models kubectl/pkg/cmd/apiresources/apiresources.go. */
export const apiResources: Definition = {
  page: pages['api-resources'],
  *run(k) {
    const { flags } = k
    noArguments(k)
    const sortBy = flags.string('sort-by')
    if (!['', 'name', 'kind'].includes(sortBy)) throw new CliError('--sort-by accepts only name or kind')
    const output = flags.string('output')
    if (!['', 'wide', 'name', 'json', 'yaml', 'kyaml'].includes(output))
      throw new CliError(
        `unable to match a printer suitable for the output format "${output}", allowed formats are: json,kyaml,name,wide,yaml`,
      )
    const discovery = yield* k.discovery()
    if (!flags.bool('cached')) yield* discovery.refresh()
    const { resources, stale } = yield* discovery.load()
    const has = (list: readonly string[], wanted: readonly string[]): boolean => wanted.every((w) => list.includes(w))
    const key = (r: Resource): string => (sortBy === 'name' ? r.name : sortBy === 'kind' ? r.kind : r.group)
    const found = preferred(resources)
      .filter(
        (r) =>
          r.verbs.length > 0 &&
          (!flags.changed('api-group') || flags.string('api-group') === r.group) &&
          (!flags.changed('namespaced') || flags.bool('namespaced') === r.namespaced) &&
          has(r.verbs, flags.strings('verbs')) &&
          has(r.categories, flags.strings('categories')),
      )
      .sort((a, b) => compareBytes(key(a), key(b)) || compareBytes(a.name, b.name))
    if (output === 'name') yield* k.out(found.map((r) => `${groupResource(r)}\n`).join(''))
    else if (output === '' || output === 'wide') yield* k.out(table(found, output === 'wide', flags.bool('no-headers')))
    else
      yield* printerFor(k, { typed: true }).print({
        apiVersion: 'v1',
        groupVersion: '',
        kind: 'APIResourceList',
        resources: found.map(asApiResource),
      })
    if (stale.length > 0) {
      const each = stale.map((version) => `${version}: stale GroupVersion discovery: ${version}`)
      throw new CliError(`unable to retrieve the complete list of server APIs: ${each.join(', ')}`)
    }
    return 0
  },
}

/** Every resource once, in its group's preferred version that has it. */
function preferred(resources: readonly Resource[]): Resource[] {
  const seen = new Set<string>()
  return [...resources.filter((r) => r.preferred), ...resources.filter((r) => !r.preferred)].filter((r) => {
    const id = groupResource(r)
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

function table(found: readonly Resource[], wide: boolean, noHeaders: boolean): string {
  const lines: string[] = []
  const headers = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]
  if (!noHeaders) lines.push(`${headers.join('\t')}\n`)
  for (const r of found) {
    const cells = [r.name, r.shortNames.join(','), apiVersionOf(r), String(r.namespaced), r.kind]
    if (wide) cells.push([...r.verbs].join(','), r.categories.join(','))
    lines.push(`${cells.join('\t')}\n`)
  }
  return new TabWriter(KUBECTL_TABLE).format(lines.join(''))
}

const asApiResource = (r: Resource): object => ({
  name: r.name,
  singularName: r.singular,
  namespaced: r.namespaced,
  ...(r.group ? { group: r.group } : {}),
  version: r.version,
  kind: r.kind,
  verbs: r.verbs,
  ...(r.shortNames.length > 0 ? { shortNames: r.shortNames } : {}),
  ...(r.categories.length > 0 ? { categories: r.categories } : {}),
})

/** Models kubectl/pkg/cmd/apiresources/apiversions.go. */
export const apiVersions: Definition = {
  page: versionPages['api-versions'],
  *run(k) {
    noArguments(k)
    const discovery = yield* k.discovery()
    yield* discovery.refresh()
    const { groups } = yield* discovery.load()
    const versions = groups.flatMap((g) => g.versions.map((v) => (g.name ? `${g.name}/${v}` : v)))
    yield* k.out(
      versions
        .sort(compareBytes)
        .map((v) => `${v}\n`)
        .join(''),
    )
    return 0
  },
}
