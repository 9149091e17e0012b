import type { Program } from '../../host/index.ts'
import { chronyd } from '../chronyd/chronyd.ts'
import { daemons } from './daemons.ts'
import { resolved } from './resolved.ts'
import { sshd } from './sshd.ts'

/** Daemons of a plain Ubuntu machine. */
export const systemPrograms: Program[] = [...daemons, resolved, sshd, chronyd]
