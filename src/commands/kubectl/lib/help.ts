import type { Coro } from '../../../kernel/index.ts'
import { helpPage } from '../../lib/cobra.ts'
import type { Kube } from './kube.ts'

/** DefaultSubCommandRun: a group without a subcommand complains about arguments, else prints its help on stderr, exit 1. */
export function* defaultSubcommand(k: Kube): Coro<number> {
  if (k.args.length > 0) throw k.usage(`unknown command "${k.args.join(' ')}"`)
  k.err(helpPage(k.p, k.call.command, 'kubectl'))
  yield* []
  return 1
}

/** Prints the help page, whatever the arguments. */
export function* showHelp(k: Kube): Coro<number> {
  yield* k.out(helpPage(k.p, k.call.command, 'kubectl'))
  return 0
}

/** The same as `defaultSubcommand`, with the help on standard output. */
export function* groupHelp(k: Kube): Coro<number> {
  if (k.args.length > 0) return yield* defaultSubcommand(k)
  yield* showHelp(k)
  return 1
}
