import { SysError } from '../../host/index.ts'
import { bytesToText, type Coro } from '../../kernel/index.ts'
import {
  algorithmFor,
  authorityIssuerExtension,
  authorityKeyIdExtension,
  Certificate,
  type CertificateRequest,
  createRequest,
  digest,
  type Extension,
  encodePem,
  generateEcKey,
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
import { formOf, loadCertificate, loadKey, loadRequest } from './load.ts'
import { type NameFormat, titled } from './name-format.ts'
import { namingOptions, parseSubject } from './name-options.ts'
import { badFormat, notSimulated, type OptionSpec, type Options } from './options.ts'
import { asn1Time, certificateText, extensionOid, extensionText, omitted, requestText } from './text.ts'
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
  'nocert',
  'new',
  'trustout',
  'alias',
  'subject_hash_old',
  'issuer_hash_old',
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
  'passin',
]
const SPEC: OptionSpec = {
  ...Object.fromEntries(FLAGS.map((name) => [name, 'flag' as const])),
  ...Object.fromEntries(TEXTS.map((name) => [name, 'text' as const])),
  checkend: 'number',
}

/** `openssl x509`: shows a certificate, or signs a request. */
export function* x509(tool: Tool, args: readonly string[]): Coro<number> {
  const [o, format] = namingOptions(tool, args, { ...SPEC, ...validityOptions(tool) })
  checkOptions(tool, o)
  if (o.has('x509toreq')) return yield* toRequest(tool, o, format)
  const cert = yield* subjectOf(tool, o)
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
  if (o.has('noout') || o.has('nocert')) {
    tool.write(o.get('out'), text)
    return 0
  }
  const outform = o.get('outform') ?? 'PEM'
  if (badFormat(outform, true) !== undefined) {
    tool.write(o.get('out'), text)
    return tool.fail('Bad output format specified for outfile')
  }
  const pem = o.has('trustout') ? encodePem('TRUSTED CERTIFICATE', cert.der) : cert.pem
  tool.write(o.get('out'), text + (formOf(outform) === 'DER' ? bytesToText(cert.der) : pem))
  return 0
}

/** What is wrong with values that the command reads for itself. */
function checkOptions(tool: Tool, o: Options): void {
  const help = (text: string): never => tool.fail(`${text}${tool.name}: Use -help for summary.`)
  const inform = o.get('inform')
  const bad = inform === undefined ? undefined : badFormat(inform, true)
  if (bad !== undefined) help(`${tool.name}: Bad format "${inform}"${bad}\n`)
  const copy = o.get('copy_extensions')
  if (copy !== undefined && !/^(none|copy|copyall)$/.test(copy)) tool.fail(`Invalid extension copy option: ${copy}`)
  const date = o.get('dateopt')
  if (date !== undefined && !/^(rfc_822|iso_8601)$/.test(date)) tool.fail(`Invalid date format: ${date}`)
  const sections = omitted(o.get('certopt'))
  if (sections === undefined) help('')
  if (sections === 'beyond') notSimulated(tool, `-certopt ${o.get('certopt')}`)
  const serial = o.get('set_serial')
  if (serial !== undefined && !/^(0x[0-9a-f]+|\d+)$/i.test(serial)) {
    tool.err(`${tool.name}: Use -help for summary.\n`)
    tool.queue('11000064:X509 V3 routines:s2i_ASN1_INTEGER:bn dec2bn error:../crypto/x509/v3_utl.c:231:')
    throw new Exit(1)
  }
}

/** -x509toreq. */
function* toRequest(tool: Tool, o: Options, format: NameFormat): Coro<number> {
  const cert = yield* loadCertificate(tool, o.get('in'), 'certificate', 1, o.get('inform'))
  const path = o.get('signkey') ?? o.get('key')
  if (path === undefined) tool.fail('Must specify request signing key using -key')
  const key = yield* loadKey(tool, path, 'request key', o.get('passin'))
  const copied = /^copy(all)?$/.test(o.get('copy_extensions') ?? '') ? cert.extensions : []
  const request = createRequest(cert.subject, key, copied)
  const text = o.has('text') ? requestText(request, format) : ''
  tool.write(o.get('out'), text + (o.has('noout') ? '' : request.pem))
  return 0
}

/** The certificate that is shown: read, made for a request, or made anew. */
function* subjectOf(tool: Tool, o: Options): Coro<Certificate> {
  if (o.has('req') || o.has('new')) return yield* sign(tool, o)
  const cert = yield* loadCertificate(tool, o.get('in'), 'certificate', 1, o.get('inform'))
  if (o.has('CA')) notSimulated(tool, 'x509 -CA without -req')
  return yield* resign(tool, o, cert)
}

function output(tool: Tool, o: Options, cert: Certificate, name: string, format: NameFormat): string {
  const iso = o.get('dateopt') === 'iso_8601'
  const start = `notBefore=${asn1Time(cert.notBefore, iso)}\n`
  const end = `notAfter=${asn1Time(cert.notAfter, iso)}\n`
  switch (name) {
    case 'subject':
      return titled('subject=', cert.subject, format)
    case 'issuer':
      return titled('issuer=', cert.issuer, format)
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
    case 'subject_hash_old':
      return `${cert.subject.opensslHashOld}\n`
    case 'issuer_hash_old':
      return `${cert.issuer.opensslHashOld}\n`
    case 'alias':
      return '<No Alias>\n'
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
      const omit = omitted(o.get('certopt'))
      return certificateText(cert, format, typeof omit === 'object' ? omit : undefined)
    }
    case 'fingerprint': {
      const algorithm = o.digest ?? 'SHA1'
      if (!isDigest(algorithm)) return unknownDigest(tool, algorithm)
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

function unknownDigest(tool: Tool, name: string): never {
  tool.err('Unknown digest\n')
  tool.queue(
    `0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:../crypto/evp/evp_fetch.c:386:Global default library context, Algorithm (${name} : 0), Properties (<null>)`,
  )
  throw new Exit(1)
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

/** `openssl x509 -req` and `-new`: a certificate for a request, or for a subject that is named, by an authority or self-signed. */
function* sign(tool: Tool, o: Options): Coro<Certificate> {
  const selfPath = o.get('signkey') ?? o.get('key')
  const caPath = o.get('CA')
  if (selfPath !== undefined && caPath !== undefined) tool.fail('Cannot use both -key/-signkey and -CA option')
  if (o.has('new') && !o.has('subj')) tool.fail('The -new option requires a subject to be set using -subj')
  const selfKey =
    selfPath === undefined
      ? undefined
      : yield* loadKey(tool, selfPath, 'private key', o.get('passin'), o.get('keyform'))
  for (const [option, needs] of [
    ['CAkey', 'CA'],
    ['extensions', 'extfile'],
  ] as const)
    if (o.has(option) && !o.has(needs))
      tool.err(
        option === 'CAkey'
          ? 'Warning: ignoring -CAkey option since -CA option is not given\n'
          : 'Warning: ignoring -extensions option without -extfile\n',
      )
  const config = extensionFile(tool, o.get('extfile'))
  if (config) checkSection(tool, o, config)
  const request = o.has('req') ? yield* requestToSign(tool, o) : undefined
  const given = o.get('subj')
  const subject = given === undefined ? request?.subject : parseSubject(tool, given, true)
  if (!subject) throw new Exit(1)
  const wanted = { subject, extensions: request?.extensions ?? [] }
  if (selfKey)
    return issue(
      tool,
      o,
      wanted,
      config,
      { key: selfKey, publicKey: selfKey.publicKey },
      serialOption(o) ?? randomBig(tool.rng, 20) >> 1n,
    )
  if (caPath === undefined) {
    if (!o.has('CAkey')) tool.fail('We need a private key to sign with, use -key or -CAkey or -CA with private key')
    tool.err('Unable to write certificate\n')
    tool.queue(
      '068000DE:asn1 encoding routines:asn1_template_ex_i2d:illegal zero content:../crypto/asn1/tasn_enc.c:373:',
      '0488000D:PEM routines:PEM_ASN1_write_bio:ASN1 lib:../crypto/pem/pem_lib.c:343:',
    )
    throw new Exit(1)
  }
  const ca = yield* loadCertificate(tool, caPath, 'CA certificate', 1, o.get('CAform'))
  const key = yield* loadKey(tool, o.get('CAkey') ?? caPath, 'CA private key', o.get('passin'), o.get('CAkeyform'))
  if (!key.publicKey.equals(ca.publicKey)) {
    tool.err('CA certificate and CA private key do not match\n')
    tool.queue(...keyMismatch(key.publicKey, ca.publicKey))
    throw new Exit(1)
  }
  const serial = serialOption(o) ?? nextSerial(tool, o, caPath)
  const publicKey = request?.publicKey ?? key.publicKey
  return issue(tool, o, wanted, config, { key, ca, publicKey }, serial)
}

function* requestToSign(tool: Tool, o: Options): Coro<CertificateRequest> {
  const request = yield* loadRequest(tool, o.get('in'), 'Unable to load certificate request input', o.get('inform'))
  if (!request.valid) tool.fail('Certificate request self-signature did not match the contents')
  tool.err(`Certificate request self-signature ok\nsubject=${tool.names(request.subject)}\n`)
  return request
}

/** The error queue of X509_check_private_key. */
export const keyMismatch = (a: PublicKey, b: PublicKey): readonly string[] =>
  a.kind === b.kind
    ? ['05800074:x509 certificate routines:X509_check_private_key:key values mismatch:../crypto/x509/x509_cmp.c:403:']
    : [
        '03000065:digital envelope routines:evp_keymgmt_util_match:different key types:../crypto/evp/keymgmt_lib.c:388:',
        '05800073:x509 certificate routines:X509_check_private_key:key type mismatch:../crypto/x509/x509_cmp.c:406:',
      ]

const sectionOf = (o: Options, config: Config): string =>
  o.get('extensions') ?? configValue(config, 'default', 'extensions') ?? 'default'

/** The extensions of the file are tried before anything is signed. */
function checkSection(tool: Tool, o: Options, config: Config): void {
  const section = sectionOf(o, config)
  const entries = config.get(section)
  const complaint = `Error checking extension section ${section}`
  if (!entries) return tool.fail(complaint)
  const { publicKey } = generateEcKey(tool.rng)
  buildExtensions(
    tool,
    entries.filter(([name]) => name !== 'extensions'),
    { subjectKey: publicKey, issuerKeyId: undefined, config, section },
    complaint,
  )
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
  request: Pick<CertificateRequest, 'subject' | 'extensions'>,
  config: Config | undefined,
  signer: Signer,
  serial: bigint,
): Certificate {
  const extensions = /^copy(all)?$/.test(o.get('copy_extensions') ?? '') ? [...request.extensions] : []
  if (config) {
    const section = sectionOf(o, config)
    const entries = config.get(section) ?? []
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
    return parseConfig(tool, path, tool.read(path))
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    tool.err(`Can't open "${path}" for reading, ${error.strerror}\n`)
    tool.queue(...bioNewFile(path, 'r', error))
    throw new Exit(1)
  }
}

const serialOption = (o: Options): bigint | undefined => {
  const text = o.get('set_serial')
  return text === undefined ? undefined : BigInt(text)
}

/** The next number of the authority's serial file (`ca.srl` beside `ca.crt`), which it keeps up to date. */
function nextSerial(tool: Tool, o: Options, caPath: string): bigint {
  const given = o.get('CAserial')
  const path = given ?? `${caPath.replace(/\.[^./]*$/, '')}.srl`
  const write = (serial: bigint): bigint => {
    const hex = serial.toString(16).toUpperCase()
    tool.write(path, `${hex.length % 2 ? '0' : ''}${hex}\n`)
    return serial
  }
  try {
    const text = tool.read(path).trim()
    if (/^([0-9a-fA-F]{2})+$/.test(text)) return write(BigInt(`0x${text}`) + 1n)
    tool.err(`Unable to load number from ${path}\n`)
    tool.queue(
      `${/^[0-9a-fA-F]+$/.test(text) ? '06800091:asn1 encoding routines:a2i_ASN1_INTEGER:odd number of chars:../crypto/asn1/f_int.c:109:' : '06800096:asn1 encoding routines:a2i_ASN1_INTEGER:short line:../crypto/asn1/f_int.c:138:'}`,
    )
    throw new Exit(1)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    const fresh = randomBig(tool.rng, 20) >> 1n
    if (o.has('CAcreateserial')) return write(fresh)
    if (given === undefined) return fresh
    tool.err(`${path}: ${error.strerror}\n`)
    tool.queue(...bioNewFile(path, 'r', error))
    throw new Exit(1)
  }
}
