import type { Process } from '../../host/index.ts'
import type { Issuing } from '../../pki/index.ts'
import type { ClusterSettings } from '../../programs/kubeadm/index.ts'
import { runRng } from './run-rng.ts'
import { duration } from './settings.ts'

/** EncryptionAlgorithmType: the feature gate PublicKeysECDSA goes before the field. */
function algorithmOf({ document }: ClusterSettings): string {
  const gate = document?.featureGates?.PublicKeysECDSA
  if (gate !== undefined) return gate ? 'ECDSA-P256' : 'RSA-2048'
  return document?.encryptionAlgorithm || 'RSA-2048'
}

/** How a certificate of a name is issued: what the ClusterConfiguration says of keys and validity, by this machine's clock. */
export function issuing(p: Process, cluster: ClusterSettings, name: string): Issuing {
  const period = cluster.document?.certificateValidityPeriod
  const now = p.now()
  return {
    rng: runRng(p).fork(name),
    now,
    algorithm: algorithmOf(cluster),
    ...(period ? { notAfter: now + duration(period) } : {}),
  }
}

/** The same of an authority. */
export function authorityIssuing(p: Process, cluster: ClusterSettings, name: string): Issuing {
  const period = cluster.document?.caCertificateValidityPeriod
  const base = issuing(p, cluster, name)
  return { ...base, notAfter: period ? base.now + duration(period) : undefined }
}
