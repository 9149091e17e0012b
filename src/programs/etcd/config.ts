import { gateOn, type ParsedFlags } from './flags.ts'

/** Files of one TLS side. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly ca: string
  readonly clientAuth: boolean
}

/** The server's settings, from flags and environment (server/embed/config.go). */
export interface EtcdConfig {
  readonly name: string
  readonly dataDir: string
  readonly initialCluster: string
  readonly existing: boolean
  readonly token: string
  readonly forceNew: boolean
  readonly listenPeer: readonly string[]
  readonly listenClient: readonly string[]
  readonly listenMetrics: readonly string[]
  readonly advertisePeer: readonly string[]
  readonly advertiseClient: readonly string[]
  readonly peer: TlsFiles
  readonly client: TlsFiles
  /** Bytes; the default when 0 or negative is given. */
  readonly quota: number
  readonly quotaGiven: boolean
  readonly snapshotCount: number
  readonly corruptCheck: boolean
  readonly flags: ParsedFlags
}

const list = (text: string): string[] => (text === '' ? [] : text.split(',').map((u) => u.trim()))

/** Flags of type uniqueURLs. */
const unique = (urls: readonly string[]): string[] => [...new Set(urls)]

/** etcd's configuration by its flags, with etcd's defaults. */
export function configOf(flags: ParsedFlags): EtcdConfig {
  const get = (name: string): string => flags.values.get(name) ?? ''
  const yes = (name: string): boolean => /^(1|t|true)$/i.test(get(name))
  const name = get('name')
  const advertisePeer = list(get('initial-advertise-peer-urls'))
  const quota = Number(get('quota-backend-bytes'))
  const tls = (prefix: string): TlsFiles => ({
    cert: get(`${prefix}cert-file`),
    key: get(`${prefix}key-file`),
    ca: get(`${prefix}trusted-ca-file`),
    clientAuth: yes(`${prefix}client-cert-auth`),
  })
  return {
    name,
    dataDir: flags.given.has('data-dir') ? get('data-dir') : `${name}.etcd`,
    initialCluster: flags.given.has('initial-cluster')
      ? get('initial-cluster')
      : advertisePeer.map((u) => `${name}=${u}`).join(','),
    existing: get('initial-cluster-state') === 'existing',
    token: get('initial-cluster-token'),
    forceNew: yes('force-new-cluster'),
    listenPeer: list(get('listen-peer-urls')),
    listenClient: unique(list(get('listen-client-urls'))),
    listenMetrics: list(get('listen-metrics-urls')),
    advertisePeer,
    advertiseClient: list(get('advertise-client-urls')),
    peer: tls('peer-'),
    client: tls(''),
    quota: quota > 0 ? quota : 2147483648,
    quotaGiven: quota > 0,
    snapshotCount: Number(get('snapshot-count')),
    corruptCheck: gateOn(get('feature-gates'), 'InitialCorruptCheck') || yes('experimental-initial-corrupt-check'),
    flags,
  }
}

/** Flags whose --experimental- spelling gives no deprecation warning. */
const QUIET = new Set(['initial-corrupt-check', 'peer-skip-client-san-verification'])

/** `failed to verify flags`: the message, or undefined when all is well. */
export function verifyFlags(flags: ParsedFlags): string | undefined {
  const gates = flags.values.get('feature-gates') ?? ''
  if (flags.given.has('experimental-initial-corrupt-check') && /InitialCorruptCheck=/.test(gates)) {
    const old = flags.values.get('experimental-initial-corrupt-check')
    const now = /InitialCorruptCheck=\w+/.exec(gates)?.[0]
    return `cannot specify both flags: --experimental-initial-corrupt-check=${old} and --feature-gates=${now} at the same time, please just use --feature-gates=${now}`
  }
  for (const name of flags.given) {
    const plain = name.replace(/^experimental-/, '')
    if (plain !== name && flags.given.has(plain))
      return `cannot set --${name} and --${plain} at the same time, please use --${plain} only`
  }
  for (const name of ['listen-peer-urls', 'listen-client-urls', 'listen-metrics-urls'])
    for (const url of list(flags.values.get(name) ?? '')) {
      const host = /^https?:\/\/(\[.*\]|[^:]*):/.exec(url)?.[1]
      if (host && host !== 'localhost' && host !== '' && !/^[\d.]+$/.test(host) && !host.startsWith('['))
        return `expected IP in URL for binding (${url})`
    }
  return undefined
}

/** Warnings about flags that are on their way out (etcdmain/config.go). */
export function deprecations(flags: ParsedFlags): string[] {
  const out: string[] = []
  for (const name of flags.given) {
    const plain = name.replace(/^experimental-/, '')
    if (plain !== name && !QUIET.has(plain))
      out.push(`--${name} is deprecated in v3.6 and will be decommissioned in v3.7. Use '--${plain}' instead.`)
    if (name === 'v2-deprecation')
      out.push(
        '--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input.',
      )
    if (name === 'max-snapshots') out.push('--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.')
  }
  return out
}
