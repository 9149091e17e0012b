import { type Process, SysError, type TlsServer } from '../../host/index.ts'
import { etcdCertPool, x509KeyPair } from '../../pki/index.ts'
import type { TlsFiles } from './config.ts'

/** Text of a file, or an error in Go's words. */
export function read(p: Process, path: string): string {
  try {
    return p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (error instanceof SysError) throw new Error(error.goMessage)
    throw error
  }
}

/** Loads everything as the server does when it begins to serve. Throws what is wrong, in Go's words. */
export function loadTls(p: Process, files: TlsFiles): { caPem: string | undefined } {
  x509KeyPair(read(p, files.cert), read(p, files.key))
  if (!files.ca) return { caPem: undefined }
  const caPem = read(p, files.ca)
  etcdCertPool(caPem)
  return { caPem }
}

/**
 * What the server shows at a handshake: certificate and key are read again each time, the CA is the one from the start.
 * `rejected` is told of every failed handshake.
 */
export function serverTls(
  p: Process,
  files: TlsFiles,
  caPem: string | undefined,
  rejected: (remote: string, error: string) => void,
): TlsServer {
  let problem: string | undefined
  const attempt = (path: string): string => {
    try {
      return read(p, path)
    } catch (error) {
      problem ??= (error as Error).message
      return ''
    }
  }
  return {
    certPem: attempt(files.cert),
    keyPem: attempt(files.key),
    clientCaPem: caPem,
    clientAuth: files.clientAuth ? 'require' : 'none',
    onError: (remote, error) => rejected(remote, problem ?? error),
  }
}
