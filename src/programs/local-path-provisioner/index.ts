import { CoreEventRecorder, type EventRecorder } from '../../api/events.ts'
import { type ApiClient, Informers, LocalClient } from '../../api/index.ts'
import { type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import type { Program } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { inClusterConfig, loadKubeconfig } from '../lib/kubeconfig.ts'

const PROVISIONER = 'rancher.io/local-path'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const PATH = '/opt/local-path-provisioner'
/** The helper pod that makes the directory on the node takes this long, ms. */
const HELPER = 1500

/** Rancher's local-path-provisioner: a directory of the selected node for every claim of its classes. */
export const localPathProvisioner: Program = {
  name: 'local-path-provisioner',
  *main(p) {
    p.rss = 16 << 20
    p.cpuMilli = 1
    yield* sleep(p.host.kernel, 200)
    let client: ApiClient
    try {
      const at = p.argv.indexOf('--kubeconfig')
      const config = at > 0 ? loadKubeconfig(p, p.argv[at + 1]!) : inClusterConfig(p)
      client = new LocalClient(new ApiTransport(p, config, 'local-path-provisioner').send)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      p.stderr.write(`Error starting daemon: unable to get client config: ${error.message}\n`)
      return 1
    }
    const rng = p.host.rng.fork(`local-path/${p.pid}`)
    const after = (ms: number, fn: () => void) => p.after(ms, fn)
    const informers = new Informers(client, { rng, after, onError: () => {} })
    const events = new CoreEventRecorder(client, { now: () => p.now(), rng, after }, `${PROVISIONER}_${p.hostname}`)
    const provisioner = new Provisioner(client, informers, events, after)
    provisioner.start()
    p.onSignal('SIGTERM', () => p.exit(0))
    p.onSignal('SIGINT', () => p.exit(0))
    for (;;) yield { on: [] }
  },
}

class Provisioner {
  private readonly busy = new Set<string>()

  constructor(
    private readonly client: ApiClient,
    private readonly informers: Informers,
    private readonly events: EventRecorder,
    private readonly after: (ms: number, fn: () => void) => unknown,
  ) {}

  start(): void {
    const claims = this.informers.of('PersistentVolumeClaim')
    const volumes = this.informers.of('PersistentVolume')
    const classes = this.informers.of('StorageClass')
    claims.onChange((claim) => claim && this.consider(claim))
    classes.onChange(() => {
      for (const claim of claims.list()) this.consider(claim)
    })
    volumes.onChange((volume) => volume && this.reclaim(volume))
  }

  private consider(claim: KubeObject): void {
    const { metadata, spec, status } = claim
    if (metadata.deletionTimestamp || spec.volumeName || (status?.phase && status.phase !== 'Pending')) return
    const storageClass = this.informers.of('StorageClass').get(undefined, spec.storageClassName ?? '')
    if (storageClass?.provisioner !== PROVISIONER || this.busy.has(metadata.uid!)) return
    const node = metadata.annotations?.[SELECTED_NODE]
    if (!node && storageClass.volumeBindingMode === 'WaitForFirstConsumer') return
    this.busy.add(metadata.uid!)
    const text = `External provisioner is provisioning volume for claim "${metadata.namespace}/${metadata.name}"`
    this.events.normal(claim, 'Provisioning', text)
    this.after(HELPER, () => this.provision(claim, storageClass, node))
  }

  private provision(claim: KubeObject, storageClass: KubeObject, node: string | undefined): void {
    const { metadata, spec } = claim
    const name = `pvc-${metadata.uid}`
    try {
      if (!node) throw new StatusError(400, '', 'configuration error, no node was specified')
      const path = `${PATH}/${name}_${metadata.namespace}_${metadata.name}`
      this.client.create({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: {
          name,
          annotations: {
            'local.path.provisioner/selected-node': node,
            'pv.kubernetes.io/provisioned-by': PROVISIONER,
          },
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
          hostPath: { path, type: 'DirectoryOrCreate' },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
              ],
            },
          },
          persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
          storageClassName: storageClass.metadata.name,
          volumeMode: spec.volumeMode ?? 'Filesystem',
        },
      })
      this.events.normal(claim, 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      const text = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${error.message}`
      this.events.warning(claim, 'ProvisioningFailed', text)
    }
    this.busy.delete(metadata.uid!)
  }

  /** Released volumes of ours go, with their claim gone. */
  private reclaim({ metadata, spec, status }: KubeObject): void {
    if (metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== PROVISIONER) return
    if (status?.phase !== 'Released' || spec.persistentVolumeReclaimPolicy !== 'Delete') return
    this.after(HELPER, () => {
      try {
        this.client.remove('PersistentVolume', undefined, metadata.name)
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      }
    })
  }
}
