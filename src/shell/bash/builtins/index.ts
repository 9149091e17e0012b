import type { Coro } from '../../../kernel/index.ts'
import type { Shell } from '../shell.ts'
import { controlBuiltins } from './control.ts'
import { directoryBuiltins } from './directories.ts'
import { historyBuiltins } from './history.ts'
import { ioBuiltins } from './io.ts'
import { jobBuiltins } from './jobs.ts'
import { lookupBuiltins } from './lookup.ts'
import { miscBuiltins } from './misc.ts'
import { optionBuiltins } from './options.ts'
import { testBuiltins } from './test.ts'
import { variableBuiltins } from './variables.ts'

/** A command inside the shell. `argv[0]` is its name. */
export type Builtin = (sh: Shell, argv: readonly string[]) => Coro<number> | number

/** All builtins by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>(
  Object.entries({
    ...controlBuiltins,
    ...directoryBuiltins,
    ...historyBuiltins,
    ...ioBuiltins,
    ...jobBuiltins,
    ...lookupBuiltins,
    ...miscBuiltins,
    ...optionBuiltins,
    ...testBuiltins,
    ...variableBuiltins,
  }),
)
