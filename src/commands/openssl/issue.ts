import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import {
  algorithmFor,
  authorityIssuerExtension,
  authorityKeyIdExtension,
  Certificate,
  type CertificateRequest,
  type Extension,
  generateEcKey,
  OID,
  opensslKeyId,
  type PrivateKey,
  type PublicKey,
  randomBig,
  subjectKeyIdExtension,
} from '../../pki/index.ts'
import { type Config, configValue, parseConfig } from './config.ts'
import { buildExtensions } from './extension-config.ts'
import { loadCertificate, loadKey, loadRequest } from './load.ts'
import { parseSubject } from './name-options.ts'
import type { Options } from './options.ts'
import { bioNewFile, Exit, type Tool } from './tool.ts'
import { validity } from './validity.ts'

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
export function* resign(tool: Tool, o: Options, cert: Certificate): Coro<Certificate> {
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
export function* sign(tool: Tool, o: Options): Coro<Certificate> {
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
    tool.tellUnopened(path, 'r', error)
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
