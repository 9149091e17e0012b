import type { EventRecorder } from '../../api/events.ts'
import type { ApiClient, Informers } from '../../api/index.ts'
import { type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import { quantityOf } from '../../print/index.ts'
import { type Action, basePath, helperPod, type ProvisionerConfig, type VolumePlace } from './helper-pod.ts'

export const PROVISIONER = 'rancher.io/local-path'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
/** How often a helper pod is looked at, and how often at most, as provisioner.go does. */
const POLL = 1000
const POLLS = 120
/** sig-storage-lib-external-provisioner: failures are tried again after 15 s, doubled up to 1000 s, 15 times in all. */
const RETRY = 15_000
const RETRY_LIMIT = 1_000_000
const TRIES = 15

interface Runtime {
  readonly client: ApiClient
  readonly informers: Informers
  readonly events: EventRecorder
  readonly config: ProvisionerConfig
  readonly namespace: string
  after(ms: number, fn: () => void): unknown
  log(text: string): void
}

/** What the provisioner's own checks and the API refuse; anything else is a bug of ours. */
class Refused extends Error {}

const said = (error: unknown): string => {
  if (error instanceof Refused || error instanceof StatusError || error instanceof TransportError) return error.message
  throw error
}

/** A directory of the selected node for every claim of its classes. Models provisioner.go and sig-storage-lib's controller. */
export class Provisioner {
  private readonly busy = new Set<string>()
  private readonly failures = new Map<string, number>()

  constructor(private readonly o: Runtime) {}

  start(): void {
    const claims = this.o.informers.of('PersistentVolumeClaim')
    claims.onChange((claim) => claim && this.consider(claim))
    this.o.informers.of('StorageClass').onChange(() => {
      for (const claim of claims.list()) this.consider(claim)
    })
    this.o.informers.of('PersistentVolume').onChange((volume) => volume && this.reclaim(volume))
  }

  private consider(claim: KubeObject): void {
    const { metadata, spec, status } = claim
    const uid = metadata.uid!
    if (metadata.deletionTimestamp || spec.volumeName || (status?.phase && status.phase !== 'Pending')) return
    const storageClass = this.o.informers.of('StorageClass').get(undefined, spec.storageClassName ?? '')
    if (storageClass?.provisioner !== PROVISIONER || this.busy.has(uid)) return
    const node = metadata.annotations?.[SELECTED_NODE]
    if (!node && storageClass.volumeBindingMode === 'WaitForFirstConsumer') return
    this.busy.add(uid)
    const text = `External provisioner is provisioning volume for claim "${metadata.namespace}/${metadata.name}"`
    this.o.events.normal(claim, 'Provisioning', text)
    const done = (error?: unknown): void => {
      if (error === undefined) this.failures.delete(uid)
      else this.failed(claim, storageClass.metadata.name, said(error))
    }
    try {
      this.provision(claim, storageClass, node, done)
    } catch (error) {
      done(error)
    }
  }

  private failed(claim: KubeObject, className: string, why: string): void {
    const uid = claim.metadata.uid!
    const text = `failed to provision volume with StorageClass "${className}": ${why}`
    this.o.events.warning(claim, 'ProvisioningFailed', text)
    const n = (this.failures.get(uid) ?? 0) + 1
    this.failures.set(uid, n)
    if (n >= TRIES) return
    this.o.after(Math.min(RETRY * 2 ** (n - 1), RETRY_LIMIT), () => {
      this.busy.delete(uid)
      const { name, namespace } = claim.metadata
      const now = this.o.informers.of('PersistentVolumeClaim').get(namespace, name)
      if (now?.metadata.uid === uid) this.consider(now)
    })
  }

  private provision(
    claim: KubeObject,
    storageClass: KubeObject,
    node: string | undefined,
    done: (error?: unknown) => void,
  ): void {
    const { metadata, spec } = claim
    if (spec.selector) throw new Refused('claim.Spec.Selector is not supported')
    if (spec.accessModes.some((mode: string) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod'))
      throw new Refused('NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes')
    if (!node) throw new Refused('configuration error, no node was specified')
    const name = `pvc-${metadata.uid}`
    const place = this.place(
      name,
      `${base(this.o.config, node)}/${name}_${metadata.namespace}_${metadata.name}`,
      node,
      {
        mode: spec.volumeMode,
        size: spec.resources.requests.storage,
      },
    )
    this.o.log(`Creating volume ${name} at ${node}:${place.path}`)
    this.runHelper('create', place, (error) => {
      if (error !== undefined) return done(error)
      try {
        this.o.client.create(volumeFor(claim, storageClass, place))
        this.o.events.normal(claim, 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`)
        this.busy.delete(metadata.uid!)
        done()
      } catch (failure) {
        done(failure)
      }
    })
  }

  /** Released volumes of ours go, and their directories with them. */
  private reclaim(volume: KubeObject): void {
    const { metadata, spec, status } = volume
    if (metadata.annotations?.[PROVISIONED_BY] !== PROVISIONER || metadata.deletionTimestamp) return
    if (status?.phase !== 'Released' || spec.persistentVolumeReclaimPolicy !== 'Delete') return
    const path: string | undefined = spec.hostPath?.path ?? spec.local?.path
    const node = spec.nodeAffinity?.required?.nodeSelectorTerms?.[0]?.matchExpressions?.[0]?.values?.[0]
    if (!path || !node || this.busy.has(metadata.uid!)) return
    this.busy.add(metadata.uid!)
    this.o.log(`Deleting volume ${metadata.name} at ${node}:${path}`)
    const place = this.place(metadata.name, path, node, { mode: spec.volumeMode, size: spec.capacity.storage })
    this.runHelper('delete', place, (error) => {
      this.busy.delete(metadata.uid!)
      try {
        if (error !== undefined) throw error
        this.o.client.remove('PersistentVolume', undefined, metadata.name)
      } catch (failure) {
        this.o.events.warning(volume, 'VolumeFailedDelete', said(failure))
      }
    })
  }

  private place(
    name: string,
    path: string,
    node: string,
    claim: { readonly mode?: string; readonly size: string },
  ): VolumePlace {
    return { name, path, node, mode: claim.mode ?? 'Filesystem', size: quantityOf(claim.size).toNumber() }
  }

  /** Runs the script on the node and tells when it has ended. */
  private runHelper(action: Action, place: VolumePlace, done: (error?: unknown) => void): void {
    const { client, namespace } = this.o
    const failed = (why: string): Refused => new Refused(`failed to ${action} volume ${place.name}: ${why}`)
    const pod = helperPod(this.o.config, action, place, {
      namespace,
      serviceAccount: 'local-path-provisioner-service-account',
      configMap: 'local-path-config',
    })
    const { name } = pod.metadata
    this.o.log(`create the helper pod ${name} into ${namespace}`)
    const finish = (error?: unknown): void => {
      try {
        client.remove('Pod', namespace, name)
      } catch (failure) {
        this.o.log(`unable to delete the helper pod: ${said(failure)}`)
      }
      if (error === undefined) this.o.log(`Volume ${place.name} has been ${action}d on ${place.node}:${place.path}`)
      done(error)
    }
    const poll = (left: number): void => {
      if (left === 0) return finish(failed(`create process timeout after ${POLLS} seconds`))
      try {
        if (client.find('Pod', namespace, name)?.status?.phase === 'Succeeded') return finish()
      } catch (error) {
        return finish(failed(said(error)))
      }
      this.o.after(POLL, () => poll(left - 1))
    }
    try {
      client.create(pod)
    } catch (error) {
      if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) return done(failed(said(error)))
    }
    poll(POLLS)
  }
}

/** The same words whether the configuration or the API is at fault. */
function base(config: ProvisionerConfig, node: string): string {
  try {
    return basePath(config, node)
  } catch (error) {
    throw new Refused((error as Error).message)
  }
}

function volumeFor(claim: KubeObject, storageClass: KubeObject, place: VolumePlace): KubeObject {
  const { metadata, spec } = claim
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [place.node] }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: place.name,
      annotations: { 'local.path.provisioner/selected-node': place.node, [PROVISIONED_BY]: PROVISIONER },
    },
    spec: {
      accessModes: spec.accessModes,
      capacity: { storage: spec.resources.requests.storage },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: metadata.name,
        namespace: metadata.namespace,
        resourceVersion: metadata.resourceVersion,
        uid: metadata.uid,
      },
      hostPath: { path: place.path, type: 'DirectoryOrCreate' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: 'Filesystem',
    },
  }
}
