import { parse } from 'yaml'
import { StatusError, TransportError } from '../../../api/types.ts'
import type { Process } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { goDuration } from '../../../print/index.ts'
import type { Component } from '../../../programs/kubeadm/index.ts'
import { renewCertificate } from '../certs.ts'
import type { Client } from '../client.ts'
import { KubeadmError } from '../errors.ts'
import { readText, writeText } from '../files.ts'
import { manifestText, warnOfModes } from '../phase-files.ts'
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

/** Where manifests lie while they are exchanged. */
interface Places {
  readonly fresh: string
  readonly old: string
}

/** upgrade.StaticPodControlPlane: one component after the other, each waited for; a failure puts all manifests back. */
export function* upgradeStaticPods(p: Process, options: StaticPodUpgrade): Coro<void> {
  const { settings, renew } = options
  const places = {
    fresh: `${TMP}/kubeadm-upgraded-manifests${runRng(p).fork('manifests').int(4_000_000_000)}`,
    old: `${TMP}/kubeadm-backup-manifests-${stamp(p)}`,
  }
  for (const dir of [places.fresh, places.old]) p.fs.mkdir(dir, { parents: true, mode: 0o700 })
  out(p, `Writing new Static Pod manifests to ${JSON.stringify(places.fresh)}`)
  warnOfModes(p, settings.cluster)
  const write = (component: Component): void =>
    writeText(p, `${places.fresh}/${component}.yaml`, manifestText(p, settings, component), 0o600)
  const undo: Undo = []
  try {
    for (const component of CONTROL_PLANE) write(component)
    if (options.etcd && !settings.cluster.externalEtcd) {
      write('etcd')
      yield* upgradeComponent(p, options, 'etcd', places, undo)
      p.stdout.write('[upgrade/etcd] Waiting for etcd to become available\n')
    }
    for (const component of CONTROL_PLANE) yield* upgradeComponent(p, options, component, places, undo)
    if (renew) for (const name of ['admin.conf', 'super-admin.conf']) yield* renewCertificate(p, name, settings.cluster)
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    if (undo.length === 0)
      throw new KubeadmError(
        `couldn't complete the static pod upgrade: error creating init static pod manifest files: ${error.message}`,
      )
    for (const [path, backup] of undo) p.fs.rename(backup, path)
    throw new KubeadmError(
      `couldn't complete the static pod upgrade: couldn't upgrade control plane. kubeadm has tried to recover everything into the earlier state. Errors faced: ${error.message}`,
    )
  }
  p.fs.remove(places.fresh)
}

function* upgradeComponent(
  p: Process,
  options: StaticPodUpgrade,
  component: Component,
  { fresh, old }: Places,
  undo: Undo,
): Coro<void> {
  const { client, settings, renew } = options
  const { cluster, node } = settings
  const equal = (one: Component): boolean =>
    JSON.stringify(parse(readText(p, manifestPath(one)))) === JSON.stringify(parse(readText(p, `${fresh}/${one}.yaml`)))
  out(p, `Preparing for "${component}" upgrade`)
  const [path, next, backup] = [manifestPath(component), `${fresh}/${component}.yaml`, `${old}/${component}.yaml`]
  const same = equal(component)
  // An etcd whose manifest is as it was gets its new certificates together with a new API server.
  if (same && (component !== 'etcd' || equal('kube-apiserver'))) {
    out(p, `Current and new manifests of ${component} are equal, skipping upgrade`)
    return
  }
  const before = yield* hash(client, component, node.name)
  if (renew)
    for (const name of CERTIFICATES_OF[component]) {
      out(p, `Renewing ${name} certificate`)
      yield* renewCertificate(p, name, cluster)
    }
  out(
    p,
    same && renew
      ? `Restarting the ${component} static pod and backing up its manifest to ${JSON.stringify(backup)}`
      : `Moving new manifest to ${JSON.stringify(path)} and backing up old manifest to ${JSON.stringify(backup)}`,
  )
  p.fs.rename(path, backup)
  undo.push([path, backup])
  p.fs.rename(next, path)
  const limit = settings.timeouts?.upgrade ?? LIMIT_MS
  out(p, 'Waiting for the kubelet to restart the component')
  out(p, `This can take up to ${goDuration(limit)}`)
  if (!same) yield* changed(p, client, component, node.name, before, limit)
  yield* allRunning(p, client, component, limit)
  out(p, `Component "${component}" upgraded successfully!`)
}

/** The hash of the manifest of which the API's mirror pod is. */
function* hash(client: Client, component: Component, node: string): Coro<string | undefined> {
  const pod: any = yield* client.find('Pod', 'kube-system', `${component}-${node}`)
  return pod?.metadata?.annotations?.['kubernetes.io/config.hash']
}

/** Asks again and again; an API server that is away for a moment is part of it. False: the time is over. */
function* poll(p: Process, limit: number, done: () => Coro<boolean>): Coro<boolean> {
  const { kernel } = p.host
  const until = kernel.now() + limit
  for (;;) {
    try {
      if (yield* done()) return true
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
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
  limit: number,
): Coro<void> {
  const done = yield* poll(p, limit, function* () {
    const now = yield* hash(client, component, node)
    return now !== undefined && now !== before
  })
  if (!done)
    throw new KubeadmError(
      `static Pod hash for component ${component} on Node ${node} did not change after ${goDuration(limit)}: context deadline exceeded`,
    )
}

/** apiclient.WaitForPodsWithLabel. */
function* allRunning(p: Process, client: Client, component: Component, limit: number): Coro<void> {
  let known = -1
  const done = yield* poll(p, limit, function* () {
    const pods: any[] = yield* client.list('Pod', 'kube-system', { labelSelector: `component=${component}` })
    if (pods.length !== known)
      p.stdout.write(`[apiclient] Found ${pods.length} Pods for label selector component=${component}\n`)
    known = pods.length
    return pods.length > 0 && pods.every((pod) => pod.status?.phase === 'Running')
  })
  if (!done) throw new KubeadmError('context deadline exceeded')
}
