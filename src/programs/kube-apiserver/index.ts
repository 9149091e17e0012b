import { enabledPlugins } from '../../api/admission/order.ts'
import { EtcdStorage, microTime, StatusError, TransportError } from '../../api/index.ts'
import type { Transformers } from '../../api/storage/transformer.ts'
import { type Process, type Program, type Service, SysError, type TlsServer } from '../../host/index.ts'
import { type Coro, Signal } from '../../kernel/index.ts'
import { hashName } from '../lib/hash-name.ts'
import { goQuoted, Klog } from '../lib/klog.ts'
import { releaseOf } from '../lib/releases.ts'
import { AuditLog } from './audit/log.ts'
import { Policy } from './audit/policy.ts'
import { type BootstrapContext, createDefaults } from './bootstrap.ts'
import { compactRegularly } from './compactor.ts'
import { door } from './door.ts'
import { encryption } from './encryption.ts'
import { EndpointReconciler } from './endpoints.ts'
import { EtcdConnections, unavailable } from './etcd-connection.ts'
import { checkCaFile, checkKeyPair, FileError, readFile, serviceAccountKeys, tryRead } from './files.ts'
import { type ApiServerFlags, FlagError, parseFlags } from './flags.ts'
import { installLines, servingLines, shutdownLines, writeLines } from './log-lines.ts'
import { BASE_CPU, buildServer } from './server.ts'
import { checkServiceRange, validateFlags } from './validate.ts'

/** The server gives etcd so long at its start. */
const ETCD_PATIENCE = 20_000
/** Flags, files and listener; then the caches and hooks: how long a start takes, ms. */
const READ_CONFIG = 500
const INSTALL = 2_700

/** Ends the program with the last words of `command failed`. */
class Fatal extends Error {}

function* main(p: Process): Coro<number> {
  const log = new Klog(p)
  try {
    return yield* run(p, log)
  } catch (error) {
    if (error instanceof FlagError) {
      p.stderr.write(`Error: ${error.message}\n`)
      return 1
    }
    if (!(error instanceof Fatal || error instanceof FileError)) throw error
    log.error('run.go:72', `"command failed" err=${goQuoted(error.message)}`)
    return 1
  }
}

function* run(p: Process, log: Klog): Coro<number> {
  const { kernel } = p.host
  const flags = parseFlags(p.argv.slice(1))
  if (flags.given('help')) {
    p.stderr.write('kube-apiserver: not simulated: --help\n')
    return 127
  }
  if (flags.given('version')) {
    p.stdout.write(`Kubernetes ${releaseOf(p)}\n`)
    return 0
  }
  yield { until: kernel.now() + 120 }
  const gates = flags.list('feature-gates').map((g) => g.split('=')[0]!)
  const strange = gates.filter((gate) => /NoSuch|^[a-z]/.test(gate))
  const complain = () => {
    for (const gate of strange) log.warning('feature_gate.go:420', `unrecognized feature gate: ${gate}`)
  }
  complain()
  if (!flags.given('service-cluster-ip-range')) {
    log.warning(
      'options.go:369',
      'No CIDR for service cluster IPs specified. Default value which was 10.0.0.0/24 is deprecated and will be removed in future releases. Please specify it using --service-cluster-ip-range on kube-apiserver.',
    )
  }
  fatal(checkServiceRange(flags))
  const advertise =
    flags.get('advertise-address') || (p.net.addresses().find((a) => !a.startsWith('127.')) ?? '127.0.0.1')
  if (!flags.given('tls-cert-file')) {
    log.info(
      'serving.go:405',
      'Generated self-signed cert (/var/run/kubernetes/apiserver.crt, /var/run/kubernetes/apiserver.key)',
    )
  }
  if (!flags.given('external-hostname')) {
    log.info('options.go:263', `external host was not specified, using ${advertise}`)
  }
  if (flags.list('authorization-mode', ['AlwaysAllow']).includes('AlwaysAllow')) {
    log.warning(
      'authentication.go:841',
      'AnonymousAuth is not allowed with the AlwaysAllow authorizer. Resetting AnonymousAuth to false. You should use a different authorizer',
    )
  }
  complain()
  fatal(validateFlags(flags))
  log.info('server.go:187', `Version: ${releaseOf(p)}`)
  log.info('server.go:189', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""')

  const ready = new Signal()
  const state = { broken: (_check: string): string | undefined => undefined }
  checkKeyPair(p, flags.get('tls-cert-file'), flags.get('tls-private-key-file'))
  const bind = flags.get('bind-address', '0.0.0.0')
  const port = flags.int('secure-port', 6443)
  const address = `${bind === '0.0.0.0' ? '[::]' : bind}:${port}`
  const service = listen(p, flags, bind, port, ready)

  yield { until: kernel.now() + READ_CONFIG }
  const configuration = readConfiguration(p, flags, log)
  const connection = new EtcdConnections(p, flags.list('etcd-servers'), () => etcdFiles(p, flags), log)
  yield* waitForEtcd(p, connection)
  yield { until: kernel.now() + INSTALL / 2 }
  const plugins = enabledPlugins(flags.list('enable-admission-plugins'), flags.list('disable-admission-plugins'))
  const lines = installLines(plugins)
  const core = lines.findIndex(([, place]) => place.startsWith('cidrallocator.go')) + 1
  writeLines(log, lines.slice(0, core))
  if (!p.fs.exists('/proc/self'))
    log.error(
      'processstarttime.go:40',
      `Could not get process start time, stat /proc/${p.pid}: no such file or directory`,
    )
  const kubeletCert = flags.get('kubelet-client-certificate')
  if (kubeletCert) readOr(p, kubeletCert, 'problem initializing API group "": ')
  writeLines(log, lines.slice(core))
  const proxyCert = flags.get('proxy-client-cert-file')
  if (proxyCert) readFile(p, proxyCert)
  yield { until: kernel.now() + INSTALL / 2 }

  const storage = new EtcdStorage(connection, `${p.hostname}/${p.pid}`, configuration.transformers)
  const { server, client, controllers } = buildServer({
    p,
    flags,
    log,
    storage,
    audit: configuration.audit?.record,
    address: `${advertise}:${port}`,
    broken: (c) => state.broken(c),
  })
  const lease = identityOf(p.hostname)
  const ctx: BootstrapContext = { p, client, flags, advertise, port, lease }
  connection.settled()
  p.rss = 320 << 20
  p.cpuMilli = BASE_CPU
  p.defer(() => server.close())
  service.http = door(server)
  service.backlog = undefined
  ready.fire()
  writeLines(log, servingLines(flags, address, lease))
  postStart(p, ctx, state)
  for (const controller of controllers) {
    controller.start()
    p.defer(() => controller.stop())
  }
  const endpoints = new EndpointReconciler(ctx, storage)
  endpoints.start()
  compactRegularly(p, connection)
  renewIdentity(ctx)
  const terminate = () => {
    state.broken = (check) => (check === 'shutdown' ? 'process is shutting down' : undefined)
    writeLines(log, shutdownLines(flags, address, lease, endpoints.stop()))
    p.exit(0)
  }
  p.onSignal('SIGTERM', terminate)
  p.onSignal('SIGINT', terminate)
  return yield* p.park()
}

function fatal(message: string | undefined): void {
  if (message !== undefined) throw new Fatal(message)
}

/** Opens the port early, as the real server does: until it serves, whoever connects waits. */
function listen(p: Process, flags: ApiServerFlags, addr: string, port: number, ready: Signal): Service {
  const tls = (): TlsServer => ({
    certPem: tryRead(p, flags.get('tls-cert-file')) ?? '',
    keyPem: tryRead(p, flags.get('tls-private-key-file')) ?? '',
    clientCaPem: tryRead(p, flags.get('client-ca-file')),
    clientAuth: 'request',
  })
  const service: Service = { name: 'kube-apiserver', tls, backlog: ready }
  try {
    p.net.listen(p, { addr, port, service })
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    const why = error.strerror.charAt(0).toLowerCase() + error.strerror.slice(1)
    throw new Fatal(
      `failed to create listener: failed to listen on ${addr}:${port}: listen tcp ${addr}:${port}: bind: ${why}`,
    )
  }
  return service
}

interface Configuration {
  readonly transformers: Transformers | undefined
  readonly audit: AuditLog | undefined
}

/** Everything that is read before etcd is asked, in the order in which it fails. */
function readConfiguration(p: Process, flags: ApiServerFlags, log: Klog): Configuration {
  const clientCa = flags.get('client-ca-file')
  if (clientCa) checkCaFile(p, clientCa, 'client CA file')
  const proxyCa = flags.get('requestheader-client-ca-file')
  if (proxyCa) checkCaFile(p, proxyCa, 'request header CA file')
  serviceAccountKeys(p, flags)
  const signing = flags.get('service-account-signing-key-file')
  if (signing) readOr(p, signing, 'failed to build token generator: ')
  const transformers = atRest(p, flags)
  const etcdCa = flags.get('etcd-cafile')
  const empty = () => log.error('options.go:205', 'The manifest file is empty, ignoring.')
  if (etcdCa && tryRead(p, etcdCa) === undefined) {
    empty()
    readFile(p, etcdCa)
  }
  const audit = auditLog(p, flags)
  log.info('shared_informer.go:381', '"Waiting for caches to sync" controller="node_authorizer"')
  empty()
  for (const flag of ['etcd-certfile', 'etcd-keyfile']) if (flags.get(flag)) readFile(p, flags.get(flag))
  return { transformers, audit }
}

/** Encryption at rest, as its file says. */
function atRest(p: Process, flags: ApiServerFlags): Transformers | undefined {
  const path = flags.get('encryption-provider-config')
  if (!path) return undefined
  const where = `error while parsing file: error while loading file: error reading encryption provider configuration file ${JSON.stringify(path)}: `
  return encryption(readOr(p, path, where), path)
}

/** The audit log; without a policy nothing is recorded. */
function auditLog(p: Process, flags: ApiServerFlags): AuditLog | undefined {
  const path = flags.get('audit-policy-file')
  if (!path) return undefined
  const text = readOr(p, path, `loading audit policy file: failed to read file path ${JSON.stringify(path)}: `)
  const policy = new Policy(text, path)
  return flags.get('audit-log-path') ? new AuditLog(p, flags, policy) : undefined
}

function readOr(p: Process, path: string, prefix: string): string {
  try {
    return readFile(p, path)
  } catch (error) {
    if (error instanceof FileError) throw new FileError(prefix + error.message)
    throw error
  }
}

const etcdFiles = (p: Process, flags: ApiServerFlags) => ({
  caPem: tryRead(p, flags.get('etcd-cafile')),
  certPem: tryRead(p, flags.get('etcd-certfile')),
  keyPem: tryRead(p, flags.get('etcd-keyfile')),
})

/** Until etcd answers a read, or patience ends. */
function* waitForEtcd(p: Process, connection: EtcdConnections): Coro {
  const { kernel } = p.host
  const until = kernel.now() + ETCD_PATIENCE
  connection.try()
  for (;;) {
    if (answers(connection)) return
    if (kernel.now() >= until) throw new Fatal('context deadline exceeded')
    yield { until: Math.min(until, kernel.now() + 250) }
  }
}

function answers(connection: EtcdConnections): boolean {
  try {
    connection.api().range({ key: '/registry/health', limit: 1 })
    return true
  } catch (error) {
    if (unavailable(error)) return false
    throw error
  }
}

/** The hooks that create what every cluster has: again and again until etcd lets them. */
function postStart(p: Process, ctx: BootstrapContext, state: { broken(check: string): string | undefined }): void {
  const hooks = new Set([
    'poststarthook/rbac/bootstrap-roles',
    'poststarthook/scheduling/bootstrap-system-priority-classes',
  ])
  let done = false
  state.broken = (check) => (!done && hooks.has(check) ? 'not finished' : undefined)
  const attempt = () => {
    if (createDefaults(ctx)) done = true
    else p.after(1000, attempt)
  }
  attempt()
}

/** The name of the identity lease: it outlives a restart. */
const identityOf = (hostname: string): string => `apiserver-${hashName(hostname, 16).toLowerCase()}`

/** The identity lease is renewed every ten seconds. */
function renewIdentity({ p, client, lease }: BootstrapContext): void {
  const round = () => {
    p.after(10_000, round)
    try {
      const found = client.find('Lease', 'kube-system', lease)
      if (found)
        client.update({
          ...found,
          spec: { ...found.spec, renewTime: microTime(p.now()) },
        })
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    }
  }
  p.after(10_000, round)
}

/** Models cmd/kube-apiserver. */
export const kubeApiserver: Program = { name: 'kube-apiserver', main }
