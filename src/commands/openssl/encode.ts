import type { Coro } from '../../kernel/index.ts'
import { bytesToText, textToBytes } from '../../kernel/index.ts'
import { chosenCipher, decrypt, encPassword, encrypt } from './cipher.ts'
import { type OptionSpec, parseNumber, parseOptions } from './options.ts'
import { Exit, type Tool } from './tool.ts'

const SPEC: OptionSpec = {
  base64: 'flag',
  a: 'flag',
  A: 'flag',
  d: 'flag',
  e: 'flag',
  in: 'text',
  out: 'text',
  k: 'text',
  kfile: 'text',
  pass: 'text',
  K: 'text',
  iv: 'text',
  S: 'text',
  md: 'text',
  pbkdf2: 'flag',
  iter: 'number',
  salt: 'flag',
  nosalt: 'flag',
  p: 'flag',
  P: 'flag',
}

/** `openssl base64`, `openssl enc` and `openssl aes-256-cbc` (`name`: what it was called by): encodes, encrypts and back. */
export function* encode(tool: Tool, args: readonly string[], name: string): Coro<number> {
  const o = parseOptions(tool, args, SPEC, 'digest')
  if (o.rest.length > 0) tool.fail(`${tool.name}: Use -help for summary.`)
  const cipher = chosenCipher(tool, o.digest ?? (name === 'enc' || name === 'base64' ? undefined : name))
  const base64 = name === 'base64' || o.has('base64') || o.has('a')
  const password = cipher && !o.has('K') ? yield* encPassword(tool, o) : undefined
  let text: string
  try {
    text = yield* tool.text(o.get('in'))
  } catch (error) {
    tool.tellUnopened(o.get('in'), 'rb', error)
    throw new Exit(1)
  }
  let data: Buffer = Buffer.from(textToBytes(text))
  if (o.has('d')) {
    // Without -A, lines that end nowhere hold nothing.
    if (base64) data = decodeBase64(data.toString('latin1'), o.has('A'))
    tool.write(o.get('out'), bytesToText(cipher ? decrypt(tool, o, cipher, data, password) : data))
    return 0
  }
  if (cipher) data = encrypt(tool, o, cipher, data, password)
  if (!base64) {
    tool.write(o.get('out'), bytesToText(data))
    return 0
  }
  const encoded = data.toString('base64')
  tool.write(o.get('out'), o.has('A') ? encoded : encoded.replace(/.{1,64}/g, '$&\n'))
  return 0
}

function decodeBase64(text: string, oneLine: boolean): Buffer {
  const clean = text.replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.length % 4 !== 0 || (!oneLine && !text.includes('\n')))
    return Buffer.alloc(0)
  return Buffer.from(clean, 'base64')
}

/** `openssl rand`. */
export function rand(tool: Tool, args: readonly string[]): number {
  const o = parseOptions(tool, args, { hex: 'flag', base64: 'flag', out: 'text' })
  const [count] = o.rest
  if (count === undefined) {
    if (!o.has('hex') && !o.has('base64')) return 0
    tool.write(o.get('out'), '\n')
    return 0
  }
  const size = parseNumber(tool, count)
  if (size <= 0 || o.rest.length > 1) tool.fail('rand: Use -help for summary.')
  const bytes = tool.random(size)
  const text = o.has('hex')
    ? `${bytes.toString('hex')}\n`
    : o.has('base64')
      ? bytes.toString('base64').replace(/.{1,64}/g, '$&\n')
      : bytesToText(bytes)
  tool.write(o.get('out'), text)
  return 0
}
