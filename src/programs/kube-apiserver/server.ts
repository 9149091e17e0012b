import { admissionPlugins } from '../../api/admission/index.ts'
import { enabledPlugins } from '../../api/admission/order.ts'
import type { Authenticator } from '../../api/authn/authenticator.ts'
import { certificateAuthenticator } from '../../api/authn/certificates.ts'
import { bootstrapAuthenticator, serviceAccountAuthenticator } from '../../api/authn/tokens.ts'
import { type Authorizer, alwaysAllow, union } from '../../api/authz/authorizer.ts'
import { nodeAuthorizer } from '../../api/authz/node.ts'
import { RbacAuthorizer } from '../../api/authz/rbac.ts'
import { flowDumps, flowMetrics } from '../../api/flow/dump.ts'
import { FlowControl } from '../../api/flow/flow-control.ts'
import { discovery, rootPaths } from '../../api/http/discovery.ts'
import { health, healthChecks, statusz } from '../../api/http/health.ts'
import { metrics } from '../../api/http/metrics.ts'
import { openapi } from '../../api/http/openapi/index.ts'
import { version } from '../../api/http/version.ts'
import {
  Aggregator,
  ApiServer,
  type Credentials,
  CustomResources,
  DanglingSchemas,
  type Exchange,
  LocalClient,
  type PathHandler,
  type Storage,
} from '../../api/index.ts'
import type { Process } from '../../host/index.ts'
import { builtinKinds, KindRegistry } from '../../kinds/index.ts'
import {
  appendCertsFromPem,
  type Certificate,
  privateKeyFromPem,
  signToken,
  type TokenClaims,
} from '../../pki/index.ts'
import type { Klog } from '../lib/klog.ts'
import { releaseOf } from '../lib/releases.ts'
import { NetworkBackends } from './backends.ts'
import { componentChecks } from './components.ts'
import { serviceAccountKeys, tryRead } from './files.ts'
import type { ApiServerFlags } from './flags.ts'

/** The server's own requests: a token that nobody outside can know. */
const LOOPBACK: Credentials = { bearerToken: '\0loopback', userAgent: 'kube-apiserver', ip: '::1' }

const loopback: Authenticator = ({ bearerToken }) =>
  bearerToken === LOOPBACK.bearerToken
    ? { name: 'system:apiserver', groups: ['system:authenticated', 'system:masters'] }
    : undefined

interface ServerParts {
  readonly p: Process
  readonly flags: ApiServerFlags
  readonly log: Klog
  readonly storage: Storage
  /** Hears of every request when there is an audit log. */
  readonly audit: ((exchange: Exchange) => void) | undefined
  /** `192.168.56.10:6443`, for discovery. */
  readonly address: string
  /** What is wrong with a health check at present. */
  broken(check: string): string | undefined
}

/** A server with the controllers inside it, which are to be started when it serves. */
interface BuiltServer {
  readonly server: ApiServer
  /** With full rights. */
  readonly client: LocalClient
  readonly controllers: readonly { start(): void; stop(): void }[]
}

/** CPU share of a server that has little to do, millicores. */
export const BASE_CPU = 40

/** Puts the pipeline together as the flags say. */
export function buildServer({ p, flags, log, storage, audit, address, broken }: ServerParts): BuiltServer {
  const rbac = new RbacAuthorizer()
  const modes = flags.list('authorization-mode', ['AlwaysAllow'])
  const authorizers = modes.flatMap((mode): Authorizer[] =>
    mode === 'Node' ? [nodeAuthorizer] : mode === 'RBAC' ? [rbac] : mode === 'AlwaysAllow' ? [alwaysAllow] : [],
  )
  const privileged: Authorizer = {
    authorize: ({ user }) => ({ allowed: user.groups.includes('system:masters'), reason: '' }),
  }
  const issuers = flags.list('service-account-issuer')
  const audiences = flags.list('api-audiences', issuers)
  const authFailure = (message: string) => log.error('authentication.go:75', message)
  const authenticators: Authenticator[] = [
    loopback,
    certificateAuthenticator({ roots: clientRoots(p, flags), now: () => p.now(), log: authFailure }),
    serviceAccountAuthenticator({
      keys: () => serviceAccountKeys(p, flags),
      issuers,
      audiences,
      server: () => server,
      log: authFailure,
    }),
    ...(flags.bool('enable-bootstrap-token-auth', false) ? [bootstrapAuthenticator(() => server)] : []),
  ]
  const release = releaseOf(p)
  const { all } = enabledPlugins(flags.list('enable-admission-plugins'), flags.list('disable-admission-plugins'))
  const flow = new FlowControl({
    fair: flags.bool('enable-priority-and-fairness', true),
    readOnly: flags.int('max-requests-inflight', 400),
    mutating: flags.int('max-mutating-requests-inflight', 200),
    cpus: p.host.cpus,
    onBusy: (executing) => {
      p.cpuMilli = Math.min(p.host.cpus * 1000, BASE_CPU + executing * 1000)
    },
  })
  const paths: PathHandler[] = [
    flowDumps(flow),
    version(release),
    health(broken),
    statusz('apiserver', release, p.now()),
    metrics(release, p.now(), (server) => flowMetrics(server, flow)),
    discovery(address, () => aggregator.groups()),
    rootPaths(healthChecks),
    openapi(release),
  ]
  const server: ApiServer = new ApiServer({
    kernel: p.host.kernel,
    storage,
    kinds: new KindRegistry(builtinKinds),
    clock: () => p.now(),
    rng: p.host.rng.fork(`apiserver/${p.pid}`),
    authenticators,
    anonymous: flags.bool('anonymous-auth', true),
    authorizer: union(privileged, ...authorizers),
    rbac,
    audiences,
    admission: admissionPlugins(all),
    paths,
    audit,
    serviceRange: flags.get('service-cluster-ip-range', '10.0.0.0/24'),
    log: (level, place, text) => log.write(level, place, text),
    backends: new NetworkBackends(p, flags),
    flow,
    components: componentChecks(p, storage),
    foreign: [(request, user, self) => aggregator.handler(request, user, self)],
    tokens: tokenIssuer(p, flags, issuers[0] ?? '', audiences),
    nodePortRange: flags.get('service-node-port-range', '30000-32767'),
  })
  const client = new LocalClient((request) => server.handle(request, LOOPBACK))
  const aggregator = new Aggregator(server, client)
  const custom = new CustomResources(server, client)
  const controllers = [aggregator, custom, new DanglingSchemas(server, client)]
  return { server, client, controllers }
}

/** Signs with --service-account-signing-key-file as it was at the start. */
function tokenIssuer(p: Process, flags: ApiServerFlags, issuer: string, audiences: readonly string[]) {
  const key = privateKeyFromPem(tryRead(p, flags.get('service-account-signing-key-file')) ?? '')
  if (!key) return undefined
  return { issuer, audiences, sign: (claims: TokenClaims) => signToken(claims, key) }
}

/** The client CA file as it is now; parsed again only when it changed. */
function clientRoots(p: Process, flags: ApiServerFlags): () => readonly Certificate[] {
  return () => {
    const pem = tryRead(p, flags.get('client-ca-file'))
    return pem === undefined ? [] : appendCertsFromPem(pem)
  }
}
