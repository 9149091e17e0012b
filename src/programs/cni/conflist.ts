import { byText } from '../../kernel/index.ts'

/** One plugin's part of a network configuration; everything beyond `type` is the plugin's own. */
export interface PluginConfig {
  readonly type: string
  readonly [key: string]: any
}

/** A network configuration list: /etc/cni/net.d/*.conflist. */
export interface Conflist {
  readonly cniVersion: string
  readonly name: string
  readonly plugins: readonly PluginConfig[]
}

/** Undefined when the file is not a usable configuration: the runtime then goes on to the next one. */
export const parseConflist = (text: string, fileName: string): Conflist | undefined =>
  (fileName.endsWith('.conflist') ? listIn : pluginIn)(text)

const listIn = byText((text) => read(text, true))
const pluginIn = byText((text) => read(text, false))

function read(text: string, list: boolean): Conflist | undefined {
  let doc: any
  try {
    doc = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof doc !== 'object' || doc === null || typeof doc.name !== 'string') return undefined
  if (list) {
    if (!Array.isArray(doc.plugins) || doc.plugins.length === 0) return undefined
    if (doc.plugins.some((p: any) => typeof p?.type !== 'string')) return undefined
    return { cniVersion: doc.cniVersion ?? '', name: doc.name, plugins: doc.plugins }
  }
  return typeof doc.type === 'string' ? { cniVersion: doc.cniVersion ?? '', name: doc.name, plugins: [doc] } : undefined
}
