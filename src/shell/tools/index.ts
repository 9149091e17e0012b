import type { Program } from '../../host/index.ts'
import { awk, gawk, mawk } from './awk/index.ts'
import { base32, base64 } from './base64.ts'
import { builtinPrograms } from './builtins.ts'
import { cat } from './cat.ts'
import { chgrp, chmod, chown } from './chmod.ts'
import { cp } from './cp.ts'
import { cut } from './cut.ts'
import { date } from './date.ts'
import { cmp, diff } from './diff.ts'
import { df, du } from './disk.ts'
import { env, printenv, which } from './env.ts'
import { find } from './find.ts'
import { egrep, fgrep, grep } from './grep.ts'
import { head } from './head.ts'
import { groups, hostname, id, whoami } from './identity.ts'
import { column, comm, expand, fold, join, nl, unexpand } from './lines.ts'
import { ln } from './ln.ts'
import { ls } from './ls.ts'
import { mkdir } from './mkdir.ts'
import { mv } from './mv.ts'
import { paste } from './paste.ts'
import { basename, dirname, mktemp, readlink, realpath } from './paths.ts'
import { kill, killall, pgrep, pidof, pkill, ps } from './ps.ts'
import { rev } from './rev.ts'
import { rm } from './rm.ts'
import { rmdir } from './rmdir.ts'
import { sed } from './sed.ts'
import { seq } from './seq.ts'
import { sleep } from './sleep.ts'
import { sort } from './sort.ts'
import { stat } from './stat.ts'
import { free, nproc, uname, uptime, w, who } from './system.ts'
import { tac } from './tac.ts'
import { tail } from './tail.ts'
import { tee } from './tee.ts'
import { nice, nohup, setsid, time, timeout } from './timeout.ts'
import { touch } from './touch.ts'
import { tr } from './tr.ts'
import { uniq } from './uniq.ts'
import { wc } from './wc.ts'
import { xargs } from './xargs.ts'
import { yes } from './yes.ts'

// biome-ignore format: one table
/** The generic Unix tools. */
export const tools: readonly Program[] = [
  ...builtinPrograms, awk, gawk, mawk, sed, cmp, diff, df, du, column, comm, expand, fold, join,
  nl, unexpand, kill, killall, pgrep, pidof, pkill, ps, base32, base64, basename, cat, chgrp, chmod, chown, cp, cut, date, dirname, egrep, env, fgrep, find,
  free, grep, groups, head, hostname, id, ln, ls, mkdir, mktemp, mv, nice, nohup, nproc, paste, printenv, readlink,
  realpath, rev, rm, rmdir, seq, setsid, sleep, sort, stat, tac, tail, tee, time, timeout, touch, tr, uname, uniq, uptime,
  w, wc, which, who, whoami, xargs, yes,
]
