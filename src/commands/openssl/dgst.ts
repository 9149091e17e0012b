import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { textToBytes } from '../../kernel/index.ts'
import { algorithmFor, digest, hmac, isDigest } from '../../pki/index.ts'
import { notSimulated } from './keys.ts'
import { loadKey, loadPublicKey } from './load.ts'
import { type OptionSpec, parseOptions } from './options.ts'
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
  prverify: 'text',
  signature: 'text',
  list: 'flag',
  keyform: 'text',
  passin: 'text',
  sigopt: 'text',
  mac: 'text',
  macopt: 'text',
  d: 'flag',
}

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
}

/** `openssl dgst`, and `openssl sha256` and its like (`name` is then the digest). */
export function* dgst(tool: Tool, args: readonly string[], name?: string): Coro<number> {
  const o = parseOptions(tool, args, SPEC, 'digest')
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
    const data = yield* bytes(tool, sources[0])
    if (signPath !== undefined) {
      const key = yield* loadKey(tool, signPath)
      const signer = algorithmFor(key.kind, algorithm) ?? notSimulated(tool, `signatures with ${algorithm}`)
      tool.write(o.get('out'), binaryText(key.sign(signer, data)))
      return 0
    }
    const key = yield* loadPublicKey(tool, verifyPath)
    const signature = o.get('signature')
    if (signature === undefined) tool.fail('No signature to verify: use the -signature option')
    const signer = algorithmFor(key.kind, algorithm) ?? notSimulated(tool, `signatures with ${algorithm}`)
    const good = key.verify(signer, data, textToBytes(tool.read(signature)))
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
    if (o.has('binary')) text += binaryText(value)
    else if (o.has('r')) text += `${hex} *${source ?? 'stdin'}\n`
    else {
      const shown = o.has('c') ? hex.replace(/..(?=.)/g, '$&:') : hex
      const heading = secret === undefined ? label : `HMAC-${label.replace('SHA2-', 'SHA')}`
      text += `${heading}(${source ?? 'stdin'})= ${shown}\n`
    }
  }
  tool.write(o.get('out'), text)
  return status
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

/** Bytes as the simulation's streams carry them. */
function binaryText(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    let out = ''
    for (const byte of value) out += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)
    return out
  }
}
