import { readLine, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { encodePem, encryptKey, type PrivateKey } from '../../pki/index.ts'
import { Exit, type Tool } from './tool.ts'

/** A password as -passin and its like give it: `pass:…`, `env:…`, `file:…`, `stdin`. */
export function* passwordArgument(tool: Tool, text: string): Coro<string> {
  const fail = (why: string): never => tool.fail(`${why}\nError getting passwords`)
  const firstLine = (all: string): string => all.split('\n', 1)[0].replace(/\r$/, '')
  if (text === 'stdin') return firstLine(yield* tool.stdin())
  const cut = text.indexOf(':')
  const [kind, rest] = [text.slice(0, Math.max(0, cut)), text.slice(cut + 1)]
  if (kind === 'pass') return rest
  if (kind === 'env') return tool.p.env[rest] ?? fail(`No environment variable ${rest}`)
  if (kind === 'file') {
    try {
      return firstLine(tool.read(rest))
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      return fail(`Can't open file ${rest}`)
    }
  }
  return fail(
    kind === '' || kind.length > 4
      ? "Invalid password argument, missing ':' within the first 5 chars"
      : `Invalid password argument, starting with "${kind}:"`,
  )
}

/** Asks for a password at the terminal; undefined without one. What is typed is shown, unlike on a real one. */
export function* ask(tool: Tool, question: string): Coro<string | undefined> {
  tool.err(question)
  if (!tool.p.stdin.isTty) {
    tool.err('\n')
    return undefined
  }
  const line = yield* readLine(tool.p.stdin)
  if (line === null) tool.err('\n')
  return line ?? undefined
}

/** The password of an encrypted key: as given, or asked for. Undefined: nobody is there to tell it. */
export function* passphrase(tool: Tool, given: string | undefined, path: string | undefined): Coro<string | undefined> {
  if (given !== undefined) return yield* passwordArgument(tool, given)
  return yield* ask(tool, `Enter pass phrase for ${path ?? '<stdin>'}:`)
}

/** A password for what is going to be written: as given, or asked for twice. */
export function* newPassword(tool: Tool, given: string | undefined, what: string): Coro<string> {
  if (given !== undefined) return yield* passwordArgument(tool, given)
  const first = yield* ask(tool, `Enter ${what}:`)
  const second = first === undefined ? undefined : yield* ask(tool, `Verifying - Enter ${what}:`)
  if (first === undefined || second === undefined) return unread(tool, what)
  if (first !== second) return tool.fail('Verify failure')
  return first
}

/** Nobody was there to tell a new password. */
function unread(tool: Tool, what: string): never {
  if (!what.startsWith('PEM')) return tool.fail("Can't read Password")
  tool.queue(
    '1400006B:UI routines:UI_process:processing error:../crypto/ui/ui_lib.c:573:while reading strings',
    '0480006D:PEM routines:PEM_def_callback:problems getting password:../crypto/pem/pem_lib.c:62:',
    '07880109:common libcrypto routines:do_ui_passphrase:interrupted or cancelled:../crypto/passphrase.c:184:',
    '1C80009F:Provider routines:p8info_to_encp8:unable to get passphrase:../providers/implementations/encode_decode/encode_key2any.c:115:',
  )
  throw new Exit(1)
}

/** A key in PEM, encrypted where a cipher was named. */
export function* keyPem(tool: Tool, key: PrivateKey, encrypt: boolean, passout: string | undefined): Coro<string> {
  if (!encrypt) return key.pkcs8Pem
  const password = yield* newPassword(tool, passout, 'PEM pass phrase')
  return encodePem(
    'ENCRYPTED PRIVATE KEY',
    encryptKey(key.pkcs8, password, (n) => tool.random(n)),
  )
}
