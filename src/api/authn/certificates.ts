import { type Certificate, certificateIdentifier, parseCertsPem, verifyChain } from '../../pki/index.ts'
import type { UserInfo } from '../context.ts'
import { unauthorized } from '../errors.ts'
import type { Authenticator } from './authenticator.ts'

interface CertificateTrust {
  /** --client-ca-file as it is now. */
  roots(): readonly Certificate[]
  /** The server host's clock. */
  now(): number
  /** A line of the server's log: why a certificate was refused. */
  log?(message: string): void
}

/** Client certificates: CN is the user, O are the groups. */
export function certificateAuthenticator(trust: CertificateTrust): Authenticator {
  const known = new Map<string, { leaf: Certificate; rest: readonly Certificate[]; user: UserInfo }>()
  return ({ certPem }) => {
    if (!certPem) return undefined
    let entry = known.get(certPem)
    if (!entry) {
      const [leaf, ...rest] = parseCertsPem(certPem)
      if (!leaf) return undefined
      const { commonName, organizations } = leaf.subject
      const groups = [...organizations, 'system:authenticated']
      const user: UserInfo = {
        name: commonName,
        groups,
        // Hashed only for those who ask who they are.
        get extra() {
          return { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${leaf.sha256}`] }
        },
      }
      entry = { leaf, rest, user }
      known.set(certPem, entry)
    }
    const { leaf, rest, user } = entry
    const verdict = verifyChain(leaf, {
      roots: trust.roots(),
      intermediates: rest,
      now: trust.now(),
      usages: ['clientAuth'],
    })
    if (!verdict.ok) {
      const which = `verifying certificate ${certificateIdentifier(leaf)} failed: ${verdict.error}`
      trust.log?.(`"Unable to authenticate the request" err="[${verdict.error}, ${which}]"`)
      throw unauthorized()
    }
    return user.name === '' ? undefined : user
  }
}
