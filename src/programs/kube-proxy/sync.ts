import type { Informers } from '../../api/index.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Process, Stack } from '../../host/index.ts'
import { forNoReason } from '../../kernel/index.ts'
import type { StructuredLog } from '../lib/structured-log.ts'
import { forgetFlows } from './flows.ts'
import type { Health } from './health.ts'
import { IptablesProxier } from './iptables.ts'
import { NftablesProxier } from './nftables.ts'
import type { Proxier } from './proxier.ts'
import { type ServicePort, servicePorts } from './services.ts'
import type { Settings } from './settings.ts'

const CONTROLLERS: readonly [string, string, string][] = [
  ['config.go:200', 'Starting service config controller', 'service config'],
  ['config.go:106', 'Starting endpoint slice config controller', 'endpoint slice config'],
  ['config.go:403', 'Starting serviceCIDR config controller', 'serviceCIDR config'],
  ['config.go:309', 'Starting node config controller', 'node config'],
]

const LABELS = '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name'
const CANARY_PERIOD = 30_000

/** Brings the rules up to date whenever Services or EndpointSlices change. */
export function watch(
  p: Process,
  log: StructuredLog,
  s: Settings,
  informers: Informers,
  stack: Stack,
  proxier: Proxier,
  health: Health,
): void {
  for (const [at, text, controller] of CONTROLLERS) {
    log.info(at, text)
    log.info('shared_informer.go:381', 'Waiting for caches to sync', { controller })
  }
  const services = informers.of('Service', { labelSelector: LABELS })
  const slices = informers.of('EndpointSlice', { labelSelector: LABELS })
  slices.addIndex('service', (o) => `${o.metadata.namespace}/${o.metadata.labels?.['kubernetes.io/service-name']}`)
  let told = false
  let pending = false
  let last = Number.NEGATIVE_INFINITY
  let before: ServicePort[] = []
  const sync = (): void => {
    pending = false
    if (!services.synced || !slices.synced) return
    if (!told) {
      told = true
      for (const [, , controller] of [CONTROLLERS[3], CONTROLLERS[1], CONTROLLERS[0], CONTROLLERS[2]])
        log.info('shared_informer.go:388', 'Caches are synced', { controller })
    }
    last = p.host.kernel.now()
    if (proxier instanceof NftablesProxier && !stack.netfilter.native.has('ip kube-proxy')) missingTables(log)
    const slicesOf = (o: KubeObject): KubeObject[] => slices.by('service', `${o.metadata.namespace}/${o.metadata.name}`)
    const ports = servicePorts(services.list(), slicesOf, s.hostname)
    // Routine, as far as other programs' packets go.
    forNoReason(() => proxier.sync(ports))
    forgetFlows(stack, before, ports)
    before = ports
    health.updated = p.now()
  }
  const request = (): void => {
    if (pending) return
    pending = true
    // The bounded frequency runner: at once, but not more often than minSyncPeriod.
    const wait = Math.max(20, last + s.minSync - p.host.kernel.now())
    p.after(wait, sync)
  }
  services.onChange(request)
  slices.onChange(request)
  request()
  const retry = (): void => {
    if (!told) {
      request()
      p.after(1000, retry)
    }
  }
  p.after(1000, retry)
  if (proxier instanceof IptablesProxier)
    p.every(CANARY_PERIOD, () => {
      if (!told || proxier.intact()) return
      log.info('iptables.go:550', 'iptables canary deleted', { table: 'mangle', chain: 'KUBE-PROXY-CANARY' })
      proxier.reset()
      sync()
    })
}

/** The first sync asks what the tables hold, and they are not there yet. */
function missingTables(log: StructuredLog): void {
  for (const [family, name] of [
    ['ip', 'IPv4'],
    ['ip6', 'IPv6'],
  ]) {
    const line = `list table ${family} kube-proxy`
    log.raw(
      'E',
      'proxier.go:1169',
      `"Failed to list existing nftables objects" err=<\n\tfailed to run nft: Error: No such file or directory\n\t${line}\n\t${' '.repeat(line.length - 10)}${'^'.repeat(10)}\n > ipFamily="${name}"`,
    )
  }
}
