import type { Process } from '../../host/index.ts'
import {
  type authority,
  type CaDefinition,
  CERTIFICATE_AUTHORITIES,
  CERTIFICATES,
  type CertDefinition,
  checkSignatureFrom,
  generateRsaKey,
  leafConfig,
  newCa,
  newLeaf,
  verifyHost,
} from '../../pki/index.ts'
import { certHost } from '../../programs/kubeadm/index.ts'
import { errorText, KubeadmError } from './errors.ts'
import { exists, isExternal, loadAuthority, loadPair, writePair, writeText } from './files.ts'
import { runRng, type Settings } from './settings.ts'

/** Names of `init phase certs`, in the order of `all`. */
export const CERT_PHASES: readonly (CaDefinition | CertDefinition | 'sa')[] = [
  CERTIFICATE_AUTHORITIES[0],
  ...CERTIFICATES.slice(0, 2),
  CERTIFICATE_AUTHORITIES[1],
  CERTIFICATES[2],
  CERTIFICATE_AUTHORITIES[2],
  ...CERTIFICATES.slice(3),
  'sa',
]

export const phaseName = (d: CaDefinition | CertDefinition | 'sa'): string => (d === 'sa' ? 'sa' : d.name)

/** Runs one certificate phase. */
export function runCertPhase(p: Process, settings: Settings, d: CaDefinition | CertDefinition | 'sa'): void {
  if (d === 'sa') serviceAccountKey(p, settings)
  else if ('ca' in d) leaf(p, settings, d)
  else certificateAuthority(p, settings, d)
}

function certificateAuthority(p: Process, { cluster }: Settings, d: CaDefinition): void {
  const dir = cluster.certificatesDir
  if (exists(p, `${dir}/${d.base}.crt`) || exists(p, `${dir}/${d.base}.key`)) {
    if (isExternal(p, dir, d)) {
      p.stdout.write(`[certs] Using existing ${d.base} keyless certificate authority\n`)
      return
    }
    loadAuthority(p, dir, d)
    p.stdout.write(`[certs] Using existing ${d.base} certificate authority\n`)
    return
  }
  p.stdout.write(`[certs] Generating "${d.base}" certificate and key\n`)
  writePair(p, `${dir}/${d.base}`, newCa(d, { rng: runRng(p).fork(d.name), now: p.now() }))
}

function leaf(p: Process, { cluster, node }: Settings, d: CertDefinition): void {
  const dir = cluster.certificatesDir
  const definition = CERTIFICATE_AUTHORITIES.find((ca) => ca.name === d.ca)!
  const config = leafConfig(d, certHost(cluster, node))
  const base = `${dir}/${d.base}`
  if (exists(p, `${base}.crt`) || exists(p, `${base}.key`)) {
    checkExisting(p, dir, d, definition, [...(config.dns ?? []), ...(config.ips ?? [])])
    p.stdout.write(`[certs] Using existing ${d.base} certificate and key on disk\n`)
    return
  }
  let ca: ReturnType<typeof authority>
  try {
    ca = loadAuthority(p, dir, definition)
  } catch (error) {
    throw new KubeadmError(`couldn't load CA certificate ${definition.name}: ${errorText(error)}`)
  }
  p.stdout.write(`[certs] Generating "${d.base}" certificate and key\n`)
  if (d.usages.includes('serverAuth'))
    p.stdout.write(
      `[certs] ${d.base} serving cert is signed for DNS names [${(config.dns ?? []).join(' ')}] and IPs [${(config.ips ?? []).join(' ')}]\n`,
    )
  writePair(p, base, newLeaf(config, ca, { rng: runRng(p).fork(d.name), now: p.now() }))
}

/** A certificate that is there must fit: its key, its authority, and the names it has to serve. */
function checkExisting(p: Process, dir: string, d: CertDefinition, ca: CaDefinition, names: readonly string[]): void {
  let pair: ReturnType<typeof loadPair>
  try {
    pair = loadPair(p, `${dir}/${d.base}`)
  } catch (error) {
    throw new KubeadmError(`failure loading ${d.base} certificate: ${errorText(error)}`)
  }
  if (exists(p, `${dir}/${ca.base}.crt`) && !isExternal(p, dir, ca)) {
    const { cert } = loadAuthority(p, dir, ca)
    if (checkSignatureFrom(pair.cert, cert) !== undefined)
      throw new KubeadmError(`certificate ${d.base} is not signed by corresponding CA`)
  }
  for (const name of names) {
    const failure = verifyHost(pair.cert, name)
    if (failure) throw new KubeadmError(`certificate ${d.base} is invalid: ${failure.error}`)
  }
}

function serviceAccountKey(p: Process, { cluster }: Settings): void {
  const base = `${cluster.certificatesDir}/sa`
  if (exists(p, `${base}.key`)) {
    p.stdout.write('[certs] Using the existing "sa" key\n')
    return
  }
  p.stdout.write('[certs] Generating "sa" key and public key\n')
  const key = generateRsaKey(runRng(p).fork('sa'))
  writeText(p, `${base}.key`, key.pem, 0o600)
  writeText(p, `${base}.pub`, key.publicKey.pem, 0o600)
}
