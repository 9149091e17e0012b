import { type NetNs, serviceKey } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import type { Conflist } from './conflist.ts'

/** A pod sandbox as CNI plugins see it. */
export interface CniPod {
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly portMappings: readonly { protocol: string; containerPort: number; hostPort: number; hostIp: string }[]
}

/** A network configuration with the file that it came from. */
export interface LoadedConflist {
  readonly list: Conflist
  readonly source: string
}

/** What adding a pod to the network gave. */
export interface CniResult {
  readonly ip: string
  readonly net: NetNs
}

/** go-cni as containerd uses it: reads /etc/cni/net.d and runs the plugins in /opt/cni/bin. */
export interface Cni {
  /** Where containerd looks, by its config.toml. */
  configure(confDir: string, binDirs: readonly string[]): void
  /** Why pods cannot get a network now, e.g. `cni plugin not initialized`; undefined when they can. */
  status(): string | undefined
  /** The configuration that is in force, with its file's text. */
  loaded(): LoadedConflist | undefined
  /** Throws Error with the plugin's text. */
  add(pod: CniPod): Coro<CniResult>
  del(pod: CniPod, net: NetNs | undefined): Coro
}

export const CNI = serviceKey<Cni>('cni')
