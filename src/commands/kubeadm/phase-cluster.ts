import type { KubeObject } from '../../api/types.ts'
import { StatusError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { sleep } from '../../kernel/index.ts'
import { same } from '../../kinds/index.ts'
import { toYaml } from '../../print/index.ts'
import {
  bootstrapTokenRbac,
  CONTROL_PLANE_LABELS,
  CONTROL_PLANE_TAINT,
  clusterAdmins,
  clusterInfo,
  controlPlaneUrl,
  coreDnsAddon,
  kubeProxyAddon,
  parseBootstrapToken,
  tokenSecret,
  uploadKubeadmConfig,
  uploadKubeletConfig,
} from '../../programs/kubeadm/index.ts'
import { coreDnsText, kubeProxyText } from './addon-texts.ts'
import type { Client } from './client.ts'
import { KubeadmError } from './errors.ts'
import { clusterCaPem } from './phase-files.ts'
import { type Settings, taintText } from './settings.ts'

function* applyAll(client: Client, objects: readonly KubeObject[]): Coro<void> {
  for (const object of objects) yield* client.apply(object)
}

/** Stores the ClusterConfiguration in the cluster, for those who join or upgrade. */
export function* uploadKubeadm(p: Process, client: Client, { cluster }: Settings): Coro<void> {
  p.stdout.write(
    '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace\n',
  )
  yield* applyAll(client, uploadKubeadmConfig(cluster))
}

/** Stores the kubelets' configuration in the cluster, for those who join or upgrade. */
export function* uploadKubelet(p: Process, client: Client, { cluster, node }: Settings): Coro<void> {
  p.stdout.write(
    '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster\n',
  )
  yield* applyAll(client, uploadKubeletConfig(cluster, node))
}

/** Labels and taints the Node; waits up to a minute for it to register. */
export function* markControlPlane(
  p: Process,
  client: Client,
  { node, taints = [CONTROL_PLANE_TAINT] }: Settings,
): Coro<void> {
  p.stdout.write(
    `[mark-control-plane] Marking the node ${node.name} as control-plane by adding the labels: [${Object.keys(CONTROL_PLANE_LABELS).join(' ')}]\n`,
  )
  if (taints.length > 0)
    p.stdout.write(
      `[mark-control-plane] Marking the node ${node.name} as control-plane by adding the taints [${taints.map(taintText).join(' ')}]\n`,
    )
  const kernel = p.host.kernel
  const until = kernel.now() + 60_000
  for (;;) {
    try {
      const object = (yield* client.get('Node', undefined, node.name)) as any
      const others = (object.spec?.taints ?? []).filter((t: any) => !taints.some((own) => same(own, t)))
      const all = [...taints, ...others]
      yield* client.patch('Node', node.name, {
        metadata: { labels: CONTROL_PLANE_LABELS },
        ...(all.length > 0 ? { spec: { taints: all } } : {}),
      })
      return
    } catch (error) {
      if (!(error instanceof StatusError) || kernel.now() >= until) throw error
      yield* sleep(kernel, 500)
    }
  }
}

/** Bootstrap tokens, and all that lets nodes join with them. */
export function* bootstrapToken(p: Process, client: Client, settings: Settings): Coro<string> {
  const { cluster, node } = settings
  const { tokens } = settings
  p.stdout.write(`[bootstrap-token] Using token: ${tokens[0].token}\n`)
  p.stdout.write('[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles\n')
  for (const { token, ttlMs, ...more } of tokens) {
    const parsed = parseBootstrapToken(token)
    if (!parsed)
      throw new KubeadmError(
        `the bootstrap token "${token}" was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
      )
    yield* client.apply(tokenSecret(parsed, { ...more, expires: ttlMs > 0 ? p.now() + ttlMs : undefined }))
  }
  yield* bootstrapRbac(p, client)
  p.stdout.write('[bootstrap-token] Creating the "cluster-info" ConfigMap in the "kube-public" namespace\n')
  yield* applyAll(client, clusterInfo(clusterCaPem(p, cluster), controlPlaneUrl(cluster, node)))
  return tokens[0].token
}

/** Roles with which nodes join. */
export function* bootstrapRbac(p: Process, client: Client): Coro<void> {
  const [role, ...bindings] = bootstrapTokenRbac()
  const lines: [string, number][] = [
    ['to allow Node Bootstrap tokens to get nodes', 1],
    ['to allow Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials', 1],
    ['to allow the csrapprover controller automatically approve CSRs from a Node Bootstrap Token', 1],
    ['to allow certificate rotation for all node client certificates in the cluster', 1],
    ['to allow the API server kubelet client certificate to access the kubelet API', 1],
  ]
  yield* client.apply(role)
  for (const [i, [text]] of lines.entries()) {
    p.stdout.write(`[bootstrap-token] Configured RBAC rules ${text}\n`)
    yield* client.apply(bindings[i])
  }
}

/** Kinds of an add-on that stay as they are where they are: a Service keeps its address. */
const KEPT: ReadonlySet<string> = new Set(['Service'])
/** An upgrade keeps what an administrator may have written besides. */
const KEPT_BY_UPGRADE: ReadonlySet<string> = new Set(['Service', 'ConfigMap'])

function* applyAddon(client: Client, objects: readonly KubeObject[], upgrading: boolean): Coro<void> {
  const kept = upgrading ? KEPT_BY_UPGRADE : KEPT
  for (const object of objects) {
    const { namespace, name } = object.metadata
    if (kept.has(object.kind) && (yield* client.find(object.kind, namespace, name))) continue
    yield* client.apply(object)
  }
}

/** CoreDNS's Deployment with its patches. */
function patchedCoreDns(deployment: KubeObject, { patches }: Settings): KubeObject {
  if (!patches) return deployment
  try {
    return patches.apply('corednsdeployment', deployment)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(`could not apply patches to the CoreDNS Deployment: ${error.message}`)
  }
}

/** CoreDNS as `--print-manifest` shows it. */
export function printCoreDns(p: Process, settings: Settings): void {
  const objects = coreDnsAddon(settings.cluster) as any[]
  const of = (kind: string): any => objects.find((object) => object.kind === kind)
  const deployment = of('Deployment')
  // Patches make JSON of it, and YAML of that.
  const patched = settings.patches && toYaml(patchedCoreDns(deployment, settings))
  const { image } = deployment.spec.template.spec.containers[0]
  p.stdout.write(coreDnsText(image, of('Service').spec.clusterIP, of('ConfigMap').data.Corefile, patched))
}

/** kube-proxy as `--print-manifest` shows it. */
export function printKubeProxy(p: Process, { cluster, node }: Settings): void {
  const server = controlPlaneUrl(cluster, node)
  const objects = kubeProxyAddon(cluster, server) as any[]
  const of = (kind: string): any => objects.find((object) => object.kind === kind)
  const image = of('DaemonSet').spec.template.spec.containers[0].image
  p.stdout.write(kubeProxyText(image, server, of('ConfigMap').data['config.conf']))
}

/** deployedDNSReplicas: as many as there are. */
function* dnsReplicas(client: Client): Coro<number> {
  const found: any[] = yield* client.list('Deployment', 'kube-system', { labelSelector: 'k8s-app=kube-dns' })
  if (found.length > 1) throw new KubeadmError('multiple DNS addon deployments found')
  return found[0]?.spec?.replicas ?? 2
}

/** Installs CoreDNS. */
export function* addonCoreDns(p: Process, client: Client, settings: Settings, upgrading = false): Coro<void> {
  const objects = coreDnsAddon(settings.cluster)
  const replicas = yield* dnsReplicas(client)
  yield* applyAddon(
    client,
    objects.map((object) =>
      object.kind === 'Deployment'
        ? patchedCoreDns({ ...object, spec: { ...(object as any).spec, replicas } } as KubeObject, settings)
        : object,
    ),
    upgrading,
  )
  p.stdout.write('[addons] Applied essential addon: CoreDNS\n')
}

/** Installs kube-proxy, or brings it up to this version. */
export function* addonKubeProxy(p: Process, client: Client, settings: Settings, upgrading = false): Coro<void> {
  const { cluster, node } = settings
  yield* applyAddon(client, kubeProxyAddon(cluster, controlPlaneUrl(cluster, node)), upgrading)
  p.stdout.write('[addons] Applied essential addon: kube-proxy\n')
}

/** admin.conf's group becomes cluster-admin, by means of super-admin.conf. */
export const grantAdmins = (client: Client): Coro<void> => client.apply(clusterAdmins())
