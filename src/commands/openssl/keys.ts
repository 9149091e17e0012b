import { SysError } from '../../host/index.ts'
import { bytesToText, type Coro, type Rng, sleep } from '../../kernel/index.ts'
import {
  CURVES,
  type Curve,
  encodePem,
  generateEcKey,
  generateEd25519Key,
  generateRsaKey,
  oid,
  type PrivateKey,
  type PublicKey,
  RSA_SIZES,
} from '../../pki/index.ts'
import { loadKey, loadPublicKey } from './load.ts'
import { notSimulated, type OptionSpec, type Options, parseOptions, refuse } from './options.ts'
import { keyPem } from './password.ts'
import { privateKeyText, publicKeyText } from './text.ts'
import { bioNewFile, Exit, type Tool } from './tool.ts'

/** What an RSA key generation draws while it looks for two primes. */
function primeDots(rng: Rng): string {
  const dots = (): string => {
    let text = ''
    for (let n = rng.between(2, 40); n > 0; n--) text += rng.int(4) === 0 ? '+' : '.'
    return `.${text.replace(/\++/g, '+')}`
  }
  const run = '+'.repeat(65)
  return [0, 1].map(() => `${dots()}${run}*${dots()}${run}*${dots()}.${run}\n`).join('')
}

/** A new RSA key of a size that the simulation has primes for; it takes a while. `complaint`: about a size that is too small. */
function* newRsaKey(tool: Tool, bits: number, complaint: string): Coro<PrivateKey> {
  if (bits < 512) {
    tool.err(`${complaint}\n`)
    tool.queue(
      '1C8000AB:Provider routines:rsa_gen_set_params:key size too small:../providers/implementations/keymgmt/rsa_kmgmt.c:509:',
    )
    throw new Exit(1)
  }
  if (!RSA_SIZES.includes(bits)) notSimulated(tool, `RSA keys of ${bits} bits (only ${RSA_SIZES.join(', ')})`)
  yield* sleep(tool.p.host.kernel, (bits / 2048) ** 3 * 90)
  return generateRsaKey(tool.rng, bits)
}

const parameters = (curve: Curve): string => encodePem('EC PARAMETERS', oid(curve.oid))

function curveOf(tool: Tool, name: string, complaint: string): Curve {
  const known = CURVES.find((curve) => curve.openssl === name || curve.name === name)
  if (known) return known
  if (/^(secp|sect|prime|brainpool|wap|c2|P-|B-|K-)/.test(name))
    notSimulated(tool, `the curve ${name} (only ${CURVES.map((curve) => curve.openssl).join(', ')})`)
  tool.err(`${complaint}\n`)
  tool.queue('0800008D:elliptic curve routines:group_new_from_name:invalid curve:../crypto/ec/ec_lib.c:1490:')
  throw new Exit(1)
}

const PASS: OptionSpec = { passin: 'text', passout: 'text' }

/** `openssl genrsa`: a new RSA key. */
export function* genrsa(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(
    tool,
    args,
    {
      out: 'text',
      traditional: 'flag',
      verbose: 'flag',
      primes: 'number',
      F4: 'flag',
      f4: 'flag',
      '3': 'flag',
      ...PASS,
    },
    'digest',
  )
  const encrypted = encrypts(tool, o)
  if (o.rest.length > 1) tool.fail('Extra arguments given.\ngenrsa: Use -help for summary.')
  if (o.rest.length === 1 && !/^\d+$/.test(o.rest[0])) tool.fail(`genrsa: Can't parse "${o.rest[0]}" as a number`)
  tool.checkPrivate(o.get('out'))
  const key = yield* newRsaKey(tool, Number(o.rest[0] ?? 2048), 'Error setting RSA length')
  if (o.has('verbose')) tool.err(primeDots(tool.rng))
  if (encrypted && o.has('traditional')) notSimulated(tool, 'encrypted keys in the traditional format')
  const pem = yield* keyPem(tool, key, encrypted, o.get('passout'))
  tool.write(o.get('out'), o.has('traditional') ? key.pem : pem, 0o600)
  return 0
}

/** Whether a cipher was named that keys can be encrypted with here: AES of 256 bits. Another name is none of OpenSSL's. */
function encrypts(tool: Tool, { digest: name }: Options): boolean {
  if (name === undefined) return false
  if (/^aes-?256(-cbc)?$/i.test(name)) return true
  if (/^(aes|aria|camellia|des|seed|bf|cast|rc)/i.test(name))
    notSimulated(tool, `encryption with ${name} (only aes256)`)
  // Some tell where help is, and some forget that their errors are still queued.
  if (tool.name === 'rsa' || tool.name === 'pkcs12') refuse(tool, `Unknown cipher: ${name}`)
  tool.err(`${tool.name}: Unknown cipher: ${name}\n`)
  if (tool.name !== 'genrsa') tool.err(`${tool.name}: Use -help for summary.\n`)
  tool.queue(
    `0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:../crypto/evp/evp_fetch.c:386:Global default library context, Algorithm (${name} : 0), Properties (<null>)`,
  )
  throw new Exit(1)
}

/** A key by algorithm name and -pkeyopt values. */
function* keyByAlgorithm(tool: Tool, algorithm: string, options: readonly string[], quiet: boolean): Coro<PrivateKey> {
  const pairs = new Map(options.map((o) => [o.slice(0, o.indexOf(':')), o.slice(o.indexOf(':') + 1)]))
  const known = [
    'rsa_keygen_bits',
    'bits',
    'rsa_keygen_pubexp',
    'rsa_keygen_primes',
    'ec_paramgen_curve',
    'ec_param_enc',
    'group',
  ]
  for (const [name, value] of pairs) {
    if (known.includes(name)) continue
    if (!options.some((o) => o.startsWith(`${name}:`))) tool.fail(`${tool.name}: Error setting ${value} parameter:`)
    tool.err(`${tool.name}: Error setting ${name}:${value} parameter:\n`)
    tool.queue(
      `03000093:digital envelope routines:default_fixup_args:command not supported:../crypto/evp/ctrl_params_translate.c:582:[action:2, state:4] name=${name}, value=${value}`,
    )
    throw new Exit(1)
  }
  switch (algorithm.toUpperCase()) {
    case 'RSA': {
      const bits = pairs.get('rsa_keygen_bits') ?? pairs.get('bits') ?? '2048'
      const complaint = `${tool.name}: Error setting rsa_keygen_bits:${bits} parameter:`
      if (!/^\d+$/.test(bits)) tool.fail(complaint)
      const key = yield* newRsaKey(tool, Number(bits), complaint)
      if (!quiet) tool.err(primeDots(tool.rng))
      return key
    }
    case 'EC': {
      const curve = pairs.get('ec_paramgen_curve') ?? pairs.get('group')
      if (curve === undefined) tool.fail(`${tool.name}: Error generating ${tool.name === 'req' ? algorithm : 'EC'} key`)
      return generateEcKey(tool.rng, curveOf(tool, curve, `${tool.name}: Error generating EC key`))
    }
    case 'ED25519':
      return generateEd25519Key(tool.rng)
    case 'RSA-PSS':
    case 'DSA':
    case 'DH':
    case 'X25519':
    case 'X448':
    case 'ED448':
      return notSimulated(tool, `keys of algorithm ${algorithm}`)
    default:
      tool.err(tool.name === 'req' ? 'Error allocating keygen context\n' : `Error initializing ${algorithm} context\n`)
      tool.queue(
        `0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:../crypto/evp/evp_fetch.c:386:Global default library context, Algorithm (${algorithm} : 0), Properties (<null>)`,
      )
      throw new Exit(1)
  }
}

/** `openssl genpkey`: a new key of a kind that is named. */
export function* genpkey(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(
    tool,
    args,
    {
      out: 'text',
      outform: 'text',
      algorithm: 'text',
      pkeyopt: 'list',
      quiet: 'flag',
      text: 'flag',
      genparam: 'flag',
      paramfile: 'text',
      pass: 'text',
    },
    'digest',
  )
  const encrypted = encrypts(tool, o)
  const algorithm = o.get('algorithm')
  if (algorithm === undefined || o.rest.length > 0) tool.fail('genpkey: Use -help for summary.')
  tool.checkPrivate(o.get('out'))
  const key = yield* keyByAlgorithm(tool, algorithm, o.all('pkeyopt'), o.has('quiet'))
  const isDerForm = isDer(o)
  if (isDerForm && encrypted) notSimulated(tool, 'encrypted keys in DER')
  const text = isDerForm ? bytesToText(key.pkcs8) : yield* keyPem(tool, key, encrypted, o.get('pass'))
  tool.write(o.get('out'), text + (o.has('text') ? privateKeyText(key) : ''), 0o600)
  return 0
}

/** The key of `req -newkey`: `rsa:2048`, `rsa`, `ec` with -pkeyopt, `ed25519`. */
export function* newKey(tool: Tool, spec: string, options: readonly string[]): Coro<PrivateKey> {
  const [algorithm, bits] = spec.split(':')
  const known = /^(rsa|ec|ed25519|ed448|rsa-pss|dsa|dh|x25519|x448)$/i.test(algorithm)
  if (known && bits !== undefined && !/^\d+$/.test(bits)) parameterFile(tool, bits)
  if (algorithm.toLowerCase() !== 'rsa') return yield* keyByAlgorithm(tool, algorithm, options, false)
  const size = bits ?? options.find((o) => o.startsWith('rsa_keygen_bits:'))?.split(':')[1] ?? '2048'
  const key = yield* newRsaKey(tool, Number(size), 'Error setting keysize')
  tool.err(primeDots(tool.rng))
  return key
}

/** `-newkey ALGORITHM:FILE`: parameters out of a file. */
function parameterFile(tool: Tool, path: string): never {
  try {
    tool.read(path)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    tool.err(`Cannot open parameter file ${path}\n`)
    tool.queue(...bioNewFile(path, 'r', error))
    throw new Exit(1)
  }
  return notSimulated(tool, 'parameter files')
}

/** `openssl ecparam`: a curve's parameters, and with -genkey a key. */
export function ecparam(tool: Tool, args: readonly string[]): number {
  const o = parseOptions(tool, args, {
    name: 'text',
    genkey: 'flag',
    noout: 'flag',
    out: 'text',
    text: 'flag',
    check: 'flag',
  })
  if (o.rest.length > 0) tool.fail('ecparam: Use -help for summary.')
  const name = o.get('name')
  if (name === undefined) tool.fail('Unable to load parameters from <NULL>')
  const curve = curveOf(tool, name, 'unable to generate key')
  if (o.has('check')) tool.err('checking elliptic curve parameters: ok\n')
  const key = o.has('genkey') ? generateEcKey(tool.rng, curve) : undefined
  const shown = o.has('text')
    ? `EC-Parameters: (${curve.bytes * 8} bit)\nASN1 OID: ${curve.openssl}\nNIST CURVE: ${curve.name}\n`
    : ''
  const text = shown + (o.has('noout') ? '' : parameters(curve)) + (key ? key.pem : '')
  tool.write(o.get('out'), text, key ? 0o600 : undefined)
  return 0
}

const CONVERT: OptionSpec = {
  in: 'text',
  inform: 'text',
  out: 'text',
  outform: 'text',
  pubin: 'flag',
  pubout: 'flag',
  text: 'flag',
  noout: 'flag',
  check: 'flag',
  traditional: 'flag',
  ...PASS,
}

/** Reads a key with -pubin or without; writes it as the options ask. */
function* readKey(tool: Tool, o: Options, what: string): Coro<{ key?: PrivateKey; publicKey: PublicKey }> {
  if (o.has('pubin'))
    return {
      publicKey: yield* loadPublicKey(tool, o.get('in'), tool.name === 'pkey' ? 'key of Public Key' : 'public key'),
    }
  const key = yield* loadKey(tool, o.get('in'), what, o.get('passin'), o.get('inform'))
  return { key, publicKey: key.publicKey }
}

const isDer = (o: Options): boolean => (o.get('outform') ?? 'PEM').toUpperCase() === 'DER'

/** `openssl rsa`: shows or converts an RSA key. */
export function* rsa(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, { ...CONVERT, modulus: 'flag', RSAPublicKey_out: 'flag' }, 'digest')
  if (o.rest.length > 0) tool.fail('rsa: Use -help for summary.')
  const encrypted = encrypts(tool, o)
  const { key, publicKey } = yield* readKey(tool, o, 'private key')
  if (publicKey.kind !== 'rsa') tool.fail('Not an RSA key')
  let text = ''
  if (o.has('text')) text += key ? privateKeyText(key) : publicKeyText(publicKey, 0)
  if (o.has('modulus')) text += `Modulus=${publicKey.rsa.n.toString(16).toUpperCase()}\n`
  if (o.has('check')) text += 'RSA key ok\n'
  if (o.has('noout')) {
    tool.write(o.get('out'), text)
    return 0
  }
  tool.err('writing RSA key\n')
  yield* writeKey(tool, o, { key, publicKey, text, encrypted, traditional: o.has('traditional') })
  return 0
}

interface Written {
  readonly key: PrivateKey | undefined
  readonly publicKey: PublicKey
  /** What is printed before. */
  readonly text: string
  readonly encrypted: boolean
  /** The private key in the old form of its kind. */
  readonly traditional: boolean
}

/** Writes a key in the form that -outform names, its public half with -pubout. */
function* writeKey(tool: Tool, o: Options, { key, publicKey, text, encrypted, traditional }: Written): Coro {
  const der = isDer(o)
  if (o.has('RSAPublicKey_out')) {
    const { bits } = publicKey
    tool.write(o.get('out'), text + (der ? bytesToText(bits) : encodePem('RSA PUBLIC KEY', bits)))
    return
  }
  if (o.has('pubout') || !key) {
    tool.write(o.get('out'), text + (der ? bytesToText(publicKey.spki) : publicKey.pem))
    return
  }
  if (encrypted && (der || traditional)) notSimulated(tool, 'encrypted keys in DER or in the traditional format')
  const old = traditional && key.kind !== 'ed25519'
  const body = der
    ? bytesToText(old ? key.traditional : key.pkcs8)
    : traditional
      ? key.pem
      : yield* keyPem(tool, key, encrypted, o.get('passout'))
  tool.write(o.get('out'), text + body, 0o600)
}

function* readEcKey(tool: Tool, o: Options): Coro<{ key?: PrivateKey; publicKey: PublicKey }> {
  try {
    return yield* readKey(tool, o, 'private key')
  } catch (error) {
    if (error instanceof Exit) tool.err('unable to load Key\n')
    throw error
  }
}

/** `openssl ec`: shows or converts an EC key. */
export function* ec(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, { ...CONVERT, param_out: 'flag' }, 'digest')
  if (o.rest.length > 0) tool.fail('ec: Use -help for summary.')
  if (encrypts(tool, o)) notSimulated(tool, 'encrypted keys in the traditional format')
  tool.err('read EC key\n')
  const { key, publicKey } = yield* readEcKey(tool, o)
  let text = ''
  if (o.has('check')) tool.err('EC Key valid.\n')
  if (o.has('text')) text += key ? privateKeyText(key) : publicKeyText(publicKey, 0)
  if (o.has('noout')) {
    tool.write(o.get('out'), text)
    return 0
  }
  tool.err('writing EC key\n')
  if (o.has('param_out')) {
    tool.write(o.get('out'), text + parameters(publicKey.curve))
    return 0
  }
  yield* writeKey(tool, o, { key, publicKey, text, encrypted: false, traditional: true })
  return 0
}

/** `openssl pkey`: shows or converts any key. */
export function* pkey(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, { ...CONVERT, pubcheck: 'flag', text_pub: 'flag' }, 'digest')
  if (o.rest.length > 0) tool.fail('pkey: Use -help for summary.')
  const encrypted = encrypts(tool, o)
  const { key, publicKey } = yield* readKey(tool, o, 'key')
  if (o.has('check') || o.has('pubcheck')) tool.out('Key is valid\n')
  const shown =
    o.has('text_pub') || (o.has('text') && !key)
      ? publicKeyText(publicKey, 0)
      : o.has('text') && key
        ? privateKeyText(key)
        : ''
  if (o.has('noout')) {
    tool.write(o.get('out'), shown)
    return 0
  }
  // DER of a private key has been in its kind's own form ever since.
  const traditional = o.has('traditional') || isDer(o)
  if (shown === '') yield* writeKey(tool, o, { key, publicKey, text: '', encrypted, traditional })
  else if (isDer(o) || encrypted) notSimulated(tool, 'text beside a key in DER or an encrypted one')
  else {
    const isPublic = o.has('pubout') || !key
    const pem = isPublic || !key ? publicKey.pem : traditional ? key.pem : key.pkcs8Pem
    tool.write(o.get('out'), pem + shown, isPublic ? undefined : 0o600)
  }
  return 0
}
