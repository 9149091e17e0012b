import { apply } from './apply.ts'
import { attach } from './attach.ts'
import { auth } from './auth/index.ts'
import { config } from './config/index.ts'
import { create } from './create.ts'
import { del } from './delete.ts'
import { describe } from './describe.ts'
import { cordon, drain, uncordon } from './drain.ts'
import { events } from './events.ts'
import { exec } from './exec.ts'
import { expose } from './expose.ts'
import { get } from './get.ts'
import { annotate, label } from './label.ts'
import type { Definition } from './lib/define.ts'
import { logs } from './logs.ts'
import { patch } from './patch.ts'
import { replace } from './replace.ts'
import { rollout } from './rollout/index.ts'
import { run } from './run.ts'
import { scale } from './scale.ts'
import { taint } from './taint.ts'
import { wait } from './wait.ts'

/** Every command of kubectl. */
export const commands: readonly Definition[] = [
  annotate,
  apply,
  attach,
  auth,
  config,
  cordon,
  create,
  del,
  describe,
  drain,
  events,
  exec,
  expose,
  get,
  label,
  logs,
  patch,
  replace,
  rollout,
  run,
  scale,
  taint,
  uncordon,
  wait,
]
