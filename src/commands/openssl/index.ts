import type { Process, Program } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { asn1parse } from './asn1parse.ts'
import { dgst } from './dgst.ts'
import { encode, rand } from './encode.ts'
import { HELP, isCipherCommand, isCommand, isDigestCommand } from './help.ts'
import { hasHelpPage, helpPage } from './help-pages.ts'
import { ec, ecparam, genpkey, genrsa, pkey, rsa } from './keys.ts'
import { notSimulated, refuse } from './options.ts'
import { passwd } from './passwd.ts'
import { crl2pkcs7, pkcs7 } from './pkcs7.ts'
import { pkcs12 } from './pkcs12.ts'
import { req } from './req.ts'
import { sClient } from './s-client.ts'
import { Exit, Tool } from './tool.ts'
import { verify } from './verify.ts'
import { version } from './version.ts'
import { x509 } from './x509.ts'

type Subcommand = (tool: Tool, args: readonly string[]) => Coro<number> | number

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  asn1parse,
  base64: (tool, args) => encode(tool, args, 'base64'),
  crl2pkcs7,
  dgst,
  ec,
  ecparam,
  enc: (tool, args) => encode(tool, args, 'enc'),
  genpkey,
  genrsa,
  help,
  passwd,
  pkcs12,
  pkcs7,
  pkey,
  rand,
  req,
  rsa,
  s_client: sClient,
  verify,
  version,
  x509,
}

/** `openssl`, as far as certificates need it, in the words of OpenSSL 3.0. */
export const opensslProgram: Program = {
  name: 'openssl',
  *main(p: Process): Coro<number> {
    yield* sleep(p.host.kernel, 20)
    // Without arguments it is `help`: there have been no commands to type since 3.0.
    const [name = 'help', ...args] = p.argv.slice(1)
    return yield* run(p, name.replace(/^--?(?=h(elp)?$)/, '').replace(/^h$/, 'help'), args)
  },
}

/** `openssl help [COMMAND]`. */
function help(tool: Tool, args: readonly string[]): number {
  if (args[0]?.startsWith('-')) refuse(tool, `Unknown option: ${args[0]}`)
  if (args.length > 1) tool.fail('Usage: help', 1)
  const [name] = args
  if (name === undefined) tool.err(HELP)
  else if (isCommand(name) || isDigestCommand(name) || isCipherCommand(name)) showHelp(tool, name)
  else tool.fail(`Invalid command '${name}'; type "help" for a list.`)
  return 0
}

/** A command that OpenSSL has and that is not simulated; some of them have their help page. */
function notSimulatedCommand(tool: Tool, name: string, args: readonly string[]): number {
  if (/^--?help$/.test(args[0] ?? '')) showHelp(tool, name)
  else notSimulated(tool, name)
  return 0
}

function showHelp(tool: Tool, name: string): void {
  if (!hasHelpPage(name)) notSimulated(tool, `${name} -help`)
  tool.err(helpPage(name))
}

function* run(p: Process, name: string, args: readonly string[]): Coro<number> {
  const tool = new Tool(p, name)
  try {
    const subcommand = SUBCOMMANDS[name]
    if (subcommand) {
      const result = subcommand(tool, args)
      return typeof result === 'number' ? result : yield* result
    }
    if (isDigestCommand(name)) return yield* dgst(tool, args, name)
    if (name.startsWith('no-')) {
      const bare = name.slice(3)
      const known = isCommand(bare) || isDigestCommand(bare) || isCipherCommand(bare)
      p.stdout.write(`${known ? bare : name}\n`)
      return known ? 1 : 0
    }
    if (isCipherCommand(name)) return yield* encode(tool, args, name)
    if (isCommand(name)) return notSimulatedCommand(tool, name, args)
    p.stderr.write(`Invalid command '${name}'; type "help" for a list.\n`)
    return 1
  } catch (error) {
    if (error instanceof Exit) return error.status
    throw error
  }
}
