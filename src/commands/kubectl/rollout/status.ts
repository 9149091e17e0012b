import { CliError } from '../lib/errors.ts'

interface RolloutStatus {
  readonly text: string
  readonly done: boolean
}

const waiting = (text: string): RolloutStatus => ({ text: `${text}\n`, done: false })
const finished = (text: string): RolloutStatus => ({ text: `${text}\n`, done: true })

function deployment(d: any): RolloutStatus {
  const { status = {}, spec } = d
  const name = d.metadata.name
  const n = (key: string): number => status[key] ?? 0
  if (d.metadata.generation > n('observedGeneration'))
    return waiting('Waiting for deployment spec update to be observed...')
  if (status.conditions?.some((c: any) => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded'))
    throw new CliError(`deployment "${name}" exceeded its progress deadline`)
  const head = `Waiting for deployment "${name}" rollout to finish:`
  if (spec.replicas !== undefined && n('updatedReplicas') < spec.replicas)
    return waiting(`${head} ${n('updatedReplicas')} out of ${spec.replicas} new replicas have been updated...`)
  if (n('replicas') > n('updatedReplicas'))
    return waiting(`${head} ${n('replicas') - n('updatedReplicas')} old replicas are pending termination...`)
  if (n('availableReplicas') < n('updatedReplicas'))
    return waiting(`${head} ${n('availableReplicas')} of ${n('updatedReplicas')} updated replicas are available...`)
  return finished(`deployment "${name}" successfully rolled out`)
}

function requireRolling(object: any): void {
  if (object.spec.updateStrategy?.type !== 'RollingUpdate')
    throw new CliError('rollout status is only available for RollingUpdate strategy type')
}

function daemonSet(d: any): RolloutStatus {
  requireRolling(d)
  const { status = {} } = d
  const n = (key: string): number => status[key] ?? 0
  if (d.metadata.generation > n('observedGeneration'))
    return waiting('Waiting for daemon set spec update to be observed...')
  const head = `Waiting for daemon set "${d.metadata.name}" rollout to finish:`
  if (n('updatedNumberScheduled') < n('desiredNumberScheduled'))
    return waiting(
      `${head} ${n('updatedNumberScheduled')} out of ${n('desiredNumberScheduled')} new pods have been updated...`,
    )
  if (n('numberAvailable') < n('desiredNumberScheduled'))
    return waiting(`${head} ${n('numberAvailable')} of ${n('desiredNumberScheduled')} updated pods are available...`)
  return finished(`daemon set "${d.metadata.name}" successfully rolled out`)
}

function statefulSet(s: any): RolloutStatus {
  requireRolling(s)
  const { status = {}, spec } = s
  const n = (key: string): number => status[key] ?? 0
  if (n('observedGeneration') === 0 || s.metadata.generation > n('observedGeneration'))
    return waiting('Waiting for statefulset spec update to be observed...')
  if (spec.replicas !== undefined && n('readyReplicas') < spec.replicas)
    return waiting(`Waiting for ${spec.replicas - n('readyReplicas')} pods to be ready...`)
  const partition = spec.updateStrategy.rollingUpdate?.partition
  if (partition !== undefined) {
    const wanted = (spec.replicas ?? 0) - partition
    if (n('updatedReplicas') < wanted)
      return waiting(
        `Waiting for partitioned roll out to finish: ${n('updatedReplicas')} out of ${wanted} new pods have been updated...`,
      )
    return finished(`partitioned roll out complete: ${n('updatedReplicas')} new pods have been updated...`)
  }
  if (status.updateRevision !== status.currentRevision)
    return waiting(
      `waiting for statefulset rolling update to complete ${n('updatedReplicas')} pods at revision ${status.updateRevision}...`,
    )
  return finished(
    `statefulset rolling update complete ${n('currentReplicas')} pods at revision ${status.currentRevision}...`,
  )
}

/** How far a rollout has come (polymorphichelpers.StatusViewer); undefined for kinds that roll nothing out. */
export const STATUS: Readonly<Record<string, (object: any) => RolloutStatus>> = {
  Deployment: deployment,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
}
