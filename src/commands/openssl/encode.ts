import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { bytesToText, textToBytes } from '../../kernel/index.ts'
import { notSimulated } from './keys.ts'
import { type OptionSpec, parseOptions } from './options.ts'
import { bioNewFile, Exit, type Tool } from './tool.ts'

const SPEC: OptionSpec = {
  base64: 'flag',
  a: 'flag',
  A: 'flag',
  d: 'flag',
  e: 'flag',
  in: 'text',
  out: 'text',
  k: 'text',
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
  none: 'flag',
}

/** `openssl base64`, and `openssl enc` as far as it encodes. */
export function* encode(tool: Tool, args: readonly string[], base64: boolean): Coro<number> {
  const o = parseOptions(tool, args, SPEC, 'digest')
  if (o.digest !== undefined) notSimulated(tool, `encryption with ${o.digest}`)
  if (!base64 && !o.has('base64') && !o.has('a')) notSimulated(tool, 'enc without -base64')
  let text: string
  try {
    text = yield* tool.text(o.get('in'))
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    tool.err(`Can't open "${o.get('in')}" for reading, ${error.strerror}\n`)
    tool.queue(...bioNewFile(o.get('in') ?? '', 'rb', error))
    throw new Exit(1)
  }
  if (o.has('d')) {
    tool.write(o.get('out'), bytesToText(Buffer.from(text.replace(/\s/g, ''), 'base64')))
    return 0
  }
  const encoded = Buffer.from(textToBytes(text)).toString('base64')
  const wrapped = o.has('A') ? encoded : encoded.replace(/.{1,64}/g, '$&\n')
  tool.write(o.get('out'), wrapped)
  return 0
}

/** `openssl rand`. */
export function rand(tool: Tool, args: readonly string[]): number {
  const o = parseOptions(tool, args, { hex: 'flag', base64: 'flag', out: 'text', rand: 'text', writerand: 'text' })
  const [count] = o.rest
  if (count === undefined) {
    if (!o.has('hex') && !o.has('base64')) return 0
    tool.write(o.get('out'), '\n')
    return 0
  }
  if (!/^\d+$/.test(count)) tool.fail(`rand: Can't parse "${count}" as a number\nrand: Use -help for summary.`)
  if (Number(count) === 0 || o.rest.length > 1) tool.fail('rand: Use -help for summary.')
  const bytes = tool.random(Number(count))
  const text = o.has('hex')
    ? `${bytes.toString('hex')}\n`
    : o.has('base64')
      ? bytes.toString('base64').replace(/.{1,64}/g, '$&\n')
      : bytesToText(bytes)
  tool.write(o.get('out'), text)
  return 0
}
