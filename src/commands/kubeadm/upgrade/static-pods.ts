import { parse } from 'yaml'
import { StatusError, TransportError } from '../../../api/types.ts'
import type { Process } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { dialCri, GrpcError } from '../../../programs/containerd/index.ts'
import { type Component, manifest } from '../../../programs/kubeadm/index.ts'
import { renewCertificate } from '../certs.ts'
import type { Client } from '../client.ts'
import { KubeadmError } from '../errors.ts'
import { readText, writeText } from '../files.ts'
import { runRng } from '../run-rng.ts'
import type { Settings } from '../settings.ts'
import { CERTIFICATES_OF, CONTROL_PLANE, manifestPath } from './components.ts'

const TMP = '/etc/kubernetes/tmp'
/** timeouts.upgradeManifests. */
const LIMIT_MS = 300_000

const out = (p: Process, text: string): void => p.stdout.write(`[upgrade/staticpods] ${text}\n`)

/** The time of day in the names of what is kept: `2026-11-21-09-00-00`. */
export const stamp = (p: Process): string => new Date(p.now()).toISOString().slice(0, 19).replace(/[T:]/g, '-')

interface StaticPodUpgrade {
  readonly client: Client
  readonly settings: Settings
  /** --certificate-renewal and --etcd-upgrade. */
  readonly renew: boolean
  readonly etcd: boolean
}

/** What must be put back if a component does not come up: the manifest's path and where the old one lies. */
type Undo = [path: string, backup: string][]

/** upgrade.StaticPodControlPlane: one component after the other, each waited for; a failure puts all manifests back. */
export function* upgradeStaticPods(p: Process, options: StaticPodUpgrade): Coro<void> {
  const fresh = `${TMP}/kubeadm-upgraded-manifests${runRng(p).fork('manifests').int(4_000_000_000)}`
  const old = `${TMP}/kubeadm-backup-manifests-${stamp(p)}`
  for (const dir of [fresh, old]) p.fs.mkdir(dir, { parents: true, mode: 0o700 })
  out(p, `Writing new Static Pod manifests to ${JSON.stringify(fresh)}`)
  const undo: Undo = []
  try {
    if (options.etcd) {
      yield* upgradeComponent(p, options, 'etcd', fresh, old, undo)
      p.stdout.write('[upgrade/etcd] Waiting for etcd to become available\n')
    }
    for (const component of CONTROL_PLANE) yield* upgradeComponent(p, options, component, fresh, old, undo)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    for (const [path, backup] of undo) p.fs.rename(backup, path)
    throw new KubeadmError(
      `couldn't complete the static pod upgrade: couldn't upgrade control plane. kubeadm has tried to recover everything into the earlier state. Errors faced: ${error.message}`,
    )
  }
  p.fs.remove(fresh)
}

function* upgradeComponent(
  p: Process,
  options: StaticPodUpgrade,
  component: Component,
  fresh: string,
  old: string,
  undo: Undo,
): Coro<void> {
  const { client, settings, renew } = options
  const { cluster, node } = settings
  out(p, `Preparing for "${component}" upgrade`)
  const before = yield* hash(client, component, node.name)
  if (renew)
    for (const name of CERTIFICATES_OF[component]) {
      out(p, `Renewing ${name} certificate`)
      yield* renewCertificate(p, name, cluster.certificatesDir)
    }
  const [path, next, backup] = [manifestPath(component), `${fresh}/${component}.yaml`, `${old}/${component}.yaml`]
  const text = manifest(component, cluster, node)
  writeText(p, next, text, 0o600)
  const current = readText(p, path)
  const equal = JSON.stringify(parse(current)) === JSON.stringify(parse(text))
  if (equal && !renew) {
    out(p, `Current and new manifests of ${component} are equal, skipping upgrade`)
    return
  }
  if (equal) {
    // Nothing but its certificates is new: the pod is stopped and started.
    out(p, `Restarting the ${component} static pod and backing up its manifest to ${JSON.stringify(backup)}`)
    p.fs.rename(path, backup)
    undo.push([path, backup])
    announceWait(p)
    yield* stopped(p, settings, component)
    p.fs.rename(next, path)
  } else {
    out(p, `Moving new manifest to ${JSON.stringify(path)} and backing up old manifest to ${JSON.stringify(backup)}`)
    p.fs.rename(path, backup)
    undo.push([path, backup])
    p.fs.rename(next, path)
    announceWait(p)
    yield* changed(p, client, component, node.name, before)
  }
  yield* allRunning(p, client, component)
  out(p, `Component "${component}" upgraded successfully!`)
}

function announceWait(p: Process): void {
  out(p, 'Waiting for the kubelet to restart the component')
  out(p, 'This can take up to 5m0s')
}

/** The hash of the manifest of which the API's mirror pod is. */
function* hash(client: Client, component: Component, node: string): Coro<string | undefined> {
  const pod: any = yield* client.find('Pod', 'kube-system', `${component}-${node}`)
  return pod?.metadata?.annotations?.['kubernetes.io/config.hash']
}

/** Asks again and again; an API server that is away for a moment is part of it. False: the time is over. */
function* poll(p: Process, done: () => Coro<boolean>): Coro<boolean> {
  const { kernel } = p.host
  const until = kernel.now() + LIMIT_MS
  for (;;) {
    try {
      if (yield* done()) return true
    } catch (error) {
      const passing = error instanceof StatusError || error instanceof TransportError || error instanceof GrpcError
      if (!passing) throw error
    }
    if (kernel.now() >= until) return false
    yield* sleep(kernel, 500)
  }
}

function* changed(
  p: Process,
  client: Client,
  component: Component,
  node: string,
  before: string | undefined,
): Coro<void> {
  const done = yield* poll(p, function* () {
    const now = yield* hash(client, component, node)
    return now !== undefined && now !== before
  })
  if (!done)
    throw new KubeadmError(
      `static Pod hash for component ${component} on Node ${node} did not change after 5m0s: context deadline exceeded`,
    )
}

function* stopped(p: Process, { node }: Settings, component: Component): Coro<void> {
  yield* poll(p, function* () {
    const containers = dialCri(p.fs, node.criSocket, p.creds).listContainers()
    return !containers.some((c) => c.config.name === component && c.state === 'CONTAINER_RUNNING')
  })
}

/** apiclient.WaitForPodsWithLabel. */
function* allRunning(p: Process, client: Client, component: Component): Coro<void> {
  let known = -1
  const done = yield* poll(p, function* () {
    const pods: any[] = yield* client.list('Pod', 'kube-system', { labelSelector: `component=${component}` })
    if (pods.length !== known)
      p.stdout.write(`[apiclient] Found ${pods.length} Pods for label selector component=${component}\n`)
    known = pods.length
    return pods.length > 0 && pods.every((pod) => pod.status?.phase === 'Running')
  })
  if (!done) throw new KubeadmError('context deadline exceeded')
}
