import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { toYaml } from '../../print/index.ts'
import { clusterConfiguration } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { checkKnown, configText, type Document, splitDocuments } from './configuration/documents.ts'
import { readOne } from './configuration/load.ts'
import * as check from './configuration/validate.ts'
import { KubeadmError } from './errors.ts'
import { exists, writeText } from './files.ts'
import { DETECTED_CRI_SOCKET } from './host-tools.ts'
import { criEndpoint, initConfiguration } from './init-settings.ts'
import { runRng } from './run-rng.ts'
import type { Run, Runs } from './tree.ts'

const API = 'kubeadm.k8s.io/v1beta4'
const TAINT = { effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' }

/** SetDefaults_Timeouts. */
const timeouts = (given: any = {}, health = '4m0s'): object => ({
  controlPlaneComponentHealthCheck: health,
  discovery: '5m0s',
  etcdAPICall: '2m0s',
  kubeletHealthCheck: '4m0s',
  kubernetesAPICall: '1m0s',
  tlsBootstrap: '5m0s',
  upgradeManifests: '5m0s',
  ...given,
})

const registration = (given: any, name: string, criSocket: string, taints: unknown): object => ({
  ...given,
  criSocket,
  imagePullPolicy: given?.imagePullPolicy || 'IfNotPresent',
  imagePullSerial: given?.imagePullSerial ?? true,
  name,
  taints: given?.taints ?? taints,
})

/** Init- and ClusterConfiguration with every default. */
function* initText(p: Process, text: string, flags: Flags, old: boolean): Coro<string> {
  const { settings, init } = yield* initConfiguration(p, text, flags, { strict: true, migrating: true })
  const { node, tokens, cluster } = settings
  const document = {
    ...init,
    apiVersion: API,
    bootstrapTokens: tokens.map(({ ttlMs: _, ...token }: any) => ({ ...token, ttl: token.ttl ?? '24h0m0s' })),
    kind: 'InitConfiguration',
    localAPIEndpoint: { advertiseAddress: node.address, bindPort: node.bindPort },
    nodeRegistration: registration(init?.nodeRegistration, node.name, node.criSocket, [TAINT]),
    // What the API server's own time-out was in v1beta3; there is none in v1beta4, of which nought is made.
    timeouts: timeouts(init?.timeouts, old ? '4m0s' : '0s'),
  }
  return `${toYaml(document)}---\n${clusterConfiguration(cluster)}`
}

function joinDocument(p: Process, text: string, migrating: boolean): object {
  const doc = readOne(p, text, 'JoinConfiguration', { strict: true, migrating })
  const name = String(doc.nodeRegistration?.name || p.hostname).toLowerCase()
  const criSocket = criEndpoint(p, doc.nodeRegistration?.criSocket, 'initconfiguration.go:127')
  const discovery = { ...doc.discovery }
  if (!discovery.tlsBootstrapToken && discovery.bootstrapToken)
    discovery.tlsBootstrapToken = discovery.bootstrapToken.token
  const { caCertPath = '/etc/kubernetes/pki/ca.crt', controlPlane } = doc
  const authority =
    caCertPath.startsWith('/') && caCertPath.endsWith('.crt')
      ? []
      : [`caCertPath: Invalid value: ${JSON.stringify(caCertPath)}: the ca certificate path must be an absolute path`]
  check.throwAll([
    ...check.discoveryProblems(discovery, (path) => exists(p, path)),
    ...check.nodeProblems({ ...doc.nodeRegistration, name, criSocket }),
    ...check.keyProblems(controlPlane?.certificateKey ?? '', 'controlPlane.certificateKey'),
    ...authority,
  ])
  return {
    ...doc,
    apiVersion: API,
    caCertPath,
    discovery,
    nodeRegistration: registration(doc.nodeRegistration, name, criSocket, controlPlane ? [TAINT] : null),
    timeouts: timeouts(doc.timeouts),
  }
}

function resetDocument(p: Process, text: string): object {
  const doc = readOne(p, text, 'ResetConfiguration', { strict: true })
  const criSocket = doc.criSocket ? criEndpoint(p, doc.criSocket, 'resetconfiguration.go:53') : DETECTED_CRI_SOCKET
  check.throwAll(check.resetProblems(doc))
  const { certificatesDir = '/etc/kubernetes/pki' } = doc
  return { ...doc, apiVersion: API, certificatesDir, criSocket, timeouts: timeouts(doc.timeouts) }
}

/** The documents of a file in the newest version, kind after kind. */
function* converted(p: Process, text: string, flags: Flags, documents: readonly Document[]): Coro<string[]> {
  const has = (...kinds: string[]): boolean => documents.some((d) => kinds.includes(d.kind))
  const out: string[] = []
  if (has('InitConfiguration', 'ClusterConfiguration'))
    out.push(
      yield* initText(
        p,
        text,
        flags,
        documents.some((d) => d.version !== 'v1beta4' && d.group === 'kubeadm.k8s.io'),
      ),
    )
  if (has('JoinConfiguration')) out.push(toYaml(joinDocument(p, text, true)))
  if (has('ResetConfiguration')) out.push(toYaml(resetDocument(p, text)))
  if (has('UpgradeConfiguration')) {
    check.throwAll(check.upgradeProblems(readOne(p, text, 'UpgradeConfiguration', { strict: true, migrating: true })))
    // No version of it was ever older; what it prints ends with an address in memory.
    const address = `0xc${runRng(p).fork('address').hex(8)}0`
    throw new KubeadmError(
      `could not find a mutator for input: []interface {}{(*kubeadm.UpgradeConfiguration)(${address})}`,
    )
  }
  return out
}

const validate: Run = function* ({ p, flags }) {
  if (!flags.string('config')) throw new KubeadmError('the --config flag is mandatory')
  const text = configText(p, flags.string('config'))
  const documents = splitDocuments(text)
  checkKnown(documents)
  const has = (...kinds: string[]): boolean => documents.some((d) => kinds.includes(d.kind))
  if (has('InitConfiguration', 'ClusterConfiguration')) yield* initConfiguration(p, text, flags, { strict: true })
  if (has('JoinConfiguration')) joinDocument(p, text, false)
  if (has('ResetConfiguration')) resetDocument(p, text)
  if (has('UpgradeConfiguration'))
    check.throwAll(check.upgradeProblems(readOne(p, text, 'UpgradeConfiguration', { strict: true })))
  p.stdout.write('ok\n')
  return 0
}

const migrate: Run = function* ({ p, flags }) {
  if (!flags.string('old-config')) throw new KubeadmError('the --old-config flag is mandatory')
  const text = configText(p, flags.string('old-config'))
  const documents = splitDocuments(text)
  checkKnown(documents)
  const out = (yield* converted(p, text, flags, documents)).join('---\n')
  if (flags.string('new-config')) writeText(p, flags.string('new-config'), out, 0o600)
  else p.stdout.write(out)
  return 0
}

/** What reads a file and tells what is in it. */
export const CONVERT: Runs = { 'config migrate': migrate, 'config validate': validate }
