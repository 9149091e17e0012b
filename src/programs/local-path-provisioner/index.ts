import { CoreEventRecorder } from '../../api/events.ts'
import { type ApiClient, Informers, LocalClient } from '../../api/index.ts'
import { TransportError } from '../../api/types.ts'
import type { Process, Program } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { inClusterConfig, loadKubeconfig } from '../lib/kubeconfig.ts'
import { readConfig } from './helper-pod.ts'
import { PROVISIONER, Provisioner } from './provisioner.ts'

/** A logrus line. */
const logTo =
  (p: Process, level: 'info' | 'fatal') =>
  (text: string): void =>
    p.stderr.write(
      `time="${new Date(p.now()).toISOString().slice(0, 19)}Z" level=${level} msg=${JSON.stringify(text)}\n`,
    )

/** Rancher's local-path-provisioner. Models main.go. */
export const localPathProvisioner: Program = {
  name: 'local-path-provisioner',
  *main(p) {
    p.rss = 16 << 20
    p.cpuMilli = 1
    yield* sleep(p.host.kernel, 200)
    const fatal = (text: string): number => {
      logTo(p, 'fatal')(`Error starting daemon: ${text}`)
      return 1
    }
    const option = (name: string): string | undefined => p.argv[p.argv.indexOf(name) + 1 || p.argv.length]
    const config = readConfig(p, option('--config') ?? '/etc/config/config.json')
    if (typeof config === 'string') return fatal(config)
    let client: ApiClient
    try {
      const kubeconfig = option('--kubeconfig')
      const access = kubeconfig ? loadKubeconfig(p, kubeconfig) : inClusterConfig(p)
      client = new LocalClient(new ApiTransport(p, access, 'local-path-provisioner').send)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      return fatal(`unable to get client config: ${error.message}`)
    }
    const rng = p.host.rng.fork(`local-path/${p.pid}`)
    const after = (ms: number, fn: () => void) => p.after(ms, fn)
    new Provisioner({
      client,
      informers: new Informers(client, { rng, after, onError: () => {} }),
      events: new CoreEventRecorder(client, { now: () => p.now(), rng, after }, `${PROVISIONER}_${p.hostname}`),
      config,
      namespace: p.env.POD_NAMESPACE || 'local-path-storage',
      after,
      log: logTo(p, 'info'),
    }).start()
    p.onSignal('SIGTERM', () => p.exit(0))
    p.onSignal('SIGINT', () => p.exit(0))
    return yield* p.park()
  },
}
