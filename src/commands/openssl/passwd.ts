import type { Coro } from '../../kernel/index.ts'
import { digest } from '../../pki/index.ts'
import { parseOptions } from './options.ts'
import type { Tool } from './tool.ts'

const ITOA64 = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** crypt's own base64: so many characters of a little-endian number. */
function itoa64(value: number, length: number): string {
  let text = ''
  for (let v = value; text.length < length; v = Math.floor(v / 64)) text += ITOA64[v % 64]
  return text
}

const repeat = (block: Buffer, length: number): Buffer => Buffer.alloc(length, block)

/** MD5-based crypt: `$1$` and Apache's `$apr1$`. */
function md5Crypt(password: string, salt: string, magic: '1' | 'apr1'): string {
  const pass = Buffer.from(password)
  const inner = digest('md5', pass, salt, pass)
  const head: (string | Buffer)[] = [pass, `$${magic}$`, salt, repeat(inner, pass.length)]
  for (let i = pass.length; i > 0; i >>= 1) head.push(i & 1 ? Buffer.of(0) : pass.subarray(0, 1))
  let sum = digest('md5', ...head)
  for (let i = 0; i < 1000; i++) {
    const parts: (string | Buffer)[] = [i & 1 ? pass : sum]
    if (i % 3) parts.push(salt)
    if (i % 7) parts.push(pass)
    parts.push(i & 1 ? sum : pass)
    sum = digest('md5', ...parts)
  }
  const groups = [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ]
  const text =
    groups.map(([a, b, c]) => itoa64((sum[a] << 16) | (sum[b] << 8) | sum[c], 4)).join('') + itoa64(sum[11], 2)
  return `$${magic}$${salt}$${text}`
}

/** Drepper's SHA-crypt: `$5$` (SHA-256) and `$6$` (SHA-512), 5000 rounds. */
function shaCrypt(password: string, salt: string, magic: '5' | '6'): string {
  const name = magic === '5' ? 'sha256' : 'sha512'
  const size = magic === '5' ? 32 : 64
  const pass = Buffer.from(password)
  const inner = digest(name, pass, salt, pass)
  const head: (string | Buffer)[] = [pass, salt, repeat(inner, pass.length)]
  for (let i = pass.length; i > 0; i >>= 1) head.push(i & 1 ? inner : pass)
  let sum = digest(name, ...head)
  const p = repeat(digest(name, ...Array.from({ length: pass.length }, () => pass)), pass.length)
  const saltBytes = Buffer.from(salt)
  const s = repeat(digest(name, ...Array.from({ length: 16 + sum[0] }, () => saltBytes)), saltBytes.length)
  for (let i = 0; i < 5000; i++) {
    const parts: Buffer[] = [i & 1 ? p : sum]
    if (i % 3) parts.push(s)
    if (i % 7) parts.push(p)
    parts.push(i & 1 ? sum : p)
    sum = digest(name, ...parts)
  }
  let text = ''
  const third = Math.floor(size / 3)
  for (let i = 0, [a, b, c] = [0, third, 2 * third]; i < third; i++) {
    text += itoa64((sum[a] << 16) | (sum[b] << 8) | sum[c], 4)
    // The three indices rotate their roles, each way its own in the two sizes.
    ;[a, b, c] = magic === '5' ? [c + 1, a + 1, b + 1] : [b + 1, c + 1, a + 1]
  }
  text += magic === '5' ? itoa64((sum[31] << 8) | sum[30], 3) : itoa64(sum[63], 2)
  return `$${magic}$${salt}$${text}`
}

/** `openssl passwd`. */
export function* passwd(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, {
    '1': 'flag',
    '5': 'flag',
    '6': 'flag',
    apr1: 'flag',
    aixmd5: 'flag',
    salt: 'text',
    stdin: 'flag',
    in: 'text',
    noverify: 'flag',
    quiet: 'flag',
    table: 'flag',
    reverse: 'flag',
  })
  const kind = (['6', '5', 'apr1', '1'] as const).find((name) => o.has(name)) ?? '1'
  let words = o.rest
  if (o.has('stdin') || o.get('in') !== undefined)
    words = (yield* tool.text(o.get('in'))).split('\n').filter((w) => w !== '')
  else if (words.length === 0) words = (yield* tool.stdin()).split('\n').slice(0, 1)
  for (const word of words) {
    const length = kind === '5' || kind === '6' ? 16 : 8
    const random = (): string => Array.from({ length }, () => ITOA64[tool.rng.int(64)]).join('')
    const salt = (o.get('salt') ?? random()).slice(0, length)
    const hash = kind === '5' || kind === '6' ? shaCrypt(word, salt, kind) : md5Crypt(word, salt, kind)
    tool.out(o.has('table') ? `${word}\t${hash}\n` : `${hash}\n`)
  }
  return 0
}
