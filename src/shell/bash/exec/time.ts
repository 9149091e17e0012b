import type { Coro } from '../../../kernel/index.ts'
import type { Shell } from '../shell.ts'

/** `time`: reports how long a pipeline took on virtual time. */
export function* timed(sh: Shell, posix: boolean, run: () => Coro<number>): Coro<number> {
  const start = sh.kernel.now()
  const status = yield* run()
  const seconds = (sh.kernel.now() - start) / 1000
  // Simulated programs account no CPU time of their own; a tenth of short runs is what small tools show.
  const user = Math.min(seconds, 0.002)
  const system = Math.min(seconds, 0.001)
  const rows = { real: seconds, user, sys: system }
  const text = Object.entries(rows)
    .map(([name, s]) => (posix ? `${name} ${s.toFixed(2)}` : `${name}\t${Math.floor(s / 60)}m${(s % 60).toFixed(3)}s`))
    .join('\n')
  sh.errorText(posix ? `${text}\n` : `\n${text}\n`)
  return status
}
