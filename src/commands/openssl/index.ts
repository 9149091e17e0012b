import { type Process, type Program, readLine } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { dgst } from './dgst.ts'
import { encode, rand } from './encode.ts'
import { HELP, isCipherCommand, isCommand, isDigestCommand } from './help.ts'
import { ec, ecparam, genpkey, genrsa, notSimulated, pkey, rsa } from './keys.ts'
import { passwd } from './passwd.ts'
import { pkcs12 } from './pkcs12.ts'
import { req } from './req.ts'
import { sClient } from './s-client.ts'
import { Exit, Tool } from './tool.ts'
import { verify } from './verify.ts'
import { version } from './version.ts'
import { x509 } from './x509.ts'

type Subcommand = (tool: Tool, args: readonly string[]) => Coro<number> | number

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  base64: (tool, args) => encode(tool, args, true),
  dgst,
  ec,
  ecparam,
  enc: (tool, args) => encode(tool, args, false),
  genpkey,
  genrsa,
  help: (tool) => {
    tool.err(HELP)
    return 0
  },
  passwd,
  pkcs12,
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
    const [name, ...args] = p.argv.slice(1)
    if (name !== undefined) return yield* run(p, name, args)
    // Without arguments it reads commands, and prints no prompt since 3.0 unless help is asked for.
    if (p.stdin.isTty) p.stdout.write('OpenSSL> ')
    for (let line = yield* readLine(p.stdin); line !== null; line = yield* readLine(p.stdin)) {
      const [word, ...rest] = line.trim().split(/\s+/)
      if (word === 'exit' || word === 'quit' || word === 'q') return 0
      if (word !== '') yield* run(p, word, rest)
      if (p.stdin.isTty) p.stdout.write('OpenSSL> ')
    }
    return 0
  },
}

function* run(p: Process, name: string, args: readonly string[]): Coro<number> {
  const tool = new Tool(p, name)
  try {
    const subcommand = SUBCOMMANDS[name]
    if (subcommand) {
      if (args[0] === '-help' || args[0] === '--help') notSimulated(tool, `${name} -help`)
      const result = subcommand(tool, args)
      return typeof result === 'number' ? result : yield* result
    }
    if (isDigestCommand(name)) return yield* dgst(tool, args, name)
    if (isCommand(name) || isCipherCommand(name)) notSimulated(tool, name)
    p.stderr.write(`Invalid command '${name}'; type "help" for a list.\n`)
    return 1
  } catch (error) {
    if (error instanceof Exit) return error.status
    throw error
  }
}
