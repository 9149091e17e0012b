import { parseDocument } from 'yaml'
import { TransportError } from '../../api/types.ts'
import { MACHINE, type Process, type Program, SysError } from '../../host/index.ts'
import { because, type Coro, sleep } from '../../kernel/index.ts'
import { certificatesOf } from '../../pki/index.ts'
import { goYamlError, readWritten } from '../../print/index.ts'
import { dialCri, GrpcError } from '../containerd/index.ts'
import { isFeatureGate } from '../lib/feature-gates.ts'
import { Klog as PlainLog } from '../lib/klog.ts'
import { type ClientConfig, loadKubeconfig } from '../lib/kubeconfig.ts'
import { releaseOf } from '../lib/releases.ts'
import { StructuredLog as Klog } from '../lib/structured-log.ts'
import { bootstrap } from './bootstrap.ts'
import { decodeConfig, type KubeletConfig } from './config.ts'
import { unknownFields } from './config-document.ts'
import { type KubeletFlags, parseFlags, withFlags } from './flags.ts'
import { HELP } from './help.ts'
import { Kubelet } from './kubelet.ts'
import { installClientPem } from './rotation.ts'
import { serveHealthz } from './server.ts'

/** The kubelet ends with these words: `E… run.go:72] "command failed" err="…"`. */
class Fatal extends Error {}

/** The sets of feature gates to which a configuration is told. */
const GATE_SETS = 4

const goText = (error: SysError): string => error.goMessage

/** Without a file the defaults are those that flags have had from the beginning (options.go, applyLegacyDefaults). */
const WITHOUT_FILE = {
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  readOnlyPort: 10255,
}

function loadConfig(p: Process, log: Klog, flags: KubeletFlags): KubeletConfig {
  if (!flags.config) return decodeConfig(withFlags(WITHOUT_FILE, flags))
  const path = flags.config
  const failed = (text: string): Fatal =>
    new Fatal(
      `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${text}`,
    )
  let text: string
  try {
    text = p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw failed(`failed to read kubelet config file "${path}", error: ${goText(error)}`)
  }
  const known = readWritten(text)
  const problem = known ? undefined : goYamlError(text)
  if (problem) throw failed(`failed to decode: ${problem}`)
  const value: any = (known ? known.value : parseDocument(text).toJS()) ?? {}
  if (typeof value !== 'object')
    throw failed(
      'failed to decode: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    )
  if (!value.kind)
    throw failed("failed to decode: Object 'Kind' is missing in '...'".replace('...', JSON.stringify(value)))
  if (value.kind !== 'KubeletConfiguration' || value.apiVersion !== 'kubelet.config.k8s.io/v1beta1')
    throw failed(
      `failed to decode: no kind "${value.kind}" is registered for version "${value.apiVersion}" in scheme "k8s/pkg/kubelet/apis/config/scheme/scheme.go:33"`,
    )
  const unknown = unknownFields(value)
  if (unknown.length > 0)
    log.info('codec.go:111', 'Using lenient decoding as strict decoding failed', {
      err: `strict decoding error: ${unknown.map((f) => `unknown field "${f}"`).join(', ')}`,
    })
  // Once a feature gate set (the kubelet's, and those of its libraries).
  for (const gate of Object.keys(value.featureGates ?? {}).filter((name) => !isFeatureGate(name)))
    for (let i = 0; i < GATE_SETS; i++)
      new PlainLog(p).warning('feature_gate.go:420', `unrecognized feature gate: ${gate}`)
  const config = { ...decodeConfig(withFlags(value, flags)), why: because() }
  if (config.failCgroupV1 && p.host.has(MACHINE) && p.host.service(MACHINE).platform.cgroups === 1)
    throw new Fatal(
      'failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release, path: &TypeMeta{Kind:,APIVersion:,}',
    )
  return config
}

/** The way to the API server: kubelet.conf, or what bootstrapping makes of bootstrap-kubelet.conf. */
function* connection(
  p: Process,
  log: Klog,
  flags: KubeletFlags,
  config: KubeletConfig,
): Coro<ClientConfig | undefined> {
  if (!flags.kubeconfig) return undefined
  if (config.rotateCertificates) log.info('server.go:991', 'Client rotation is on, will bootstrap in background')
  let client: ClientConfig | undefined
  try {
    client = loadKubeconfig(p, flags.kubeconfig)
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    if (p.fs.exists(flags.kubeconfig) && !flags.bootstrapKubeconfig)
      throw new Fatal(`failed to run Kubelet: invalid kubeconfig: ${error.message}`)
  }
  if (client && usable(p, log, client, flags.kubeconfig)) {
    if (client.certFile?.endsWith('kubelet-client-current.pem'))
      log.info('certificate_store.go:147', 'Loading cert/key pair from a file', { filePath: client.certFile })
    else if (config.rotateCertificates) keepClientPem(p, flags.certDir, client)
    return client
  }
  if (!flags.bootstrapKubeconfig) {
    if (client) return client
    throw new Fatal(`failed to run Kubelet: invalid kubeconfig: stat ${flags.kubeconfig}: no such file or directory`)
  }
  if (!p.fs.exists(flags.bootstrapKubeconfig))
    throw new Fatal(
      `failed to run Kubelet: unable to load bootstrap kubeconfig: stat ${flags.bootstrapKubeconfig}: no such file or directory`,
    )
  // A real kubelet bootstraps in the background: its health is served meanwhile.
  serveHealthz(p, log, config)
  return yield* bootstrap(p, log, flags)
}

/** What rotates must lie in a file: a pair embedded in the kubeconfig becomes the first (client-go's certificate store). */
function keepClientPem(p: Process, certDir: string, { certPem, keyPem }: ClientConfig): void {
  if (certPem && keyPem && !p.fs.exists(`${certDir}/kubelet-client-current.pem`))
    installClientPem({ process: p }, certDir, certPem + keyPem)
}

/** Does the client certificate exist and still hold? */
function usable(p: Process, log: Klog, client: ClientConfig, kubeconfig: string): boolean {
  if (client.token || client.tokenFile) return true
  let pem = client.certPem
  if (pem === undefined && client.certFile) {
    const node = p.fs.find(client.certFile)
    if (node?.kind !== 'file') return false
    pem = node.read()
  }
  if (pem === undefined) return true
  let certs: ReturnType<typeof certificatesOf>
  try {
    certs = certificatesOf(pem)
  } catch {
    return false
  }
  const [cert] = certs
  if (!cert) return false
  if (cert.notAfter > p.now()) return true
  const at = `${new Date(cert.notAfter).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
  log.error(
    'bootstrap.go:267',
    'Unhandled Error',
    `part of the existing bootstrap client certificate in ${kubeconfig} is expired: ${at}`,
    { logger: 'UnhandledError' },
  )
  return false
}

/** /usr/bin/kubelet. */
export const kubelet: Program = {
  name: 'kubelet',
  *main(p) {
    const log = new Klog(p)
    p.rss = 78 << 20
    try {
      const flags = parse(p)
      if (flags.version) {
        p.stdout.write(`Kubernetes ${releaseOf(p)}\n`)
        return 0
      }
      if (flags.help) {
        p.stdout.write(HELP)
        return 0
      }
      yield* sleep(p.host.kernel, 120)
      const config = loadConfig(p, log, flags)
      log.info('server.go:545', 'Kubelet version', { kubeletVersion: releaseOf(p) })
      log.info('server.go:547', 'Golang settings', { GOGC: '', GOMAXPROCS: '', GOTRACEBACK: '' })
      log.info('watchdog_linux.go:94', 'Systemd watchdog is not enabled')
      log.info(
        'watchdog_linux.go:137',
        'Systemd watchdog is not enabled or the interval is invalid, so health checking will not be started.',
      )
      const client = yield* connection(p, log, flags, config)
      return yield* run(p, log, flags, config, client)
    } catch (error) {
      if (!(error instanceof Fatal)) throw error
      log.error('run.go:72', 'command failed', error.message)
      return 1
    }
  },
}

function parse(p: Process): KubeletFlags {
  try {
    const flags = parseFlags(p.argv.slice(1))
    for (const name of flags.deprecated)
      p.stderr.write(
        `Flag --${name} has been deprecated, This parameter should be set via the config file specified by the Kubelet's --config flag. See https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/ for more information.\n`,
      )
    return flags
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw new Fatal(error.message)
    throw error
  }
}

function* run(
  p: Process,
  log: Klog,
  flags: KubeletFlags,
  config: KubeletConfig,
  client: ClientConfig | undefined,
): Coro<number> {
  if (config.clientCaFile) {
    const ca = p.fs.find(config.clientCaFile)
    if (!ca) throw new Fatal(`failed to run Kubelet: open ${config.clientCaFile}: no such file or directory`)
    log.info('dynamic_cafile_content.go:161', 'Starting controller', {
      name: `client-ca-bundle::${config.clientCaFile}`,
    })
  }
  const endpoint = config.containerRuntimeEndpoint
  let systemd = true
  let version = ''
  try {
    const cri = dialCri(p.fs, endpoint, p.creds)
    version = cri.version().runtimeVersion.replace(/^v/, '')
    systemd = cri.settings.systemdCgroup
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    if (error.code === 'Unavailable')
      log.raw(
        'W',
        'logging.go:55',
        `[core] [Channel #1 SubChannel #2] grpc: addrConn.createTransport failed to connect to {Addr: "${endpoint.replace(/^unix:\/\//, '')}", ServerName: "localhost", }. Err: ${error.desc}`,
      )
    throw new Fatal(
      `failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": ${error.message}`,
    )
  }
  log.info('server.go:1454', 'Using cgroup driver setting received from the CRI runtime', {
    cgroupDriver: systemd ? 'systemd' : 'cgroupfs',
  })
  log.info('server.go:814', '--cgroups-per-qos enabled, but --cgroup-root was not specified.  Defaulting to /')
  log.info('topology_manager.go:172', 'Creating topology manager with none policy')
  log.info('container_manager_linux.go:312', 'Creating device plugin manager')
  if (client) log.info('kubelet.go:496', 'Attempting to sync node with API server')
  if (config.staticPodPath) log.info('kubelet.go:397', 'Adding static pod path', { path: config.staticPodPath })
  if (client) {
    log.info('kubelet.go:408', 'Adding apiserver pod source')
    log.info('apiserver.go:41', 'Waiting for node sync before watching apiserver pods')
  }
  log.info('kuberuntime_manager.go:308', 'Container runtime initialized', {
    containerRuntime: 'containerd',
    version,
    apiVersion: 'v1',
  })
  yield* sleep(p.host.kernel, 200)
  log.info('server.go:1291', 'Started kubelet')
  const k = new Kubelet(p, config, flags, client)
  k.runtimeVersion = version
  k.systemdCgroups = systemd
  k.run()
  return yield* p.park()
}
