import type { ExitStatus } from '../process.ts'

/** Exit statuses that systemd itself or libc define: shown in status and journal. */
const OWN: Record<number, string> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  200: 'CHDIR',
  201: 'NICE',
  202: 'FDS',
  203: 'EXEC',
  204: 'MEMORY',
  205: 'LIMITS',
  206: 'OOM_ADJUST',
  207: 'SIGNAL_MASK',
  208: 'STDIN',
  209: 'STDOUT',
  210: 'CHROOT',
  211: 'IOPRIO',
  212: 'TIMERSLACK',
  213: 'SECUREBITS',
  214: 'SETSCHEDULER',
  215: 'CPUAFFINITY',
  216: 'GROUP',
  217: 'USER',
  218: 'CAPABILITIES',
  219: 'CGROUP',
  220: 'SETSID',
  221: 'CONFIRM',
  222: 'STDERR',
  224: 'PAM',
  225: 'NETWORK',
  226: 'NAMESPACE',
  227: 'NO_NEW_PRIVILEGES',
  228: 'SECCOMP',
  233: 'RUNTIME_DIRECTORY',
  238: 'STATE_DIRECTORY',
}
/** LSB and BSD names, which only the journal adds. */
const CONVENTIONAL: Record<number, string> = {
  2: 'INVALIDARGUMENT',
  3: 'NOTIMPLEMENTED',
  4: 'NOPERMISSION',
  5: 'NOTINSTALLED',
  6: 'NOTCONFIGURED',
  7: 'NOTRUNNING',
  64: 'USAGE',
  65: 'DATAERR',
  66: 'NOINPUT',
  67: 'NOUSER',
  68: 'NOHOST',
  69: 'UNAVAILABLE',
  70: 'SOFTWARE',
  71: 'OSERR',
  72: 'OSFILE',
  73: 'CANTCREAT',
  74: 'IOERR',
  75: 'TEMPFAIL',
  76: 'PROTOCOL',
  77: 'NOPERM',
  78: 'CONFIG',
}

const signal = (name: string): string => name.replace(/^SIG/, '')

/** `code=exited, status=3/NOTIMPLEMENTED`: for the journal. */
export const exitForLog = (s: ExitStatus, signalNumber: (name: string) => number): string =>
  s.signal !== undefined
    ? `code=killed, status=${signalNumber(s.signal)}/${signal(s.signal)}`
    : `code=exited, status=${s.code}/${OWN[s.code] ?? CONVENTIONAL[s.code] ?? 'n/a'}`

/** `code=exited, status=3`, `code=killed, signal=TERM`: for `systemctl status`. */
export const exitForStatus = (s: ExitStatus): string =>
  s.signal !== undefined
    ? `code=killed, signal=${signal(s.signal)}`
    : `code=exited, status=${s.code}${OWN[s.code] ? `/${OWN[s.code]}` : ''}`
