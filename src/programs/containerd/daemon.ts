import { type Process, type Program, Special, SysError, sdNotify } from '../../host/index.ts'
import { because, type Coro, sleep } from '../../kernel/index.ts'
import { cniOf } from '../cni/index.ts'
import { type ContainerdConfig, readConfig } from './config.ts'
import { CriServer } from './cri.ts'
import { DEFAULT_CONFIG } from './default-config.ts'
import { Logger } from './logger.ts'
import { containerdOf } from './store.ts'

const PLUGINS = [
  ['io.containerd.content.v1', 'content'],
  ['io.containerd.snapshotter.v1', 'overlayfs'],
  ['io.containerd.metadata.v1', 'bolt'],
  ['io.containerd.gc.v1', 'scheduler'],
  ['io.containerd.service.v1', 'containers-service'],
  ['io.containerd.service.v1', 'images-service'],
  ['io.containerd.shim.v1', 'manager'],
  ['io.containerd.runtime.v2', 'task'],
  ['io.containerd.grpc.v1', 'containers'],
  ['io.containerd.cri.v1', 'runtime'],
  ['io.containerd.cri.v1', 'images'],
] as const

/** Options whose value is the next word. */
const WITH_VALUE = new Set(['-a', '--address', '-c', '--config', '-l', '--log-level', '--root', '--state'])

/** /usr/bin/containerd: reads config.toml, serves its socket until it is told to stop. Containers outlive it. */
export const containerd: Program = {
  name: 'containerd',
  *main(p) {
    const args = p.argv.slice(1)
    if (args.includes('--version') || args.includes('-v')) {
      p.stdout.write(
        `containerd github.com/containerd/containerd/v2 ${containerdOf(p.host).version} ${containerdOf(p.host).revision}\n`,
      )
      return 0
    }
    if (args[0] === 'config' && args[1] === 'default') {
      p.stdout.write(DEFAULT_CONFIG)
      return 0
    }
    const at = args.findIndex((a) => a === '--config' || a === '-c')
    const path = at >= 0 ? (args[at + 1] ?? '') : '/etc/containerd/config.toml'
    let config: ContainerdConfig
    try {
      config = readConfig(path, readFile(p, path))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      p.stderr.write(`containerd: ${error.message}\n`)
      return 1
    }
    if (args.some((arg, i) => !arg.startsWith('-') && !WITH_VALUE.has(args[i - 1] ?? ''))) {
      p.stderr.write(`containerd: not simulated: ${args.join(' ')}\n`)
      return 127
    }
    return yield* serve(p, config)
  },
}

function readFile(p: Process, path: string): string | undefined {
  try {
    return p.fs.readFile(path)
  } catch (error) {
    if (!(error instanceof SysError) || error.code !== 'ENOENT') throw error
    return undefined
  }
}

function* serve(p: Process, config: ContainerdConfig): Coro<number> {
  const log = new Logger(p)
  const started = p.host.kernel.now()
  p.rss = 52 << 20
  p.cpuMilli = 9
  log.info('starting containerd', { revision: '', version: containerdOf(p.host).version.replace(/^v/, '') })
  for (const key of config.unknownKeys) log.warn(`Ignoring unknown key in TOML for plugin`, { key })
  for (const [type, id] of PLUGINS) {
    if (type === 'io.containerd.cri.v1' && config.disabled) continue
    log.info('loading plugin', { id: `${type}.${id}`, type })
  }
  yield* sleep(p.host.kernel, 60)
  const state = containerdOf(p.host)
  const cni = cniOf(p.host)
  cni.configure(config.confDir, config.binDirs)
  if (!config.disabled) {
    log.info('Connect containerd service')
    const problem = cni.status()
    if (problem !== undefined)
      log.error(
        'failed to load cni during init, please check CRI plugin status before setting up network for pods',
        `cni config load failed: no network config found in ${config.confDir}: ${problem}: failed to load cni config`,
      )
    for (const line of [
      'Start subscribing containerd event',
      'Start recovering state',
      'Start event monitor',
      'Start cni network conf syncer for default',
      'Start streaming server',
    ])
      log.info(line)
  }
  // Where kubectl exec, attach and port-forward would be streamed from.
  if (!config.disabled)
    p.net.listen(p, {
      addr: '127.0.0.1',
      port: 0,
      service: { name: 'containerd', http: () => ({ status: 404, body: '404 page not found\n' }) },
    })
  const socket = listen(p, config.address, new CriServer(p, state, log, config))
  if (!socket) {
    p.stderr.write(
      `containerd: failed to get listener for main endpoint: listen unix ${config.address}: bind: no such file or directory\n`,
    )
    return 1
  }
  log.info('serving...', { address: `${config.address}.ttrpc` })
  log.info('serving...', { address: config.address })
  sdNotify(p, 'READY=1')
  log.info(`containerd successfully booted in ${((p.host.kernel.now() - started) / 1000).toFixed(6)}s`)
  p.onSignal('SIGTERM', () => {
    log.info('Stop CRI service')
    p.exit(0)
  })
  return yield* p.park()
}

/** Makes the socket file, which goes when the daemon ends in order. */
function listen(p: Process, path: string, service: CriServer): boolean {
  const dir = path.slice(0, path.lastIndexOf('/')) || '/'
  try {
    p.fs.mkdir(dir, { parents: true })
    p.fs.mkdir('/var/lib/containerd', { parents: true, mode: 0o711 })
    if (p.fs.exists(path)) p.fs.unlink(path)
    const socket = new Special(p.host.rootFs, 0o660, 'socket', service)
    p.fs.link(socket, path)
    p.defer(() => {
      socket.service = undefined
      socket.why = because()
      try {
        if (p.fs.find(path) === socket) p.fs.unlink(path)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
      }
    })
    return true
  } catch (error) {
    if (error instanceof SysError) return false
    throw error
  }
}
