/** Unit files of a plain Ubuntu server, shortened to what has an effect or is looked at. */
const service = (
  description: string,
  exec: string,
  rest: { unit?: string; service?: string; install?: string; docs?: string } = {},
): string =>
  `[Unit]\nDescription=${description}\n${rest.docs ? `Documentation=${rest.docs}\n` : ''}${rest.unit ?? ''}\n[Service]\nExecStart=${exec}\n${rest.service ?? ''}${
    rest.install === undefined ? '' : `\n[Install]\n${rest.install}`
  }`
const target = (description: string, rest = ''): string =>
  `[Unit]\nDescription=${description}\nDocumentation=man:systemd.special(7)\n${rest}`
const timer = (description: string, lines: string): string =>
  `[Unit]\nDescription=${description}\n\n[Timer]\n${lines}\n[Install]\nWantedBy=timers.target\n`
const oneshot = 'Type=oneshot\nRemainAfterExit=yes\n'
const multi = 'WantedBy=multi-user.target\n'

/** Unit files of the base system, by name. */
export const UNITS: Readonly<Record<string, string>> = {
  'basic.target': target(
    'Basic System',
    'Requires=sysinit.target\nWants=sockets.target timers.target paths.target slices.target\nAfter=sysinit.target sockets.target paths.target slices.target\n',
  ),
  'sysinit.target': target(
    'System Initialization',
    'Wants=local-fs.target swap.target\nAfter=local-fs.target swap.target\n',
  ),
  'local-fs.target': target('Local File Systems'),
  'remote-fs.target': target('Remote File Systems'),
  'swap.target': target('Swaps'),
  'network.target': target('Network'),
  'network-online.target': target('Network is Online', 'After=network.target\n'),
  'nss-lookup.target': target('Host and Network Name Lookups'),
  'time-sync.target': target('System Time Synchronized'),
  'timers.target': target('Timer Units'),
  'sockets.target': target('Socket Units'),
  'paths.target': target('Path Units'),
  'slices.target': target('Slice Units'),
  'getty.target': target('Login Prompts'),
  'multi-user.target': target(
    'Multi-User System',
    'Requires=basic.target\nConflicts=rescue.service rescue.target\nAfter=basic.target rescue.service rescue.target\nAllowIsolate=yes\n',
  ),
  'graphical.target': target(
    'Graphical Interface',
    'Requires=multi-user.target\nConflicts=rescue.service rescue.target\nAfter=multi-user.target rescue.service rescue.target display-manager.service\nAllowIsolate=yes\n',
  ),
  'rescue.target': target('Rescue Mode', 'AllowIsolate=yes\n'),
  'reboot.target': target('System Reboot'),
  'poweroff.target': target('System Power Off'),
  'shutdown.target': target('System Shutdown'),
  'systemd-journald.service': service('Journal Service', '/usr/lib/systemd/systemd-journald', {
    docs: 'man:systemd-journald.service(8) man:journald.conf(5)',
    service: 'Type=notify\nRestart=always\nRestartSec=0\n',
  }),
  'systemd-udevd.service': service('Rule-based Manager for Device Events and Files', '/usr/lib/systemd/systemd-udevd', {
    docs: 'man:systemd-udevd.service(8) man:udev(7)',
    service: 'Type=notify\nRestart=always\nRestartSec=0\n',
  }),
  'systemd-logind.service': service('User Login Management', '/usr/lib/systemd/systemd-logind', {
    docs: 'man:sd-login(3)',
    service: 'Type=notify\nRestart=always\nRestartSec=0\n',
  }),
  'systemd-networkd.service': service('Network Configuration', '/usr/lib/systemd/systemd-networkd', {
    docs: 'man:systemd-networkd.service(8)',
    unit: 'Before=network.target\n',
    service: 'Type=notify\nRestart=on-failure\nRestartSec=0\n',
    install: multi,
  }),
  'systemd-resolved.service': service('Network Name Resolution', '/usr/lib/systemd/systemd-resolved', {
    docs: 'man:systemd-resolved.service(8)',
    unit: 'Before=nss-lookup.target\n',
    service: 'Type=notify\nRestart=always\nRestartSec=0\nUser=systemd-resolve\n',
    install: multi,
  }),
  'systemd-modules-load.service': service('Load Kernel Modules', '/usr/lib/systemd/systemd-modules-load', {
    docs: 'man:systemd-modules-load.service(8)',
    service: oneshot,
  }),
  'systemd-sysctl.service': service('Apply Kernel Variables', '/usr/lib/systemd/systemd-sysctl', {
    docs: 'man:systemd-sysctl.service(8)',
    service: oneshot,
  }),
  'dbus.service': service(
    'D-Bus System Message Bus',
    '/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only',
    { docs: 'man:dbus-daemon(1)', service: 'Type=notify\nUser=messagebus\n' },
  ),
  'cron.service': service('Regular background program processing daemon', '/usr/sbin/cron -f -P', {
    docs: 'man:cron(8)',
    service: 'Restart=on-failure\n',
    install: multi,
  }),
  'rsyslog.service': service('System Logging Service', '/usr/sbin/rsyslogd -n -iNONE', {
    service: 'Type=notify\nRestart=on-failure\nUser=syslog\n',
    install: `${multi}Alias=syslog.service\n`,
  }),
  'ssh.service': service('OpenBSD Secure Shell server', '/usr/sbin/sshd -D $SSHD_OPTS', {
    docs: 'man:sshd(8) man:sshd_config(5)',
    unit: 'After=network.target\n',
    service:
      'EnvironmentFile=-/etc/default/ssh\nType=notify\nKillMode=process\nRestart=on-failure\nRestartPreventExitStatus=255\n',
    install: `${multi}Alias=sshd.service\n`,
  }),
  'chrony.service': service('chrony, an NTP client/server', '/usr/sbin/chronyd -F 1', {
    docs: 'man:chronyd(8) man:chronyc(1) man:chrony.conf(5)',
    unit: 'Conflicts=systemd-timesyncd.service openntpd.service ntp.service ntpsec.service\nAfter=network.target\n',
    service:
      'Type=forking\nPIDFile=/run/chrony/chronyd.pid\nEnvironmentFile=-/etc/default/chrony\nRestart=on-failure\n',
    install: `${multi}Alias=chronyd.service\n`,
  }),
  'polkit.service': service('Authorization Manager', '/usr/lib/polkit-1/polkitd --no-debug', {
    docs: 'man:polkit(8)',
    service: 'User=polkitd\n',
  }),
  'getty@.service': service('Getty on %I', '-/sbin/agetty -o "-p -- \\\\u" --noclear - $TERM', {
    docs: 'man:agetty(8) man:systemd-getty-generator(8)',
    service: 'Environment=TERM=linux\nRestart=always\nRestartSec=0\n',
    install: 'WantedBy=getty.target\nDefaultInstance=tty1\n',
  }),
  'apparmor.service': service('Load AppArmor profiles', '/usr/bin/true', {
    docs: 'man:apparmor(7)',
    service: oneshot,
    install: 'WantedBy=sysinit.target\n',
  }),
  'ufw.service': service('Uncomplicated firewall', '/usr/bin/true', {
    docs: 'man:ufw(8)',
    service: oneshot,
    install: multi,
  }),
  'logrotate.service': service('Rotate log files', '/usr/bin/true', {
    docs: 'man:logrotate(8) man:logrotate.conf(5)',
    service: 'Type=oneshot\n',
  }),
  'systemd-tmpfiles-clean.service': service('Cleanup of Temporary Directories', '/usr/bin/true', {
    docs: 'man:tmpfiles.d(5) man:systemd-tmpfiles(8)',
    service: 'Type=oneshot\n',
  }),
  'apt-daily.service': service('Daily apt download activities', '/usr/bin/true', {
    docs: 'man:apt(8)',
    service: 'Type=oneshot\n',
  }),
  'fstrim.service': service('Discard unused blocks on filesystems from /etc/fstab', '/usr/bin/true', {
    docs: 'man:fstrim(8)',
    service: 'Type=oneshot\n',
  }),
  'logrotate.timer': timer('Daily rotation of log files', 'OnCalendar=daily\nPersistent=true\n'),
  'apt-daily.timer': timer('Daily apt download activities', 'OnCalendar=*-*-* 6,18:00\nPersistent=true\n'),
  'fstrim.timer': timer('Discard unused filesystem blocks once a week', 'OnCalendar=weekly\nPersistent=true\n'),
  'systemd-tmpfiles-clean.timer': `[Unit]\nDescription=Daily Cleanup of Temporary Directories\nDocumentation=man:tmpfiles.d(5) man:systemd-tmpfiles(8)\n\n[Timer]\nOnBootSec=15min\nOnUnitActiveSec=1d\n`,
  'dbus.socket': `[Unit]\nDescription=D-Bus System Message Bus Socket\n\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n`,
  'systemd-journald.socket': `[Unit]\nDescription=Journal Sockets\n\n[Socket]\nListenStream=/run/systemd/journal/stdout\n`,
}

/** Links that enable units, as the packages leave them: link → file. */
export const LINKS: Readonly<Record<string, string>> = {
  '/usr/lib/systemd/system/default.target': 'graphical.target',
  '/usr/lib/systemd/system/runlevel3.target': 'multi-user.target',
  '/usr/lib/systemd/system/sysinit.target.wants/systemd-journald.service': '../systemd-journald.service',
  '/usr/lib/systemd/system/sysinit.target.wants/systemd-udevd.service': '../systemd-udevd.service',
  '/usr/lib/systemd/system/sysinit.target.wants/systemd-modules-load.service': '../systemd-modules-load.service',
  '/usr/lib/systemd/system/sysinit.target.wants/systemd-sysctl.service': '../systemd-sysctl.service',
  '/usr/lib/systemd/system/sockets.target.wants/dbus.socket': '../dbus.socket',
  '/usr/lib/systemd/system/sockets.target.wants/systemd-journald.socket': '../systemd-journald.socket',
  '/usr/lib/systemd/system/timers.target.wants/systemd-tmpfiles-clean.timer': '../systemd-tmpfiles-clean.timer',
  '/usr/lib/systemd/system/multi-user.target.wants/dbus.service': '../dbus.service',
  '/usr/lib/systemd/system/multi-user.target.wants/getty.target': '../getty.target',
  '/usr/lib/systemd/system/multi-user.target.wants/systemd-logind.service': '../systemd-logind.service',
  '/usr/lib/systemd/system/multi-user.target.wants/polkit.service': '../polkit.service',
}

/** Units that the administrator (or the installer) enabled: link directory in /etc → units. */
export const ENABLED: Readonly<Record<string, readonly string[]>> = {
  'multi-user.target.wants': [
    'chrony.service',
    'cron.service',
    'remote-fs.target',
    'rsyslog.service',
    'ssh.service',
    'systemd-networkd.service',
    'systemd-resolved.service',
    'ufw.service',
  ],
  'sysinit.target.wants': ['apparmor.service'],
  'timers.target.wants': ['apt-daily.timer', 'fstrim.timer', 'logrotate.timer'],
  'getty.target.wants': ['getty@tty1.service'],
  'network-online.target.wants': [],
}
