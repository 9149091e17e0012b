import { TextSource } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Fd, OpenFile } from '../../io/fd.ts'
import { ownPid } from '../../jobs/group.ts'
import type { Statement } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { fork } from './fork.ts'
import { startJob } from './job.ts'
import { startPipeline } from './pipeline.ts'
import { runStatement } from './run.ts'
import { textOf } from './subshell.ts'

/** `command &`: a job of its own; without job control it reads from /dev/null. */
export function* runBackground(sh: Shell, statement: Statement): Coro<number> {
  const node = statement.command
  const monitor = sh.option('monitor')
  const fds = new Map<number, Fd | undefined>()
  if (!monitor) fds.set(0, new OpenFile('/dev/null', new TextSource('')).open())
  const text = textOf(sh, statement)
  const processes =
    node.type === 'Pipeline' && node.prefixes.length === 0
      ? yield* startPipeline(sh, node, fds.get(0))
      : [
          yield* fork(sh, (sub) => runStatement(sub, { ...statement, background: false }), {
            fds,
            group: monitor ? 0 : undefined,
            tail: node.type === 'Command',
          }),
        ]
  const job = startJob(sh, processes, text, true)
  const last = processes[processes.length - 1]
  sh.lastBackground = ownPid(last)
  if (sh.interactive && !sh.scripted) sh.errorText(`[${job.id}] ${ownPid(last)}\n`)
  return 0
}
