import { MONTHS } from '../../kernel/index.ts'
import {
  type Certificate,
  type CertificateRequest,
  decodeAltNames,
  decodeAuthorityIssuer,
  decodeAuthorityKeyId,
  decodeBasicConstraints,
  decodeExtKeyUsage,
  decodeKeyUsage,
  decodeSubjectKeyId,
  type Extension,
  formatIpOpenssl,
  type Name,
  OID,
  type PrivateKey,
  type PublicKey,
} from '../../pki/index.ts'
import { type NameFormat, oneline, slashes } from './name-format.ts'

/** ASN1_TIME_print: `Nov 21 01:47:44 2026 GMT`, or ISO 8601 with -dateopt. */
export function asn1Time(ms: number, iso = false): string {
  const text = new Date(ms).toISOString()
  if (iso) return `${text.slice(0, 10)} ${text.slice(11, 19)}Z`
  const day = String(Number(text.slice(8, 10))).padStart(2)
  return `${MONTHS[Number(text.slice(5, 7)) - 1]} ${day} ${text.slice(11, 19)} ${text.slice(0, 4)} GMT`
}

const colons = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?=.)/g, '$&:')

/** Lines of `aa:bb:…:` with so many bytes each. */
function hexBlock(bytes: Uint8Array, indent: number, width: number): string {
  const pad = ' '.repeat(indent)
  let out = ''
  for (let i = 0; i < bytes.length; i += width) {
    const last = i + width >= bytes.length
    out += `${pad}${colons(bytes.subarray(i, i + width))}${last ? '' : ':'}\n`
  }
  return out
}

/** Big-endian bytes of a non-negative number. */
function magnitude(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
}

/** A non-negative number with its leading zero byte where DER has one. */
function signedBytes(value: bigint): Buffer {
  const bytes = magnitude(value)
  return bytes[0] & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}

/** Extended key usages as texts spell them. */
export const EKU: Readonly<Record<string, string>> = {
  serverAuth: 'TLS Web Server Authentication',
  clientAuth: 'TLS Web Client Authentication',
  codeSigning: 'Code Signing',
  emailProtection: 'E-mail Protection',
  timeStamping: 'Time Stamping',
  OCSPSigning: 'OCSP Signing',
  any: 'Any Extended Key Usage',
}

/** Key usages as texts spell them. */
export const KU: Readonly<Record<string, string>> = {
  digitalSignature: 'Digital Signature',
  nonRepudiation: 'Non Repudiation',
  keyEncipherment: 'Key Encipherment',
  dataEncipherment: 'Data Encipherment',
  keyAgreement: 'Key Agreement',
  keyCertSign: 'Certificate Sign',
  cRLSign: 'CRL Sign',
  encipherOnly: 'Encipher Only',
  decipherOnly: 'Decipher Only',
}

/** Extensions by OID: short name for -ext, heading, and text of the value. */
const EXTENSIONS: Readonly<Record<string, { name: string; title: string; value(bytes: Buffer, pad: string): string }>> =
  {
    [OID.subjectKeyIdentifier]: {
      name: 'subjectKeyIdentifier',
      title: 'X509v3 Subject Key Identifier',
      value: (v) => colons(decodeSubjectKeyId(v) ?? Buffer.alloc(0)).toUpperCase(),
    },
    [OID.authorityKeyIdentifier]: {
      name: 'authorityKeyIdentifier',
      title: 'X509v3 Authority Key Identifier',
      value: (v, pad) => {
        const id = decodeAuthorityKeyId(v)
        const named = decodeAuthorityIssuer(v)
        const lines = [
          ...(id ? [colons(id).toUpperCase()] : []),
          ...(named
            ? [`DirName:${slashes(named.issuer)}`, `serial:${colons(magnitude(named.serial)).toUpperCase()}`]
            : []),
        ]
        return lines.join(`\n${pad}`)
      },
    },
    [OID.keyUsage]: {
      name: 'keyUsage',
      title: 'X509v3 Key Usage',
      value: (v) =>
        decodeKeyUsage(v)
          .map((u) => KU[u])
          .join(', '),
    },
    [OID.extKeyUsage]: {
      name: 'extendedKeyUsage',
      title: 'X509v3 Extended Key Usage',
      value: (v) =>
        decodeExtKeyUsage(v)
          .map((u) => EKU[u] ?? u)
          .join(', '),
    },
    [OID.basicConstraints]: {
      name: 'basicConstraints',
      title: 'X509v3 Basic Constraints',
      value: (v) => {
        const { ca, pathLength } = decodeBasicConstraints(v)
        return `CA:${ca ? 'TRUE' : 'FALSE'}${pathLength === undefined ? '' : `, pathlen:${pathLength}`}`
      },
    },
    [OID.subjectAltName]: {
      name: 'subjectAltName',
      title: 'X509v3 Subject Alternative Name',
      value: (v) =>
        decodeAltNames(v)
          .map((n) => {
            const value = n.type === 'ip' ? formatIpOpenssl(n.raw) : n.value
            return `${{ dns: 'DNS', ip: 'IP Address', email: 'email', uri: 'URI', other: 'othername' }[n.type]}:${value}`
          })
          .join(', '),
    },
    [OID.netscapeComment]: {
      name: 'nsComment',
      title: 'Netscape Comment',
      value: (v) => v.subarray(2).toString('latin1'),
    },
  }

/** OID of an extension by OpenSSL's short name. */
export const extensionOid = (name: string): string | undefined =>
  Object.keys(EXTENSIONS).find((id) => EXTENSIONS[id].name === name)

/** Heading of an extension by its OID. */
export const extensionTitle = (oid: string): string | undefined => EXTENSIONS[oid]?.title

/** X509V3_extensions_print of one extension. */
export function extensionText(extension: Extension, indent: number): string {
  const known = EXTENSIONS[extension.oid]
  const pad = ' '.repeat(indent)
  const value = known ? known.value(extension.value, `${pad}    `) : colons(extension.value)
  return `${pad}${known?.title ?? extension.oid}: ${extension.critical ? 'critical' : ''}\n${pad}    ${value}\n`
}

const KEY_NAMES = { rsa: 'rsaEncryption', ec: 'id-ecPublicKey', ed25519: 'ED25519' } as const

/** The name of the key's algorithm in `-text` output. */
export const keyAlgorithm = (key: PublicKey): string => KEY_NAMES[key.kind]

/** A public key as certificates show it, with the headings indented by `indent`. */
export function publicKeyText(key: PublicKey, indent: number): string {
  const pad = ' '.repeat(indent)
  if (key.kind === 'rsa') {
    const { n, e } = key.rsa
    return `${pad}Public-Key: (${key.size} bit)\n${pad}Modulus:\n${hexBlock(signedBytes(n), indent + 4, 15)}${pad}Exponent: ${e} (0x${e.toString(16)})\n`
  }
  const pub = `${pad}pub:\n${hexBlock(key.bits, indent + 4, 15)}`
  if (key.kind === 'ed25519') return `${pad}ED25519 Public-Key:\n${pub}`
  return `${pad}Public-Key: (${key.size} bit)\n${pub}${pad}ASN1 OID: ${key.curve.openssl}\n${pad}NIST CURVE: ${key.curve.name}\n`
}

/** A private key as `rsa -text`, `ec -text` and `pkey -text` show it. */
export function privateKeyText(key: PrivateKey): string {
  const block = (bytes: Uint8Array): string => hexBlock(bytes, 4, 15)
  if (key.kind === 'rsa') {
    const [n, e, d, p, q, dp, dq, qi] = key.rsaNumbers
    const part = (name: string, value: bigint): string => `${name}:\n${block(signedBytes(value))}`
    return (
      `Private-Key: (${key.publicKey.size} bit, 2 primes)\n${part('modulus', n)}publicExponent: ${e} (0x${e.toString(16)})\n` +
      part('privateExponent', d) +
      part('prime1', p) +
      part('prime2', q) +
      part('exponent1', dp) +
      part('exponent2', dq) +
      part('coefficient', qi)
    )
  }
  const { curve, size } = key.publicKey
  const secret = Buffer.from(key.secret[0].toString(16).padStart(size / 4, '0'), 'hex')
  const parts = `priv:\n${block(secret)}pub:\n${block(key.publicKey.bits)}`
  if (key.kind === 'ed25519') return `ED25519 Private-Key:\n${parts}`
  return `Private-Key: (${size} bit)\n${parts}ASN1 OID: ${curve.openssl}\nNIST CURVE: ${curve.name}\n`
}

const signatureText = (algorithm: string, signature: Uint8Array): string =>
  `    Signature Algorithm: ${algorithm}\n    Signature Value:\n${hexBlock(signature, 8, 18)}`

/** A name within a text: one attribute a line goes further in. */
function named(heading: string, name: Name, format: NameFormat): string {
  // What is not asked for in any other way prints here without its slashes.
  const text =
    format === slashes
      ? slashes(name)
          .replace(/^\//, '')
          .replace(/\/(?=[A-Z]+=)/g, ', ')
      : format(name)
  if (!format.multiline) return `        ${heading}: ${text}\n`
  return `        ${heading}:\n${text.replace(/^/gm, '        ')}\n`
}

/** Sections that -certopt or -reqopt leave out, by their words without `no_`. Undefined: one is no such word. */
export function omitted(options: string | undefined): ReadonlySet<string> | 'beyond' | undefined {
  const omit = new Set<string>()
  for (const item of options?.split(',') ?? []) {
    const word = item.trim().toLowerCase()
    const bare = word.replace(/^[-+]/, '')
    if (bare === 'ca_default') for (const name of CA_DEFAULT) omit.add(name)
    else if (bare === 'compatible') omit.clear()
    else if (/^ext_(default|error)$/.test(bare)) continue
    else if (/^ext_(parse|dump)$/.test(bare)) return 'beyond'
    else if (!SECTIONS.includes(bare.replace(/^no_/, '')) || !bare.startsWith('no_')) return undefined
    else if (word.startsWith('-')) omit.delete(bare.slice(3))
    else omit.add(bare.slice(3))
  }
  return omit
}

const CA_DEFAULT = ['header', 'version', 'issuer', 'pubkey']
const SECTIONS = 'header version serial signame validity subject issuer pubkey extensions sigdump aux attributes'.split(
  ' ',
)

function serialText(serial: bigint): string {
  if (serial <= 0x7fffffffffffffffn) return `        Serial Number: ${serial} (0x${serial.toString(16)})\n`
  return `        Serial Number:\n            ${colons(magnitude(serial))}\n`
}

/** `openssl x509 -text`. `omit`: names of -certopt without their `no_`. */
export function certificateText(
  cert: Certificate,
  format: NameFormat = oneline,
  omit: ReadonlySet<string> = new Set(),
): string {
  const { fields } = cert
  const section = (name: string, text: string): string => (omit.has(name) ? '' : text)
  const extensions =
    cert.extensions.length > 0
      ? `        X509v3 extensions:\n${cert.extensions.map((e) => extensionText(e, 12)).join('')}`
      : ''
  return (
    section('header', 'Certificate:\n    Data:\n') +
    section('version', `        Version: ${fields.version} (0x${fields.version - 1})\n`) +
    section('serial', serialText(cert.serial)) +
    section('signame', `        Signature Algorithm: ${fields.algorithm.name}\n`) +
    section('issuer', named('Issuer', cert.issuer, format)) +
    section(
      'validity',
      `        Validity\n            Not Before: ${asn1Time(cert.notBefore)}\n            Not After : ${asn1Time(cert.notAfter)}\n`,
    ) +
    section('subject', named('Subject', cert.subject, format)) +
    section(
      'pubkey',
      `        Subject Public Key Info:\n            Public Key Algorithm: ${keyAlgorithm(cert.publicKey)}\n${publicKeyText(cert.publicKey, 16)}`,
    ) +
    section('extensions', extensions) +
    section('sigdump', signatureText(fields.algorithm.name, cert.signature))
  )
}

/** `openssl req -text`. `omit`: names of -reqopt without their `no_`. */
export function requestText(
  request: CertificateRequest,
  format: NameFormat = oneline,
  omit: ReadonlySet<string> = new Set(),
): string {
  const section = (name: string, text: string): string => (omit.has(name) ? '' : text)
  const requested = section(
    'extensions',
    `            Requested Extensions:\n${request.extensions.map((e) => extensionText(e, 16)).join('')}`,
  )
  return (
    section('header', 'Certificate Request:\n    Data:\n') +
    section('version', '        Version: 1 (0x0)\n') +
    section('subject', named('Subject', request.subject, format)) +
    section(
      'pubkey',
      `        Subject Public Key Info:\n            Public Key Algorithm: ${keyAlgorithm(request.publicKey)}\n${publicKeyText(request.publicKey, 16)}`,
    ) +
    section('attributes', `        Attributes:\n${request.extensions.length > 0 ? '' : '            (none)\n'}`) +
    requested +
    section('sigdump', signatureText(request.algorithm.name, request.signature))
  )
}
