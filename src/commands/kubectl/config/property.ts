import type { Coro } from '../../../kernel/index.ts'
import { base64 } from '../../../kernel/index.ts'
import { helpPage } from '../../lib/cobra.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, ExitError } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { defaultFile, type Entry, type KubeConfig, loadOne, writeConfigFile } from '../lib/kubeconfig.ts'
import { pages } from '../pages/config.ts'

function* unexpected(k: Kube): Coro<never> {
  k.err(`error: Unexpected args: [${k.args.join(' ')}]\n`)
  yield* k.out(helpPage(k.p, k.call.command, 'kubectl'))
  throw new ExitError(1)
}

const BOOLEANS = new Set(['insecure-skip-tls-verify', 'disable-compression'])

/** `clusters.kubernetes.server`: the map, the entry's name and the field. Names may contain dots. */
function locate(
  config: KubeConfig,
  property: string,
): { map: Map<string, Entry>; name: string; field: string | undefined } {
  const [section, ...rest] = property.split('.')
  const maps: Record<string, Map<string, Entry>> = {
    clusters: config.clusters,
    users: config.users,
    contexts: config.contexts,
  }
  const map = maps[section]
  if (!map) throw new CliError(`unable to parse ${property} after [] at api.Config`)
  const known = [...map.keys()]
    .filter((name) => `${rest.join('.')}.`.startsWith(`${name}.`))
    .sort((a, b) => b.length - a.length)[0]
  const name = known ?? rest[0]
  const field = rest.join('.').slice(name.length + 1)
  return { map, name, field: field || undefined }
}

export const setProperty: Definition = {
  page: pages.set,
  *run(k) {
    if (k.args.length !== 2) yield* unexpected(k)
    const [property, value] = k.args
    const file = defaultFile(k.p, k.flags.string('kubeconfig'))
    const config = loadOne(k.p, file)
    if (property === 'current-context') config.currentContext = value
    else {
      const { map, name, field } = locate(config, property)
      if (!field) throw new CliError(`can't set a map to a value: ${property}`)
      const data =
        field.endsWith('-data') && !k.flags.bool('set-raw-bytes')
          ? value
          : field.endsWith('-data')
            ? base64(value)
            : value
      const typed = BOOLEANS.has(field) ? value === 'true' : data
      map.set(name, { file, value: { ...map.get(name)?.value, [field]: typed } })
    }
    writeConfigFile(k.p, file, config)
    yield* k.out(`Property "${property}" set.\n`)
    return 0
  },
}

export const unsetProperty: Definition = {
  page: pages.unset,
  *run(k) {
    if (k.args.length !== 1) yield* unexpected(k)
    const [property] = k.args
    const file = defaultFile(k.p, k.flags.string('kubeconfig'))
    const config = loadOne(k.p, file)
    if (property === 'current-context') config.currentContext = ''
    else if (['clusters', 'users', 'contexts'].includes(property)) config[property as 'clusters'].clear()
    else {
      const { map, name, field } = locate(config, property)
      const entry = map.get(name)
      if (!field) map.delete(name)
      else if (!entry) throw new CliError(`current map key \`${name}\` is invalid`)
      else {
        const { [field]: _, ...value } = entry.value
        map.set(name, { ...entry, value })
      }
    }
    writeConfigFile(k.p, file, config)
    yield* k.out(`Property "${property}" unset.\n`)
    return 0
  },
}
