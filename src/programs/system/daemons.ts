import { type Process, type Program, sdNotify } from '../../host/index.ts'

/** A daemon of the base system that has no behaviour of its own: it is there, uses memory and ends when told to. */
const daemon = (name: string, mib: number, status?: string): Program => ({
  name,
  *main(p: Process) {
    p.rss = Math.round(mib * (1 << 20))
    p.onSignal('SIGTERM', () => p.exit(0))
    if (status) sdNotify(p, `STATUS=${status}`)
    sdNotify(p, 'READY=1')
    return yield* p.park()
  },
})

/** A helper that does its work at once (what it stands for is done by the boot itself). */
const helper = (name: string): Program => ({
  name,
  *main() {
    return 0
  },
})

/** The daemons of the base system. */
export const daemons: Program[] = [
  daemon('systemd-journald', 21, 'Processing requests...'),
  daemon('systemd-udevd', 7.5, 'Processing with 10 children at max'),
  daemon('systemd-logind', 8.2, 'Processing requests...'),
  daemon('systemd-networkd', 9.1, 'Processing requests...'),
  daemon('dbus-daemon', 4.9),
  daemon('cron', 2.6),
  daemon('rsyslogd', 5.8),
  daemon('polkitd', 9.6),
  daemon('agetty', 1.9),
  helper('systemd-modules-load'),
  helper('systemd-sysctl'),
]
