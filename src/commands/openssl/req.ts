import { readLine } from '../../host/index.ts'
import { bytesToText, type Coro } from '../../kernel/index.ts'
import {
  authorityKeyIdExtension,
  basicConstraintsExtension,
  Certificate,
  CertificateRequest,
  type Extension,
  isDigest,
  type Name,
  OID,
  opensslKeyId,
  opensslSubject,
  type PrivateKey,
  randomBig,
  subjectKeyIdExtension,
} from '../../pki/index.ts'
import { type Config, configValue, parseConfig } from './config.ts'
import { buildExtensions } from './extension-config.ts'
import { signingAlgorithm } from './issue.ts'
import { newKey } from './keys.ts'
import { formOf, loadKey, loadRequest } from './load.ts'
import { type NameFormat, titled } from './name-format.ts'
import { LONG_TO_SHORT, namingOptions, parseSubject, wrongAnswer } from './name-options.ts'
import { notSimulated, type OptionSpec, type Options, refuse } from './options.ts'
import { keyPem } from './password.ts'
import { certificateText, omitted, requestText } from './text.ts'
import { Exit, type Tool } from './tool.ts'
import { validity, validityOptions } from './validity.ts'

const SPEC: OptionSpec = {
  new: 'flag',
  x509: 'flag',
  nodes: 'flag',
  noenc: 'flag',
  text: 'flag',
  noout: 'flag',
  verify: 'flag',
  subject: 'flag',
  pubkey: 'flag',
  modulus: 'flag',
  batch: 'flag',
  utf8: 'flag',
  multivalue_rdn: 'flag',
  quiet: 'flag',
  in: 'text',
  inform: 'text',
  out: 'text',
  outform: 'text',
  key: 'text',
  keyform: 'text',
  keyout: 'text',
  newkey: 'text',
  subj: 'text',
  config: 'text',
  extensions: 'text',
  reqexts: 'text',
  nameopt: 'text',
  reqopt: 'text',
  set_serial: 'text',
  CA: 'text',
  passin: 'text',
  passout: 'text',
  copy_extensions: 'text',
  addext: 'list',
  pkeyopt: 'list',
}

/** `openssl req`: makes and shows certificate requests, or self-signed certificates with -x509. */
export function* req(tool: Tool, args: readonly string[]): Coro<number> {
  const [o, format] = namingOptions(tool, args, { ...SPEC, ...validityOptions(tool) })
  if (o.has('CA')) notSimulated(tool, 'req -CA (use x509 -req -CA)')
  if (o.digest !== undefined && !isDigest(o.digest)) refuse(tool, `Unknown option or message digest: ${o.digest}`)
  const omit = omitted(o.get('reqopt'))
  if (omit === undefined) tool.fail('req: Use -help for summary.')
  if (omit === 'beyond') notSimulated(tool, `-reqopt ${o.get('reqopt')}`)
  const addext = addedExtensions(tool, o)
  if (o.has('days') && !o.has('x509')) tool.err('Ignoring -days without -x509; not generating a certificate\n')
  const make = o.has('new') || o.has('newkey') || (o.has('x509') && !o.has('in'))
  const config = configFile(tool, o)

  let key: PrivateKey | undefined
  const keyPath = o.get('key')
  if (keyPath !== undefined) key = yield* loadKey(tool, keyPath, 'private key', o.get('passin'), o.get('keyform'))
  if (make && !key) key = yield* makeKey(tool, o, config)

  if (make && key) {
    const given = o.get('subj')
    const subject = given === undefined ? yield* askSubject(tool, o, config) : parseSubject(tool, given, o.has('utf8'))
    if (o.has('x509')) return showCertificate(tool, o, selfSigned(tool, o, subject, key, addext, config))
    const extensions = requested(tool, o, key, addext, config)
    const algorithm = signingAlgorithm(tool, key, o.digest)
    const request = new CertificateRequest(subject, key.publicKey, extensions, algorithm, key)
    return show(tool, o, request, format, omit)
  }

  const request = yield* loadRequest(tool, o.get('in'), 'Unable to load X509 request', o.get('inform'))
  if (o.has('x509') && key) {
    if (!o.has('copy_extensions'))
      tool.err('Warning: No -copy_extensions given; ignoring any extensions in the request\n')
    return showCertificate(tool, o, selfSigned(tool, o, request.subject, key, addext, config))
  }
  return show(tool, o, request, format, omit)
}

/** -addext: `name=value`, each name once. */
function addedExtensions(tool: Tool, o: Options): Pairs {
  const found: (readonly [string, string])[] = []
  for (const text of o.all('addext')) {
    const cut = text.indexOf('=')
    const name = text.slice(0, cut).trim()
    if (cut < 0 || found.some(([other]) => other === name))
      tool.fail(`Duplicate extension: ${text}\nreq: Use -help for summary.`)
    found.push([name, text.slice(cut + 1).trim()])
  }
  return found
}

/** The new key that -newkey, or the configuration, asks for; it is written to its file. */
function* makeKey(tool: Tool, o: Options, config: Config): Coro<PrivateKey> {
  const fromConfig = configValue(config, 'req', 'default_bits') ?? '2048'
  const spec = o.get('newkey') ?? 'rsa'
  const key = yield* newKey(
    tool,
    /^rsa$/i.test(spec) && !o.all('pkeyopt').length ? `rsa:${fromConfig}` : spec,
    o.all('pkeyopt'),
  )
  const plain = o.has('nodes') || o.has('noenc') || configValue(config, 'req', 'encrypt_key') === 'no'
  const path = o.get('keyout') ?? configValue(config, 'req', 'default_keyfile') ?? 'privkey.pem'
  tool.checkPrivate(path)
  const pem = yield* keyPem(tool, key, !plain, o.get('passout'))
  tool.write(path, pem, 0o600)
  tool.err('-----\n')
  return key
}

function show(
  tool: Tool,
  o: Options,
  request: CertificateRequest,
  format: NameFormat,
  omit: ReadonlySet<string>,
): number {
  if (o.has('verify')) {
    if (!request.valid) tool.fail('Certificate request self-signature verify failure')
    tool.err('Certificate request self-signature verify OK\n')
  }
  let text = ''
  if (o.has('pubkey')) text += request.publicKey.pem
  if (o.has('text')) text += requestText(request, format, omit)
  if (o.has('subject')) text += titled('subject=', request.subject, format)
  if (o.has('modulus')) {
    const { kind, rsa } = request.publicKey
    text += kind === 'rsa' ? `Modulus=${rsa.n.toString(16).toUpperCase()}\n` : 'Modulus=Wrong Algorithm type\n'
  }
  const body = formOf(o.get('outform')) === 'DER' ? bytesToText(request.der) : request.pem
  tool.write(o.get('out'), text + (o.has('noout') ? '' : body))
  return 0
}

function showCertificate(tool: Tool, o: Options, cert: Certificate): number {
  let text = o.has('text') ? certificateText(cert) : ''
  if (o.has('subject')) text += `subject=${tool.names(cert.subject)}\n`
  const body = formOf(o.get('outform')) === 'DER' ? bytesToText(cert.der) : cert.pem
  tool.write(o.get('out'), text + (o.has('noout') ? '' : body))
  return 0
}

const DEFAULT_CONFIG: Config = new Map()

function configFile(tool: Tool, o: Options): Config {
  const path = o.get('config')
  if (path === undefined) return DEFAULT_CONFIG
  try {
    return parseConfig(tool, path, tool.read(path))
  } catch (error) {
    tool.tellUnopened(path, 'r', error)
    throw new Exit(1)
  }
}

type Pairs = readonly (readonly [name: string, value: string])[]

function fromAddext(tool: Tool, key: PrivateKey, addext: Pairs, config: Config): Extension[] {
  const context = { subjectKey: key.publicKey, issuerKeyId: opensslKeyId(key.publicKey), config, section: 'default' }
  return buildExtensions(tool, addext, context, 'Error checking extensions defined using -addext')
}

function fromSection(
  tool: Tool,
  key: PrivateKey,
  config: Config,
  section: string | undefined,
  what: 'request' | 'x509',
): Extension[] {
  if (section === undefined) return []
  const entries = config.get(section)
  const complaint = `Error checking ${what} extension section ${section}`
  if (!entries) return tool.fail(complaint)
  const context = { subjectKey: key.publicKey, issuerKeyId: opensslKeyId(key.publicKey), config, section }
  return buildExtensions(tool, entries, context, complaint)
}

function requested(tool: Tool, o: Options, key: PrivateKey, addext: Pairs, config: Config): Extension[] {
  const section = o.get('reqexts') ?? configValue(config, 'req', 'req_extensions')
  return [...fromSection(tool, key, config, section, 'request'), ...fromAddext(tool, key, addext, config)]
}

/** -x509: with the extensions of Ubuntu's openssl.cnf (v3_ca) unless a configuration names others. */
function selfSigned(
  tool: Tool,
  o: Options,
  subject: Name,
  key: PrivateKey,
  addext: Pairs,
  config: Config,
): Certificate {
  const id = opensslKeyId(key.publicKey)
  const section = o.get('extensions') ?? configValue(config, 'req', 'x509_extensions')
  const base =
    o.has('config') || section !== undefined
      ? fromSection(tool, key, config, section, 'x509')
      : [subjectKeyIdExtension(id), authorityKeyIdExtension(id), basicConstraintsExtension(true)]
  const extensions = [...base]
  for (const e of fromAddext(tool, key, addext, config)) {
    const at = extensions.findIndex((x) => x.oid === e.oid)
    if (at >= 0) extensions[at] = e
    else extensions.push(e)
  }
  if (!extensions.some((e) => e.oid === OID.subjectKeyIdentifier)) extensions.push(subjectKeyIdExtension(id))
  const serial = o.get('set_serial')
  return new Certificate(
    {
      version: 3,
      serial: serial !== undefined ? BigInt(serial) : randomBig(tool.rng, 20) >> 1n,
      algorithm: signingAlgorithm(tool, key, o.digest),
      issuer: subject,
      ...validity(tool, o),
      subject,
      publicKey: key.publicKey,
      extensions,
    },
    key,
  )
}

const INTRODUCTION = `You are about to be asked to enter information that will be incorporated
into your certificate request.
What you are about to enter is what is called a Distinguished Name or a DN.
There are quite a few fields but you can leave some blank
For some fields there will be a default value,
If you enter '.', the field will be left blank.
-----
`

/** Questions of Ubuntu's openssl.cnf. */
const QUESTIONS: readonly (readonly [short: string, text: string, value: string])[] = [
  ['C', 'Country Name (2 letter code)', 'AU'],
  ['ST', 'State or Province Name (full name)', 'Some-State'],
  ['L', 'Locality Name (eg, city)', ''],
  ['O', 'Organization Name (eg, company)', 'Internet Widgits Pty Ltd'],
  ['OU', 'Organizational Unit Name (eg, section)', ''],
  ['CN', 'Common Name (e.g. server FQDN or YOUR name)', ''],
  ['emailAddress', 'Email Address', ''],
]

/** The subject from the configuration (`prompt = no`), or by asking. */
function* askSubject(tool: Tool, o: Options, config: Config): Coro<Name> {
  const section = configValue(config, 'req', 'distinguished_name')
  const entries = section === undefined ? undefined : config.get(section)
  if (entries && configValue(config, 'req', 'prompt') === 'no')
    return opensslSubject(entries.map(([name, value]) => shortPair(name, value)))
  const questions = entries
    ? entries
        .filter(([name]) => !/_(default|min|max|value)$/.test(name))
        .map(([name, text]) => {
          const value = entries.find(([n]) => n === `${name}_default`)?.[1] ?? ''
          return [shortPair(name, '')[0], text, value] as const
        })
    : o.has('config')
      ? []
      : QUESTIONS
  tool.err(INTRODUCTION)
  const found: [string, string][] = []
  for (const [short, text, preset] of questions) {
    let answer = yield* ask(tool, o, text, preset)
    for (
      let wrong = wrongAnswer(short, answer);
      answer !== '' && wrong !== undefined;
      wrong = wrongAnswer(short, answer)
    ) {
      tool.err(wrong)
      answer = yield* ask(tool, o, text, preset)
    }
    if (answer !== '') found.push([short, answer])
  }
  if (found.length === 0) tool.fail('Error: No objects specified in config file\nError making certificate request')
  if (!entries && !o.has('x509') && !o.has('batch')) {
    tool.err("\nPlease enter the following 'extra' attributes\nto be sent with your certificate request\n")
    yield* ask(tool, o, 'A challenge password', '')
    yield* ask(tool, o, 'An optional company name', '')
  }
  return opensslSubject(found)
}

/** Configuration files may number attributes (`0.organizationName`) and use long names. */
function shortPair(name: string, value: string): [string, string] {
  const bare = name.replace(/^\d+\./, '')
  return [LONG_TO_SHORT[bare] ?? bare, value]
}

function* ask(tool: Tool, o: Options, text: string, preset: string): Coro<string> {
  if (o.has('batch')) return preset
  tool.err(`${text} [${preset}]:`)
  const line = yield* readLine(tool.p.stdin)
  if (line === null) tool.fail('Error making certificate request')
  return line === '.' ? '' : line.trim() === '' ? preset : line.trim()
}
