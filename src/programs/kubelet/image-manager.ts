import { type Coro, Signal } from '../../kernel/index.ts'
import { goDuration } from '../../print/index.ts'
import { GrpcError } from '../containerd/index.ts'
import type { Image } from '../images/index.ts'
import { parseReference } from '../images/index.ts'
import { Backoff } from './backoff.ts'
import type { Kubelet } from './kubelet.ts'
import { type ContainerSpec, fieldPath, type Pod, podKey } from './types.ts'

/** Why an image is not there: models pkg/kubelet/images errors. `reason` is the waiting reason. */
export class ImageError extends Error {
  constructor(
    readonly reason:
      | 'ErrImagePull'
      | 'ImagePullBackOff'
      | 'ErrImageNeverPull'
      | 'InvalidImageName'
      | 'ImageInspectError',
    message: string,
  ) {
    super(message)
  }
}

/** Text of a failed CRI call without gRPC's head when the code says nothing. */
export const plain = (error: GrpcError): string => (error.code === 'Unknown' ? error.desc : error.message)

/** How long what was found of credentials counts, ms. */
const CREDENTIALS = 300_000

/** Makes images present: pull policies, back-off, one pull after the other. */
export class ImageManager {
  private readonly backoff: Backoff
  private readonly lastError = new Map<string, string>()
  private pulling = false
  private readonly free = new Signal()
  private credentialsUntil = 0

  constructor(private readonly k: Kubelet) {
    this.backoff = new Backoff(() => k.now(), 10_000, 300_000)
  }

  /** Models imageManager.EnsureImageExists. Throws ImageError. */
  *ensure(pod: Pod, spec: ContainerSpec): Coro<Image> {
    const { k } = this
    const details = { fieldPath: fieldPath(pod, spec.name) }
    const ref = parseReference(spec.image)
    if (typeof ref === 'string') {
      const text = `Failed to apply default image tag "${spec.image}": couldn't parse image name "${spec.image}": ${ref}`
      k.events.warning(pod, 'InspectFailed', text, details)
      throw new ImageError('InvalidImageName', text)
    }
    this.refreshCredentials()
    const { cri } = k
    const present = cri.imageStatus(spec.image)
    const policy = spec.imagePullPolicy ?? 'IfNotPresent'
    if (present && policy !== 'Always') {
      k.events.normal(
        pod,
        'Pulled',
        `Container image "${spec.image}" already present on machine and can be accessed by the pod`,
        details,
      )
      return present.image
    }
    if (policy === 'Never') {
      const text = `Container image "${spec.image}" is not present with pull policy of Never`
      k.events.warning(pod, 'ErrImageNeverPull', text, details)
      throw new ImageError('ErrImageNeverPull', text)
    }
    const key = `${pod.metadata.uid}_${spec.image}`
    if (this.backoff.isInBackOffSinceUpdate(key)) {
      const text = `Back-off pulling image "${spec.image}"`
      k.events.normal(pod, 'BackOff', text, details)
      const last = this.lastError.get(key)
      throw new ImageError('ImagePullBackOff', last ? `${text}: ErrImagePull: ${last}` : text)
    }
    return yield* this.pull(pod, spec, key, details)
  }

  /** Docker's own configuration is looked for, at most every five minutes; there is none. Models credentialprovider. */
  private refreshCredentials(): void {
    const { log, process, flags } = this.k
    const now = this.k.kernel.now()
    if (!log.v(2) || now < this.credentialsUntil) return
    this.credentialsUntil = now + CREDENTIALS
    log.raw('I', 'provider.go:93', 'Refreshing cache for provider: *credentialprovider.defaultDockerConfigProvider')
    log.raw(
      'I',
      'provider.go:73',
      `Docker config file not found: couldn't find valid .dockercfg after checking in [${flags.rootDir}  ${process.env.HOME ?? ''} /]`,
    )
  }

  private *pull(pod: Pod, spec: ContainerSpec, key: string, details: { fieldPath: string }): Coro<Image> {
    const { k } = this
    const credentials = this.credentials(pod)
    k.events.normal(pod, 'Pulling', `Pulling image "${spec.image}"`, details)
    const asked = k.kernel.now()
    while (k.config.serializeImagePulls && this.pulling) yield { on: [this.free] }
    this.pulling = true
    const began = k.kernel.now()
    try {
      const id = yield* k.cri.pullImage(spec.image, credentials)
      const image = k.cri.imageStatus(id)!.image
      const now = k.kernel.now()
      const took = goDuration(now - began)
      const total = goDuration(now - asked)
      k.events.normal(
        pod,
        'Pulled',
        `Successfully pulled image "${spec.image}" in ${took} (${total} including waiting). Image size: ${image.spec.size} bytes.`,
        details,
      )
      this.backoff.delete(key)
      this.lastError.delete(key)
      return image
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      const text = plain(error)
      k.log.error('remote_image.go:250', 'PullImage from image service failed', error.message, { image: spec.image })
      k.log.error('kuberuntime_image.go:43', 'Failed to pull image', text, { image: spec.image })
      k.events.warning(pod, 'Failed', `Failed to pull image "${spec.image}": ${text}`, details)
      this.backoff.next(key, k.now())
      this.lastError.set(key, text)
      throw new ImageError('ErrImagePull', text)
    } finally {
      this.pulling = false
      this.free.fire()
    }
  }

  /** True when a pull secret of the pod exists; what is missing is told. */
  private credentials(pod: Pod): boolean {
    const { k } = this
    let any = false
    for (const { name } of pod.spec.imagePullSecrets ?? []) {
      try {
        if (k.objects.secret(pod.metadata.namespace!, name)) any = true
      } catch (error) {
        if (!(error instanceof Error) || error.constructor !== Error) throw error
      }
    }
    return any
  }

  /** Pull secrets that are named but missing are an event with every sync. */
  warnMissingSecrets(pod: Pod): void {
    const { k } = this
    const missing: string[] = []
    for (const { name } of pod.spec.imagePullSecrets ?? []) {
      try {
        if (!k.objects.secret(pod.metadata.namespace!, name)) missing.push(name)
      } catch {
        missing.push(name)
      }
    }
    if (missing.length === 0) return
    k.log.raw(
      'W',
      'kubelet_pods.go:1033',
      `Unable to retrieve pull secret, the image pull may not succeed. pod="${podKey(pod)}" secret="" err="secrets not found"`,
    )
    k.events.warning(
      pod,
      'FailedToRetrieveImagePullSecret',
      `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
    )
  }

  forget(uid: string): void {
    this.backoff.delete(`${uid}_`)
  }
}
