import type { Coro } from '../../../kernel/index.ts'
import { type ArgRule, Command, type CommandSpec } from '../../lib/cobra.ts'
import type { Page } from '../pages/types.ts'
import type { Candidate } from './complete.ts'
import type { Connect } from './connect.ts'
import { Kube } from './kube.ts'
import { recordFlag } from './record.ts'

/** A command of kubectl: what it says about itself, and what it does. */
export interface Definition {
  readonly page: Page
  readonly run?: (k: Kube) => Coro<number>
  readonly args?: ArgRule
  readonly commands?: readonly Definition[]
  /** Candidates for the next argument. */
  readonly complete?: (k: Kube, toComplete: string) => Coro<Candidate>
  readonly extra?: Partial<CommandSpec>
  /** Takes --record. */
  readonly records?: boolean
}

/** Turns a definition into a cobra command whose runs reach the cluster through `connect`. */
export function build(definition: Definition, connect: Connect): Command {
  const { page, run, commands, complete } = definition
  return new Command({
    ...page,
    ...definition.extra,
    ...(definition.records ? { flags: [...(page.flags ?? []), recordFlag] } : {}),
    args: definition.args,
    commands: commands?.map((child) => build(child, connect)),
    run: run
      ? function* (call) {
          return yield* run(new Kube(call, connect))
        }
      : undefined,
    complete: complete
      ? function* (call, toComplete) {
          return yield* complete(new Kube(call, connect), toComplete)
        }
      : undefined,
  })
}
