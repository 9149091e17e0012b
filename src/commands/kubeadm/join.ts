import { parse } from 'yaml'
import { StatusError, TransportError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { appendCertsFromPem, detachedSignatureValid, sha256Hex } from '../../pki/index.ts'
import { goYamlError } from '../../print/index.ts'
import { kubeconfig, kubeletConfiguration, parseBootstrapToken } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { Client } from './client.ts'
import { warnOfComponents } from './component-advice.ts'
import { configText } from './configuration/documents.ts'
import { readOne } from './configuration/load.ts'
import { checkIgnored, discoveryProblems, keyProblems, nodeProblems, throwAll } from './configuration/validate.ts'
import { DryRunClient, dryRunDir, unknownNode, wouldWrite } from './dry-run.ts'
import { KubeadmError, NotSimulated, phase } from './errors.ts'
import { exists, readText, writeText } from './files.ts'
import { flagValues } from './flag-values.ts'
import { checkMixed, criEndpoint } from './init-settings.ts'
import { checkControlPlane, finishControlPlane, joinEtcd, prepareControlPlane } from './join-control-plane.ts'
import { kubeletStart } from './phase-files.ts'
import { joinChecks, runChecks } from './preflight.ts'
import {
  clusterFrom,
  defaultAddress,
  duration,
  kubeletFields,
  patchesAt,
  type Settings,
  taintText,
  thisNode,
  timeoutsFrom,
} from './settings.ts'
import type { Run, Runs } from './tree.ts'
import { kubeletHelp, waitForKubelet } from './waits.ts'

/** What a JoinConfiguration or the flags ask for. */
interface Join {
  readonly endpoint: string
  readonly token: string
  readonly tlsToken: string
  readonly hashes: readonly string[]
  readonly unsafe: boolean
  /** It is to be a further control plane; with the key that opens the shared certificates, empty: they are there. */
  readonly controlPlane: { readonly key: string; readonly address?: string } | undefined
  /** Directory of a dry run. */
  readonly dry?: string
  readonly nodeName: string
  readonly criSocket: string
  readonly ignored: readonly string[]
  /** How long the cluster may take to tell who it is, ms. */
  readonly discovery: number
  readonly bootstrap: number
  /** JoinConfiguration, as far as the file says anything. */
  readonly document: any
  /** --patches. */
  readonly patches: string
}

function joinOptions(p: Process, flags: Flags, args: readonly string[]): Join {
  const given = flagValues(flags)
  checkMixed(flags)
  const path = given.text('config')
  const doc = path ? readOne(p, configText(p, path), 'JoinConfiguration') : undefined
  const discovery = doc?.discovery ?? discoveryFlags(flags, args)
  const found = discovery.bootstrapToken
  const tlsToken = discovery.tlsBootstrapToken || found?.token || ''
  const registration = doc?.nodeRegistration ?? {}
  const nodeName = String(registration.name || given.text('node-name') || p.hostname).toLowerCase()
  const criSocket = criEndpoint(p, registration.criSocket || given.text('cri-socket'), 'initconfiguration.go:127')
  const key = given.text('certificate-key') || doc?.controlPlane?.certificateKey || ''
  const controlPlane = given.yes('control-plane') || doc?.controlPlane !== undefined
  throwAll([
    ...discoveryProblems({ ...discovery, tlsBootstrapToken: tlsToken }, (file) => exists(p, file)),
    ...nodeProblems({ ...registration, name: nodeName, criSocket }),
    ...(controlPlane ? keyProblems(key, 'controlPlane.certificateKey') : []),
  ])
  if (discovery.file) throw new NotSimulated('join --discovery-file')
  const ignored = [...given.list('ignore-preflight-errors'), ...(registration.ignorePreflightErrors ?? [])]
  checkIgnored(ignored)
  return {
    endpoint: found?.apiServerEndpoint ?? '',
    token: found?.token ?? '',
    tlsToken,
    hashes: found?.caCertHashes ?? [],
    unsafe: found?.unsafeSkipCAVerification === true,
    controlPlane: controlPlane
      ? {
          key,
          address: given.text('apiserver-advertise-address') || doc?.controlPlane?.localAPIEndpoint?.advertiseAddress,
        }
      : undefined,
    nodeName: given.text('node-name') || nodeName,
    criSocket,
    ignored,
    discovery: duration(doc?.timeouts?.discovery ?? '5m0s'),
    bootstrap: duration(doc?.timeouts?.tlsBootstrap ?? '5m0s'),
    document: doc ?? {},
    patches: given.text('patches'),
  }
}

/** Discovery as the flags describe it. */
function discoveryFlags(flags: Flags, args: readonly string[]): any {
  const given = flagValues(flags)
  const token = given.text('token')
  const file = given.text('discovery-file')
  const found = {
    apiServerEndpoint: args[0] ?? '',
    token: given.text('discovery-token') || token,
    caCertHashes: given.list('discovery-token-ca-cert-hash'),
    unsafeSkipCAVerification: given.yes('discovery-token-unsafe-skip-ca-verification'),
  }
  const byToken = found.apiServerEndpoint !== '' || found.token !== '' || found.caCertHashes.length > 0
  return {
    ...(byToken || found.unsafeSkipCAVerification ? { bootstrapToken: found } : {}),
    ...(file ? { file: { kubeConfigPath: file } } : {}),
    tlsBootstrapToken: given.text('tls-bootstrap-token') || token,
  }
}

/** What discovery learns: where the cluster is, and its authority. */
interface Cluster {
  readonly server: string
  readonly caPem: string
}

/** discovery/token: cluster-info is read without trust, its signature checked with the token, its authority with the pin. */
function* discover(p: Process, join: Join): Coro<Cluster> {
  const token = parseBootstrapToken(join.token)!
  for (const hash of join.hashes)
    if (!/^sha256:[0-9a-fA-F]*$/.test(hash))
      throw new KubeadmError(
        'invalid discovery token CA certificate hash: invalid hash, expected "format:hex-value". Known format(s) are: sha256',
      )
  const server = `https://${join.endpoint}`
  const { kernel } = p.host
  const until = kernel.now() + join.discovery
  const client = clientOf(p, join, { server, insecure: true })
  for (;;) {
    let failure: KubeadmError
    try {
      const data = ((yield* client.get('ConfigMap', 'kube-public', 'cluster-info')) as any).data ?? {}
      const signature = data[`jws-kubeconfig-${token.id}`]
      if (!signature)
        failure = new KubeadmError(
          `could not find a JWS signature in the cluster-info ConfigMap for token ID ${JSON.stringify(token.id)}`,
        )
      else if (!detachedSignatureValid(signature, data.kubeconfig ?? '', token.id, token.secret))
        failure = new KubeadmError(
          "failed to verify JWS signature of received cluster info object, can't trust this API Server",
        )
      else return pinned(join, parse(data.kubeconfig)?.clusters?.[0]?.cluster ?? {})
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      failure = new KubeadmError(`failed to request the cluster-info ConfigMap: ${error.message}`)
    }
    // The real one asks again every five seconds, with jitter.
    if (kernel.now() + 5000 > until) {
      yield* sleep(kernel, Math.max(0, until - kernel.now()))
      throw failure
    }
    yield* sleep(kernel, 5000)
  }
}

function pinned(join: Join, cluster: any): Cluster {
  const caPem = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString('utf8')
  if (!join.unsafe) {
    const hashes = appendCertsFromPem(caPem).map((ca) => `sha256:${sha256Hex(ca.publicKey.spki)}`)
    if (!hashes.some((hash) => join.hashes.map((h) => h.toLowerCase()).includes(hash)))
      throw new KubeadmError(
        `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys ${hashes.map((h) => JSON.stringify(h)).join(':')} are pinned`,
      )
  }
  return { server: cluster.server, caPem }
}

const clientOf = (p: Process, join: Join, config: Client['config']): Client =>
  join.dry
    ? new DryRunClient(p, config, ({ resource }) => (resource === 'nodes' ? unknownNode(join.nodeName) : undefined))
    : new Client(p, config)

function* joinCluster(p: Process, flags: Flags, args: readonly string[]): Coro<number> {
  const options = joinOptions(p, flags, args)
  if (options.controlPlane && flags.bool('dry-run')) throw new NotSimulated('join --control-plane --dry-run')
  const dry = flags.bool('dry-run') ? dryRunDir(p, 'kubeadm-join-dryrun', 'KUBEADM_JOIN_DRYRUN_DIR') : undefined
  const join: Join = { ...options, dry }
  const out = (text: string): void => p.stdout.write(text)
  const { cluster, client, settings } = yield* phase('preflight', function* () {
    out('[preflight] Running pre-flight checks\n')
    yield* runChecks(p, joinChecks(join.criSocket, join.nodeName, join.controlPlane !== undefined), join.ignored)
    let found: Cluster
    try {
      found = yield* discover(p, join)
    } catch (error) {
      if (!(error instanceof KubeadmError)) throw error
      throw new KubeadmError(`couldn't validate the identity of the API Server: ${error.message}`)
    }
    const api = clientOf(p, join, { server: found.server, caPem: found.caPem, token: join.tlsToken })
    out(
      '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[preflight] Use \'kubeadm init phase upload-config kubeadm --config your-config-file\' to re-upload it.\n',
    )
    const map = (yield* api.get('ConfigMap', 'kube-system', 'kubeadm-config')) as any
    const configuration = clusterFrom(document(map.data?.ClusterConfiguration))
    const proxy: any = yield* api.find('ConfigMap', 'kube-system', 'kube-proxy')
    const shared = (yield* api.get('ConfigMap', 'kube-system', 'kubelet-config')) as any
    const documents = new Map([
      ['KubeProxyConfiguration', document(proxy?.data?.['config.conf'])],
      ['KubeletConfiguration', document(shared.data?.kubelet)],
    ])
    warnOfComponents(p, configuration, '', documents)
    const address = join.controlPlane?.address || defaultAddress(p, configuration.podSubnet || undefined)
    const { nodeRegistration: registration, timeouts, patches, controlPlane } = join.document
    const node = {
      ...thisNode(p, join.nodeName, address, { criSocket: join.criSocket, registration, timeouts }),
      ...(controlPlane?.localAPIEndpoint?.bindPort ? { bindPort: controlPlane.localAPIEndpoint.bindPort } : {}),
      // The control plane's taints are set when the Node is marked.
      registerTaints: join.controlPlane ? [] : (registration?.taints ?? []).map(taintText),
    }
    const kubelet = kubeletFields(documents.get('KubeletConfiguration'))
    const joined: Settings = {
      cluster: configuration,
      node: { ...node, kubelet },
      tokens: [],
      dry: join.dry,
      patches: patchesAt(p, join.patches, patches),
      timeouts: timeoutsFrom(timeouts),
      taints: registration?.taints,
    }
    if (join.controlPlane) yield* checkControlPlane(p, joined, join.controlPlane.key, join.ignored)
    return { cluster: found, client: api, settings: joined }
  })
  if (join.controlPlane) yield* prepareControlPlane(p, client, settings, join.controlPlane.key)
  yield* phase('kubelet-start', () => startKubelet(p, join, cluster, client, settings))
  if (join.controlPlane) yield* phase('control-plane-join/etcd', () => joinEtcd(p, settings))
  if (join.dry) printFiles(p, join.dry)
  else
    yield* phase(join.controlPlane ? 'kubelet-wait-bootstrap' : 'kubelet-start', () =>
      awaitBootstrap(p, join, settings),
    )
  if (join.controlPlane) {
    yield* finishControlPlane(p, settings)
    return 0
  }
  out(`
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.

`)
  return 0
}

/** YAML that a ConfigMap of the cluster holds; somebody may have spoilt it. */
function document(text = ''): any {
  const problem = goYamlError(text)
  if (problem) throw new KubeadmError(`error converting YAML to JSON: ${problem}`)
  return parse(text)
}

const BOOTSTRAP = '/etc/kubernetes/bootstrap-kubelet.conf'

function* startKubelet(p: Process, join: Join, cluster: Cluster, client: Client, settings: Settings): Coro<void> {
  const node = (yield* client.find('Node', undefined, join.nodeName)) as any
  const ready = node?.status?.conditions?.find((c: any) => c.type === 'Ready')?.status === 'True'
  if (ready)
    throw new KubeadmError(
      `a Node with name ${JSON.stringify(join.nodeName)} and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
    )
  const text = kubeconfig({
    caPem: cluster.caPem,
    server: cluster.server,
    cluster: settings.cluster.clusterName,
    userName: 'tls-bootstrap-token-user',
    user: { token: join.tlsToken },
  })
  const { dry } = join
  writeText(p, dry ? `${dry}/bootstrap-kubelet.conf` : BOOTSTRAP, text, 0o600)
  writeText(p, `${dry ?? settings.cluster.certificatesDir}/ca.crt`, cluster.caPem, 0o644)
  yield* kubeletStart(p, settings, true)
}

/** What a dry run shows instead of waiting. */
function printFiles(p: Process, dir: string): void {
  const quoted = JSON.stringify(dir)
  p.stdout.write(
    `[dryrun] Wrote certificates and kubeconfig files to the ${quoted} directory\n[dryrun] The certificates or kubeconfig files would not be printed due to their sensitive nature\n[dryrun] Please examine the ${quoted} directory for details about what would be written\n`,
  )
  for (const name of ['config.yaml', 'kubeadm-flags.env'])
    wouldWrite(p, `/var/lib/kubelet/${name}`, readText(p, `${dir}/${name}`))
  p.stdout.write('[kubelet-wait] Would wait for the kubelet to be bootstrapped\n')
}

/** The kubelet answers, and has exchanged its token for a certificate. */
function* awaitBootstrap(p: Process, join: Join, { cluster, node, patches, timeouts }: Settings): Coro<void> {
  const { kernel } = p.host
  const shared = kubeletConfiguration(cluster, node)
  const kubelet = patches ? patches.apply('kubeletconfiguration', shared, true) : shared
  yield* waitForKubelet(p, kubelet, timeouts?.kubelet)
  p.stdout.write('[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n')
  const until = kernel.now() + join.bootstrap
  while (!exists(p, '/etc/kubernetes/kubelet.conf')) {
    if (kernel.now() >= until) {
      kubeletHelp(p)
      throw new KubeadmError('failed while waiting for TLS bootstrap: context deadline exceeded')
    }
    yield* sleep(kernel, 1000)
  }
  p.fs.unlink(BOOTSTRAP)
}

const joinPreflight: Run = function* ({ p, flags, args }) {
  const options = joinOptions(p, flags, args)
  yield* phase('preflight', function* () {
    p.stdout.write('[preflight] Running pre-flight checks\n')
    yield* runChecks(p, joinChecks(options.criSocket, options.nodeName, false), options.ignored)
    try {
      yield* discover(p, options)
    } catch (error) {
      if (!(error instanceof KubeadmError)) throw error
      throw new KubeadmError(`couldn't validate the identity of the API Server: ${error.message}`)
    }
  })
  return 0
}

/** `kubeadm join`, and of its phases the one that stands by itself. */
export const JOIN: Runs = {
  join: ({ p, flags, args }) => joinCluster(p, flags, args),
  'join phase preflight': joinPreflight,
}
