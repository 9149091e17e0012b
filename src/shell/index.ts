import type { Program } from '../host/index.ts'
import { ash, bash, dash } from './bash/program.ts'
import { applet } from './command.ts'
import { tools } from './tools/index.ts'
import { busyboxPs } from './tools/ps/ps.ts'

export { controllingTerminal, Terminal } from './jobs/terminal.ts'
export { PEERS, type Peer, type Peers } from './peers.ts'
export { runProgram } from './run-program.ts'
export { type RunOptions, type RunResult, Session, startLogin } from './session.ts'
export { EditLine, type Key, keyName, Tty, ttyOf } from './tty/index.ts'

/** Every program of this folder. The lead registers them and creates their executable files. */
export const shellPrograms: readonly Program[] = [bash, dash, ash, ...tools]

/** Tools whose words or tables differ in busybox (text/busybox.ts). */
const APPLETS = new Set(
  `cat chgrp chmod chown cp cut date dd df diff du env find gunzip gzip head id less ln ls md5sum mkdir more mv rm rmdir
   sha1sum sha256sum sha512sum sleep stat tail tar timeout touch umount uniq wc whoami`.split(/\s+/),
)

/** What busybox prints differently, under the names that executables of images refer to. */
export const busyboxPrograms: readonly Program[] = [busyboxPs, ...tools.filter((t) => APPLETS.has(t.name)).map(applet)]
