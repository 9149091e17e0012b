import { DIRECTIVE, type FlagCompleter } from '../lib/cobra.ts'
import type { Connect } from './lib/connect.ts'
import { Kube } from './lib/kube.ts'
import { loadConfig } from './lib/kubeconfig.ts'
import { COLUMN_FORMATS, FORMATS } from './lib/output.ts'

/** Values for --namespace: the cluster's namespaces. */
export const namespaceNames = (connect: Connect): FlagCompleter =>
  function* (call, prefix) {
    try {
      const client = yield* new Kube(call, connect).client()
      const list = yield* client.send({ verb: 'list', group: '', version: 'v1', resource: 'namespaces' })
      const names = list.items.map((item: any) => item.metadata.name)
      return { words: names.filter((name: string) => name.startsWith(prefix)), directive: DIRECTIVE.noFileComp }
    } catch (error) {
      if (error instanceof Error) return { words: [], directive: DIRECTIVE.noFileComp }
      throw error
    }
  }

/** Values for --context, --cluster and --user: entries of the kubeconfig. */
export const contextNames = (what: 'contexts' | 'clusters' | 'users'): FlagCompleter =>
  function* ({ p, flags }, prefix) {
    const names = [...loadConfig(p, flags.string('kubeconfig'))[what].keys()].sort()
    return { words: names.filter((name) => name.startsWith(prefix)), directive: DIRECTIVE.noFileComp }
  }

/** Values for --output, which only `get` offers. */
export const outputFormats: FlagCompleter = function* ({ command }, prefix) {
  if (command.name !== 'get') return { words: [], directive: DIRECTIVE.default }
  return {
    words: [...FORMATS, ...COLUMN_FORMATS].filter((format) => format.startsWith(prefix)),
    directive: DIRECTIVE.noFileComp,
  }
}
