import { type Process, readAll, SysError } from '../../../host/index.ts'
import { type Coro, globRegex } from '../../../kernel/index.ts'
import { jsonType } from '../../../kinds/index.ts'
import { buildKustomization } from '../kustomize/build.ts'
import { decode, type Manifest, notAnObject } from './decode.ts'
import { CliError, ManifestError, UrlError } from './errors.ts'
import type { Kube } from './kube.ts'

/** Whether the command looks at objects before it sends them: --validate is there and not off. */
export const validating = (k: Kube): boolean =>
  k.flags.has('validate') && !['false', 'ignore'].includes(k.flags.string('validate'))

const EXTENSIONS = ['.json', '.yaml', '.yml']

/** Objects of -f and -k, in order. Lists are taken apart. Throws CliError in the resource builder's words. */
export function* loadManifests(k: Kube): Coro<Manifest[]> {
  const { flags } = k
  oneSource(k)
  const kustomization = flags.has('kustomize') ? flags.string('kustomize') : ''
  const files = flags.has('filename') ? flags.strings('filename') : []
  if (kustomization)
    return split(
      buildKustomization(k, kustomization).map((object) => ({ object, source: kustomization })),
      validating(k),
    )
  const out: Manifest[] = []
  for (const file of files) out.push(...(yield* read(k, file)))
  return split(out, validating(k))
}

/** -f and -k exclude each other. */
export function oneSource({ flags }: Kube): void {
  if (flags.has('kustomize') && flags.string('kustomize') && flags.strings('filename').length > 0)
    throw new CliError('only one of -f or -k can be specified')
}

/** What -f names must be there before anybody is asked anything (resource.Builder). */
export function requirePaths(k: Kube): void {
  for (const file of k.flags.strings('filename'))
    if (file !== '-' && !/^https?:\/\//.test(file))
      for (const path of expand(k.p, file)) if (!k.p.fs.find(path, k.p.cwd)) throw noSuchPath(path)
}

const noSuchPath = (path: string): CliError => new CliError(`the path "${path}" does not exist`)

function* read(k: Kube, file: string): Coro<Manifest[]> {
  const { p } = k
  const validates = validating(k)
  if (file === '-') return decode(yield* readAll(p.stdin), 'STDIN', validates)
  if (/^https?:\/\//.test(file)) {
    const host = /^https?:\/\/([^/]+)/.exec(file)![1]
    if (/^(127\.|localhost)/.test(host))
      throw new UrlError('Get', file, `dial tcp ${host}: connect: connection refused`)
    throw new UrlError('Get', file, `dial tcp: lookup ${host.split(':')[0]}: no such host`)
  }
  const paths = expand(p, file)
  const out: Manifest[] = []
  for (const path of paths) {
    const node = p.fs.find(path, p.cwd)
    if (!node) throw noSuchPath(path)
    if (node.kind === 'dir') {
      const found = walk(p, path, k.flags.has('recursive') && k.flags.bool('recursive'))
      if (found.length === 0 && paths.length === 1)
        throw new CliError(`error reading [${path}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`)
      for (const one of found) out.push(...decode(p.fs.readFile(one, p.cwd, p.creds), one, validates))
    } else {
      try {
        out.push(...decode(p.fs.readFile(path, p.cwd, p.creds), path, validates))
      } catch (error) {
        if (error instanceof SysError) throw new CliError(`the path "${path}" cannot be accessed: ${error.goMessage}`)
        throw error
      }
    }
  }
  return out
}

/** A pattern that the shell left alone is expanded by kubectl itself. */
function expand(p: Process, pattern: string): string[] {
  if (p.fs.exists(pattern, p.cwd) || !/[*?[]/.test(pattern)) return [pattern]
  const at = pattern.lastIndexOf('/')
  const dir = at < 0 ? '.' : pattern.slice(0, at) || '/'
  const matcher = globRegex(pattern.slice(at + 1))
  const found = p.fs.exists(dir, p.cwd)
    ? p.fs
        .readdir(dir, p.cwd, p.creds)
        .map(([n]) => n)
        .filter((n) => matcher.test(n))
        .sort()
    : []
  if (found.length === 0) throw noSuchPath(pattern)
  return found.map((n) => (at < 0 ? n : `${pattern.slice(0, at + 1)}${n}`))
}

function walk(p: Process, dir: string, recursive: boolean): string[] {
  const out: string[] = []
  const base = dir === '.' ? '' : dir.replace(/\/+$/, '') === '' ? '/' : `${dir.replace(/\/+$/, '')}/`
  const entries = p.fs.readdir(dir, p.cwd, p.creds).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, node] of entries) {
    const path = base + name
    if (node.kind === 'dir') {
      if (recursive) out.push(...walk(p, path, true))
    } else if (EXTENSIONS.some((extension) => name.endsWith(extension))) out.push(path)
  }
  return out
}

/** Takes lists apart. `items` makes a list of any kind of object (unstructured's detector). */
function split(manifests: readonly Manifest[], validates: boolean): Manifest[] {
  return manifests.flatMap(({ object, source }) => {
    const { items } = object
    if (items === undefined && object.kind === 'List' && validates) throw notAnObject(source)
    if (items === undefined || !isText(object.kind) || !isText(object.apiVersion)) return [{ object, source }]
    const invalid = (items: readonly any[]): boolean => items.some((item) => !isObject(item))
    if (validates && (!Array.isArray(items) || invalid(items))) throw notAnObject(source)
    if (items === null) return []
    const refuse = (value: unknown, where: string): never => {
      throw new ManifestError(
        `unable to decode "${source}": json: cannot unmarshal ${jsonType(value)} into Go ${where}`,
      )
    }
    if (!Array.isArray(items)) return refuse(items, 'struct field decodeList.items of type []json.RawMessage')
    return items.map((item) => {
      if (item !== null && !isObject(item)) refuse(item, 'value of type map[string]interface {}')
      if (!validates && !item?.kind) throw new ManifestError(NO_KIND)
      return { object: item, source }
    })
  })
}

const NO_KIND =
  "unable to get type info from the object \"*unstructured.Unstructured\": Object 'Kind' is missing in 'object has no kind field '"

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
