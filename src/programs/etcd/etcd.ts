import type { Process, Program } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { configOf, deprecations, verifyFlags } from './config.ts'
import { FlagError, type ParsedFlags, parseFlags } from './flags.ts'
import { FLAGS, USAGE } from './help-text.ts'
import { serve } from './server.ts'
import { serverLog } from './server-log.ts'
import { ETCD_VERSION, GIT_SHA, GO_VERSION } from './version.ts'

/** The etcd server binary (server/etcdmain). */
export const etcd: Program = { name: 'etcd', main }

function* main(p: Process): Coro<number> {
  let flags: ParsedFlags
  try {
    flags = parseFlags(p.argv.slice(1), p.env)
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    p.stderr.write(error.message)
    return 2
  }
  if (flags.help) {
    p.stderr.write(USAGE)
    p.stdout.write(FLAGS)
    return 0
  }
  if (/^(1|t|true)$/i.test(flags.values.get('version') ?? '')) {
    p.stdout.write(
      `etcd Version: ${ETCD_VERSION}\nGit SHA: ${GIT_SHA}\nGo Version: ${GO_VERSION}\nGo OS/Arch: linux/amd64\n`,
    )
    return 0
  }
  const log = serverLog(p)
  if (flags.rest.length > 0) {
    log('info', 'etcdmain/etcd.go:64', 'Running: ', { args: p.argv })
    log('warn', 'etcdmain/etcd.go:66', 'failed to verify flags', { error: `"${flags.rest[0]}" is not a valid flag` })
    return 1
  }
  for (const text of deprecations(flags)) log('warn', 'etcdmain/config.go:268', text)
  const problem = verifyFlags(flags)
  if (problem) {
    log('warn', 'etcdmain/etcd.go:66', 'failed to verify flags', { error: problem })
    return 1
  }
  return yield* serve(p, log, configOf(flags))
}
