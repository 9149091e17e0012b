import type { Creds } from './fs/creds.ts'

/** Linux capabilities by their number, without `CAP_` (capabilities(7), kernel 6.8). */
const NAMES =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
  NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
  SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
  MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`.split(/\s+/)

/** A Linux capability without `CAP_`: `NET_ADMIN`. */
export type Capability = string

/** May a process with these credentials do what only the capability allows? Users other than root never get any here. */
export const may = (creds: Creds, capability: Capability): boolean =>
  creds.uid === 0 && (creds.confinement?.capabilities.has(capability) ?? true)

/** Everything that a privileged container may do. */
export const ALL_CAPABILITIES: ReadonlySet<Capability> = new Set(NAMES)

const mask = (set: ReadonlySet<Capability>): string =>
  NAMES.reduce((sum, name, bit) => (set.has(name) ? sum + 2 ** bit : sum), 0)
    .toString(16)
    .padStart(16, '0')

/** The lines of /proc/PID/status about what a process may do. */
export function confinementLines(creds: Creds): string {
  const { capabilities: bounding = ALL_CAPABILITIES, noNewPrivileges, seccomp } = creds.confinement ?? {}
  const bnd = mask(bounding)
  const own = creds.uid === 0 ? bnd : mask(new Set())
  const none = mask(new Set())
  const filters = seccomp ? 1 : 0
  return `CapInh:\t${none}\nCapPrm:\t${own}\nCapEff:\t${own}\nCapBnd:\t${bnd}\nCapAmb:\t${none}\nNoNewPrivs:\t${noNewPrivileges ? 1 : 0}\nSeccomp:\t${filters * 2}\nSeccomp_filters:\t${filters}\n`
}
