import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import {
  type Certificate,
  CertificateRequest,
  decodePem,
  type PrivateKey,
  type PublicKey,
  parseCertificate,
  parsePublicKey,
  parseRequest,
  privateKeyFromPem,
} from '../../pki/index.ts'
import { bioNewFile, Exit, type Tool } from './tool.ts'

/** What OSSL_STORE says of a file that is not there. */
function storeMissing(tool: Tool, what: string, path: string, error: SysError): void {
  tool.err(`Could not open file or uri for loading ${what} from ${path}\n`)
  const number = error.code === 'EACCES' ? 'D' : '2'
  tool.queue(
    '16000069:STORE routines:ossl_store_get0_loader_int:unregistered scheme:../crypto/store/store_register.c:237:scheme=file',
    `80${number.padStart(6, '0')}:system library:file_open:${error.strerror}:../providers/implementations/storemgmt/file_store.c:266:calling stat(${path})`,
  )
}

/** Loads through OSSL_STORE: missing files, and files of something else, are told apart. Undefined after a complaint. */
function* load<T>(
  tool: Tool,
  path: string | undefined,
  what: string,
  parse: (text: string) => T | undefined,
): Coro<T | undefined> {
  let text: string
  try {
    text = yield* tool.text(path)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (error.code === 'EISDIR') tool.err(`Could not read ${what} from ${path}\n`)
    else storeMissing(tool, what, path ?? '', error)
    return undefined
  }
  const value = parse(text)
  if (value !== undefined) return value
  tool.err(`Could not read ${what} from ${path ?? '<stdin>'}\n`)
  // A PEM file of another kind leaves a line; something that is no PEM at all does not.
  if (decodePem(text).length > 0)
    tool.queue('1608010C:STORE routines:ossl_store_handle_load_result:unsupported:../crypto/store/store_result.c:149:')
  return undefined
}

const firstCertificate = (text: string): Certificate | undefined => {
  for (const block of decodePem(text)) {
    if (block.type !== 'CERTIFICATE' && block.type !== 'X509 CERTIFICATE' && block.type !== 'TRUSTED CERTIFICATE')
      continue
    try {
      return parseCertificate(block.bytes)
    } catch {
      return undefined
    }
  }
  return undefined
}

/** A certificate, or the end of the program. `what`: certificate, CA certificate, certificate file. */
export function* loadCertificate(
  tool: Tool,
  path: string | undefined,
  what = 'certificate',
  status = 1,
): Coro<Certificate> {
  const cert = yield* load(tool, path, what, firstCertificate)
  if (!cert) return tool.fail(`Unable to load ${what}\n`, status)
  return cert
}

/** A private key, or the end of the program. */
export function* loadKey(tool: Tool, path: string | undefined, what = 'private key'): Coro<PrivateKey> {
  const key = yield* load(tool, path, what, privateKeyFromPem)
  if (!key) throw new Exit(1)
  return key
}

/** A public key of `PUBLIC KEY` or of whatever holds one. */
export function* loadPublicKey(tool: Tool, path: string | undefined, what = 'public key'): Coro<PublicKey> {
  const key = yield* load(tool, path, what, (text) => {
    const block = decodePem(text).find((b) => b.type === 'PUBLIC KEY')
    return block && parsePublicKey(block.bytes)
  })
  if (!key) throw new Exit(1)
  return key
}

/** A certificate request: read through a plain BIO, with its own complaints. */
export function* loadRequest(tool: Tool, path: string | undefined, unable: string): Coro<CertificateRequest> {
  let text: string
  try {
    text = yield* tool.text(path)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    tool.err(`Can't open "${path}" for reading, ${error.strerror}\n`)
    tool.queue(...bioNewFile(path ?? '', 'r', error))
    return tool.fail(unable)
  }
  const block = decodePem(text).find((b) => /^(NEW )?CERTIFICATE REQUEST$/.test(b.type))
  const request = block && parseRequest(block.bytes)
  if (request instanceof CertificateRequest) return request
  tool.err(`${unable}\n`)
  tool.queue('0480006C:PEM routines:get_name:no start line:../crypto/pem/pem_lib.c:760:Expecting: CERTIFICATE REQUEST')
  throw new Exit(1)
}

/** Certificates of a -CAfile. Undefined after the error queue of X509_load_cert_crl_file. */
export function loadCaFile(tool: Tool, path: string, heading: string | undefined): Certificate[] | undefined {
  const complain = (...lines: string[]): undefined => {
    if (heading !== undefined) tool.err(`${heading}\n`)
    tool.queue(...lines)
  }
  let text: string
  try {
    text = tool.read(path)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    return complain(
      ...bioNewFile(path, 'r', error),
      '05880002:x509 certificate routines:X509_load_cert_crl_file_ex:system lib:../crypto/x509/by_file.c:229:',
    )
  }
  const certs: Certificate[] = []
  for (const block of decodePem(text)) {
    if (block.type !== 'CERTIFICATE') continue
    try {
      certs.push(parseCertificate(block.bytes))
    } catch {}
  }
  if (certs.length > 0) return certs
  return complain(
    '05800088:x509 certificate routines:X509_load_cert_crl_file_ex:no certificate or crl found:../crypto/x509/by_file.c:252:',
  )
}
