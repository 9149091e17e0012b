import { type Process, SysError } from '../../host/index.ts'
import {
  type CaDefinition,
  type CertAndKey,
  type Certificate,
  type PrivateKey,
  parseCertsPem,
  privateKeyFromPem,
} from '../../pki/index.ts'
import { PRIVATE_DIRS } from '../../programs/kubeadm/index.ts'
import { errorText, KubeadmError } from './errors.ts'

/** Reads and writes files as root, in Go's words. */
export const readText = (p: Process, path: string): string => p.fs.readFile(path, p.cwd, p.creds)

/** Writes a file and the directories above it (those of keys are private). */
export function writeText(p: Process, path: string, text: string, mode: number): void {
  const dir = path.slice(0, path.lastIndexOf('/'))
  const dirMode = PRIVATE_DIRS.includes(dir) ? 0o700 : 0o755
  if (!p.fs.exists(dir, p.cwd)) p.fs.mkdir(dir, { parents: true, mode: dirMode, cwd: p.cwd, creds: p.creds })
  const existed = p.fs.exists(path, p.cwd)
  p.fs.writeFile(path, text, { mode, cwd: p.cwd, creds: p.creds })
  if (existed) p.fs.chmod(path, mode, p.cwd, p.creds)
}

/** Is there anything at the path, seen from the process's directory? */
export const exists = (p: Process, path: string): boolean => p.fs.exists(path, p.cwd)

/** pkiutil.TryLoadCertFromDisk. */
export function loadCert(p: Process, base: string): Certificate {
  const path = `${base}.crt`
  try {
    return parseCertsPem(readText(p, path))[0]
  } catch (error) {
    const text = error instanceof SysError ? error.goMessage : `error reading ${path}: ${errorText(error)}`
    throw new KubeadmError(`couldn't load the certificate file ${path}: ${text}`)
  }
}

/** pkiutil.TryLoadKeyFromDisk. */
export function loadKey(p: Process, base: string): PrivateKey {
  const path = `${base}.key`
  let text: string
  try {
    text = readText(p, path)
  } catch (error) {
    throw new KubeadmError(`couldn't load the private key file ${path}: ${errorText(error)}`)
  }
  const key = privateKeyFromPem(text)
  if (key) return key
  throw new KubeadmError(
    `couldn't load the private key file ${path}: error reading private key file ${path}: data does not contain a valid RSA or ECDSA private key`,
  )
}

/** pkiutil.TryLoadCertAndKeyFromDisk. */
export function loadPair(p: Process, base: string): CertAndKey {
  let cert: Certificate
  try {
    cert = loadCert(p, base)
  } catch (error) {
    throw new KubeadmError(`failed to load certificate: ${errorText(error)}`)
  }
  try {
    return { cert, key: loadKey(p, base) }
  } catch (error) {
    throw new KubeadmError(`failed to load key: ${errorText(error)}`)
  }
}

/** Key first, then certificate, as pkiutil.WriteCertAndKey does. */
export function writePair(p: Process, base: string, { cert, key }: CertAndKey): void {
  writeText(p, `${base}.key`, key.pem, 0o600)
  writeText(p, `${base}.crt`, cert.pem, 0o644)
}

/** certs.LoadCertificateAuthority. */
export function loadAuthority(p: Process, dir: string, { base }: Pick<CaDefinition, 'base'>): CertAndKey {
  const path = `${dir}/${base}`
  if (!exists(p, `${path}.crt`) && !exists(p, `${path}.key`))
    throw new KubeadmError(`couldn't load ${base} certificate authority from ${dir}`)
  let pair: CertAndKey
  try {
    pair = loadPair(p, path)
  } catch (error) {
    throw new KubeadmError(`failure loading ${base} certificate authority: ${errorText(error)}`)
  }
  if (!pair.cert.isCa) throw new KubeadmError(`${base} certificate is not a certificate authority`)
  return pair
}

/** certs.UsingExternalCA of one authority: its certificate is here, its key is not. */
export function isExternal(p: Process, dir: string, { base }: Pick<CaDefinition, 'base'>): boolean {
  return exists(p, `${dir}/${base}.crt`) && !exists(p, `${dir}/${base}.key`)
}
