import { shellStatus } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import type { CommandNode, CompoundList } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { fork } from './fork.ts'
import { awaitJob, startJob } from './job.ts'
import { runList } from './run.ts'

/** `{ …; }` */
export const runGroupIn = (sh: Shell, body: CompoundList): Coro<number> => runList(sh, body.commands)

/** `( … )`: a copy of the shell in its own process. */
export function* runSubshell(sh: Shell, node: Extract<CommandNode, { type: 'Subshell' }>): Coro<number> {
  const process = yield* fork(sh, (sub) => runList(sub, node.body.commands), {
    group: sh.option('monitor') ? 0 : undefined,
  })
  const job = startJob(sh, [process], textOf(sh, node), false)
  yield* awaitJob(sh, job)
  return process.status ? shellStatus(process.status) : job.status
}

/** Source text of a node on one line, as `jobs` shows it. */
export function textOf(sh: Shell, node: { pos: number; end: number }): string {
  return sh.unit.text
    .slice(node.pos, node.end)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\s+&?\s*$/, '')
    .trim()
}
