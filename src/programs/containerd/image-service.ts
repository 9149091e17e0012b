import { type Process, SysError } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { fullName, type Image, lookup, parseReference, type Reference, repositoryName } from '../images/index.ts'
import { GrpcError, unknown } from './errors.ts'
import type { Logger } from './logger.ts'
import { registryFault } from './registry-path.ts'
import type { ContainerdState } from './store.ts'

/** Bytes a second that registries deliver. */
const BANDWIDTH = 45_000_000

const registryHost = (domain: string): string => (domain === 'docker.io' ? 'registry-1.docker.io' : domain)

/** The path that a pull asks first: `/v2/library/nginx/manifests/1.27`. */
const manifestUrl = (ref: Reference): string =>
  `https://${registryHost(ref.domain)}/v2/${ref.path}/manifests/${ref.digest ?? ref.tag}`

/**
 * Downloads an image, for the CRI or (`keep` false) for somebody else, who then keeps it. Throws GrpcError with the
 * words of containerd's pull.
 */
export function* pullImage(
  state: ContainerdState,
  daemon: Process,
  log: Logger,
  text: string,
  credentials: boolean,
  keep = true,
): Coro<Image> {
  const { host, rng } = state
  log.info(`PullImage "${text}"`)
  const ref = parseReference(text)
  const fail = (error: GrpcError): GrpcError => {
    log.error(`PullImage "${text}" failed`, error.message)
    return error
  }
  if (typeof ref === 'string') throw fail(unknown(`failed to parse image reference "${text}": ${ref}`))
  const name = fullName(ref)
  const prefix = `failed to pull and unpack image "${name}": failed to resolve ${state.transfers ? 'image' : `reference "${name}"`}: `
  yield* sleep(host.kernel, rng.between(350, 900))
  const server = registryHost(ref.domain)
  const fault = state.directRegistries ? undefined : yield* registryFault(daemon, server)
  const found = lookup(ref, credentials)
  if (fault !== undefined || found.outcome === 'no-host') {
    const why = fault ?? `dial tcp: lookup ${server.split(':')[0]} on 127.0.0.53:53: no such host`
    throw fail(unknown(`${prefix}failed to do request: Head "${manifestUrl(ref)}": ${why}`))
  }
  if (found.outcome === 'denied')
    throw fail(
      unknown(
        `${prefix}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
      ),
    )
  if (found.outcome === 'no-tag') throw fail(new GrpcError('NotFound', `${prefix}${name}: not found`))
  const { image } = found
  const already = state.images.has(image.id)
  if (!already) yield* sleep(host.kernel, Math.round((image.spec.size / BANDWIDTH) * 1000) + rng.between(80, 300))
  log.info(`stop pulling image ${name}: active requests=0, bytes read=${already ? 0 : image.spec.size}`)
  if (!keep) return image
  try {
    state.storeImage(image, name, repositoryName(ref))
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw fail(
      unknown(
        `failed to pull and unpack image "${name}": failed to extract layer ${image.digest}: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/${rng.int(400)}/fs: no space left on device`,
      ),
    )
  }
  log.info(`PullImage "${text}" returns image reference "${image.id}"`)
  return image
}
