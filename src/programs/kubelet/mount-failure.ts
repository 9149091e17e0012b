import { goDuration } from '../../print/index.ts'
import type { Kubelet } from './kubelet.ts'
import type { PodRecord } from './types.ts'

/** What the journal says of a volume that could not be set up and is tried again after `backoff` ms. */
export function logMountFailure(k: Kubelet, r: PodRecord, volume: any, text: string, backoff: number): void {
  const plugin = volume.configMap
    ? 'configmap'
    : volume.secret
      ? 'secret'
      : volume.projected
        ? 'projected'
        : volume.hostPath
          ? 'host-path'
          : 'other'
  const unique = `kubernetes.io/${plugin}/${r.uid}-${volume.name}`
  const iso = new Date(k.now() + backoff).toISOString()
  const at = `${iso.slice(0, 10)} ${iso.slice(11, 23)}000000 +0000 UTC m=+${((k.kernel.now() + backoff - k.startedAt) / 1000).toFixed(9)}`
  if (volume.configMap)
    k.log.raw(
      'E',
      'configmap.go:193',
      `Couldn't get configMap ${r.pod.metadata.namespace}/${volume.configMap.name}: ${text}`,
    )
  if (volume.secret)
    k.log.raw(
      'E',
      'secret.go:189',
      `Couldn't get secret ${r.pod.metadata.namespace}/${volume.secret.secretName}: ${text}`,
    )
  k.log.raw(
    'E',
    'nestedpendingoperations.go:348',
    `Operation for "{volumeName:${unique} podName:${r.uid} nodeName:}" failed. No retries permitted until ${at} (durationBeforeRetry ${goDuration(backoff)}). Error: MountVolume.SetUp failed for volume "${volume.name}" (UniqueName: "${unique}") pod "${r.pod.metadata.name}" (UID: "${r.uid}") : ${text}`,
  )
}
