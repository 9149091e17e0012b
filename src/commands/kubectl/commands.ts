import { create } from './create.ts'
import { get } from './get.ts'
import type { Definition } from './lib/define.ts'

/** Every command of kubectl. */
export const commands: readonly Definition[] = [create, get]
