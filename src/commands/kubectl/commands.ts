import { apply } from './apply.ts'
import { attach } from './attach.ts'
import { create } from './create.ts'
import { del } from './delete.ts'
import { describe } from './describe.ts'
import { exec } from './exec.ts'
import { expose } from './expose.ts'
import { get } from './get.ts'
import type { Definition } from './lib/define.ts'
import { logs } from './logs.ts'
import { patch } from './patch.ts'
import { replace } from './replace.ts'
import { run } from './run.ts'

/** Every command of kubectl. */
export const commands: readonly Definition[] = [
  apply,
  attach,
  create,
  del,
  describe,
  exec,
  expose,
  get,
  logs,
  patch,
  replace,
  run,
]
