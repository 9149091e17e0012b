import { podsAndOwners } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError } from './lib/errors.ts'
import { containerOf, podFor } from './lib/pods.ts'
import { finishSession, openSession, terminalFor } from './lib/remote.ts'
import { pages } from './pages/exec.ts'

/** Models kubectl/pkg/cmd/exec/exec.go. */
export const exec: Definition = {
  page: pages.exec,
  complete: podsAndOwners,
  *run(k) {
    const { flags, args } = k
    const dash = flags.argsLenAtDash
    const fromFile = flags.strings('filename').length > 0
    if (args.length === 0 && !fromFile) throw new CliError('pod, type/name or --filename must be specified')
    if (dash === -1 && args.length > (fromFile ? 0 : 1))
      throw k.usage('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
    if (dash === 0 && !fromFile) throw new CliError('pod, type/name or --filename must be specified')
    if (flags.duration('pod-running-timeout') <= 0) throw k.usage('--pod-running-timeout must be higher than zero')
    const command = dash === -1 ? [] : args.slice(dash)
    if (command.length === 0) throw new CliError('you must specify at least one command for the container')
    const pod = yield* podFor(k, args[0], flags.duration('pod-running-timeout'), 'attach to')
    const phase = pod.status?.phase
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new CliError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
    const container = containerOf(k, pod, flags.string('container'), flags.bool('quiet'))
    const stdin = flags.bool('stdin')
    const tty = terminalFor(k, flags.bool('tty'), stdin)
    const session = yield* openSession(k, { pod, subresource: 'exec', container: container.name, command, stdin, tty })
    return yield* finishSession(k, session)
  },
}
