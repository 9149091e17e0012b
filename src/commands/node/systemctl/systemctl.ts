import { type Program, SYSTEMD } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { paged } from '../lib/page.ts'
import { asCoro } from './call.ts'
import { options } from './options.ts'
import { VERBS } from './verbs.ts'

const VERSION = `systemd 257 (257.13-1~deb13u1)
+PAM +AUDIT +SELINUX +APPARMOR +IMA +IPE +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBCRYPTSETUP_PLUGINS +LIBFDISK +PCRE2 +PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD +BPF_FRAMEWORK +BTF -XKBCOMMON -UTMP +SYSVINIT +LIBARCHIVE
`

/** Status and exit codes of systemd 257's systemctl. */
export const systemctl: Program = command('systemctl', function* (c) {
  const o = options(c.args)
  if (o.has('version')) {
    c.out(VERSION)
    return 0
  }
  const [verb = 'list-units', ...names] = o.args
  const handler = VERBS[verb]
  if (!handler) throw new Fail(`Unknown command verb '${verb}'.`)
  if (o.has('user')) throw new Fail('Failed to connect to user scope bus via local transport: No medium found')
  if (!c.host.has(SYSTEMD))
    throw new Fail(
      "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to system scope bus via local transport: Host is down",
    )
  const systemd = c.host.service(SYSTEMD)
  yield* sleep(c.host.kernel, 20)
  const run = (through: Command): Coro<number> | number => handler({ c: through, o, systemd, names, verb })
  if (PAGED.has(verb) && !o.has('no-pager')) return yield* paged(c, run)
  return yield* asCoro(run(c))
})

/** Verbs whose output goes through the pager. */
const PAGED = new Set([
  'cat',
  'list-dependencies',
  'list-jobs',
  'list-sockets',
  'list-timers',
  'list-unit-files',
  'list-units',
  'show',
  'status',
])
