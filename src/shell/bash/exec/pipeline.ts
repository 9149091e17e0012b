import { Pipe, type Process, shellStatus } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Fd, OpenFile } from '../../io/fd.ts'
import type { CommandNode, Pipeline } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { fork } from './fork.ts'
import { awaitJob, startJob } from './job.ts'
import { runCommand, runNode, unguarded } from './run.ts'
import { textOf } from './subshell.ts'
import { timed } from './time.ts'

/** `a | b | c`, `! a`, `time a`. */
export function* runPipeline(sh: Shell, node: Pipeline): Coro<number> {
  const time = node.prefixes.find((p) => p.type === 'Time')
  const negated = node.prefixes.filter((p) => p.type === 'Negation').length % 2 === 1
  const run = (): Coro<number> => (negated ? guardedStages(sh, node) : stages(sh, node))
  const status = time?.type === 'Time' ? yield* timed(sh, time.posix !== undefined, run) : yield* run()
  return negated ? (status === 0 ? 1 : 0) : status
}

function* guardedStages(sh: Shell, node: Pipeline): Coro<number> {
  if (node.commands.length === 1) {
    const status = yield* unguarded(sh, node.commands[0])
    return status
  }
  return yield* stages(sh, node)
}

function* stages(sh: Shell, node: Pipeline): Coro<number> {
  if (node.commands.length === 0) return 0
  if (node.commands.length === 1) return yield* runNode(sh, node.commands[0])
  const processes = yield* startPipeline(sh, node)
  const job = startJob(sh, processes, textOf(sh, node), false)
  const status = yield* awaitJob(sh, job)
  if (job.state === 'stopped') return status
  sh.pipeStatus = processes.map((p) => (p.status ? shellStatus(p.status) : 0))
  if (!sh.option('pipefail')) return status
  return sh.pipeStatus.reduce((all, s) => (s !== 0 ? s : all), 0)
}

/** Starts every stage in a process of its own, joined by pipes. */
export function* startPipeline(sh: Shell, node: Pipeline, stdin?: Fd): Coro<Process[]> {
  const processes: Process[] = []
  let input = stdin
  let group = sh.option('monitor') ? 0 : undefined
  for (const [i, command] of node.commands.entries()) {
    const fds = new Map<number, Fd | undefined>()
    if (input) fds.set(0, input)
    input = undefined
    if (i < node.commands.length - 1) {
      const pipe = new Pipe()
      const out = new OpenFile('pipe:', undefined, pipe).open()
      fds.set(1, out)
      if (node.operators[i] === '|&') fds.set(2, out.dup())
      input = new OpenFile('pipe:', pipe.reader).open()
    }
    const process = yield* fork(sh, (sub) => stage(sub, command), { fds, group, tail: command.type === 'Command' })
    if (group === 0) group = process.pid
    processes.push(process)
  }
  return processes
}

function* stage(sub: Shell, command: CommandNode): Coro<number> {
  sub.pos = command.pos
  // Compound commands check `set -e` for their own commands; a plain one only sets the stage's status.
  return command.type === 'Command' ? yield* runCommand(sub, command) : yield* runNode(sub, command)
}
