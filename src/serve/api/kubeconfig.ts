import { parse, stringify } from 'yaml'
import type { Host } from '../../host/index.ts'
import { SysError } from '../../host/index.ts'
import { parseUrl } from '../../programs/lib/transport.ts'

/** The file that kubectl uses on the player's machine, else what kubeadm left. */
const FILES = ['/root/.kube/config', '/etc/kubernetes/admin.conf']

/** A kubeconfig inside the world: where it leads and its text. */
interface Inner {
  readonly server: string
  readonly text: string
}

const known = new WeakMap<Host, { text: string; inner: Inner | undefined }>()

/** The player's kubeconfig as it is now; undefined when there is none that can be read. Parsed only when it changed. */
export function innerKubeconfig(host: Host): Inner | undefined {
  for (const path of FILES) {
    const text = read(host, path)
    if (text === undefined) continue
    let entry = known.get(host)
    if (entry?.text !== text) known.set(host, (entry = { text, inner: parseInner(text) }))
    if (entry.inner) return entry.inner
  }
  return undefined
}

function parseInner(text: string): Inner | undefined {
  try {
    const config = parse(text)
    const context = config.contexts?.find((c: any) => c.name === config['current-context'])?.context
    const cluster = config.clusters?.find((c: any) => c.name === context?.cluster)?.cluster
    return typeof cluster?.server === 'string' ? { server: cluster.server, text } : undefined
  } catch {
    // Not YAML: nothing that kubectl could use either.
    return undefined
  }
}

/**
 * The same for the outside: every server is at `url`, known by the name under which the world knows it, and files of
 * the world are included.
 */
export function outerKubeconfig(host: Host, { text }: Inner, url: string): string {
  const config = parse(text)
  const include = (owner: any, field: string): void => {
    const content = typeof owner?.[field] === 'string' ? read(host, owner[field]) : undefined
    if (content === undefined) return
    owner[`${field}-data`] ??= Buffer.from(content).toString('base64')
    delete owner[field]
  }
  for (const { cluster } of config.clusters ?? []) {
    if (typeof cluster?.server !== 'string') continue
    if (!cluster['insecure-skip-tls-verify']) cluster['tls-server-name'] ??= parseUrl(cluster.server).host
    cluster.server = url
    include(cluster, 'certificate-authority')
  }
  for (const { user } of config.users ?? []) {
    include(user, 'client-certificate')
    include(user, 'client-key')
  }
  return stringify(config)
}

function read(host: Host, path: string): string | undefined {
  try {
    return host.fs.readFile(path)
  } catch (error) {
    if (error instanceof SysError) return undefined
    throw error
  }
}
