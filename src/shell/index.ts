import type { Program } from '../host/index.ts'
import { ash, bash, dash } from './bash/program.ts'
import { applet } from './command.ts'
import { tools } from './tools/index.ts'
import { busyboxPs } from './tools/ps.ts'

export { executable } from './bash/exec/external.ts'
export { defineTool, Failure, flag, list, optional, Tool, type ToolSpec, value } from './command.ts'
export { openRead, openWrite } from './io/files.ts'
export { controllingTerminal, inputTerminal, Terminal } from './jobs/terminal.ts'
export { UsageError } from './options.ts'
export { PEERS, type Peer, type Peers } from './peers.ts'
export { lookup, runProgram, startProgram } from './run-program.ts'
export { loginEnvironment, type RunOptions, type RunResult, Session, startLogin } from './session.ts'
export { normalDiff, unifiedDiff } from './text/diff.ts'
export { type Editing, EditLine, type Frame, type Key, keyName, type RawMode, Tty, ttyOf } from './tty/index.ts'

/** Every program of this folder. The lead registers them and creates their executable files. */
export const shellPrograms: readonly Program[] = [bash, dash, ash, ...tools]

/** Tools whose words or tables differ in busybox (text/busybox.ts). */
const APPLETS = new Set(
  `cat chgrp chmod chown cp cut date dd df diff du env find gunzip gzip head id less ln ls md5sum mkdir more mv rm rmdir
   sha1sum sha256sum sha512sum sleep stat tail tar timeout touch umount uniq wc whoami`.split(/\s+/),
)

/** What busybox prints differently, under the names that executables of images refer to. */
export const busyboxPrograms: readonly Program[] = [busyboxPs, ...tools.filter((t) => APPLETS.has(t.name)).map(applet)]
