import { parse } from 'yaml'
import { type Process, SysError } from '../../host/index.ts'
import { byText } from '../../kernel/index.ts'
import { parseGoDuration, readWritten } from '../../print/index.ts'
import type { Document } from '../lib/component-config.ts'

/** What flags and the configuration file ask for; a file silences the flags that it covers. */
export interface Settings {
  /** The configuration file's, or what flags make of none. */
  readonly document: Document
  readonly mode: 'iptables' | 'ipvs' | 'nftables'
  readonly kubeconfig: string
  readonly clusterCidr: string
  readonly hostname: string
  readonly healthz: string
  readonly metrics: string
  /** Entries of the conntrack table for each CPU, and at least. */
  readonly maxPerCore: number
  readonly min: number
  readonly masqueradeAll: boolean
  readonly masqueradeBit: number
  /** Least time between two syncs, ms. */
  readonly minSync: number
  readonly ipvsScheduler: string
  readonly localhostNodePorts: boolean
  readonly nodePortAddresses: readonly string[]
}

const MODES = ['iptables', 'ipvs', 'nftables', '']
const STRING_FLAGS = new Set([
  'config',
  'kubeconfig',
  'hostname-override',
  'proxy-mode',
  'cluster-cidr',
  'healthz-bind-address',
  'metrics-bind-address',
  'conntrack-max-per-core',
  'conntrack-min',
  'bind-address',
  'master',
  'v',
  'vmodule',
  'feature-gates',
  'iptables-masquerade-bit',
  'iptables-min-sync-period',
  'iptables-sync-period',
  'ipvs-scheduler',
  'nodeport-addresses',
  'detect-local-mode',
  'config-sync-period',
  'oom-score-adj',
  'logging-format',
  'write-config-to',
])
const BOOL_FLAGS = new Set([
  'masquerade-all',
  'cleanup',
  'version',
  'help',
  'profiling',
  'iptables-localhost-nodeports',
  'bind-address-hard-fail',
])

/** What kube-proxy cannot start with. */
export class Fatal extends Error {}

/** Throws an Error of pflag's words. */
export function flagsOf(p: Process): Map<string, string> {
  const flags = new Map<string, string>()
  const args = p.argv.slice(1)
  for (let i = 0; i < args.length; i++) {
    const m = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(args[i])
    const name = m?.[1] ?? ''
    if (!m || (!STRING_FLAGS.has(name) && !BOOL_FLAGS.has(name))) throw new Error(`unknown flag: --${name || args[i]}`)
    flags.set(name, m[2] ?? (BOOL_FLAGS.has(name) ? 'true' : (args[++i] ?? '')))
  }
  return flags
}

/** The flags that stand for fields of the file. */
function fromFlags(flags: ReadonlyMap<string, string>): Document {
  const number = (name: string): number | undefined => (flags.has(name) ? Number(flags.get(name)) : undefined)
  return {
    clientConnection: { kubeconfig: flags.get('kubeconfig') },
    hostnameOverride: flags.get('hostname-override'),
    bindAddress: flags.get('bind-address'),
    healthzBindAddress: flags.get('healthz-bind-address'),
    metricsBindAddress: flags.get('metrics-bind-address'),
    mode: flags.get('proxy-mode'),
    clusterCIDR: flags.get('cluster-cidr'),
    conntrack: { maxPerCore: number('conntrack-max-per-core'), min: number('conntrack-min') },
    iptables: {
      masqueradeAll: flags.get('masquerade-all') === 'true',
      masqueradeBit: number('iptables-masquerade-bit'),
    },
    ipvs: { scheduler: flags.get('ipvs-scheduler') },
  }
}

/** Every machine's kube-proxy reads the same text. */
const document = byText((text): any => {
  const known = readWritten(text)
  return (known ? known.value : parse(text)) ?? {}
})

/** Throws Fatal. */
export function settings(p: Process, flags: Map<string, string>): Settings {
  let doc: any = {}
  const path = flags.get('config')
  if (path) {
    try {
      doc = document(p.fs.readFile(path, p.cwd, p.creds))
    } catch (error) {
      throw new Fatal(
        `failed complete: ${error instanceof SysError ? error.goMessage : (error as Error).message.split('\n')[0]}`,
      )
    }
    if (doc.kind !== 'KubeProxyConfiguration')
      throw new Fatal(
        `failed complete: no kind "${doc.kind ?? ''}" is registered for version "${doc.apiVersion ?? ''}" in scheme "k8s.io/kubernetes/pkg/proxy/apis/config/scheme/scheme.go:29"`,
      )
  }
  const file = path !== undefined
  const mode: string = (file ? doc.mode : flags.get('proxy-mode')) ?? ''
  if (!MODES.includes(mode))
    throw new Fatal(
      `failed validate: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: ${JSON.stringify(mode)}: must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])`,
    )
  const cidr: string = (file ? doc.clusterCIDR : flags.get('cluster-cidr')) ?? ''
  if (cidr && !/^\d+\.\d+\.\d+\.\d+\/\d+(,.*)?$/.test(cidr))
    throw new Fatal(
      `failed validate: KubeProxyConfiguration.ClusterCIDR: Invalid value: ${JSON.stringify(cidr)}: must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)`,
    )
  const number = (value: unknown, fallback: number): number =>
    value === undefined || value === null || value === '' ? fallback : Number(value)
  const duration = (value: string | undefined): number => (value && value !== '0s' ? parseGoDuration(value) : 1000)
  return {
    document: file ? doc : fromFlags(flags),
    mode: (mode || 'iptables') as Settings['mode'],
    kubeconfig: (file ? doc.clientConnection?.kubeconfig : flags.get('kubeconfig')) ?? '',
    clusterCidr: cidr.split(',')[0],
    hostname: (flags.get('hostname-override') || doc.hostnameOverride || p.hostname).toLowerCase(),
    healthz: (file ? doc.healthzBindAddress : flags.get('healthz-bind-address')) || '0.0.0.0:10256',
    metrics: (file ? doc.metricsBindAddress : flags.get('metrics-bind-address')) || '127.0.0.1:10249',
    maxPerCore: number(file ? doc.conntrack?.maxPerCore : flags.get('conntrack-max-per-core'), 32_768),
    min: number(file ? doc.conntrack?.min : flags.get('conntrack-min'), 131_072),
    masqueradeAll: doc.iptables?.masqueradeAll === true || flags.get('masquerade-all') === 'true',
    masqueradeBit: number(doc.iptables?.masqueradeBit ?? flags.get('iptables-masquerade-bit'), 14),
    minSync: duration(doc.iptables?.minSyncPeriod),
    ipvsScheduler: doc.ipvs?.scheduler || flags.get('ipvs-scheduler') || 'rr',
    localhostNodePorts: doc.iptables?.localhostNodePorts !== false,
    nodePortAddresses: doc.nodePortAddresses ?? [],
  }
}
