import { bytesToText, type Coro } from '../../kernel/index.ts'
import { type Certificate, createRequest, digest, encodePem, isDigest, opensslKeyId } from '../../pki/index.ts'
import { checkAttributes, purposes } from './certificate-checks.ts'
import { resign, sign } from './issue.ts'
import { formOf, loadCertificate, loadKey } from './load.ts'
import { type NameFormat, titled } from './name-format.ts'
import { namingOptions } from './name-options.ts'
import { badFormat, notSimulated, type OptionSpec, type Options } from './options.ts'
import { asn1Time, certificateText, extensionOid, extensionText, omitted, requestText } from './text.ts'
import { Exit, type Tool } from './tool.ts'
import { validityOptions } from './validity.ts'

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
