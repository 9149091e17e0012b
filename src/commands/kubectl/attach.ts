import type { Coro } from '../../kernel/index.ts'
import { podsAndOwners } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError, isExpected, PlainError } from './lib/errors.ts'
import { follow } from './lib/follow-logs.ts'
import type { Kube } from './lib/kube.ts'
import { containerOf, podFor } from './lib/pods.ts'
import { finishSession, openSession, terminalFor } from './lib/remote.ts'
import { pages } from './pages/attach.ts'

const ATTACH_WARNING =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n'
const ATTACH_HINT = "If you don't see a command prompt, try pressing enter.\n"

/** Models kubectl/pkg/cmd/attach/attach.go. */
export const attach: Definition = {
  page: pages.attach,
  complete: podsAndOwners,
  *run(k) {
    const { flags, args } = k
    if (args.length === 0) throw new CliError('at least 1 argument is required for attach')
    if (args.length > 2)
      throw new CliError(
        `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
      )
    if (flags.duration('pod-running-timeout') <= 0) throw k.usage('--pod-running-timeout must be higher than zero')
    const name = args.length === 2 ? `${args[0]}/${args[1]}` : args[0]
    const pod = yield* podFor(k, name, flags.duration('pod-running-timeout'), 'attach to')
    return yield* attachTo(k, pod, {
      container: flags.string('container'),
      stdin: flags.bool('stdin'),
      tty: flags.bool('tty'),
      quiet: flags.bool('quiet'),
    })
  },
}

interface AttachOptions {
  readonly container: string
  readonly stdin: boolean
  readonly tty: boolean
  readonly quiet: boolean
}

/** Attaches to a container that has just been started; when it has ended by then, its log is shown instead. */
export function* attachOrFollow(
  k: Kube,
  pod: any,
  options: AttachOptions,
  logOptions: Readonly<Record<string, string>>,
): Coro<void> {
  const { name, namespace } = pod.metadata
  try {
    yield* attachTo(k, pod, options)
  } catch (error) {
    if (!isExpected(error) || error instanceof PlainError) throw error
    k.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`)
    yield* follow(
      k,
      [{ pod: name, namespace, container: options.container || pod.spec.containers[0].name, prefix: false }],
      logOptions,
    )
  }
}

/** Attaches to a container of a pod. */
function* attachTo(k: Kube, pod: any, options: AttachOptions): Coro<number> {
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new CliError(`cannot attach a container in a completed pod; current phase is ${phase}`)
  let container: any
  try {
    container = containerOf(k, pod, options.container, options.quiet)
  } catch (error) {
    throw new CliError(`cannot attach to the container: ${(error as Error).message}`)
  }
  let wanted = options.tty
  if (wanted && !container.tty) {
    wanted = false
    if (!options.quiet) k.err(`error: Unable to use a TTY - container ${container.name} did not allocate one\n`)
  } else if (!wanted && container.tty && options.stdin) wanted = true
  const tty = terminalFor(k, wanted, options.stdin)
  if (!options.quiet) k.err(ATTACH_WARNING + ATTACH_HINT)
  const session = yield* openSession(k, {
    pod,
    subresource: 'attach',
    container: container.name,
    stdin: options.stdin,
    tty,
  })
  return yield* finishSession(k, session)
}
