import type { Program } from '../../host/index.ts'
import { cat } from './cat.ts'
import { head } from './head.ts'
import { sleep } from './sleep.ts'
import { yes } from './yes.ts'

/** The generic Unix tools. */
export const tools: readonly Program[] = [cat, head, sleep, yes]
