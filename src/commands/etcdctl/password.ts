import { type Process, put, readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { inputTerminal } from '../../shell/jobs/terminal.ts'

/**
 * Asks for a password (bgentry/speakeasy): the prompt goes to stdout, the echo is switched off and on by stty, which
 * complains when there is no terminal; what is read is a line wherever it comes from.
 */
export function* ask(p: Process, prompt: string): Coro<string> {
  yield* put(p.stdout, prompt)
  const terminal = inputTerminal(p)
  const stty = function* (echo: boolean): Coro {
    if (terminal) terminal.echo = echo
    else yield* put(p.stderr, "stty: 'standard input': Inappropriate ioctl for device\n")
  }
  let line: string | null
  yield* stty(false)
  try {
    line = yield* readLine(p.stdin)
  } finally {
    if (terminal) terminal.echo = true
  }
  yield* stty(true)
  yield* put(p.stdout, '\n')
  return (line ?? '').trim()
}
