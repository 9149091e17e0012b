import { goDuration } from '../../print/index.ts'
import type { Kubelet } from './kubelet.ts'
import type { PodRecord } from './types.ts'
import { MountError } from './volumes/mount-error.ts'

/** What the kubelet says of a volume that could not be set up. */
interface MountFailure {
  /** `MountVolume.SetUp failed for volume "x"` */
  readonly what: string
  /** The name under which the operation is known. */
  readonly unique: string
  readonly why: string
}

const pluginOf = (volume: any): string =>
  volume.configMap
    ? 'configmap'
    : volume.secret
      ? 'secret'
      : volume.projected
        ? 'projected'
        : volume.hostPath
          ? 'host-path'
          : 'other'

/** A mistake of setting up, in words; a volume behind a claim goes by its own name. */
export function mountFailure(r: PodRecord, volume: any, error: Error): MountFailure {
  const known = error instanceof MountError
  const name = known ? error.volume : volume.name
  const plugin = known ? error.plugin : pluginOf(volume)
  return {
    what: `${known ? error.step : 'MountVolume.SetUp'} failed for volume "${name}"`,
    // Local volumes are mounted for a node, everything else for a pod.
    unique: `kubernetes.io/${plugin}/${plugin === 'local-volume' ? '' : `${r.uid}-`}${name}`,
    why: error.message,
  }
}

/** What the journal says of it; it is tried again after `backoff` ms. */
export function logMountFailure(
  k: Kubelet,
  r: PodRecord,
  volume: any,
  { what, unique, why }: MountFailure,
  backoff: number,
): void {
  const iso = new Date(k.now() + backoff).toISOString()
  const at = `${iso.slice(0, 10)} ${iso.slice(11, 23)}000000 +0000 UTC m=+${((k.kernel.now() + backoff - k.startedAt) / 1000).toFixed(9)}`
  if (volume.configMap)
    k.log.raw(
      'E',
      'configmap.go:193',
      `Couldn't get configMap ${r.pod.metadata.namespace}/${volume.configMap.name}: ${why}`,
    )
  if (volume.secret)
    k.log.raw(
      'E',
      'secret.go:189',
      `Couldn't get secret ${r.pod.metadata.namespace}/${volume.secret.secretName}: ${why}`,
    )
  k.log.raw(
    'E',
    'nestedpendingoperations.go:348',
    `Operation for "{volumeName:${unique} podName:${r.uid} nodeName:}" failed. No retries permitted until ${at} (durationBeforeRetry ${goDuration(backoff)}). Error: ${what} (UniqueName: "${unique}") pod "${r.pod.metadata.name}" (UID: "${r.uid}") : ${why}`,
  )
}
