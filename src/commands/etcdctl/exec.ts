import { type Process, TextSource } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { lookup, startProgram } from '../../shell/run-program.ts'

/** How a command ended that did not end well: in os/exec's words, and the status for who passes it on. */
interface Failure {
  readonly message: string
  readonly status: number
}

/** Signals as Go names them, where that is not the name itself. */
const SIGNALS: Readonly<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGTERM: 'terminated',
}

/** Runs a command with the given environment and nothing to read (os/exec's Cmd.Run); undefined when it ended well. */
export function* runCommand(
  p: Process,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Coro<Failure | undefined> {
  const found = lookup(p, argv, env)
  if (!('program' in found)) return { message: cannotRun(argv[0], found.message), status: 1 }
  const child = startProgram(p, argv, { name: 'etcdctl', env, stdin: new TextSource('') })
  if (typeof child === 'number') return { message: cannotRun(argv[0], ''), status: 1 }
  const { code, signal } = yield* child.wait()
  if (signal !== undefined) return { message: `signal: ${SIGNALS[signal] ?? signal}`, status: 255 }
  return code === 0 ? undefined : { message: `exit status ${code}`, status: code! }
}

function cannotRun(name: string, why: string): string {
  const denied = why.endsWith('Permission denied')
  if (name.includes('/')) return `fork/exec ${name}: ${denied ? 'permission denied' : 'no such file or directory'}`
  return `exec: ${goQuote(name)}: ${denied ? 'permission denied' : 'executable file not found in $PATH'}`
}
