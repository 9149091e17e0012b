import { parse } from 'yaml'
import type { Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { goYamlError } from '../../print/index.ts'
import { kubeconfig, kubeletConfiguration } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import type { Client } from './client.ts'
import { warnOfComponents } from './component-advice.ts'
import { dryRunDir, wouldWrite } from './dry-run.ts'
import { KubeadmError, NotSimulated, phase } from './errors.ts'
import { exists, readText, writeText } from './files.ts'
import * as further from './join-control-plane.ts'
import { bootstrapClient, type Cluster, discover, type Join, joinOptions } from './join-options.ts'
import { kubeletStart } from './phase-files.ts'
import { checkPhases, isSkipped, phaseCommands } from './phases.ts'
import { joinChecks, runChecks } from './preflight.ts'
import {
  clusterFrom,
  defaultAddress,
  kubeletFields,
  patchesAt,
  type Settings,
  taintText,
  thisNode,
  timeoutsFrom,
} from './settings.ts'
import type { Run, Runs } from './tree.ts'
import { kubeletHelp, waitForKubelet } from './waits.ts'

/** What a run of `kubeadm join`, or of one of its phases, works with. The cluster is looked for when it is first needed. */
class JoinRun {
  private found: { cluster: Cluster; client: Client } | undefined
  private configured: Settings | undefined

  constructor(
    readonly p: Process,
    readonly join: Join,
  ) {}

  /** Where the cluster is, and a client of it. */
  *cluster(): Coro<{ cluster: Cluster; client: Client }> {
    if (!this.found) {
      const cluster = yield* discover(this.p, this.join)
      this.found = { cluster, client: bootstrapClient(this.p, this.join, cluster) }
    }
    return this.found
  }

  /** What the cluster tells of itself, and this machine's part in it. */
  *settings(): Coro<Settings> {
    const { client } = yield* this.cluster()
    return (this.configured ??= yield* fetched(this.p, this.join, client))
  }
}

/** fetchInitConfigurationFromJoinConfiguration. */
function* fetched(p: Process, join: Join, api: Client): Coro<Settings> {
  p.stdout.write(
    '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[preflight] Use \'kubeadm init phase upload-config kubeadm --config your-config-file\' to re-upload it.\n',
  )
  const map = (yield* api.get('ConfigMap', 'kube-system', 'kubeadm-config')) as any
  const cluster = clusterFrom(document(map.data?.ClusterConfiguration))
  const proxy: any = yield* api.find('ConfigMap', 'kube-system', 'kube-proxy')
  const shared = (yield* api.get('ConfigMap', 'kube-system', 'kubelet-config')) as any
  const documents = new Map([
    ['KubeProxyConfiguration', document(proxy?.data?.['config.conf'])],
    ['KubeletConfiguration', document(shared.data?.kubelet)],
  ])
  warnOfComponents(p, cluster, '', documents)
  const address = join.controlPlane?.address || defaultAddress(p, cluster.podSubnet || undefined)
  const { nodeRegistration: registration, timeouts, patches } = join.document
  const node = thisNode(p, join.nodeName, address, { criSocket: join.criSocket, registration, timeouts })
  return {
    cluster,
    node: {
      ...node,
      bindPort: join.controlPlane?.bindPort ?? node.bindPort,
      // The control plane's taints are set when the Node is marked.
      registerTaints: join.controlPlane ? [] : (registration?.taints ?? []).map(taintText),
      kubelet: kubeletFields(documents.get('KubeletConfiguration')),
    },
    tokens: [],
    dry: join.dry,
    patches: patchesAt(p, join.patches, patches),
    timeouts: timeoutsFrom(timeouts),
    taints: registration?.taints,
  }
}

type Body = (run: JoinRun) => Coro

/** A body for those who are to be control planes; for others there is nothing to do. */
const controlPlane = (body: (p: Process, settings: Settings, key: string, run: JoinRun) => Coro): Body =>
  function* (run) {
    if (run.join.controlPlane) yield* body(run.p, yield* run.settings(), run.join.controlPlane.key, run)
  }

function* preflight(run: JoinRun): Coro {
  const { p, join } = run
  p.stdout.write('[preflight] Running pre-flight checks\n')
  yield* runChecks(p, joinChecks(join.criSocket, join.nodeName, join.controlPlane !== undefined), join.ignored)
  const settings = yield* run.settings()
  if (join.controlPlane) yield* further.checkControlPlane(p, settings, join.controlPlane.key, join.ignored)
}

function* downloadCerts(run: JoinRun): Coro {
  const { p, join } = run
  if (!join.controlPlane?.key) return
  const settings = yield* run.settings()
  const { client } = yield* run.cluster()
  yield* further.downloadShared(p, client, settings, join.controlPlane.key)
}

function* startKubelet(run: JoinRun): Coro {
  const { p, join } = run
  const settings = yield* run.settings()
  const { cluster, client } = yield* run.cluster()
  yield* writeAndStart(p, join, cluster, client, settings)
}

function* waitBootstrap(run: JoinRun): Coro {
  const { p, join } = run
  if (join.dry) printFiles(p, join.dry)
  else yield* awaitBootstrap(p, join, yield* run.settings())
}

/** Phases in their order by their names. */
const PHASES: readonly (readonly [name: string, body: Body])[] = [
  ['preflight', preflight],
  ['control-plane-prepare/download-certs', downloadCerts],
  ['control-plane-prepare/certs', controlPlane(further.prepareCerts)],
  ['control-plane-prepare/kubeconfig', controlPlane(further.prepareKubeconfigs)],
  ['control-plane-prepare/control-plane', controlPlane(further.prepareManifests)],
  ['check-etcd', controlPlane(further.checkEtcd)],
  ['kubelet-start', startKubelet],
  ['etcd-join', controlPlane(further.joinEtcd)],
  ['kubelet-wait-bootstrap', waitBootstrap],
  ['control-plane-join/mark-control-plane', controlPlane(further.markJoined)],
  ['wait-control-plane', controlPlane(further.waitJoined)],
]

const WORKER_DONE = `
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.

`

function begin(p: Process, flags: Flags, args: readonly string[]): JoinRun {
  const options = joinOptions(p, flags, args)
  if (options.controlPlane && options.dryRun) throw new NotSimulated('join --control-plane --dry-run')
  const dry = options.dryRun ? dryRunDir(p, 'kubeadm-join-dryrun', 'KUBEADM_JOIN_DRYRUN_DIR') : undefined
  return new JoinRun(p, { ...options, dry })
}

function* joinCluster(p: Process, flags: Flags, args: readonly string[]): Coro<number> {
  const run = begin(p, flags, args)
  const { skipped } = run.join
  checkPhases(skipped, PHASES)
  for (const [name, body] of PHASES) if (!isSkipped(name, skipped)) yield* phase(name, () => body(run))
  p.stdout.write(run.join.controlPlane ? further.done((yield* run.settings()).cluster) : WORKER_DONE)
  return 0
}

/** YAML that a ConfigMap of the cluster holds; somebody may have spoilt it. */
function document(text = ''): any {
  const problem = goYamlError(text)
  if (problem) throw new KubeadmError(`error converting YAML to JSON: ${problem}`)
  return parse(text)
}

const BOOTSTRAP = '/etc/kubernetes/bootstrap-kubelet.conf'

function* writeAndStart(p: Process, join: Join, cluster: Cluster, client: Client, settings: Settings): Coro<void> {
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

/** `kubeadm join` and its phases. */
export const JOIN: Runs = {
  join: ({ p, flags, args }) => joinCluster(p, flags, args),
  ...Object.fromEntries(
    phaseCommands(PHASES.map(([name]) => name)).map(([path, names]): [string, Run] => [
      `join phase ${path}`,
      function* ({ p, flags, args }) {
        const run = begin(p, flags, args)
        for (const [name, body] of PHASES) if (names.includes(name)) yield* phase(name, () => body(run))
        return 0
      },
    ]),
  ),
}
