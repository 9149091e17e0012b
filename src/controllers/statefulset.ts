import { selects } from '../api/match.ts'
import { type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, itsOwner, splitKey, type Tools } from './controller.ts'
import { currentRevision, revisionsOf, trimHistory } from './history.ts'
import { indexByOwner, isAvailable, isReady, isTerminal, ownerRef, podFromTemplate } from './pods.ts'

const REVISION = 'controller-revision-hash'

/** Models pkg/controller/statefulset: pods with stable names, one after the other. */
export const statefulSet = defineController({
  name: 'statefulset-controller',
  watches: { StatefulSet: itself, Pod: itsOwner('StatefulSet') },
  start: (tools) => indexByOwner(tools),
  reconcile(key, tools) {
    const set = tools.informer('StatefulSet').get(...(splitKey(key) as [string, string]))
    if (!set || set.metadata.deletionTimestamp) return undefined
    return new StatefulSetSync(set, tools).run()
  },
})

const ordinalOf = (name: string): number => Number(/-(\d+)$/.exec(name)?.[1] ?? -1)

class StatefulSetSync {
  private readonly pods: KubeObject[]
  private readonly removed = new Set<string>()
  private readonly start: number
  private readonly replicas: number
  private readonly update: KubeObject
  private readonly current: string

  constructor(
    private readonly set: KubeObject,
    private readonly tools: Tools,
  ) {
    this.pods = tools
      .informer('Pod')
      .by('owner', set.metadata.uid!)
      .filter((p) => selects(set.spec.selector, p.metadata.labels))
    this.start = set.spec.ordinals?.start ?? 0
    this.replicas = set.spec.replicas ?? 1
    this.update = currentRevision(set, tools)
    const known = set.status?.currentRevision
    this.current =
      known && revisionsOf(set, tools).some((r) => r.metadata.name === known) ? known : this.update.metadata.name
  }

  run(): number | undefined {
    const again = this.act()
    this.writeStatus()
    trimHistory(
      this.set,
      new Set([this.current, this.update.metadata.name, ...this.pods.map((p) => p.metadata.labels?.[REVISION] ?? '')]),
      this.tools,
    )
    return again
  }

  private get parallel(): boolean {
    return this.set.spec.podManagementPolicy === 'Parallel'
  }

  private healthy(pod: KubeObject): boolean {
    return pod.status?.phase === 'Running' && isReady(pod) && !pod.metadata.deletionTimestamp
  }

  private act(): number | undefined {
    const { set, tools } = this
    const minReady = set.spec.minReadySeconds ?? 0
    const byOrdinal = new Map(this.pods.map((p) => [ordinalOf(p.metadata.name), p]))
    for (let i = this.start; i < this.start + this.replicas; i++) {
      const pod = byOrdinal.get(i)
      if (pod && isTerminal(pod) && !pod.metadata.deletionTimestamp) {
        const how = pod.status.phase === 'Failed' ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod'
        const text = `StatefulSet ${set.metadata.namespace}/${set.metadata.name} is recreating ${pod.status.phase === 'Failed' ? 'failed' : 'terminated'} Pod ${pod.metadata.name}`
        if (how === 'RecreatingFailedPod') tools.recorder.warning(set, how, text)
        else tools.recorder.normal(set, how, text)
        this.remove(pod)
        return undefined
      }
      if (!pod) {
        if (!this.create(i)) return 5000
        if (!this.parallel) return undefined
        continue
      }
      if (this.parallel) continue
      if (pod.metadata.deletionTimestamp) return undefined
      if (!this.healthy(pod)) return undefined
      if (!isAvailable(pod, minReady, tools.now())) return minReady * 1000
    }
    const condemned = this.pods
      .filter(
        (p) => ordinalOf(p.metadata.name) < this.start || ordinalOf(p.metadata.name) >= this.start + this.replicas,
      )
      .sort((a, b) => ordinalOf(b.metadata.name) - ordinalOf(a.metadata.name))
    for (const pod of condemned) {
      if (pod.metadata.deletionTimestamp) {
        if (this.parallel) continue
        return undefined
      }
      this.remove(pod)
      if (!this.parallel) return undefined
    }
    return this.roll()
  }

  private roll(): undefined {
    const { set } = this
    if (set.spec.updateStrategy?.type === 'OnDelete') return undefined
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    const ordered = this.pods
      .filter(
        (p) => ordinalOf(p.metadata.name) >= this.start && ordinalOf(p.metadata.name) < this.start + this.replicas,
      )
      .sort((a, b) => ordinalOf(b.metadata.name) - ordinalOf(a.metadata.name))
    for (const pod of ordered) {
      if (ordinalOf(pod.metadata.name) - this.start < partition) break
      if (pod.metadata.labels?.[REVISION] !== this.update.metadata.name) {
        if (!pod.metadata.deletionTimestamp) this.remove(pod)
        return undefined
      }
      if (!this.healthy(pod)) return undefined
    }
    return undefined
  }

  private create(ordinal: number): boolean {
    const { set, tools } = this
    const name = `${set.metadata.name}-${ordinal}`
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    const old = this.current !== this.update.metadata.name && ordinal - this.start < partition
    const template = old
      ? (revisionsOf(set, tools).find((r) => r.metadata.name === this.current)?.data.spec.template ?? set.spec.template)
      : set.spec.template
    try {
      for (const claim of set.spec.volumeClaimTemplates ?? []) this.ensureClaim(claim, name)
      const pod = podFromTemplate({ ...template, $patch: undefined }, set, name)
      pod.metadata.labels = {
        ...pod.metadata.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [REVISION]: old ? this.current : this.update.metadata.name,
        'statefulset.kubernetes.io/pod-name': name,
      }
      const claims = (set.spec.volumeClaimTemplates ?? []).map((c: any) => ({
        name: c.metadata.name,
        persistentVolumeClaim: { claimName: `${c.metadata.name}-${name}` },
      }))
      const own = (pod.spec.volumes ?? []).filter((v: any) => !claims.some((c: any) => c.name === v.name))
      pod.spec = {
        ...pod.spec,
        hostname: name,
        ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
        ...(claims.length + own.length > 0 ? { volumes: [...claims, ...own] } : {}),
      }
      tools.api.create(pod)
      tools.recorder.normal(
        set,
        'SuccessfulCreate',
        `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`,
      )
      return true
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      if (error.reason === 'AlreadyExists') return false
      tools.recorder.warning(
        set,
        'FailedCreate',
        `Create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
      )
      return false
    }
  }

  private ensureClaim(claim: any, pod: string): void {
    const { set, tools } = this
    const name = `${claim.metadata.name}-${pod}`
    if (tools.informer('PersistentVolumeClaim').get(set.metadata.namespace, name)) return
    if (tools.api.find('PersistentVolumeClaim', set.metadata.namespace, name)) return
    tools.api.create({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...claim.metadata,
        name,
        namespace: set.metadata.namespace,
        labels: { ...claim.metadata.labels, ...set.spec.selector.matchLabels },
        ...(set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
          ? { ownerReferences: [{ ...ownerRef(set), controller: undefined, blockOwnerDeletion: undefined }] }
          : {}),
      },
      spec: claim.spec,
    })
    tools.recorder.normal(
      set,
      'SuccessfulCreate',
      `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`,
    )
  }

  private remove(pod: KubeObject): void {
    this.removed.add(pod.metadata.uid!)
    this.tools.api.remove('Pod', pod.metadata.namespace, pod.metadata.name)
    this.tools.recorder.normal(
      this.set,
      'SuccessfulDelete',
      `Delete Pod ${pod.metadata.name} in StatefulSet ${this.set.metadata.name} successful`,
    )
  }

  /** Counts the pods as this look found them; what it made or removed shows with the next one. */
  private writeStatus(): void {
    const { set, pods } = this
    const ready = pods.filter((p) => p.status?.phase === 'Running' && isReady(p))
    const on = (revision: string): number =>
      pods.filter(
        (p) =>
          !p.metadata.deletionTimestamp &&
          !this.removed.has(p.metadata.uid!) &&
          p.metadata.labels?.[REVISION] === revision,
      ).length
    const updated = on(this.update.metadata.name)
    const done =
      updated === this.replicas &&
      pods.length === this.replicas &&
      ready.length === this.replicas &&
      set.spec.updateStrategy?.type !== 'OnDelete'
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    const current = done && partition === 0 ? this.update.metadata.name : this.current
    const put = (name: string, n: number) => (n > 0 ? { [name]: n } : {})
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      ...put('readyReplicas', ready.length),
      ...put('currentReplicas', on(current)),
      ...put('updatedReplicas', updated),
      currentRevision: current,
      updateRevision: this.update.metadata.name,
      collisionCount: set.status?.collisionCount ?? 0,
      availableReplicas: ready.filter((p) => isAvailable(p, set.spec.minReadySeconds ?? 0, this.tools.now())).length,
    }
    if (!deepEqual(status, set.status)) this.tools.api.updateStatus({ ...set, status })
  }
}
