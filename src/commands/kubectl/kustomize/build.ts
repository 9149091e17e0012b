import { SysError } from '../../../host/index.ts'
import { deepEqual } from '../../../kinds/index.ts'
import { decode } from '../lib/decode.ts'
import { CliError, PlainError } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { applyLocally } from '../lib/patch-locally.ts'
import { contentHash, type GeneratorArgs, generated } from './generate.ts'
import { addAnnotations, addLabels, legacyOrder, rename, setImage, setNamespace } from './transform.ts'

const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const KNOWN = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'resources',
  'bases',
  'components',
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonLabels',
  'labels',
  'commonAnnotations',
  'images',
  'replicas',
  'configMapGenerator',
  'secretGenerator',
  'generatorOptions',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
])

/** Fields of the real tool that are not here. */
const UNKNOWN = new Set([
  'crds',
  'generators',
  'transformers',
  'validators',
  'replacements',
  'vars',
  'configurations',
  'helmCharts',
  'helmGlobals',
  'helmChartInflationGenerator',
  'openapi',
  'buildMetadata',
  'sortOptions',
])

const DEPRECATED: readonly (readonly [string, string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
]

/** An object on its way through the layers. */
interface Item {
  object: any
  /** Name that the sources use for it. */
  readonly original: string
  hash: boolean
}

/** Objects of a kustomization directory, in the order of `kubectl kustomize`. */
export function buildKustomization(k: Kube, dir: string): any[] {
  const root = directory(k, dir, dir)
  const items = layer(k, root)
  for (const item of items) if (item.hash) item.object.metadata.name += `-${contentHash(item.object)}`
  follow(items)
  return legacyOrder(items.map(({ object }) => object))
}

/** Everything that names an object by its source name gets its present one. */
function follow(items: readonly Item[]): void {
  const names = new Map(items.map((i) => [`${i.object.kind}/${i.original}`, i.object.metadata.name as string]))
  for (const { object } of items) rename(object, (kind, name) => names.get(`${kind}/${name}`) ?? name)
}

function directory(k: Kube, path: string, shown: string): string {
  const at = join(k.p.cwd, path)
  const node = k.p.fs.find(at)
  const first = path.split('/')[0]
  if (!node)
    throw new CliError(
      `must build at directory: not a valid directory: evalsymlink failure on '${shown}' : lstat ${path.includes('://') ? join(k.p.cwd, first) : at}: no such file or directory`,
    )
  if (node.kind !== 'dir') throw new CliError(`must build at directory: '${shown}': file is not directory`)
  return k.p.fs.realpath(at)
}

function join(base: string, path: string): string {
  const out: string[] = []
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') out.pop()
    else out.push(part)
  }
  return `/${out.join('/')}`
}

function kustomization(k: Kube, dir: string): any {
  const found = FILES.filter((name) => k.p.fs.find(`${dir}/${name}`)?.kind === 'file')
  if (found.length === 0)
    throw new CliError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${dir}'`,
    )
  if (found.length > 1) throw new CliError(`Found multiple kustomization files under: ${dir}\n`)
  const [manifest] = decode(k.p.fs.readFile(`${dir}/${found[0]}`, '/', k.p.creds), `${dir}/${found[0]}`)
  const spec = manifest?.object
  if (!spec) throw new CliError('kustomization.yaml is empty')
  for (const key of Object.keys(spec)) {
    if (UNKNOWN.has(key)) throw new PlainError(`kubectl: kustomize ${key} not simulated`, 127)
    if (!KNOWN.has(key)) throw new CliError(`invalid Kustomization: json: unknown field "${key}"`)
  }
  for (const [old, now] of DEPRECATED)
    if (spec[old])
      k.err(
        `# Warning: '${old}' is deprecated. Please use '${now}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n`,
      )
  return spec
}

/** Reads a file of a kustomization, which must lie in or below its directory. */
function readIn(k: Kube, dir: string, path: string): string {
  const at = join(dir, path)
  if (!k.p.fs.find(at)) throw new CliError(`evalsymlink failure on '${at}' : lstat ${at}: no such file or directory`)
  if (!at.startsWith(`${dir}/`)) throw new CliError(`security; file '${at}' is not in or below '${dir}'`)
  try {
    return k.p.fs.readFile(at, '/', k.p.creds)
  } catch (error) {
    throw error instanceof SysError ? new CliError(error.goMessage) : error
  }
}

function resources(k: Kube, dir: string, path: string): Item[] {
  const at = join(dir, path)
  if (k.p.fs.find(at)?.kind === 'dir') return layer(k, k.p.fs.realpath(at))
  let text: string
  try {
    text = readIn(k, dir, path)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    const second = k.p.fs.find(at)
      ? `must build at directory: '${at}': file is not directory`
      : `must build at directory: not a valid directory: evalsymlink failure on '${at}' : lstat ${at}: no such file or directory`
    throw new CliError(
      `accumulating resources: accumulation err='accumulating resources from '${path}': ${error.message}': ${second}`,
    )
  }
  return decode(text, at).map(({ object }) => {
    if (!object.kind)
      throw new CliError(
        `accumulating resources: accumulation err='accumulating resources from '${path}': missing Resource metadata'`,
      )
    return { object, original: object.metadata?.name ?? '', hash: false }
  })
}

function layer(k: Kube, dir: string): Item[] {
  const spec = kustomization(k, dir)
  const items: Item[] = []
  for (const path of [...(spec.resources ?? []), ...(spec.bases ?? []), ...(spec.components ?? [])])
    for (const item of resources(k, dir, path)) {
      const same = items.find(
        (i) => i.object.kind === item.object.kind && deepEqual(i.object.metadata, item.object.metadata),
      )
      if (same)
        throw new CliError(
          `accumulating resources: accumulation err='merging resources from '${path}': may not add resource with an already registered id: ${item.object.kind}.${item.object.apiVersion.split('/').join('.')}/${item.original}.[noNs]'`,
        )
      items.push(item)
    }
  generate(k, dir, spec, items)
  patch(k, dir, spec, items)
  transform(spec, items)
  return items
}

function generate(k: Kube, dir: string, spec: any, items: Item[]): void {
  const options = spec.generatorOptions ?? {}
  const entries: (readonly ['ConfigMap' | 'Secret', GeneratorArgs])[] = [
    ...(spec.configMapGenerator ?? []).map((args: GeneratorArgs) => ['ConfigMap', args] as const),
    ...(spec.secretGenerator ?? []).map((args: GeneratorArgs) => ['Secret', args] as const),
  ]
  for (const [kind, args] of entries) {
    const object = generated(kind, args, options, (path) => readIn(k, dir, path))
    const hash = !(args.options?.disableNameSuffixHash ?? options.disableNameSuffixHash ?? false)
    const old = items.find((i) => i.object.kind === kind && i.original === args.name)
    if (args.behavior === 'merge' || args.behavior === 'replace') {
      if (!old)
        throw new CliError(
          `merging from generator &{0x0 {  } {map[] map[]} {{ ${args.name} ${args.behavior} {[] [] [] } <nil>}}}: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${kind}", isClusterScoped:false}, Name:"${args.name}", Namespace:""} does not exist; cannot merge or replace`,
        )
      const data = args.behavior === 'merge' ? { ...old.object.data, ...object.data } : object.data
      const { name } = old.object.metadata
      old.object = { ...old.object, ...object, data, metadata: { ...old.object.metadata, ...object.metadata, name } }
      old.hash ||= hash
    } else items.push({ object, original: args.name, hash })
  }
}

/** A regular expression of a patch target. */
const matches = (pattern: string | undefined, text: string): boolean =>
  pattern === undefined || pattern === '' || new RegExp(`^(?:${pattern})$`).test(text)

function targets(items: readonly Item[], target: any): Item[] {
  const labels: string[] = (target.labelSelector ?? '').split(',').filter(Boolean)
  return items.filter(({ object, original }) => {
    const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion]
    return (
      matches(target.kind, object.kind) &&
      (matches(target.name, original) || matches(target.name, object.metadata.name)) &&
      matches(target.namespace, object.metadata.namespace ?? 'default') &&
      matches(target.group, group) &&
      matches(target.version, version) &&
      labels.every((label) => object.metadata.labels?.[label.split('=')[0]] === label.split('=').at(-1))
    )
  })
}

function patch(k: Kube, dir: string, spec: any, items: Item[]): void {
  const all: { text: string; target?: any }[] = []
  for (const entry of spec.patchesStrategicMerge ?? []) {
    if (/\n/.test(entry)) all.push({ text: entry })
    else
      try {
        all.push({ text: readIn(k, dir, entry) })
      } catch (error) {
        if (!(error instanceof CliError)) throw error
        throw new CliError(
          `trouble configuring builtin PatchStrategicMergeTransformer with config: \`\npaths:\n${spec.patchesStrategicMerge.map((p: string) => `- ${p}\n`).join('')}\`: ${error.message}`,
        )
      }
  }
  for (const entry of [...(spec.patches ?? []), ...(spec.patchesJson6902 ?? [])])
    all.push({ text: entry.patch ?? readIn(k, dir, entry.path), target: entry.target })
  for (const { text, target } of all) {
    const operations = /^\s*(-|\[)/.test(text.replace(/^---\n/, '')) ? operationsOf(text) : undefined
    if (operations) {
      if (!target) throw new CliError('must specify a target for JSON patch')
      for (const item of targets(items, target)) item.object = applyLocally(item.object, operations, 'json')
    } else
      for (const { object } of decode(text, 'patch')) {
        const found = target
          ? targets(items, target)
          : items.filter((i) => i.object.kind === object.kind && i.original === object.metadata?.name)
        if (found.length === 0 && !target)
          throw new CliError(
            `no resource matches strategic merge patch "${object.kind}.${object.apiVersion.split('/').reverse().join('.')}/${object.metadata?.name}.[noNs]": no matches for Id ${object.kind}.${object.apiVersion.split('/').reverse().join('.')}/${object.metadata?.name}.[noNs]; failed to find unique target for patch ${object.kind}.${object.apiVersion.split('/').reverse().join('.')}/${object.metadata?.name}.[noNs]`,
          )
        for (const item of found) {
          if (object.$patch === 'delete') items.splice(items.indexOf(item), 1)
          else {
            const { metadata = {}, apiVersion: _a, kind: _k, ...rest } = object
            const { name: _n, namespace: _s, ...meta } = metadata
            item.object = applyLocally(item.object, { ...rest, metadata: meta }, 'strategic')
          }
        }
      }
  }
}

const operationsOf = (text: string): any[] =>
  decode(`list:\n${text.replace(/^---\n/, '').replace(/^(?=.)/gm, '  ')}`, 'patch')[0].object.list

function transform(spec: any, items: readonly Item[]): void {
  for (const item of items) {
    const { object } = item
    object.metadata ??= {}
    if (spec.namespace) setNamespace(object, spec.namespace)
    if (!['Namespace', 'CustomResourceDefinition', 'APIService'].includes(object.kind))
      object.metadata.name = `${spec.namePrefix ?? ''}${object.metadata.name}${spec.nameSuffix ?? ''}`
    for (const label of spec.labels ?? [])
      addLabels(object, label.pairs, label.includeSelectors === true, label.includeTemplates === true)
    if (spec.commonLabels) addLabels(object, spec.commonLabels, true, true)
    if (spec.commonAnnotations) addAnnotations(object, spec.commonAnnotations)
    for (const change of spec.images ?? []) setImage(object, change)
    for (const { name, count } of spec.replicas ?? [])
      if (item.original === name && ['Deployment', 'ReplicaSet', 'StatefulSet'].includes(object.kind))
        object.spec.replicas = count
  }
}
