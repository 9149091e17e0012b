import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import {
  algorithmFor,
  authorityIssuerExtension,
  authorityKeyIdExtension,
  Certificate,
  type CertificateRequest,
  createRequest,
  digest,
  type Extension,
  isDigest,
  OID,
  opensslKeyId,
  type PrivateKey,
  type PublicKey,
  randomBig,
  subjectKeyIdExtension,
} from '../../pki/index.ts'
import { checkAttributes, purposes } from './certificate-checks.ts'
import { type Config, configValue, parseConfig } from './config.ts'
import { buildExtensions } from './extension-config.ts'
import { loadCertificate, loadKey, loadRequest } from './load.ts'
import { namingOptions } from './name-options.ts'
import type { OptionSpec, Options } from './options.ts'
import { asn1Time, certificateText, extensionOid, extensionText, type NameFormat, requestText } from './text.ts'
import { bioNewFile, Exit, type Tool } from './tool.ts'
import { validity, validityOptions } from './validity.ts'

const FLAGS = [
  'noout',
  'text',
  'serial',
  'subject',
  'issuer',
  'dates',
  'startdate',
  'enddate',
  'fingerprint',
  'hash',
  'subject_hash',
  'issuer_hash',
  'pubkey',
  'modulus',
  'purpose',
  'email',
  'ocsp_uri',
  'ocspid',
  'req',
  'CAcreateserial',
  'x509toreq',
  'preserve_dates',
  'clrext',
  'nocert',
  'new',
  'trustout',
]
const TEXTS = [
  'in',
  'inform',
  'out',
  'outform',
  'ext',
  'nameopt',
  'certopt',
  'dateopt',
  'checkhost',
  'checkip',
  'checkemail',
  'CA',
  'CAkey',
  'CAform',
  'CAkeyform',
  'CAserial',
  'signkey',
  'key',
  'keyform',
  'extfile',
  'extensions',
  'set_serial',
  'copy_extensions',
  'subj',
  'force_pubkey',
  'passin',
  'sigopt',
  'vfyopt',
]
const SPEC: OptionSpec = {
  ...Object.fromEntries(FLAGS.map((name) => [name, 'flag' as const])),
  ...Object.fromEntries(TEXTS.map((name) => [name, 'text' as const])),
  checkend: 'number',
}

/** `openssl x509`: shows a certificate, or signs a request. */
export function* x509(tool: Tool, args: readonly string[]): Coro<number> {
  const [o, format] = namingOptions(tool, args, { ...SPEC, ...validityOptions(tool) })
  if (o.has('x509toreq')) {
    const cert = yield* loadCertificate(tool, o.get('in'))
    const path = o.get('signkey') ?? o.get('key')
    if (path === undefined) tool.fail('Must specify request signing key using -key or -signkey')
    const key = yield* loadKey(tool, path, 'request key', o.get('passin'))
    const request = createRequest(cert.subject, key)
    tool.write(o.get('out'), (o.has('text') ? requestText(request, format) : '') + request.pem)
    return 0
  }
  const cert = o.has('req') ? yield* sign(tool, o) : yield* resign(tool, o, yield* loadCertificate(tool, o.get('in')))
  let text = o.order
    .map((name, i) => (o.order.lastIndexOf(name) === i ? output(tool, o, cert, name, format) : ''))
    .join('')
  const seconds = o.number('checkend')
  if (seconds !== undefined) {
    const expires = cert.notAfter < tool.now + seconds * 1000
    tool.write(o.get('out'), `${text}Certificate will ${expires ? '' : 'not '}expire\n`)
    return expires ? 1 : 0
  }
  text += checkAttributes(cert, { host: o.get('checkhost'), ip: o.get('checkip'), email: o.get('checkemail') })
  if (o.has('noout')) {
    tool.write(o.get('out'), text)
    return 0
  }
  const der = (o.get('outform') ?? 'PEM').toUpperCase() === 'DER'
  tool.write(o.get('out'), text + (der ? derText(cert.der) : cert.pem))
  return 0
}

/** Bytes as the simulation's streams carry them: UTF-8 where they are, U+DC80.. where not. */
function derText(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)
  return out
}

function output(tool: Tool, o: Options, cert: Certificate, name: string, format: NameFormat): string {
  const iso = o.get('dateopt') === 'iso_8601'
  const start = `notBefore=${asn1Time(cert.notBefore, iso)}\n`
  const end = `notAfter=${asn1Time(cert.notAfter, iso)}\n`
  switch (name) {
    case 'subject':
      return `subject=${format(cert.subject)}\n`
    case 'issuer':
      return `issuer=${format(cert.issuer)}\n`
    case 'serial': {
      const hex = cert.serial.toString(16).toUpperCase()
      return `serial=${hex.length % 2 ? '0' : ''}${hex}\n`
    }
    case 'dates':
      return start + end
    case 'startdate':
      return start
    case 'enddate':
      return end
    case 'hash':
    case 'subject_hash':
      return `${cert.subject.opensslHash}\n`
    case 'issuer_hash':
      return `${cert.issuer.opensslHash}\n`
    case 'email':
      return cert.altNames
        .filter((n) => n.type === 'email')
        .map((n) => `${n.value}\n`)
        .join('')
    case 'ocspid': {
      const hex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase()
      return `        Subject OCSP hash: ${hex(digest('sha1', cert.subject.der))}\n        Public key OCSP hash: ${hex(opensslKeyId(cert.publicKey))}\n`
    }
    case 'pubkey':
      return cert.publicKey.pem
    case 'modulus':
      return cert.publicKey.kind === 'rsa'
        ? `Modulus=${cert.publicKey.rsa.n.toString(16).toUpperCase()}\n`
        : 'Modulus=No modulus for this public key type\n'
    case 'text': {
      const omit = (o.get('certopt') ?? '').split(',').map((word) => word.trim().replace(/^no_/, ''))
      return certificateText(cert, format, new Set(omit))
    }
    case 'fingerprint': {
      const algorithm = o.digest !== undefined && isDigest(o.digest) ? o.digest : 'SHA1'
      const hex = digest(algorithm, cert.der).toString('hex').toUpperCase()
      return `${algorithm} Fingerprint=${hex.replace(/..(?=.)/g, '$&:')}\n`
    }
    case 'purpose':
      return purposes(cert)
    case 'ext': {
      const wanted = (o.get('ext') ?? '').split(',').map((n) => extensionOid(n.trim()))
      const found = cert.extensions.filter((e) => wanted.includes(e.oid))
      if (found.length === 0) tool.err('No extensions in certificate\n')
      return found.map((e) => extensionText(e, 0)).join('')
    }
    default:
      return ''
  }
}

/** The digest that signs: SHA-256 unless a known one was named; an unknown one ends the program. */
export function signingAlgorithm(
  tool: Tool,
  key: PrivateKey,
  name: string | undefined,
): ReturnType<typeof algorithmFor> {
  const algorithm = algorithmFor(key.kind, (name ?? 'sha256').toLowerCase().replace('-', ''))
  if (algorithm) return algorithm
  tool.queue(
    `0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:../crypto/evp/evp_fetch.c:386:Global default library context, Algorithm (${name} : 0), Properties (<null>)`,
    '03000086:digital envelope routines:do_sigver_init:initialization error:../crypto/evp/m_sigver.c:251:',
  )
  throw new Exit(1)
}

/** -signkey on a certificate: the same names, new dates, signed by that key. */
function* resign(tool: Tool, o: Options, cert: Certificate): Coro<Certificate> {
  const path = o.get('signkey') ?? o.get('key')
  if (path === undefined) return cert
  const key = yield* loadKey(tool, path, 'private key', o.get('passin'))
  return new Certificate(
    {
      ...cert.fields,
      ...validity(tool, o),
      algorithm: signingAlgorithm(tool, key, o.digest),
      issuer: cert.subject,
      publicKey: key.publicKey,
    },
    key,
  )
}

/** `openssl x509 -req`: a certificate for a request, by an authority or self-signed. */
function* sign(tool: Tool, o: Options): Coro<Certificate> {
  const config = extensionFile(tool, o.get('extfile'))
  const request = yield* loadRequest(tool, o.get('in'), 'Unable to load certificate request input')
  if (!request.valid) tool.fail('Certificate request self-signature did not match the contents')
  tool.err(`Certificate request self-signature ok\nsubject=${tool.names(request.subject)}\n`)
  const selfKey = o.get('signkey') ?? o.get('key')
  if (selfKey !== undefined) {
    const key = yield* loadKey(tool, selfKey, 'private key', o.get('passin'))
    return issue(
      tool,
      o,
      request,
      config,
      { key, publicKey: key.publicKey },
      serialOption(tool, o) ?? randomBig(tool.rng, 20) >> 1n,
    )
  }
  const caPath = o.get('CA')
  if (caPath === undefined) tool.fail('We need a private key to sign with, use -key or -CAkey or -CA with private key')
  const ca = yield* loadCertificate(tool, caPath, 'CA certificate')
  const key = yield* loadKey(tool, o.get('CAkey') ?? caPath, 'CA private key', o.get('passin'))
  if (!key.publicKey.equals(ca.publicKey)) {
    tool.err('CA certificate and CA private key do not match\n')
    tool.queue(
      '05800074:x509 certificate routines:X509_check_private_key:key values mismatch:../crypto/x509/x509_cmp.c:403:',
    )
    throw new Exit(1)
  }
  const serial = serialOption(tool, o) ?? nextSerial(tool, o, caPath)
  return issue(tool, o, request, config, { key, ca, publicKey: request.publicKey }, serial)
}

interface Signer {
  readonly key: PrivateKey
  /** None: self-signed. */
  readonly ca?: Certificate
  readonly publicKey: PublicKey
}

function issue(
  tool: Tool,
  o: Options,
  request: CertificateRequest,
  config: Config | undefined,
  signer: Signer,
  serial: bigint,
): Certificate {
  const extensions = /^copy(all)?$/.test(o.get('copy_extensions') ?? '') ? [...request.extensions] : []
  if (config) {
    const section = o.get('extensions') ?? configValue(config, 'default', 'extensions') ?? 'default'
    const entries = config.get(section)
    if (!entries) {
      tool.err(`Error loading extension section ${section}\n`)
      throw new Exit(1)
    }
    const issuerKeyId = signer.ca ? signer.ca.subjectKeyId : opensslKeyId(signer.publicKey)
    const built = buildExtensions(
      tool,
      entries.filter(([name]) => name !== 'extensions'),
      { subjectKey: signer.publicKey, issuerKeyId, config, section },
      `Error adding extensions from section ${section}`,
    )
    for (const e of built) {
      const at = extensions.findIndex((x) => x.oid === e.oid)
      if (at >= 0) extensions[at] = e
      else extensions.push(e)
    }
  }
  if (extensions.length > 0) addKeyIds(extensions, signer)
  return new Certificate(
    {
      version: extensions.length > 0 ? 3 : 1,
      serial,
      algorithm: signingAlgorithm(tool, signer.key, o.digest),
      issuer: signer.ca?.subject ?? request.subject,
      ...validity(tool, o),
      subject: request.subject,
      publicKey: signer.publicKey,
      extensions,
    },
    signer.key,
  )
}

/** OpenSSL 3 adds both key identifiers to every version 3 certificate that lacks them. */
function addKeyIds(extensions: Extension[], { key, ca, publicKey }: Signer): void {
  if (!extensions.some((e) => e.oid === OID.subjectKeyIdentifier))
    extensions.push(subjectKeyIdExtension(opensslKeyId(publicKey)))
  if (!ca || key.publicKey.equals(publicKey) || extensions.some((e) => e.oid === OID.authorityKeyIdentifier)) return
  extensions.push(
    ca.subjectKeyId ? authorityKeyIdExtension(ca.subjectKeyId) : authorityIssuerExtension(ca.issuer, ca.serial),
  )
}

function extensionFile(tool: Tool, path: string | undefined): Config | undefined {
  if (path === undefined) return undefined
  try {
    return parseConfig(tool.read(path))
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    tool.err(`Can't open "${path}" for reading, ${error.strerror}\n`)
    tool.queue(...bioNewFile(path, 'r', error))
    throw new Exit(1)
  }
}

function serialOption(tool: Tool, o: Options): bigint | undefined {
  const text = o.get('set_serial')
  if (text === undefined) return undefined
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) tool.fail('x509: Use -help for summary.')
  return BigInt(text)
}

/** The next number of the authority's serial file (`ca.srl` beside `ca.crt`), which it keeps up to date. */
function nextSerial(tool: Tool, o: Options, caPath: string): bigint {
  const path = o.get('CAserial') ?? `${caPath.replace(/\.[^./]*$/, '')}.srl`
  const write = (serial: bigint): bigint => {
    const hex = serial.toString(16).toUpperCase()
    tool.write(path, `${hex.length % 2 ? '0' : ''}${hex}\n`)
    return serial
  }
  if (tool.p.fs.exists(path, tool.p.cwd)) {
    const text = tool.read(path).trim()
    if (!/^[0-9a-fA-F]+$/.test(text)) tool.fail(`unable to load number from ${path}`)
    return write(BigInt(`0x${text}`) + 1n)
  }
  const fresh = randomBig(tool.rng, 20) >> 1n
  return o.has('CAcreateserial') ? write(fresh) : fresh
}
