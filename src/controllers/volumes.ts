import { selects } from '../api/match.ts'
import { referenceTo } from '../api/reference.ts'
import { type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { quantityOf } from '../print/index.ts'
import { defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { isTerminal } from './pods.ts'

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const PROVISIONER = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner']
/** All that is pending is looked at again this often (--pvclaimbinder-sync-period), counted from the controller's start. */
const SYNC_MS = 15_000
const started = new WeakMap<Tools['informers'], number>()

const untilResync = ({ informers, kernel }: Tools): number =>
  SYNC_MS - ((kernel.now() - (started.get(informers) ?? 0)) % SYNC_MS)

const className = (o: KubeObject): string =>
  o.spec.storageClassName ?? o.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? ''

const refers = (volume: KubeObject, claim: KubeObject): boolean => {
  const ref = volume.spec.claimRef
  return (
    ref?.name === claim.metadata.name &&
    ref.namespace === claim.metadata.namespace &&
    (!ref.uid || ref.uid === claim.metadata.uid)
  )
}

/** The smallest volume that satisfies the claim (findMatchingVolume); a volume pre-bound to it wins. */
function matchingVolume(
  claim: KubeObject,
  volumes: readonly KubeObject[],
  fits: (volume: KubeObject) => boolean = () => true,
): KubeObject | undefined {
  const want = quantityOf(claim.spec.resources?.requests?.storage)
  const candidates = volumes.filter((v) => {
    if (v.metadata.deletionTimestamp) return false
    if ((v.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false
    if (v.spec.claimRef) return refers(v, claim)
    if (v.status?.phase !== 'Available') return false
    if (className(v) !== className(claim)) return false
    if (claim.spec.selector && !selects(claim.spec.selector, v.metadata.labels)) return false
    if (!(claim.spec.accessModes ?? []).every((m: string) => v.spec.accessModes?.includes(m))) return false
    return quantityOf(v.spec.capacity?.storage).compare(want) >= 0 && fits(v)
  })
  const prebound = candidates.find((v) => v.spec.claimRef)
  return (
    prebound ??
    candidates.sort(
      (a, b) =>
        quantityOf(a.spec.capacity.storage).compare(quantityOf(b.spec.capacity.storage)) ||
        (a.metadata.name < b.metadata.name ? -1 : 1),
    )[0]
  )
}

/** Models pkg/controller/volume/persistentvolume: binds claims to volumes and reclaims volumes whose claim is gone. */
export const persistentVolumeBinder = defineController({
  name: 'persistentvolume-binder-controller',
  component: 'persistentvolume-controller',
  watches: {
    // A claim that goes releases its volume.
    PersistentVolumeClaim: (claim) => [
      `claim:${keyOf(claim)}`,
      ...(claim.spec.volumeName ? [`volume:${claim.spec.volumeName}`] : []),
    ],
    // Claims without a volume find a new one when all are looked at again.
    PersistentVolume: (volume) => [
      `volume:${volume.metadata.name}`,
      ...(volume.spec.claimRef ? [`claim:${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}`] : []),
    ],
  },
  start: ({ informers, kernel }) => void started.set(informers, kernel.now()),
  reconcile(key, tools) {
    const [what, rest] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
    if (what === 'volume') return syncVolume(rest, tools)
    const claim = tools.informer('PersistentVolumeClaim').get(...(splitKey(rest) as [string, string]))
    if (!claim) return undefined
    return claim.metadata.annotations?.[BIND_COMPLETED] === undefined
      ? syncUnbound(claim, tools)
      : syncBound(claim, tools)
  },
})

/** Why a volume that the claim asks for by name cannot serve it (checkVolumeSatisfyClaim). */
function mismatch(volume: KubeObject, claim: KubeObject): string | undefined {
  if (quantityOf(volume.spec.capacity?.storage).compare(quantityOf(claim.spec.resources?.requests?.storage)) < 0)
    return 'requested PV is too small'
  if (className(volume) !== className(claim)) return 'storageClassName does not match'
  if ((volume.spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? ''))
    return 'volumeAttributesClassName does not match'
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode'
  if (!(claim.spec.accessModes ?? []).every((m: string) => volume.spec.accessModes?.includes(m)))
    return 'incompatible accessMode'
  return undefined
}

function syncUnbound(claim: KubeObject, tools: Tools): number | undefined {
  const volumes = tools.informer('PersistentVolume')
  if (claim.spec.volumeName) {
    const volume = volumes.get(undefined, claim.spec.volumeName)
    if (!volume) return pending(claim, tools)
    if (volume.spec.claimRef && !refers(volume, claim)) {
      pending(claim, tools)
      tools.recorder.warning(
        claim,
        'FailedBinding',
        `volume "${volume.metadata.name}" already bound to a different claim.`,
      )
      return untilResync(tools)
    }
    const why = volume.spec.claimRef === undefined ? mismatch(volume, claim) : undefined
    if (why !== undefined) {
      const text = `Cannot bind to requested volume "${volume.metadata.name}": ${why}`
      tools.recorder.warning(claim, 'VolumeMismatch', text)
      return pending(claim, tools)
    }
    return bind(claim, volume, tools)
  }
  const storage = className(claim) === '' ? undefined : tools.informer('StorageClass').get(undefined, className(claim))
  const delayed = storage?.volumeBindingMode === 'WaitForFirstConsumer'
  const chosen = claim.metadata.annotations?.[SELECTED_NODE]
  const volume =
    delayed && !chosen
      ? volumes.list().find((v) => v.spec.claimRef && refers(v, claim))
      : matchingVolume(claim, volumes.list())
  if (volume) return bind(claim, volume, tools)
  if (delayed && !chosen) {
    tools.recorder.normal(claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
    return pending(claim, tools)
  }
  if (className(claim) === '')
    tools.recorder.normal(
      claim,
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    )
  else provision(claim, storage, tools)
  return pending(claim, tools)
}

function pending(claim: KubeObject, tools: Tools): number {
  const capacity = claim.spec.volumeName ? { capacity: undefined } : {}
  const status = { ...claim.status, ...capacity, phase: 'Pending' }
  if (claim.status?.phase !== 'Pending') tools.api.updateStatus({ ...claim, status })
  return untilResync(tools)
}

function provision(claim: KubeObject, storage: KubeObject | undefined, tools: Tools): void {
  if (!storage) {
    tools.recorder.warning(claim, 'ProvisioningFailed', `storageclass.storage.k8s.io "${className(claim)}" not found`)
    return
  }
  if (storage.provisioner === 'kubernetes.io/no-provisioner') {
    tools.recorder.normal(
      claim,
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    )
    return
  }
  const annotations = { ...claim.metadata.annotations }
  for (const key of PROVISIONER) annotations[key] = storage.provisioner
  if (!deepEqual(annotations, claim.metadata.annotations))
    tools.api.update({ ...claim, metadata: { ...claim.metadata, annotations } })
  tools.recorder.normal(
    claim,
    'ExternalProvisioning',
    `Waiting for a volume to be created either by the external provisioner '${storage.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
  )
}

function bind(claimIn: KubeObject, volumeIn: KubeObject, tools: Tools): undefined {
  const { api } = tools
  let claim = claimIn
  let volume = volumeIn
  if (!volume.spec.claimRef?.uid) {
    const claimRef = referenceTo(claim)
    const byUs = volume.spec.claimRef === undefined
    const annotations = byUs
      ? { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
      : volume.metadata.annotations
    volume = api.update({
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: { ...volume.spec, claimRef },
    })
  }
  if (volume.status?.phase !== 'Bound')
    volume = api.updateStatus({ ...volume, status: { ...volume.status, phase: 'Bound', message: undefined } })
  if (claim.spec.volumeName !== volume.metadata.name || !claim.metadata.annotations?.[BIND_COMPLETED]) {
    const annotations: Record<string, string> = { ...claim.metadata.annotations, [BIND_COMPLETED]: 'yes' }
    if (!claim.spec.volumeName) annotations[BOUND_BY_CONTROLLER] = 'yes'
    claim = api.update({
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName: volume.metadata.name },
    })
  }
  claimBound(claim, volume, tools)
  return undefined
}

function claimBound(claim: KubeObject, volume: KubeObject, tools: Tools): void {
  const status = {
    ...claim.status,
    phase: 'Bound',
    accessModes: volume.spec.accessModes,
    capacity: claim.status?.phase === 'Bound' ? claim.status.capacity : { storage: volume.spec.capacity.storage },
  }
  if (!deepEqual(status, claim.status)) tools.api.updateStatus({ ...claim, status })
}

/** What a lost claim had is no longer told. */
const lose = (claim: KubeObject, tools: Tools): void => {
  const { accessModes: _, capacity: __, ...status } = claim.status ?? {}
  tools.api.updateStatus({ ...claim, status: { ...status, phase: 'Lost' } })
}

function syncBound(claim: KubeObject, tools: Tools): undefined {
  const volume = tools.informer('PersistentVolume').get(undefined, claim.spec.volumeName)
  if (!volume) {
    if (claim.status?.phase !== 'Lost') {
      lose(claim, tools)
      tools.recorder.warning(
        claim,
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      )
    }
  } else if (!volume.spec.claimRef || refers(volume, claim)) return bind(claim, volume, tools)
  else if (claim.status?.phase !== 'Lost') {
    lose(claim, tools)
    tools.recorder.warning(
      claim,
      'ClaimMisbound',
      'Two claims are bound to the same volume, this one is bound incorrectly',
    )
  }
  return undefined
}

function syncVolume(name: string, tools: Tools): number | undefined {
  const volume = tools.informer('PersistentVolume').get(undefined, name)
  if (!volume) return undefined
  const setPhase = (phase: string, message?: string): void => {
    if (volume.status?.phase !== phase || (volume.status?.message ?? undefined) !== message)
      tools.api.updateStatus({ ...volume, status: { ...volume.status, phase, message } })
  }
  const ref = volume.spec.claimRef
  if (!ref?.uid) {
    setPhase('Available')
    return undefined
  }
  const claim = tools.api.find('PersistentVolumeClaim', ref.namespace, ref.name)
  if (claim && claim.metadata.uid === ref.uid) return undefined
  if (volume.status?.phase === 'Failed') return undefined
  if (volume.status?.phase !== 'Released') {
    setPhase('Released')
    return undefined
  }
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return undefined
  const path: string | undefined = volume.spec.hostPath?.path
  if (path !== undefined && !volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by']) {
    if (/^\/tmp\/.+/.test(path)) tools.api.remove('PersistentVolume', undefined, name)
    else {
      const message = `host_path deleter only supports /tmp/.+ but received provided ${path}`
      setPhase('Failed', message)
      tools.recorder.warning(volume, 'VolumeFailedDelete', message)
    }
  }
  return undefined
}

/** Models pkg/controller/volume/pvcprotection: a claim in use is not removed before its pods. */
export const claimProtection = defineController({
  name: 'persistentvolumeclaim-protection-controller',
  watches: {
    PersistentVolumeClaim: itself,
    Pod: (pod) =>
      (pod.spec.volumes ?? [])
        .filter((v: any) => v.persistentVolumeClaim)
        .map((v: any) => `${pod.metadata.namespace}/${v.persistentVolumeClaim.claimName}`),
  },
  reconcile(key, tools) {
    const claim = tools.informer('PersistentVolumeClaim').get(...(splitKey(key) as [string, string]))
    if (!claim?.metadata.deletionTimestamp) return undefined
    const used = tools
      .informer('Pod')
      .list(claim.metadata.namespace)
      .some(
        (p) =>
          !isTerminal(p) &&
          p.spec.nodeName &&
          (p.spec.volumes ?? []).some((v: any) => v.persistentVolumeClaim?.claimName === claim.metadata.name),
      )
    if (!used) dropFinalizer(claim, 'kubernetes.io/pvc-protection', tools)
    return undefined
  },
})

/** Models pkg/controller/volume/pvprotection. */
export const volumeProtection = defineController({
  name: 'persistentvolume-protection-controller',
  watches: { PersistentVolume: itself },
  reconcile(name, tools) {
    const volume = tools.informer('PersistentVolume').get(undefined, name)
    if (volume?.metadata.deletionTimestamp && volume.status?.phase !== 'Bound')
      dropFinalizer(volume, 'kubernetes.io/pv-protection', tools)
    return undefined
  },
})

function dropFinalizer(object: KubeObject, finalizer: string, tools: Tools): void {
  if (!object.metadata.finalizers?.includes(finalizer)) return
  const finalizers = object.metadata.finalizers.filter((f) => f !== finalizer)
  try {
    // Its role may update, not patch.
    tools.api.update({ ...object, metadata: { ...object.metadata, finalizers } })
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 404) throw error
  }
}
