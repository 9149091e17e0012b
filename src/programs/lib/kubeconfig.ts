import { parse } from 'yaml'
import { TransportError } from '../../api/types.ts'
import { type Process, SysError } from '../../host/index.ts'
import { readWritten } from '../../print/index.ts'

/** Where a client connects and who it claims to be. Files are named, not read: clients read them at each connection. */
export interface ClientConfig {
  /** e.g. https://192.168.56.10:6443 */
  readonly server: string
  readonly caPem?: string
  readonly caFile?: string
  readonly insecure?: boolean
  readonly tlsServerName?: string
  readonly certPem?: string
  readonly certFile?: string
  readonly keyPem?: string
  readonly keyFile?: string
  readonly token?: string
  readonly tokenFile?: string
  readonly namespace?: string
}

/** base64 of a PEM, as kubeconfig's *-data fields carry it, to text. Throws on bad base64 in Go's words. */
export function decodeBase64(data: string): string {
  const clean = data.replace(/[\r\n]/g, '')
  const bad = /[^A-Za-z0-9+/=]/.exec(clean)
  if (bad) throw new Error(`illegal base64 data at input byte ${bad.index}`)
  const bytes = atob(clean)
  // PEM is ASCII; anything else is decoded as the UTF-8 that it claims to be.
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)))
}

/**
 * The current context of a kubeconfig, for daemons (kubectl has its own, richer loading). Relative file names are
 * relative to the kubeconfig. Throws TransportError('config') in client-go's words.
 */
export function loadKubeconfig(p: Process, path: string): ClientConfig {
  let text: string
  try {
    text = p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (error instanceof SysError) throw new TransportError('config', error.goMessage.replace(/^open /, 'stat '))
    throw error
  }
  let known = parsed.get(text)
  if (known?.path !== path) {
    known = { path, config: parseKubeconfig(path, text) }
    if (parsed.size >= 64) parsed.clear()
    parsed.set(text, known)
  }
  return known.config
}

/** Daemons read the same few files again and again; what a text means never changes. */
const parsed = new Map<string, { readonly path: string; readonly config: ClientConfig }>()

function parseKubeconfig(path: string, text: string): ClientConfig {
  let doc: any
  try {
    const known = readWritten(text)
    doc = known ? known.value : parse(text)
  } catch (error) {
    throw new TransportError(
      'config',
      `error loading config file "${path}": yaml: ${(error as Error).message.split('\n')[0]}`,
    )
  }
  const named = (list: any[] | undefined, name: string): any => list?.find((e) => e.name === name)
  const context = named(doc?.contexts, doc?.['current-context'])?.context
  const cluster = named(doc?.clusters, context?.cluster)?.cluster
  const user = named(doc?.users, context?.user)?.user ?? {}
  if (!cluster?.server) {
    throw new TransportError(
      'config',
      'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
    )
  }
  const dir = path.slice(0, path.lastIndexOf('/')) || '/'
  const file = (name: string | undefined): string | undefined =>
    name === undefined || name === '' || name.startsWith('/') ? name || undefined : `${dir}/${name}`
  const data = (field: string, value: string | undefined): string | undefined => {
    if (!value) return undefined
    try {
      return decodeBase64(value)
    } catch (error) {
      throw new TransportError('config', `error loading config file "${path}": ${field}: ${(error as Error).message}`)
    }
  }
  return {
    server: cluster.server,
    caPem: data('certificate-authority-data', cluster['certificate-authority-data']),
    caFile: file(cluster['certificate-authority']),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    tlsServerName: cluster['tls-server-name'],
    certPem: data('client-certificate-data', user['client-certificate-data']),
    certFile: file(user['client-certificate']),
    keyPem: data('client-key-data', user['client-key-data']),
    keyFile: file(user['client-key']),
    token: user.token,
    tokenFile: file(user.tokenFile),
    namespace: context.namespace,
  }
}

export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** What a program inside a pod uses (rest.InClusterConfig). */
export function inClusterConfig(p: Process): ClientConfig {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = p.env
  if (!host || !port) {
    throw new TransportError(
      'config',
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    )
  }
  if (!p.fs.exists(`${SERVICE_ACCOUNT}/token`))
    throw new TransportError('config', `open ${SERVICE_ACCOUNT}/token: no such file or directory`)
  return {
    server: `https://${host}:${port}`,
    caFile: `${SERVICE_ACCOUNT}/ca.crt`,
    tokenFile: `${SERVICE_ACCOUNT}/token`,
  }
}
