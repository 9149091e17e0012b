import { Rng } from '../../kernel/index.ts'
import { type Reference, repositoryName } from '../../kinds/index.ts'
import { APP_IMAGES } from './catalogue-apps.ts'
import { KUBERNETES_IMAGES } from './catalogue-kubernetes.ts'
import type { Image, Repository } from './types.ts'

const byName = new Map<string, Repository>()
for (const r of [...KUBERNETES_IMAGES, ...APP_IMAGES])
  for (const name of [r.name, ...(r.aliases ?? [])]) byName.set(name, r)

/** Registries that exist on the simulated Internet; any other host does not resolve. */
const HOSTS = new Set([
  'docker.io',
  'registry.k8s.io',
  'k8s.gcr.io',
  'gcr.io',
  'ghcr.io',
  'quay.io',
  'public.ecr.aws',
  'mirror.gcr.io',
  'mcr.microsoft.com',
  'registry.gitlab.com',
])

const images = new Map<string, Image>()
const sha256 = (label: string): string => `sha256:${new Rng(`image/${label}`).hex(64)}`

/** Makes the catalogue's image for a repository's canonical version. */
function imageOf(repository: Repository, version: string): Image {
  const key = `${repository.name}:${version}`
  let image = images.get(key)
  if (!image) {
    image = {
      id: sha256(`${key}/config`),
      digest: sha256(key),
      repository: repository.name,
      version,
      spec: repository.version(version),
    }
    images.set(key, image)
  }
  return image
}

type Lookup =
  | { readonly outcome: 'found'; readonly image: Image }
  /** The repository exists, the tag does not. */
  | { readonly outcome: 'no-tag' }
  /** No such repository, or it needs credentials. */
  | { readonly outcome: 'denied' }
  | { readonly outcome: 'no-host' }

/** Answers as the registries of the world do. */
export function lookup(ref: Reference, credentials = false): Lookup {
  const repository = byName.get(repositoryName(ref))
  if (!repository) return HOSTS.has(ref.domain) ? { outcome: 'denied' } : { outcome: 'no-host' }
  if (repository.private && !credentials) return { outcome: 'denied' }
  if (ref.digest) {
    for (const image of images.values())
      if (image.digest === ref.digest && image.repository === repository.name) return { outcome: 'found', image }
    if (!ref.tag) return { outcome: 'no-tag' }
  }
  const version = repository.resolve(ref.tag || 'latest')
  return version === undefined ? { outcome: 'no-tag' } : { outcome: 'found', image: imageOf(repository, version) }
}
