import { SysError } from '../../host/index.ts'
import { type Coro, textToBytes } from '../../kernel/index.ts'
import {
  type Certificate,
  CertificateRequest,
  decodePem,
  decryptKey,
  encodePem,
  type PrivateKey,
  type PublicKey,
  parseCertificate,
  parsePublicKey,
  parseRequest,
  privateKeyFromPem,
  readPkcs12,
} from '../../pki/index.ts'
import { notSimulated } from './options.ts'
import { passphrase } from './password.ts'
import { storeQueue, UNSUPPORTED } from './store-queue.ts'
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
  form?: string,
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
  if (readPkcs12(textToBytes(text), '') === 'password')
    notSimulated(tool, `a ${what} in a PKCS#12 file (use openssl pkcs12)`)
  tool.queue(...storeQueue(what, text, form))
  return undefined
}

/** The first certificate of a text: in DER or PEM, or in the one form that is allowed. */
const firstCertificate =
  (form: string | undefined) =>
  (text: string): Certificate | undefined => {
    const bytes = Buffer.from(textToBytes(text))
    try {
      if (form !== 'PEM' && bytes[0] === 0x30 && bytes[1] >= 0x80) return parseCertificate(bytes)
      const block = form === 'DER' ? undefined : decodePem(text).find((b) => CERTIFICATE.test(b.type))
      return block && parseCertificate(block.bytes)
    } catch {
      return undefined
    }
  }

const CERTIFICATE = /^(X509 |TRUSTED )?CERTIFICATE$/

/** PEM or DER, as -inform and its like name them by their first letter; undefined: whichever it is. */
export const formOf = (name: string | undefined): 'PEM' | 'DER' | undefined =>
  name === undefined ? undefined : /^d/i.test(name) ? 'DER' : /^p/i.test(name) ? 'PEM' : undefined

/** A certificate, or the end of the program. `what`: certificate, CA certificate, certificate file. */
export function* loadCertificate(
  tool: Tool,
  path: string | undefined,
  what = 'certificate',
  status = 1,
  inform?: string,
): Coro<Certificate> {
  const form = formOf(inform)
  const cert = yield* load(tool, path, what, firstCertificate(form), form)
  if (!cert) return tool.fail(`Unable to load ${what}\n`, status)
  return cert
}

/** All certificates of a file, or the end of the program. */
export function* loadCertificates(tool: Tool, path: string | undefined, what: string): Coro<Certificate[]> {
  const certs = yield* load(tool, path, what, (text) => {
    const found = decodePem(text).filter((block) => block.type === 'CERTIFICATE')
    try {
      return found.length > 0 ? found.map((block) => parseCertificate(block.bytes)) : undefined
    } catch {
      return undefined
    }
  })
  if (!certs) throw new Exit(1)
  return certs
}

const ENCRYPTED = 'ENCRYPTED PRIVATE KEY'

/**
 * A private key in PEM or DER, or the end of the program. `passin` tells an encrypted one's password, for which somebody
 * at a terminal is asked otherwise. `inform`: the one form that is taken.
 */
export function* loadKey(
  tool: Tool,
  path: string | undefined,
  what = 'private key',
  passin?: string,
  inform?: string,
): Coro<PrivateKey> {
  const form = formOf(inform)
  const der = (text: string): PrivateKey | undefined => {
    const bytes = textToBytes(text)
    return bytes[0] === 0x30 ? privateKeyFromPem(encodePem('PRIVATE KEY', bytes)) : undefined
  }
  const text = yield* load(
    tool,
    path,
    what,
    (all) => {
      const block = form === 'DER' ? undefined : decodePem(all).find((b) => b.type === ENCRYPTED)
      if (block) return block.bytes
      return (form === 'DER' ? undefined : privateKeyFromPem(all)) ?? (form === 'PEM' ? undefined : der(all))
    },
    form,
  )
  if (!text) throw new Exit(1)
  if (!(text instanceof Uint8Array)) return text
  const password = yield* passphrase(tool, passin, path)
  // Nobody there to answer: each of its three decoders asks.
  if (password === undefined) for (let n = 0; n < 2; n++) yield* passphrase(tool, undefined, path)
  const pkcs8 = password === undefined ? undefined : decryptKey(text, password)
  const key = pkcs8 && privateKeyFromPem(encodePem('PRIVATE KEY', pkcs8))
  if (key) return key
  tool.err(`Could not read ${what} from ${path ?? '<stdin>'}\n`)
  tool.queue(
    UNSUPPORTED,
    ...(password === undefined
      ? [
          '1400006B:UI routines:UI_process:processing error:../crypto/ui/ui_lib.c:573:while reading strings',
          '07880028:common libcrypto routines:do_ui_passphrase:UI lib:../crypto/passphrase.c:187:',
          '1C80009F:Provider routines:epki2pki_decode:unable to get passphrase:../providers/implementations/encode_decode/decode_epki2pki.c:96:',
        ]
      : [
          '1C800064:Provider routines:ossl_cipher_unpadblock:bad decrypt:../providers/implementations/ciphers/ciphercommon_block.c:124:',
          '11800074:PKCS12 routines:PKCS12_pbe_crypt_ex:pkcs12 cipherfinal error:../crypto/pkcs12/p12_decr.c:89:maybe wrong password',
        ]),
  )
  throw new Exit(1)
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
export function* loadRequest(
  tool: Tool,
  path: string | undefined,
  unable: string,
  inform?: string,
): Coro<CertificateRequest> {
  let text: string
  try {
    text = yield* tool.text(path)
  } catch (error) {
    tool.tellUnopened(path, formOf(inform) === 'DER' ? 'rb' : 'r', error)
    return tool.fail(unable)
  }
  const isDer = formOf(inform) === 'DER'
  const block = isDer ? undefined : decodePem(text).find((b) => /^(NEW )?CERTIFICATE REQUEST$/.test(b.type))
  const der = isDer ? Buffer.from(textToBytes(text)) : block?.bytes
  const request = der && parseRequest(der)
  if (request instanceof CertificateRequest) return request
  tool.err(`${unable}\n`)
  if (isDer)
    tool.queue(
      '068000A8:asn1 encoding routines:asn1_check_tlen:wrong tag:../crypto/asn1/tasn_dec.c:1225:',
      '0688010A:asn1 encoding routines:asn1_item_embed_d2i:nested asn1 error:../crypto/asn1/tasn_dec.c:375:Type=X509_REQ',
    )
  else
    tool.queue(
      '0480006C:PEM routines:get_name:no start line:../crypto/pem/pem_lib.c:760:Expecting: CERTIFICATE REQUEST',
    )
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
  const blocks = decodePem(text).filter((b) => b.type === 'CERTIFICATE')
  const pemLib = '05880009:x509 certificate routines:X509_load_cert_crl_file_ex:PEM lib:../crypto/x509/by_file.c:235:'
  if ((text.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length > blocks.length)
    return complain('04800064:PEM routines:PEM_read_bio_ex:bad base64 decode:../crypto/pem/pem_lib.c:966:', pemLib)
  for (const block of blocks) {
    try {
      certs.push(parseCertificate(block.bytes))
    } catch {
      return complain(
        ...(block.bytes[0] === 0x30
          ? [
              '0680009B:asn1 encoding routines:ASN1_get_object:too long:../crypto/asn1/asn1_lib.c:95:',
              '06800066:asn1 encoding routines:asn1_check_tlen:bad object header:../crypto/asn1/tasn_dec.c:1205:',
            ]
          : ['068000A8:asn1 encoding routines:asn1_check_tlen:wrong tag:../crypto/asn1/tasn_dec.c:1215:']),
        '0688010A:asn1 encoding routines:asn1_item_embed_d2i:nested asn1 error:../crypto/asn1/tasn_dec.c:375:Type=X509',
        '0488000D:PEM routines:PEM_X509_INFO_read_bio_ex:ASN1 lib:../crypto/pem/pem_info.c:170:',
        pemLib,
      )
    }
  }
  if (certs.length > 0) return certs
  return complain(
    '05800088:x509 certificate routines:X509_load_cert_crl_file_ex:no certificate or crl found:../crypto/x509/by_file.c:252:',
  )
}
