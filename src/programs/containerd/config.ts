import { parseToml, TomlError, type TomlTable } from '../lib/toml.ts'
import type { CriSettings } from './cri.ts'
import { RUNC } from './types.ts'

/** What containerd takes from /etc/containerd/config.toml. */
export interface ContainerdConfig extends CriSettings {
  /** The socket's path. */
  readonly address: string
  /** Keys nobody knows: warned about, otherwise ignored. */
  readonly unknownKeys: readonly string[]
}

const TOP_LEVEL = new Set([
  'version',
  'root',
  'state',
  'temp',
  'disabled_plugins',
  'required_plugins',
  'oom_score',
  'imports',
  'grpc',
  'ttrpc',
  'debug',
  'metrics',
  'plugins',
  'proxy_plugins',
  'timeouts',
  'stream_processors',
  'cgroup',
])

const at = (table: unknown, ...path: string[]): any => {
  let value: any = table
  for (const part of path) value = value?.[part]
  return value
}

/** Names of handlers and what runs their containers; without a table of them there is runc. */
const runtimes = (table: Record<string, any> = { runc: {} }): ReadonlyMap<string, string> =>
  new Map(Object.entries(table).map(([name, { runtime_type }]) => [name, runtime_type || RUNC]))

/** Reads the configuration, of versions 2 and 3. Throws Error with the daemon's last words when it does not parse. */
export function readConfig(path: string, text: string | undefined): ContainerdConfig {
  let doc: TomlTable = {}
  try {
    if (text !== undefined) doc = parseToml(text)
  } catch (error) {
    if (error instanceof TomlError) throw new Error(`failed to load TOML: ${path}: toml: ${error.message}`)
    throw error
  }
  const disabled = (doc.disabled_plugins ?? []) as string[]
  const plugins = (doc.plugins ?? {}) as TomlTable
  const v2 = at(plugins, 'io.containerd.grpc.v1.cri')
  const runtime = at(plugins, 'io.containerd.cri.v1.runtime') ?? v2
  const images = at(plugins, 'io.containerd.cri.v1.images') ?? v2
  return {
    address: at(doc, 'grpc', 'address') || '/run/containerd/containerd.sock',
    disabled: disabled.some((p) => ['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.runtime'].includes(p)),
    systemdCgroup: at(runtime, 'containerd', 'runtimes', 'runc', 'options', 'SystemdCgroup') === true,
    runtimes: runtimes(at(runtime, 'containerd', 'runtimes')),
    sandboxImage: at(images, 'pinned_images', 'sandbox') ?? at(v2, 'sandbox_image') ?? 'registry.k8s.io/pause:3.10.1',
    confDir: at(runtime, 'cni', 'conf_dir') ?? '/etc/cni/net.d',
    binDirs: at(runtime, 'cni', 'bin_dirs') ?? ['/opt/cni/bin'],
    restrictOomScoreAdj: at(runtime, 'restrict_oom_score_adj') === true,
    // Whoever is not root may bind low ports and ping, unless the configuration forbids it.
    podSysctls: {
      ...(at(runtime, 'enable_unprivileged_ports') === false ? {} : { 'net.ipv4.ip_unprivileged_port_start': '0' }),
      ...(at(runtime, 'enable_unprivileged_icmp') === false ? {} : { 'net.ipv4.ping_group_range': '0\t2147483647' }),
    },
    unknownKeys: Object.keys(doc).filter((key) => !TOP_LEVEL.has(key)),
  }
}
