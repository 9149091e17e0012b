import type { Process, ProcessSpec } from '../../../host/index.ts'
import type { Command } from './command.ts'

/** Starts a program with the command's own environment, identity and streams, as fork and exec do. */
export const startChild = (
  { p, host }: Command,
  what: Pick<ProcessSpec, 'program' | 'argv'> & Partial<ProcessSpec>,
): Process =>
  host.start({
    env: p.env,
    cwd: p.cwd,
    creds: p.creds,
    parent: p,
    stdin: p.stdin,
    stdout: p.stdout,
    stderr: p.stderr,
    ...what,
  })
