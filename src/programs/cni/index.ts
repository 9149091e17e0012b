import { type Host, type Stack, SysError } from '../../host/index.ts'
import { type Coro, forNoReason, sleep } from '../../kernel/index.ts'
import { bridge, removeBridgePort } from './bridge.ts'
import { type Conflist, type PluginConfig, parseConflist } from './conflist.ts'
import { flannel } from './flannel.ts'
import { release } from './host-local.ts'
import { stopMasquerading } from './ip-masq.ts'
import { portmap, unmapPorts } from './portmap.ts'
import { ptp } from './ptp.ts'
import { CNI, type Cni, type CniPod, type CniResult, type LoadedConflist } from './types.ts'

export type { Conflist } from './conflist.ts'

/** What a plugin of a chain works on. */
export interface PluginCall {
  readonly host: Host
  readonly stack: Stack
  readonly pod: CniPod
  readonly netns: Stack
  readonly network: string
  readonly config: PluginConfig
  /** Address of the pod as an earlier plugin of the chain set it up. */
  ip: string
}

type Plugin = (call: PluginCall) => void

/** Plugins by their `type`, which is also the name of the executable's program without the `cni-` prefix. */
const PLUGINS: Record<string, Plugin> = {
  bridge,
  flannel,
  portmap,
  ptp,
  loopback: () => {},
  bandwidth: () => {},
  firewall: () => {},
  tuning: () => {},
}

class HostCni implements Cni {
  private confDir = '/etc/cni/net.d'
  private binDirs: readonly string[] = ['/opt/cni/bin']

  constructor(private readonly host: Host) {}

  configure(confDir: string, binDirs: readonly string[]): void {
    this.confDir = confDir
    this.binDirs = binDirs
  }

  status(): string | undefined {
    return this.loaded() ? undefined : 'cni plugin not initialized'
  }

  /** The first configuration in the directory that parses. */
  loaded(): LoadedConflist | undefined {
    const { fs } = this.host
    let entries: [string, unknown][]
    try {
      entries = fs.readdir(this.confDir)
    } catch (error) {
      if (error instanceof SysError) return undefined
      throw error
    }
    for (const [name, node] of entries) {
      if (!/\.(conf|conflist|json)$/.test(name)) continue
      const file = node as { kind: string; read?: () => string }
      const text =
        file.kind === 'file' ? file.read!() : file.kind === 'symlink' ? fs.readFile(`${this.confDir}/${name}`) : ''
      const conflist = parseConflist(text, name)
      if (conflist) return { list: conflist, source: text }
    }
    return undefined
  }

  private run(call: Omit<PluginCall, 'config'>, conflist: Conflist): string {
    let ip = ''
    for (const config of conflist.plugins) {
      const failed = (text: string): Error => new Error(`plugin type="${config.type}" failed (add): ${text}`)
      if (!this.installed(config.type))
        throw failed(`failed to find plugin "${config.type}" in path [${this.binDirs.join(' ')}]`)
      const plugin = PLUGINS[config.type]
      if (!plugin) throw failed(`${config.type}: not simulated in this game`)
      const own = { ...call, config, ip }
      try {
        // Routine: a cable of a new pod is no reason of a lost packet, a wrong configuration is.
        forNoReason(() => plugin(own))
      } catch (error) {
        if (error instanceof SysError) throw failed(error.goMessage)
        throw error instanceof Error && error.constructor === Error ? failed(error.message) : error
      }
      ip = own.ip
    }
    return ip
  }

  private installed(type: string): boolean {
    return this.binDirs.some((dir) => {
      const node = this.host.fs.find(`${dir}/${type}`)
      return node?.kind === 'file' && (node.mode & 0o111) !== 0
    })
  }

  *add(pod: CniPod): Coro<CniResult> {
    const { host } = this
    const conflist = this.loaded()?.list
    if (!conflist) throw new Error('cni plugin not initialized')
    const stack = host.net as Stack
    yield* sleep(host.kernel, 40 + (Number.parseInt(pod.id.slice(0, 2), 16) % 60))
    const netns = stack.network.namespace(
      stack,
      `cni-${pod.id.slice(0, 8)}-${pod.id.slice(8, 12)}-${pod.id.slice(12, 16)}-${pod.id.slice(16, 20)}-${pod.id.slice(20, 32)}`,
    )
    try {
      const ip = this.run({ host, stack, pod, netns, network: conflist.name, ip: '' }, conflist)
      return { ip, net: netns }
    } catch (error) {
      release(host, conflist.name, pod.id)
      removeBridgePort(netns)
      netns.destroy()
      throw error
    }
  }

  *del(pod: CniPod, net: CniResult['net'] | undefined): Coro {
    const { host } = this
    yield* sleep(host.kernel, 30)
    const conflist = this.loaded()?.list
    release(host, conflist?.name, pod.id)
    if (conflist) {
      unmapPorts(host.net as Stack, conflist.name, pod)
      stopMasquerading(host.net as Stack, conflist.name, pod)
    }
    if (net && net !== host.net) {
      removeBridgePort(net as Stack, host)
      ;(net as Stack).destroy()
    }
  }
}

/** The host's CNI machinery, made on first use. */
export const cniOf = (host: Host): Cni =>
  host.has(CNI) ? host.service(CNI) : host.attach(CNI, new HostCni(host) as Cni)
