import { SysError } from '../../../host/index.ts'
import { base64 } from '../../../kernel/index.ts'
import type { Definition } from '../lib/define.ts'
import { CliError } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { configDocument, configFiles, type Entry, type KubeConfig, loadConfig } from '../lib/kubeconfig.ts'
import { printerFor } from '../lib/output.ts'
import { pages } from '../pages/config.ts'

const SECRETS: Record<string, string> = {
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
  token: 'REDACTED',
  password: 'REDACTED',
}

function redacted(map: Map<string, Entry>): Map<string, Entry> {
  return new Map(
    [...map].map(([name, entry]) => [
      name,
      {
        ...entry,
        value: Object.fromEntries(Object.entries(entry.value).map(([key, value]) => [key, SECRETS[key] ?? value])),
      },
    ]),
  )
}

/** Only what the current context needs. */
function minified(k: Kube, config: KubeConfig): KubeConfig {
  const name = k.flags.string('context') || config.currentContext
  if (!name) throw new CliError('current-context must exist in order to minify')
  const context = config.contexts.get(name)
  if (!context) throw new CliError(`cannot locate context ${name}`)
  const only = (map: Map<string, Entry>, key: string | undefined): Map<string, Entry> =>
    new Map([...map].filter(([entry]) => entry === key))
  return {
    clusters: only(config.clusters, context.value.cluster),
    users: only(config.users, context.value.user),
    contexts: only(config.contexts, name),
    currentContext: name,
  }
}

const FILES: readonly (readonly [string, string])[] = [
  ['certificate-authority', 'certificate-authority-data'],
  ['client-certificate', 'client-certificate-data'],
  ['client-key', 'client-key-data'],
]

/** Puts the contents of files in the place of their names. */
function flattened(k: Kube, map: Map<string, Entry>): Map<string, Entry> {
  return new Map(
    [...map].map(([name, entry]) => {
      const value = { ...entry.value }
      for (const [file, data] of FILES) {
        if (!value[file] || value[data]) continue
        const dir = entry.file.includes('/') ? entry.file.slice(0, entry.file.lastIndexOf('/')) : k.p.cwd
        const path = value[file].startsWith('/') ? value[file] : `${dir}/${value[file]}`
        try {
          value[data] = base64(k.p.fs.readFile(path, k.p.cwd, k.p.creds))
        } catch (error) {
          if (error instanceof SysError) throw new CliError(error.goMessage)
          throw error
        }
        delete value[file]
      }
      return [name, { ...entry, value }]
    }),
  )
}

export const view: Definition = {
  page: pages.view,
  *run(k) {
    if (k.args.length > 0) throw k.usage(`unexpected arguments: [${k.args.join(' ')}]`)
    const explicit = k.flags.string('kubeconfig')
    let config = k.flags.bool('merge')
      ? loadConfig(k.p, explicit)
      : loadConfig(k.p, configFiles(k.p, explicit).files[0])
    if (k.flags.bool('minify')) config = minified(k, config)
    if (k.flags.bool('flatten'))
      config = { ...config, clusters: flattened(k, config.clusters), users: flattened(k, config.users) }
    else if (!k.flags.bool('raw'))
      config = { ...config, clusters: redacted(config.clusters), users: redacted(config.users) }
    yield* printerFor(k, { typed: true }).print(configDocument(config))
    return 0
  },
}
