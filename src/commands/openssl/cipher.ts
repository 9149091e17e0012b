import { decryptWith, digest, encryptWith, isDigest, passwordKey } from '../../pki/index.ts'
import { notSimulated, type Options, refuse } from './options.ts'
import { newPassword, passwordArgument } from './password.ts'
import { Exit, type Tool } from './tool.ts'

/** A cipher that can be used here. */
interface CipherChoice {
  readonly name: string
  /** Bytes of its key and of its initialisation vector. */
  readonly key: number
  readonly iv: number
}

/** The cipher of that name; undefined without one. Ends the program for one that is unknown or not simulated. */
export function chosenCipher(tool: Tool, name: string | undefined): CipherChoice | undefined {
  if (name === undefined || name === 'none') return undefined
  const aes = /^aes-?(128|192|256)(?:-(cbc|ctr|ecb))?$/i.exec(name)
  if (aes) {
    const mode = (aes[2] ?? 'cbc').toLowerCase()
    return { name: `aes-${aes[1]}-${mode}`, key: Number(aes[1]) / 8, iv: mode === 'ecb' ? 0 : 16 }
  }
  if (/^(aes|aria|camellia|des|seed|bf|cast|rc|sm4|chacha|blowfish|idea)/i.test(name))
    notSimulated(tool, `encryption with ${name}`)
  tool.err(`${tool.name}: Unknown cipher: ${name}\n${tool.name}: Use -help for summary.\n`)
  tool.queue(
    `0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:../crypto/evp/evp_fetch.c:386:Global default library context, Algorithm (${name} : 0), Properties (<null>)`,
  )
  throw new Exit(1)
}

/** The password: given, or asked for. */
export function* encPassword(tool: Tool, o: Options) {
  const path = o.get('kfile')
  const given = o.get('pass') ?? (o.has('k') ? `pass:${o.get('k')}` : path === undefined ? undefined : `file:${path}`)
  if (given !== undefined) return yield* passwordArgument(tool, given)
  const what = `${(o.digest ?? tool.name).toUpperCase()} ${o.has('d') ? 'decryption' : 'encryption'} password`
  return yield* newPassword(tool, undefined, what)
}

const MAGIC = Buffer.from('Salted__')

interface Keys {
  readonly key: Buffer
  readonly iv: Buffer
}

function keysOf(
  tool: Tool,
  o: Options,
  cipher: CipherChoice,
  password: string | undefined,
  salt: Buffer | undefined,
): Keys {
  const given = o.get('K')
  if (given !== undefined) return { key: hex(tool, given, cipher.key), iv: givenIv(tool, o, cipher) }
  const md = o.get('md') ?? 'sha256'
  if (!isDigest(md)) refuse(tool, `Unknown option or message digest: ${md}`)
  const secret = Buffer.from(password ?? '')
  const size = cipher.key + cipher.iv
  let material: Buffer = Buffer.alloc(0)
  if (o.has('pbkdf2') || o.has('iter'))
    material = passwordKey(secret, salt ?? Buffer.alloc(0), { iterations: o.number('iter') ?? 10000, size, digest: md })
  else {
    tool.err('*** WARNING : deprecated key derivation used.\nUsing -iter or -pbkdf2 would be better.\n')
    let block: Buffer = Buffer.alloc(0)
    while (material.length < size) {
      block = digest(md, block, secret, salt ?? Buffer.alloc(0))
      material = Buffer.concat([material, block])
    }
  }
  const iv = o.has('iv') ? givenIv(tool, o, cipher) : material.subarray(cipher.key, size)
  return { key: material.subarray(0, cipher.key), iv }
}

function givenIv(tool: Tool, o: Options, cipher: CipherChoice): Buffer {
  const iv = o.get('iv')
  if (iv === undefined && cipher.iv > 0) tool.fail('iv undefined')
  return hex(tool, iv ?? '', cipher.iv)
}

/** Hexadecimal digits to so many bytes: too few are filled up with zeros, too many cut off. */
function hex(tool: Tool, text: string, size: number): Buffer {
  if (!/^[0-9a-fA-F]*$/.test(text)) tool.fail('non-hex digit\ninvalid hex key value')
  if (text.length < size * 2) tool.err('hex string is too short, padding with zero bytes to length\n')
  if (text.length > size * 2) tool.err('hex string is too long, ignoring excess\n')
  return Buffer.from(text.slice(0, size * 2).padEnd(size * 2, '0'), 'hex')
}

/** -p and -P: salt, key and initialisation vector. True: that was all that was asked for. */
function printKeys(tool: Tool, o: Options, { key, iv }: Keys, salt: Buffer | undefined): boolean {
  if (!o.has('p') && !o.has('P')) return false
  const show = (name: string, bytes: Buffer): void => {
    if (bytes.length > 0) tool.out(`${name}=${bytes.toString('hex').toUpperCase()}\n`)
  }
  if (salt) show('salt', salt)
  show('key', key)
  show('iv ', iv)
  return o.has('P')
}

/** Encrypted bytes, behind their salt unless that was given. */
export function encrypt(
  tool: Tool,
  o: Options,
  cipher: CipherChoice,
  data: Buffer,
  password: string | undefined,
): Buffer {
  const given = o.get('S')
  const salt = o.has('K') || o.has('nosalt') ? undefined : given === undefined ? tool.random(8) : hex(tool, given, 8)
  const keys = keysOf(tool, o, cipher, password, salt)
  if (printKeys(tool, o, keys, salt)) return Buffer.alloc(0)
  const body = encryptWith(cipher.name, keys.key, cipher.iv > 0 ? keys.iv : null, data)
  return salt && given === undefined ? Buffer.concat([MAGIC, salt, body]) : body
}

/** What was encrypted, or the end of the program. */
export function decrypt(
  tool: Tool,
  o: Options,
  cipher: CipherChoice,
  data: Buffer,
  password: string | undefined,
): Buffer {
  const given = o.get('S')
  const salted = !o.has('K') && !o.has('nosalt') && given === undefined
  if (salted && data.length < 16) tool.fail('error reading input file')
  if (salted && !data.subarray(0, 8).equals(MAGIC)) tool.fail('bad magic number')
  const salt = salted ? data.subarray(8, 16) : given === undefined ? undefined : hex(tool, given, 8)
  const keys = keysOf(tool, o, cipher, password, salt)
  if (printKeys(tool, o, keys, salt)) return Buffer.alloc(0)
  const body = salted ? data.subarray(16) : data
  const plain = decryptWith(cipher.name, keys.key, cipher.iv > 0 ? keys.iv : null, body)
  if (plain) return plain
  tool.err('bad decrypt\n')
  tool.queue(
    body.length % 16 === 0 && body.length > 0
      ? '1C800064:Provider routines:ossl_cipher_unpadblock:bad decrypt:../providers/implementations/ciphers/ciphercommon_block.c:124:'
      : '1C80006B:Provider routines:ossl_cipher_generic_block_final:wrong final block length:../providers/implementations/ciphers/ciphercommon.c:443:',
  )
  throw new Exit(1)
}
