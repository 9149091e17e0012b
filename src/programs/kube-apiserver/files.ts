import { type Process, SysError } from '../../host/index.ts'
import { appendCertsFromPem, PkiError, type PublicKey, publicKeysFromPem, x509KeyPair } from '../../pki/index.ts'
import type { ApiServerFlags } from './flags.ts'

/** A file named by a flag is missing or no good: Go's words. */
export class FileError extends Error {}

/** Reads a file or throws FileError. */
export function readFile(p: Process, path: string): string {
  try {
    return p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (error instanceof SysError) throw new FileError(error.goMessage)
    throw error
  }
}

/** Reads it if one can. */
export function tryRead(p: Process, path: string): string | undefined {
  try {
    return readFile(p, path)
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}

/** Certificate and key that belong together. Throws FileError. */
export function checkKeyPair(p: Process, certFile: string, keyFile: string): void {
  const cert = readFile(p, certFile)
  const key = readFile(p, keyFile)
  try {
    x509KeyPair(cert, key)
  } catch (error) {
    if (error instanceof PkiError) throw new FileError(error.message)
    throw error
  }
}

/** A CA bundle with at least one certificate. Throws FileError. */
export function checkCaFile(p: Process, path: string, what: string): void {
  const pem = readFile(p, path)
  if (appendCertsFromPem(pem).length === 0) {
    throw new FileError(`unable to load ${what}: data does not contain any valid RSA or ECDSA certificates`)
  }
}

/** Keys that verify service account tokens. Throws FileError. */
export function serviceAccountKeys(p: Process, flags: ApiServerFlags): readonly PublicKey[] {
  return flags.list('service-account-key-file').flatMap((path) => {
    const pem = readFile(p, path)
    const keys = publicKeysFromPem(pem)
    if (keys.length === 0) throw new FileError(`data does not contain any valid RSA or ECDSA public keys`)
    return keys
  })
}
