/** A parsed image reference. */
export interface Reference {
  /** Host, with port: `docker.io`, `registry.local:5000`. */
  readonly domain: string
  /** `library/nginx`. */
  readonly path: string
  readonly tag: string
  readonly digest: string | undefined
}

/** `docker.io/library/nginx:1.27`, or with `@sha256:…` when a digest was given. */
export const fullName = (r: Reference): string => `${r.domain}/${r.path}${r.digest ? `@${r.digest}` : `:${r.tag}`}`

/** Without tag and digest. */
export const repositoryName = (r: Reference): string => `${r.domain}/${r.path}`

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const DOMAIN =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?$/
const TAG = /^[\w][\w.-]{0,127}$/
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/

/**
 * Models github.com/distribution/reference ParseDockerRef: defaults the domain, `library/` and `:latest`.
 * Returns the library's error text when the reference is malformed.
 */
export function parseReference(text: string): Reference | string {
  if (text === '') return 'invalid reference format'
  let rest = text
  let digest: string | undefined
  const at = rest.indexOf('@')
  if (at >= 0) {
    digest = rest.slice(at + 1)
    rest = rest.slice(0, at)
    if (!DIGEST.test(digest)) return 'invalid reference format'
  }
  let domain = 'docker.io'
  const slash = rest.indexOf('/')
  const first = slash < 0 ? '' : rest.slice(0, slash)
  if (slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)) {
    domain = first === 'index.docker.io' ? 'docker.io' : first
    rest = rest.slice(slash + 1)
  }
  let tag = ''
  const colon = rest.indexOf(':')
  const tagged = colon >= 0
  if (tagged) {
    tag = rest.slice(colon + 1)
    rest = rest.slice(0, colon)
  }
  const path = domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest
  // Capitals are told before anything else.
  if (rest !== rest.toLowerCase()) return `invalid reference format: repository name (${path}) must be lowercase`
  if (tagged && !TAG.test(tag)) return 'invalid reference format'
  if (!DOMAIN.test(domain) || !PATH.test(path)) return 'invalid reference format'
  return { domain, path, tag: tag || (digest ? '' : 'latest'), digest }
}
