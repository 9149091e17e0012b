import { parse } from 'yaml'
import { clone } from '../../../api/clone.ts'
import { type Process, SysError } from '../../../host/index.ts'
import { byText } from '../../../kernel/index.ts'
import { goYamlError, toYaml } from '../../../print/index.ts'
import { CliError } from './errors.ts'

/** client-go's clientcmdapi.Config: named entries, each knowing the file it came from. */
export interface KubeConfig {
  clusters: Map<string, Entry>
  users: Map<string, Entry>
  contexts: Map<string, Entry>
  currentContext: string
}

/** A cluster, user or context of the merged kubeconfig. */
export interface Entry {
  readonly value: Record<string, any>
  /** File that defines it. */
  readonly file: string
}

const emptyConfig = (): KubeConfig => ({
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
  currentContext: '',
})

const home = (p: Process): string => p.env.HOME ?? '/root'
const defaultPath = (p: Process): string => `${home(p)}/.kube/config`

/** Files in order of precedence: --kubeconfig alone, else $KUBECONFIG, else ~/.kube/config. */
export function configFiles(p: Process, explicit: string): { files: string[]; explicit: boolean } {
  if (explicit) return { files: [explicit], explicit: true }
  const list = (p.env.KUBECONFIG ?? '').split(':').filter(Boolean)
  return { files: list.length > 0 ? [...new Set(list)] : [defaultPath(p)], explicit: false }
}

/** The file that a change goes to when nothing says otherwise. */
export function defaultFile(p: Process, explicit: string): string {
  const { files } = configFiles(p, explicit)
  return files.findLast((file) => p.fs.exists(file, p.cwd)) ?? files[0]
}

interface Parsed {
  readonly problem?: string
  readonly value?: unknown
  /** Where embedded data stops being base64. */
  readonly badData?: number
}

const parsed = byText((text): Parsed => {
  const problem = goYamlError(text)
  if (problem !== undefined) return { problem }
  const value = parse(text)
  return { value, badData: badData(value) }
})

/** One file as plain data. Throws CliError in client-go's words. */
function readConfigFile(p: Process, file: string): Record<string, any> {
  // /dev/null is an empty configuration.
  const text = p.fs.find(file, p.cwd)?.kind === 'special' ? '' : p.fs.readFile(file, p.cwd, p.creds)
  const { problem, value, badData } = parsed(text)
  if (problem) throw new CliError(`error loading config file "${file}": ${problem}`)
  const doc: any = clone(value ?? {})
  if (typeof doc !== 'object' || Array.isArray(doc))
    throw new CliError(
      `error loading config file "${file}": couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof doc === 'string' ? 'string' : Array.isArray(doc) ? 'array' : 'number'} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  if (badData !== undefined)
    throw new CliError(`error loading config file "${file}": illegal base64 data at input byte ${badData}`)
  return doc
}

/** Where the first embedded datum of a config stops being base64. */
function badData(doc: any): number | undefined {
  for (const [list, item] of [
    ['clusters', 'cluster'],
    ['users', 'user'],
  ])
    for (const entry of Array.isArray(doc?.[list]) ? doc[list] : [])
      for (const [key, value] of Object.entries(entry?.[item] ?? {})) {
        const at = key.endsWith('-data') && typeof value === 'string' ? illegalByte(value) : undefined
        if (at !== undefined) return at
      }
  return undefined
}

function illegalByte(base64: string): number | undefined {
  const text = base64.replace(/[\r\n]/g, '')
  const bad = /[^A-Za-z0-9+/=]/.exec(text)
  return bad ? bad.index : text.length % 4 === 0 ? undefined : text.length - (text.length % 4)
}

/** Merges files: the first to define an entry or the current context wins. Missing files count as empty unless explicit. */
export function loadConfig(p: Process, explicitPath: string): KubeConfig {
  const { files, explicit } = configFiles(p, explicitPath)
  const config = emptyConfig()
  for (const file of files) {
    let doc: Record<string, any>
    try {
      doc = readConfigFile(p, file)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      if (explicit) throw new CliError(error.goMessage.replace(/^open /, 'stat '))
      if (error.code === 'ENOENT') continue
      throw new CliError(`error loading config file "${file}": ${error.goMessage}`)
    }
    const take = (into: Map<string, Entry>, list: any[] | undefined, key: string): void => {
      for (const item of list ?? [])
        if (item?.name !== undefined && !into.has(item.name)) into.set(item.name, { value: item[key] ?? {}, file })
    }
    take(config.clusters, doc.clusters, 'cluster')
    take(config.users, doc.users, 'user')
    take(config.contexts, doc.contexts, 'context')
    if (!config.currentContext && doc['current-context']) config.currentContext = String(doc['current-context'])
  }
  return config
}

/** The config as kubectl prints and writes it. */
export function configDocument(config: KubeConfig): Record<string, any> {
  const list = (map: Map<string, Entry>, key: string): any => {
    if (map.size === 0) return null
    return [...map]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, { value }]) => ({ [key]: value, name }))
  }
  return {
    apiVersion: 'v1',
    clusters: list(config.clusters, 'cluster'),
    contexts: list(config.contexts, 'context'),
    'current-context': config.currentContext,
    kind: 'Config',
    users: list(config.users, 'user'),
  }
}

/** Writes one file in place, as clientcmd.WriteToFile does (mode 0600 when new). */
export function writeConfigFile(p: Process, file: string, config: KubeConfig): void {
  const dir = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : ''
  if (dir && !p.fs.exists(dir, p.cwd)) p.fs.mkdir(dir, { parents: true, cwd: p.cwd, creds: p.creds })
  const existed = p.fs.exists(file, p.cwd)
  p.fs.writeFile(file, toYaml(configDocument(config)), {
    cwd: p.cwd,
    creds: p.creds,
    ...(existed ? {} : { mode: 0o600 }),
  })
}

/** One file as a config of its own, for changing it. A missing file is empty. */
export function loadOne(p: Process, file: string): KubeConfig {
  const config = emptyConfig()
  let doc: Record<string, any>
  try {
    doc = readConfigFile(p, file)
  } catch (error) {
    if (error instanceof SysError && error.code === 'ENOENT') return config
    throw error
  }
  for (const item of doc.clusters ?? []) config.clusters.set(item.name, { value: item.cluster ?? {}, file })
  for (const item of doc.users ?? []) config.users.set(item.name, { value: item.user ?? {}, file })
  for (const item of doc.contexts ?? []) config.contexts.set(item.name, { value: item.context ?? {}, file })
  config.currentContext = doc['current-context'] ?? ''
  return config
}
