import { type Command, type CommandSpec, command } from '../lib/cobra.ts'
import { KubeadmError, SubcommandRequired } from './errors.ts'

/** A command that only groups others: by itself it prints its help and fails. */
export const group = (spec: CommandSpec): Command =>
  command({
    ...spec,
    *run({ args, command: self }) {
      if (args.length > 0)
        throw new KubeadmError(`unknown command ${JSON.stringify(args[0])} for ${JSON.stringify(self.path)}`)
      throw new SubcommandRequired()
    },
  })
