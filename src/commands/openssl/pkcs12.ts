import { bytesToText, type Coro, textToBytes } from '../../kernel/index.ts'
import { type Bag, encodePem, encryptKey, readPkcs12, type Safe, writePkcs12 } from '../../pki/index.ts'
import { loadCertificates, loadKey } from './load.ts'
import { notSimulated, type OptionSpec, type Options, parseOptions } from './options.ts'
import { ask, newPassword, passwordArgument } from './password.ts'
import { Exit, type Tool } from './tool.ts'

const SPEC: OptionSpec = {
  in: 'text',
  out: 'text',
  export: 'flag',
  inkey: 'text',
  certfile: 'text',
  name: 'text',
  caname: 'list',
  passin: 'text',
  passout: 'text',
  password: 'text',
  nodes: 'flag',
  noenc: 'flag',
  nokeys: 'flag',
  nocerts: 'flag',
  clcerts: 'flag',
  cacerts: 'flag',
  info: 'flag',
  noout: 'flag',
}

/** `openssl pkcs12`: certificates and a key in one file under a password. */
export function* pkcs12(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, SPEC, 'digest')
  if (o.digest !== undefined) {
    if (/^(legacy|CAfile|chain|keypbe|certpbe|iter|macalg|nomac|twopass|LMK|CSP|aes|aria|camellia|des)/i.test(o.digest))
      notSimulated(tool, `pkcs12 -${o.digest}`)
    tool.fail(`pkcs12: Unknown cipher: ${o.digest}\npkcs12: Use -help for summary.`)
  }
  return yield* o.has('export') ? write(tool, o) : show(tool, o)
}

function* write(tool: Tool, o: Options): Coro<number> {
  const password = o.get('passout') ?? o.get('password')
  const given = password === undefined ? undefined : yield* passwordArgument(tool, password)
  const input = o.get('in')
  const key = o.has('nokeys')
    ? undefined
    : yield* loadKey(
        tool,
        o.get('inkey') ?? input,
        o.has('inkey') ? 'private key from -inkey file' : 'private key from -in file',
        o.get('passin'),
      )
  const found = yield* loadCertificates(tool, input, 'certs of certificates from -in file')
  const own = key ? found.find((cert) => cert.publicKey.spki.equals(key.publicKey.spki)) : undefined
  if (key && !own) {
    tool.err(`No cert in -in file '${input ?? '<stdin>'}' matches private key\n`)
    if (found[0] && found[0].publicKey.kind !== key.kind)
      tool.queue(
        '03000065:digital envelope routines:evp_keymgmt_util_match:different key types:../crypto/evp/keymgmt_lib.c:388:',
        '05800073:x509 certificate routines:X509_check_private_key:key type mismatch:../crypto/x509/x509_cmp.c:406:',
      )
    else if (found[0])
      tool.queue(
        '05800074:x509 certificate routines:X509_check_private_key:key values mismatch:../crypto/x509/x509_cmp.c:403:',
      )
    throw new Exit(1)
  }
  const more = o.has('certfile')
    ? yield* loadCertificates(tool, o.get('certfile'), 'extra certificates from -certfile')
    : []
  const certificates = o.has('nocerts') ? [] : [...(own ? [own] : []), ...found.filter((c) => c !== own), ...more]
  const secret = given ?? (yield* newPassword(tool, undefined, 'Export Password'))
  const der = writePkcs12({ key, certificates, name: o.get('name') }, secret, (n) => tool.random(n))
  tool.write(o.get('out'), bytesToText(der), 0o600)
  return 0
}

const ENCRYPTION = 'PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256'

function* show(tool: Tool, o: Options): Coro<number> {
  const given = o.get('passin') ?? o.get('password')
  const input = o.get('in')
  let text: string
  try {
    text = yield* tool.text(input)
  } catch (error) {
    tool.tellUnopened(input, 'rb', error)
    throw new Exit(1)
  }
  if (readPkcs12(textToBytes(text), '') === 'malformed') return malformed(tool)
  const password =
    given === undefined
      ? ((yield* ask(tool, 'Enter Import Password:')) ?? tool.fail("Can't read Password"))
      : yield* passwordArgument(tool, given)
  const safes = readPkcs12(textToBytes(text), password)
  if (safes === 'malformed') return malformed(tool)
  if (safes === 'password') tool.fail('Mac verify error: invalid password?')
  if (o.has('info')) tool.err('MAC: sha256, Iteration 2048\nMAC length: 32, salt length: 8\n')
  let out = ''
  for (const safe of safes) out += yield* showSafe(tool, o, safe)
  if (!o.has('noout')) tool.write(o.get('out'), out, 0o600)
  return 0
}

function malformed(tool: Tool): never {
  tool.queue(
    '068000A8:asn1 encoding routines:asn1_check_tlen:wrong tag:../crypto/asn1/tasn_dec.c:1225:',
    '0688010A:asn1 encoding routines:asn1_item_embed_d2i:nested asn1 error:../crypto/asn1/tasn_dec.c:375:Type=PKCS12',
  )
  throw new Exit(1)
}

function* showSafe(tool: Tool, o: Options, safe: Safe): Coro<string> {
  const info = (text: string): void => {
    if (o.has('info')) tool.err(`${text}\n`)
  }
  info(safe.encrypted ? `PKCS7 Encrypted data: ${ENCRYPTION}` : 'PKCS7 Data')
  let text = ''
  for (const bag of safe.bags) {
    info(bag.certificate ? 'Certificate bag' : bag.shrouded ? `Shrouded Keybag: ${ENCRYPTION}` : 'Key bag')
    if (bag.certificate) {
      // A client's certificate is that which bears its key's mark.
      if (o.has('nocerts') || (o.has('clcerts') && !bag.localKeyId) || (o.has('cacerts') && bag.localKeyId)) continue
      const { certificate } = bag
      text += `${marks(bag)}subject=${tool.names(certificate.subject)}\nissuer=${tool.names(certificate.issuer)}\n${certificate.pem}`
    } else if (bag.pkcs8 && !o.has('nokeys') && !o.has('noout')) {
      text += `${marks(bag)}Key Attributes: <No Attributes>\n`
      if (o.has('nodes') || o.has('noenc')) text += encodePem('PRIVATE KEY', bag.pkcs8)
      else {
        const password = yield* newPassword(tool, o.get('passout'), 'PEM pass phrase')
        text += encodePem(
          'ENCRYPTED PRIVATE KEY',
          encryptKey(bag.pkcs8, password, (n) => tool.random(n)),
        )
      }
    }
  }
  return text
}

/** What hangs on a bag besides what it holds. */
function marks({ name, localKeyId }: Bag): string {
  if (name === undefined && !localKeyId) return 'Bag Attributes: <No Attributes>\n'
  const bytes = localKeyId?.toString('hex').toUpperCase().replace(/../g, '$& ')
  return `Bag Attributes\n${name === undefined ? '' : `    friendlyName: ${name}\n`}${bytes === undefined ? '' : `    localKeyID: ${bytes}\n`}`
}
