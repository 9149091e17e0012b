import { parse } from 'yaml'
import { StatusError, TransportError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { appendCertsFromPem, detachedSignatureValid, sha256Hex } from '../../pki/index.ts'
import { parseBootstrapToken } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { ADMIN_CONF, Client, clientFromFile } from './client.ts'
import { configText } from './configuration/documents.ts'
import { readOne } from './configuration/load.ts'
import { checkIgnored, discoveryProblems, keyProblems, nodeProblems, throwAll } from './configuration/validate.ts'
import { DryRunClient, unknownNode } from './dry-run.ts'
import { KubeadmError, NotSimulated } from './errors.ts'
import { exists } from './files.ts'
import { flagValues } from './flag-values.ts'
import { checkMixed, criEndpoint } from './init-settings.ts'
import { duration } from './settings.ts'

/** What a JoinConfiguration or the flags ask for. */
export interface Join {
  readonly endpoint: string
  readonly token: string
  readonly tlsToken: string
  readonly hashes: readonly string[]
  readonly unsafe: boolean
  /** It is to be a further control plane; with the key that opens the shared certificates, empty: they are there. */
  readonly controlPlane: { readonly key: string; readonly address?: string; readonly bindPort?: number } | undefined
  /** A kubeconfig file by which the cluster is known. */
  readonly file?: string
  readonly dryRun: boolean
  /** Directory of a dry run. */
  readonly dry?: string
  readonly skipped: readonly string[]
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

/** What is asked for, with everything that can be wrong with it. Throws KubeadmError. */
export function joinOptions(p: Process, flags: Flags, args: readonly string[]): Join {
  const given = flagValues(flags)
  checkMixed(flags)
  const path = given.text('config')
  const doc = path ? readOne(p, configText(p, path), 'JoinConfiguration') : undefined
  // Phases that have no flags for it find the cluster by the administrator's file.
  const byAdmin = !flags.has('discovery-file')
  if (byAdmin && !exists(p, ADMIN_CONF))
    throw new KubeadmError(
      `File ${ADMIN_CONF} does not exists. Please use 'kubeadm join phase control-plane-prepare' subcommands to generate it.`,
    )
  const admin = { file: { kubeConfigPath: ADMIN_CONF } }
  const discovery = doc?.discovery ?? (byAdmin ? admin : discoveryFlags(flags, args))
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
  const file: string | undefined = discovery.file?.kubeConfigPath
  if (file?.includes('://')) throw new NotSimulated('join --discovery-file with a URL')
  const ignored = [...given.list('ignore-preflight-errors'), ...(registration.ignorePreflightErrors ?? [])]
  checkIgnored(ignored)
  return {
    endpoint: found?.apiServerEndpoint ?? '',
    token: found?.token ?? '',
    tlsToken,
    hashes: found?.caCertHashes ?? [],
    unsafe: found?.unsafeSkipCAVerification === true,
    file,
    controlPlane: controlPlane
      ? {
          key,
          bindPort: portOf(flags) ?? doc?.controlPlane?.localAPIEndpoint?.bindPort,
          address: given.text('apiserver-advertise-address') || doc?.controlPlane?.localAPIEndpoint?.advertiseAddress,
        }
      : undefined,
    nodeName: given.text('node-name') || nodeName,
    criSocket,
    ignored,
    discovery: duration(doc?.timeouts?.discovery ?? '5m0s'),
    bootstrap: duration(doc?.timeouts?.tlsBootstrap ?? '5m0s'),
    document: doc ?? {},
    dryRun: given.yes('dry-run') || doc?.dryRun === true,
    skipped: given.list('skip-phases').length > 0 ? given.list('skip-phases') : (doc?.skipPhases ?? []),
    patches: given.text('patches'),
  }
}

const portOf = (flags: Flags): number | undefined =>
  flags.has('apiserver-bind-port') && flags.changed('apiserver-bind-port')
    ? flags.int('apiserver-bind-port')
    : undefined

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
export interface Cluster {
  readonly server: string
  readonly caPem: string
}

/** discovery/token: cluster-info is read without trust, its signature checked with the token, its authority with the pin. */
function* byToken(p: Process, join: Join): Coro<Cluster> {
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

/** discovery.For: where the cluster is and its authority, by a token or by a file. */
export function* discover(p: Process, join: Join): Coro<Cluster> {
  try {
    if (!join.file) return yield* byToken(p, join)
    const { server, caPem = '' } = clientFromFile(p, join.file).config
    return { server, caPem }
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(`couldn't validate the identity of the API Server: ${error.message}`)
  }
}

/** The client of a cluster that was discovered: by the token, or as who the file says. */
export const bootstrapClient = (p: Process, join: Join, { server, caPem }: Cluster): Client =>
  clientOf(
    p,
    join,
    join.file && !join.tlsToken ? clientFromFile(p, join.file).config : { server, caPem, token: join.tlsToken },
  )

const clientOf = (p: Process, join: Join, config: Client['config']): Client =>
  join.dry
    ? new DryRunClient(p, config, ({ resource }) => (resource === 'nodes' ? unknownNode(join.nodeName) : undefined))
    : new Client(p, config)
