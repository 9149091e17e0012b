import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { dialCri, GrpcError } from '../../programs/containerd/index.ts'
import { images } from '../../programs/kubeadm/index.ts'
import { StructuredLog } from '../../programs/lib/structured-log.ts'
import { KubeadmError } from './errors.ts'
import { refused } from './preflight.ts'
import type { Settings } from './settings.ts'

/** constants.PullImageRetry. */
const TRIES = 5

/** Pulls one image as often as kubeadm tries. Returns what went wrong in the end. */
function* pull(p: Process, socket: string, image: string): Coro<string | undefined> {
  let failure = ''
  for (let i = 0; i < TRIES; i++) {
    try {
      yield* dialCri(p.fs, socket, p.creds).pullImage(image)
      return undefined
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      new StructuredLog(p).error('remote_image.go:250', 'PullImage from image service failed', error.message, { image })
      failure = error.message.replace(/^rpc error: code = \w+ desc = /, '')
    }
  }
  return `failed to pull image ${image}: ${failure}`
}

/** RunPullImagesCheck: pulls what is not there yet. */
export function* pullImages(
  p: Process,
  { cluster, node }: Settings,
  ignored: readonly string[],
  prefix = 'preflight',
): Coro<void> {
  for (const line of [
    'Pulling images required for setting up a Kubernetes cluster',
    'This might take a minute or two, depending on the speed of your internet connection',
    "You can also perform this action beforehand using 'kubeadm config images pull'",
  ])
    p.stdout.write(`[${prefix}] ${line}\n`)
  const skip = ignored.map((name) => name.toLowerCase())
  const errors: string[] = []
  for (const image of images(cluster)) {
    try {
      if (dialCri(p.fs, node.criSocket, p.creds).imageStatus(image)) continue
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      throw new KubeadmError(error.message)
    }
    const failure = yield* pull(p, node.criSocket, image)
    if (failure) errors.push(`failed to pull image ${image}: ${failure}`)
  }
  if (skip.includes('all') || skip.includes('imagepull'))
    for (const text of errors) p.stderr.write(`\t[WARNING ImagePull]: ${text}\n`)
  else if (errors.length > 0) throw refused(p, errors.map((text) => `\t[ERROR ImagePull]: ${text}\n`).join(''))
}

/** `kubeadm config images pull`. */
export function* pullAll(p: Process, { cluster, node }: Settings): Coro<void> {
  for (const image of images(cluster)) {
    const failure = yield* pull(p, node.criSocket, image)
    if (failure) throw new KubeadmError(`failed to pull image ${JSON.stringify(image)}: ${failure}`)
    p.stdout.write(`[config/images] Pulled ${image}\n`)
  }
}
