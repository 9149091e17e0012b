import { MACHINE, type Program, parseSpan, SYSTEMD } from '../../../host/index.ts'
import { CHRONY } from '../../../programs/chronyd/chronyd.ts'
import { type Command, command, Fail } from '../lib/command.ts'
import { parseTimestamp, systemdTime } from '../lib/time.ts'

const NTP = 'chrony.service'

/** True while chronyd follows a source. */
const synchronized = (c: Command): boolean => c.host.has(CHRONY) && c.host.service(CHRONY).selected !== undefined

/** systemd 257's timedatectl. */
export const timedatectl: Program = command('timedatectl', function* (c) {
  const words = c.args.filter((a) => !a.startsWith('-'))
  const now = c.host.clock.now()
  const systemd = c.host.service(SYSTEMD)
  const active = systemd.unit(NTP).active === 'active'
  const needRoot = (what: string): void => {
    if (c.p.creds.uid !== 0) throw new Fail(`Failed to ${what}: Interactive authentication required.`)
  }
  switch (words[0] ?? 'status') {
    case 'status':
      c.out(
        `               Local time: ${systemdTime(now)}\n           Universal time: ${systemdTime(now)}\n                 RTC time: ${c.host.service(MACHINE).platform.rtc ? systemdTime(now).replace(/ UTC$/, '') : 'n/a'}\n                Time zone: Etc/UTC (UTC, +0000)\nSystem clock synchronized: ${synchronized(c) ? 'yes' : 'no'}\n              NTP service: ${active ? 'active' : 'inactive'}\n          RTC in local TZ: no\n`,
      )
      return 0
    case 'show':
      c.out(
        `Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=${active ? 'yes' : 'no'}\nNTPSynchronized=${synchronized(c) ? 'yes' : 'no'}\nTimeUSec=${systemdTime(now)}\n`,
      )
      return 0
    case 'set-ntp': {
      needRoot('set ntp')
      const on = /^(true|yes|1|on)$/i.test(words[1] ?? '')
      if (!on && !/^(false|no|0|off)$/i.test(words[1] ?? ''))
        throw new Fail(`Failed to parse NTP setting '${words[1]}': Invalid argument`)
      if (on) systemd.installed.enable(NTP)
      else systemd.installed.disable(NTP)
      yield* systemd.jobs.perform(on ? 'start' : 'stop', systemd.unit(NTP))
      return 0
    }
    case 'set-time': {
      needRoot('set time')
      if (active) throw new Fail('Failed to set time: Automatic time synchronization is enabled')
      const t = parseTimestamp(words.slice(1).join(' '), now, parseSpan)
      if (t === undefined)
        throw new Fail(`Failed to parse time specification '${words.slice(1).join(' ')}': Invalid argument`)
      c.host.clock.set(t)
      return 0
    }
    case 'set-timezone':
      needRoot('set time zone')
      if (words[1] !== 'UTC' && words[1] !== 'Etc/UTC')
        throw new Fail(`timedatectl: not simulated: time zone ${words[1]}`, 127)
      return 0
    case 'list-timezones':
      c.out('Etc/UTC\nUTC\n')
      return 0
    default:
      throw new Fail(`Unknown command verb '${words[0]}'.`)
  }
})

/** systemd 257's hostnamectl. */
export const hostnamectl: Program = command('hostnamectl', (c) => {
  const [verb = 'status', name] = c.args.filter((a) => !a.startsWith('-'))
  const machine = c.host.service(MACHINE)
  const { platform } = machine
  const field = (key: string): string => {
    const file = c.host.fs.find('/etc/os-release')
    return (file?.kind === 'file' ? new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(file.read())?.[1] : undefined) ?? ''
  }
  const hostnameFile = c.host.fs.find('/etc/hostname')
  const hostname = hostnameFile?.kind === 'file' ? hostnameFile.read().trim() : c.host.name
  switch (verb) {
    case 'status':
      c.out(
        ` Static hostname: ${hostname}\n       Icon name: computer-${platform.chassis}\n         Chassis: ${platform.chassis} ${platform.symbol}\n      Machine ID: ${machine.machineId}\n         Boot ID: ${machine.bootId}\n  Virtualization: ${platform.virtualization}\nOperating System: ${field('PRETTY_NAME')}\n          Kernel: Linux ${platform.kernel.release}\n    Architecture: x86-64\n${platform.vendor ? ` Hardware Vendor: ${platform.vendor}\n` : ''}${platform.model ? `  Hardware Model: ${platform.model}\n` : ''}`,
      )
      return 0
    case 'hostname':
    case 'set-hostname':
      if (name === undefined) {
        c.out(`${hostname}\n`)
        return 0
      }
      if (c.p.creds.uid !== 0) throw new Fail('Could not set static hostname: Interactive authentication required.')
      c.host.fs.writeFile('/etc/hostname', `${name}\n`)
      return 0
    default:
      throw new Fail(`Unknown command verb '${verb}'.`)
  }
})
