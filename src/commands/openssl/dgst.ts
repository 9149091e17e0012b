import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { bytesToText, textToBytes } from '../../kernel/index.ts'
import { algorithmFor, digest, hmac, isDigest } from '../../pki/index.ts'
import { loadKey, loadPublicKey } from './load.ts'
import { notSimulated, type OptionSpec, parseOptions } from './options.ts'
import { bioNewFile, Exit, type Tool } from './tool.ts'

const SPEC: OptionSpec = {
  r: 'flag',
  c: 'flag',
  hex: 'flag',
  binary: 'flag',
  out: 'text',
  hmac: 'text',
  sign: 'text',
  verify: 'text',
  signature: 'text',
  list: 'flag',
  keyform: 'text',
  passin: 'text',
}

const DIGESTS =
  'blake2b512 blake2s256 md4 md5 md5-sha1 ripemd ripemd160 rmd160 sha1 sha224 sha256 sha3-224 sha3-256 sha3-384 sha3-512 sha384 sha512 sha512-224 sha512-256 shake128 shake256 sm3 ssl3-md5 ssl3-sha1 whirlpool'.split(
    ' ',
  )

/** What OpenSSL 3 calls a digest that was chosen by name. */
const LABELS: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA1',
  sha224: 'SHA2-224',
  sha256: 'SHA2-256',
  sha384: 'SHA2-384',
  sha512: 'SHA2-512',
  'sha3-256': 'SHA3-256',
  'sha3-512': 'SHA3-512',
  sm3: 'SM3',
  rmd160: 'RIPEMD-160',
  blake2b512: 'BLAKE2B-512',
  blake2s256: 'BLAKE2S-256',
}

/** `openssl dgst`, and `openssl sha256` and its like (`name` is then the digest). */
export function* dgst(tool: Tool, args: readonly string[], name?: string): Coro<number> {
  const o = parseOptions(tool, args, SPEC, 'digest')
  if (o.has('list')) {
    tool.out(`Supported digests:\n${DIGESTS.map((d, i) => `-${d.padEnd(25)}${i % 3 === 2 ? '\n' : ' '}`).join('')}\n`)
    return 0
  }
  const chosen = o.digest ?? name
  if (chosen !== undefined && !(chosen.toLowerCase() in LABELS) && !isDigest(chosen)) {
    tool.err(`${tool.name}: Unknown option or message digest: ${chosen}\n${tool.name}: Use -help for summary.\n`)
    tool.queue(
      `0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:../crypto/evp/evp_fetch.c:386:Global default library context, Algorithm (${chosen} : 0), Properties (<null>)`,
    )
    throw new Exit(1)
  }
  const algorithm = (chosen ?? 'sha256').toLowerCase()
  const label = chosen === undefined ? 'SHA256' : (LABELS[algorithm] ?? chosen.toUpperCase())
  const sources: (string | undefined)[] = o.rest.length > 0 ? [...o.rest] : [undefined]

  const signPath = o.get('sign')
  const verifyPath = o.get('verify')
  if (signPath !== undefined || verifyPath !== undefined) {
    if (sources.length > 1) tool.fail('dgst: Can only sign or verify one file.')
    const data = yield* bytes(tool, sources[0])
    if (signPath !== undefined) {
      const key = yield* loadKey(tool, signPath, 'private key', o.get('passin'), o.get('keyform'))
      const signer = algorithmFor(key.kind, algorithm) ?? notSimulated(tool, `signatures with ${algorithm}`)
      tool.write(o.get('out'), bytesToText(key.sign(signer, data)))
      return 0
    }
    const key = yield* loadPublicKey(tool, verifyPath)
    const signature = o.get('signature')
    if (signature === undefined) tool.fail('No signature to verify: use the -signature option')
    const signer = algorithmFor(key.kind, algorithm) ?? notSimulated(tool, `signatures with ${algorithm}`)
    const good = key.verify(signer, data, signatureBytes(tool, signature))
    if (!good && key.kind === 'rsa')
      tool.queue(
        '02000068:rsa routines:ossl_rsa_verify:bad signature:../crypto/rsa/rsa_sign.c:429:',
        '1C880004:Provider routines:rsa_verify:RSA lib:../providers/implementations/signature/rsa_sig.c:788:',
      )
    tool.out(good ? 'Verified OK\n' : 'Verification failure\n')
    return good ? 0 : 1
  }

  const secret = o.get('hmac')
  let text = ''
  let status = 0
  for (const source of sources) {
    let data: Uint8Array
    try {
      data = yield* bytes(tool, source)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      complain(tool, source ?? '', error)
      status = 1
      continue
    }
    const value = secret === undefined ? digest(algorithm, data) : hmac(algorithm, secret, data)
    const hex = value.toString('hex')
    if (o.has('binary')) text += bytesToText(value)
    else if (o.has('r')) text += `${hex} *${source ?? 'stdin'}\n`
    else {
      const shown = o.has('c') ? hex.replace(/..(?=.)/g, '$&:') : hex
      const heading = secret === undefined ? label : `HMAC-${chosen === undefined ? 'SHA256' : label}`
      text += `${heading}(${source ?? 'stdin'})= ${shown}\n`
    }
  }
  tool.write(o.get('out'), text)
  return status
}

function signatureBytes(tool: Tool, path: string): Uint8Array {
  try {
    return textToBytes(tool.read(path))
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    tool.err(`Error opening signature file ${path}\n`)
    tool.queue(...bioNewFile(path, 'rb', error))
    throw new Exit(1)
  }
}

function complain(tool: Tool, path: string, error: SysError): void {
  if (error.code === 'EISDIR') {
    tool.err(`Read error in ${path}\n`)
    tool.queue(
      '80000015:system library:file_read:Is a directory:../crypto/bio/bss_file.c:149:calling fread()',
      '10080002:BIO routines:file_read:system lib:../crypto/bio/bss_file.c:151:',
    )
    return
  }
  tool.err(`${path}: ${error.strerror}\n`)
  tool.queue(
    `${bioNewFile(path, 'r', error)[0].replace('BIO_new_file', 'file_ctrl').replace('bss_file.c:67', 'bss_file.c:297')}`,
    '10080002:BIO routines:file_ctrl:system lib:../crypto/bio/bss_file.c:300:',
  )
}

function* bytes(tool: Tool, path: string | undefined): Coro<Uint8Array> {
  return textToBytes(yield* tool.text(path))
}
