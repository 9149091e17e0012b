import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { findExecutable } from '../containerd/exec.ts'

/** What `exec "$@"` at the end of an entrypoint does: the same process goes on as another program. */
export function* execInPlace(p: Process, command: readonly string[]): Coro<number> {
  const found = findExecutable(p.host, p.fs, command, p.env, p.cwd, p.creds)
  if (typeof found === 'string') {
    p.stderr.write(`${p.argv[0]}: exec: line 47: ${command[0]}: not found\n`)
    return 127
  }
  p.argv = found.argv
  return yield* found.program.main(p)
}
