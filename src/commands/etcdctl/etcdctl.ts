import { EtcdError } from '../../etcd/errors.ts'
import { type Process, put as write } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { ClientError } from '../../programs/etcd/client.ts'
import { type Command, cobraProgram, command, suggestions, UsageError } from '../lib/cobra.ts'
import { auth } from './auth.ts'
import { check } from './check.ts'
import { completion } from './completion.ts'
import { del } from './del.ts'
import { downgrade } from './downgrade.ts'
import { elect } from './elect.ts'
import { endpoint } from './endpoint.ts'
import { ExitError } from './errors.ts'
import { get } from './get.ts'
import { globalFlags } from './global-flags.ts'
import { etcdctlHelp } from './help.ts'
import { lease } from './lease.ts'
import { lock } from './lock.ts'
import { alarm, defrag, moveLeader } from './maintenance.ts'
import { makeMirror } from './make-mirror.ts'
import { member } from './member.ts'
import { Panic } from './panics.ts'
import { compaction, put } from './put.ts'
import { role } from './role.ts'
import { snapshot } from './snapshot.ts'
import { txn } from './txn.ts'
import { user } from './user.ts'
import { version } from './version.ts'
import { watch } from './watch.ts'

/** In the order in which etcdctl registers them, which is the order of suggestions. */
const COMMANDS: readonly Command[] = [
  get,
  put,
  del,
  txn,
  compaction,
  alarm,
  defrag,
  endpoint,
  moveLeader,
  watch,
  version,
  lease,
  member,
  snapshot,
  makeMirror,
  lock,
  elect,
  auth,
  user,
  role,
  check,
  completion,
  downgrade,
]

const root = command({
  use: 'etcdctl',
  short: 'A simple command line client for etcd3.',
  persistentFlags: globalFlags,
  prefixMatching: true,
  commands: COMMANDS,
})

/** The etcd client (etcdctl/ctlv3). */
export const etcdctl = cobraProgram(root, {
  style: etcdctlHelp,
  *onError({ p, command: target }, error) {
    return yield* report(p, target, error)
  },
})

function* report(p: Process, target: Command, error: unknown): Coro<number> {
  if (error instanceof ExitError) {
    if (error instanceof Panic) yield* write(p.stderr, error.trace)
    if (error.message !== '') yield* write(p.stderr, `Error: ${error.message}\n`)
    return error.status
  }
  if (error instanceof UsageError) {
    const unknown = /^unknown command "(.*?)" for/.exec(error.message)
    if (unknown) {
      yield* write(
        p.stderr,
        `Error: unknown command "${unknown[1]}" for "etcdctl"\n${guess(unknown[1])}Run 'etcdctl --help' for usage.\n`,
      )
      return 1
    }
    yield* write(p.stdout, etcdctlHelp(target))
    yield* write(p.stderr, `Error: ${error.message}\n\n`)
    return 1
  }
  if (error instanceof EtcdError || error instanceof ClientError) {
    yield* write(p.stderr, `Error: ${error.message}\n`)
    return 1
  }
  throw error
}

function guess(typed: string): string {
  const like = new Set(suggestions(root, typed))
  const names = COMMANDS.filter((c) => like.has(c.name)).map((c) => `\t${c.name}\n`)
  return names.length === 0 ? '' : `\nDid you mean this?\n${names.join('')}\n`
}
