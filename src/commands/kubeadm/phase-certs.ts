import type { Process } from '../../host/index.ts'
import {
  type authority,
  type CaDefinition,
  CERTIFICATE_AUTHORITIES,
  CERTIFICATES,
  type CertDefinition,
  leafConfig,
  newCa,
  newKey,
  newLeaf,
  verifyChain,
} from '../../pki/index.ts'
import { certHost } from '../../programs/kubeadm/index.ts'
import { errorText, KubeadmError } from './errors.ts'
import { exists, isExternal, loadAuthority, loadCert, loadPair, readText, writePair, writeText } from './files.ts'
import { authorityIssuing, issuing } from './issuing.ts'
import type { Settings } from './settings.ts'

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

/** The word behind `kubeadm init phase certs`. */
export const phaseName = (d: CaDefinition | CertDefinition | 'sa'): string => (d === 'sa' ? 'sa' : d.name)

/** Runs one certificate phase. */
export function runCertPhase(p: Process, settings: Settings, d: CaDefinition | CertDefinition | 'sa'): void {
  const skipped = settings.cluster.externalEtcd && d !== 'sa' && ('ca' in d ? d.ca : d.name) === 'etcd-ca'
  if (skipped)
    p.stdout.write(
      `[certs] External etcd mode: Skipping ${d.base} certificate ${'ca' in d ? '' : 'authority '}generation\n`,
    )
  else if (d === 'sa') serviceAccountKey(p, settings)
  else if ('ca' in d) leaf(p, settings, d)
  else certificateAuthority(p, settings, d)
}

/** A dry run works on copies of the authorities, in its own directory. */
function copyTo(p: Process, dry: string | undefined, dir: string, d: CaDefinition): void {
  if (!dry) return
  for (const [file, mode] of [
    [`${d.base}.crt`, 0o644],
    [`${d.base}.key`, 0o600],
  ] as const)
    if (exists(p, `${dir}/${file}`)) writeText(p, `${dry}/${file}`, readText(p, `${dir}/${file}`), mode)
}

function certificateAuthority(p: Process, { cluster, dry }: Settings, d: CaDefinition): void {
  const dir = cluster.certificatesDir
  if (exists(p, `${dir}/${d.base}.crt`) || exists(p, `${dir}/${d.base}.key`)) {
    copyTo(p, dry, dir, d)
    if (isExternal(p, dir, d)) {
      p.stdout.write(`[certs] Using existing ${d.base} keyless certificate authority\n`)
      return
    }
    loadAuthority(p, dir, d)
    p.stdout.write(`[certs] Using existing ${d.base} certificate authority\n`)
    return
  }
  p.stdout.write(`[certs] Generating "${d.base}" certificate and key\n`)
  writePair(p, `${dry ?? dir}/${d.base}`, newCa(d, authorityIssuing(p, cluster, d.name)))
}

function leaf(p: Process, { cluster, node, dry }: Settings, d: CertDefinition): void {
  const dir = cluster.certificatesDir
  const definition = CERTIFICATE_AUTHORITIES.find((ca) => ca.name === d.ca)!
  const config = leafConfig(d, certHost(cluster, node))
  const base = `${dir}/${d.base}`
  if (exists(p, `${base}.crt`) || exists(p, `${base}.key`)) {
    checkExisting(p, dir, d, definition)
    p.stdout.write(`[certs] Using existing ${d.base} certificate and key on disk\n`)
    return
  }
  let ca: ReturnType<typeof authority>
  try {
    ca = loadAuthority(p, dry ?? dir, definition)
  } catch (error) {
    throw new KubeadmError(`couldn't load CA certificate ${definition.name}: ${errorText(error)}`)
  }
  p.stdout.write(`[certs] Generating "${d.base}" certificate and key\n`)
  if (d.usages.includes('serverAuth'))
    p.stdout.write(
      `[certs] ${d.base} serving cert is signed for DNS names [${(config.dns ?? []).join(' ')}] and IPs [${(config.ips ?? []).join(' ')}]\n`,
    )
  writePair(p, dry ? `${dry}/${d.base}` : base, newLeaf(config, ca, issuing(p, cluster, d.name)))
}

/** A certificate that is there is taken as it is if its authority signed it and both are valid now. */
function checkExisting(p: Process, dir: string, d: CertDefinition, ca: CaDefinition): void {
  let pair: ReturnType<typeof loadPair>
  try {
    pair = loadPair(p, `${dir}/${d.base}`)
  } catch (error) {
    throw new KubeadmError(`failure loading ${d.base} certificate: ${errorText(error)}`)
  }
  const root = loadCert(p, `${dir}/${ca.base}`)
  const verdict = verifyChain(pair.cert, { roots: [root], now: p.now(), usages: ['any'] })
  if (!verdict.ok)
    throw new KubeadmError(`[certs] certificate ${d.base} not signed by CA certificate ${ca.base}: ${verdict.error}`)
}

function serviceAccountKey(p: Process, { cluster, dry, externalCa }: Settings): void {
  if (externalCa) {
    p.stdout.write('[certs] Using existing sa keys\n')
    return
  }
  const base = `${dry ?? cluster.certificatesDir}/sa`
  if (exists(p, `${base}.key`)) {
    p.stdout.write('[certs] Using the existing "sa" key\n')
    return
  }
  p.stdout.write('[certs] Generating "sa" key and public key\n')
  const { rng, algorithm } = issuing(p, cluster, 'sa')
  const key = newKey(rng, algorithm)
  writeText(p, `${base}.key`, key.pem, 0o600)
  writeText(p, `${base}.pub`, key.publicKey.pem, 0o600)
}
