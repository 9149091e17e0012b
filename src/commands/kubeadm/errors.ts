import { StatusError, TransportError } from '../../api/types.ts'
import { put, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type CobraOptions, helpPage, UsageError } from '../lib/cobra.ts'

/** What kubeadm says when it fails; printed after `error: `. */
export class KubeadmError extends Error {}

/** A command that only groups others was called by itself. */
export class SubcommandRequired extends Error {}

/** Something that the simulation does not carry. */
export class NotSimulated extends Error {}

/** The text of any failure, as Go's err.Error() gives it. */
export function errorText(error: unknown): string {
  if (error instanceof SysError) return error.goMessage
  if (error instanceof Error) return error.message
  throw error
}

const isExpected = (error: unknown): boolean =>
  error instanceof KubeadmError ||
  error instanceof UsageError ||
  error instanceof StatusError ||
  error instanceof TransportError ||
  error instanceof SysError

/** Runs a phase; its failure is told as kubeadm tells it. */
export function* phase<T>(name: string, body: () => Coro<T>): Coro<T> {
  try {
    return yield* body()
  } catch (error) {
    if (!isExpected(error)) throw error
    throw new KubeadmError(`error execution phase ${name}: ${errorText(error)}`)
  }
}

const STACK = 'To see the stack trace of this error execute with --v=5 or higher\n'

/** util.CheckErr. */
export const onError: CobraOptions['onError'] = function* ({ p, command }, error): Coro<number> {
  if (error instanceof NotSimulated) {
    yield* put(p.stderr, `kubeadm: not simulated: ${error.message}\n`)
    return 127
  }
  if (error instanceof SubcommandRequired) {
    yield* put(p.stdout, helpPage(p, command))
    yield* put(p.stderr, `error: \nerror: subcommand is required\n${STACK}`)
    return 1
  }
  if (!isExpected(error)) throw error
  yield* put(p.stderr, `error: ${errorText(error).replace(/\n$/, '')}\n${STACK}`)
  return 1
}
