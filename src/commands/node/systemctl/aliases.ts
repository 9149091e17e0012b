import { type Program, shutdown } from '../../../host/index.ts'
import { systemdTime } from '../lib/time.ts'
import { systemctl } from './systemctl.ts'

/** `service NAME ACTION`: Debian's wrapper around systemctl. */
export const service: Program = {
  name: 'service',
  *main(p) {
    const [, name, action] = p.argv
    if (!name || !action) {
      p.stderr.write('Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n')
      return 1
    }
    p.argv = ['systemctl', action, name]
    return yield* systemctl.main(p)
  },
}

/** `reboot`, `poweroff`, `halt`, `shutdown`: systemctl under other names. */
export const powerCommands: Program[] = ['reboot', 'poweroff', 'halt', 'shutdown'].map((name) => ({
  name,
  *main(p) {
    const args = p.argv.slice(1)
    const verb = name === 'shutdown' ? (args.includes('-r') ? 'reboot' : 'poweroff') : name
    if (name === 'shutdown' && args.includes('-c')) return 0
    const delay = name === 'shutdown' ? args.find((a) => !a.startsWith('-')) : undefined
    const minutes =
      name === 'shutdown' ? (delay === 'now' || delay === '+0' ? 0 : Number(delay?.replace('+', '') ?? 1)) : 0
    if (minutes > 0) {
      const at = p.host.clock.now() + minutes * 60_000
      p.stderr.write(
        `${verb === 'reboot' ? 'Reboot' : 'Shutdown'} scheduled for ${systemdTime(at)}, use 'shutdown -c' to cancel.\n`,
      )
      p.host.kernel.after(minutes * 60_000, () =>
        p.host.kernel.spawn(verb, shutdown(p.host, verb === 'reboot' ? 'reboot' : 'poweroff')),
      )
      return 0
    }
    p.argv = ['systemctl', verb]
    return yield* systemctl.main(p)
  },
}))
