import type { FileSystem } from '../fs/index.ts'
import { Builder } from './builder.ts'
import type { Platform } from './platform.ts'
import { ENABLED, LINKS, UNITS } from './units.ts'

/** What distinguishes one machine's root file system from another's. */
export interface ImageOptions {
  readonly hostname: string
  /** Names of the programs to install (see `programDir` for where). */
  readonly programs: Iterable<string>
  /** Address and prefix of eth0, its gateway and DNS servers, for netplan. */
  readonly cidr?: string
  readonly gateway?: string
  readonly dns?: readonly string[]
  /** More lines of /etc/hosts. */
  readonly hosts?: readonly string[]
  readonly machineId?: string
  /** NTP servers for chrony. */
  readonly ntp?: readonly string[]
  readonly platform?: Platform
  /** ms since the epoch: when the machine was installed. */
  readonly installed: number
}

/** Fills a root file system as a freshly installed Ubuntu 24.04 server has it. Shared texts, no path walks: cheap. */
export function baseImage(root: FileSystem, o: ImageOptions): void {
  const b = new Builder(root, o.installed)
  for (const [link, to] of [
    ['bin', 'usr/bin'],
    ['sbin', 'usr/sbin'],
    ['lib', 'usr/lib'],
    ['lib64', 'usr/lib64'],
  ])
    b.link(`/${link}`, to)
  for (const dir of DIRS) b.dir(dir)
  b.dir('/root', 0o700)
  b.dir('/tmp', 0o1777)
  b.dir('/var/tmp', 0o1777)
  b.link('/var/run', '/run')
  b.link('/var/lock', '/run/lock')
  for (const [path, text] of Object.entries(ETC)) b.file(path, text)
  b.file('/etc/shadow', SHADOW, 0o640, 42)
  b.link('/etc/os-release', '../usr/lib/os-release')
  b.link('/etc/localtime', '/usr/share/zoneinfo/Etc/UTC')
  b.link('/etc/resolv.conf', '../run/systemd/resolve/stub-resolv.conf')
  b.file('/etc/hostname', `${o.hostname}\n`)
  b.file(
    '/etc/hosts',
    `127.0.0.1 localhost\n127.0.1.1 ${o.hostname}\n${(o.hosts ?? []).map((l) => `${l}\n`).join('')}${HOSTS6}`,
  )
  b.file('/etc/machine-id', `${o.machineId ?? ''}\n`, 0o444)
  b.file('/etc/netplan/50-cloud-init.yaml', netplan(o), 0o600)
  b.file('/etc/chrony/chrony.conf', chronyConf(o.ntp ?? ['ntp.ubuntu.com']))
  b.dir('/var/log/journal', 0o2755)
  for (const log of ['syslog', 'auth.log', 'kern.log', 'dpkg.log']) b.file(`/var/log/${log}`, '', 0o640)
  for (const [name, text] of Object.entries(UNITS)) b.file(`/usr/lib/systemd/system/${name}`, text)
  for (const [link, to] of Object.entries(LINKS)) b.link(link, to)
  for (const [dir, names] of Object.entries(ENABLED))
    for (const name of names)
      b.link(`/etc/systemd/system/${dir}/${name}`, `/usr/lib/systemd/system/${name.replace(/@[^.]+/, '@')}`)
  b.link('/etc/systemd/system/sshd.service', '/usr/lib/systemd/system/ssh.service')
  b.link('/etc/systemd/system/chronyd.service', '/usr/lib/systemd/system/chrony.service')
  b.link('/etc/systemd/system/syslog.service', '/usr/lib/systemd/system/rsyslog.service')
  for (const [path, text] of Object.entries(o.platform?.files ?? {})) b.file(path, text)
  for (const name of o.programs) b.program(`${programDir(name)}/${name}`, name)
}

/** Directory in which Ubuntu installs a program. */
export function programDir(name: string): string {
  if (name.startsWith('systemd-') && !SYSTEMD_TOOLS.has(name)) return '/usr/lib/systemd'
  if (name === 'polkitd') return '/usr/lib/polkit-1'
  return SBIN.has(name) ? '/usr/sbin' : '/usr/bin'
}

const SYSTEMD_TOOLS = new Set([
  'systemd-analyze',
  'systemd-cat',
  'systemd-cgls',
  'systemd-cgtop',
  'systemd-run',
  'systemd-detect-virt',
  'systemd-resolve',
  'systemd-tmpfiles',
  'systemd-notify',
  'systemd-escape',
  'systemd-delta',
  'systemd-inhibit',
  'systemd-mount',
  'systemd-path',
])
const SBIN = new Set(
  `agetty arptables blkid bridge chronyd chroot conntrack cron depmod ebtables ethtool fdisk fsfreeze halt ifconfig init insmod ip6tables
  ip6tables-restore ip6tables-save ipset iptables iptables-restore iptables-save ipvsadm ldconfig losetup lsmod mkfs.ext4 mkswap
  modinfo modprobe nft poweroff reboot rmmod route rsyslogd runuser service shutdown sshd swapoff swapon sysctl tc ufw useradd
  usermod userdel groupadd visudo xtables-nft-multi iptables-nft iptables-legacy`.split(/\s+/),
)

const DIRS = [
  '/boot',
  '/dev',
  '/etc',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/proc',
  '/run',
  '/srv',
  '/sys',
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/local/lib',
  '/usr/share',
  '/usr/lib/systemd/system',
  '/usr/local/lib/systemd/system',
  '/etc/systemd/system',
  '/etc/sysctl.d',
  '/etc/modules-load.d',
  '/etc/modprobe.d',
  '/etc/default',
  '/etc/apt/keyrings',
  '/etc/apt/sources.list.d',
  '/etc/ssl/certs',
  '/etc/ssl/private',
  '/etc/cron.d',
  '/etc/profile.d',
  '/etc/security/limits.d',
  '/var/cache',
  '/var/lib',
  '/var/log',
  '/var/spool/cron/crontabs',
  '/var/lib/systemd',
  '/lost+found',
  '/home/ubuntu',
  '/usr/share/zoneinfo/Etc',
  '/usr/lib/modules/6.8.0-57-generic',
]

const netplan = (o: ImageOptions): string => `network:
  version: 2
  ethernets:
    eth0:
      addresses: [${o.cidr ?? '192.168.56.10/24'}]
${o.gateway === undefined ? '' : `      routes:\n        - to: default\n          via: ${o.gateway}\n`}      nameservers:
        addresses: [${(o.dns ?? [o.gateway ?? '192.168.56.1']).join(', ')}] # dns
`

const chronyConf = (
  servers: readonly string[],
): string => `# Welcome to the chrony configuration file. See chrony.conf(5) for more
# information about usable directives.

# Include configuration files found in /etc/chrony/conf.d.
confdir /etc/chrony/conf.d

${servers.map((s) => `${/^\d/.test(s) ? 'server' : 'pool'} ${s} iburst\n`).join('')}
# This directive specify the location of the file containing ID/key pairs for
# NTP authentication.
keyfile /etc/chrony/chrony.keys

# This directive specify the file into which chronyd will store the rate
# information.
driftfile /var/lib/chrony/chrony.drift

# Log files location.
logdir /var/log/chrony

# Stop bad estimates upsetting machine clock.
maxupdateskew 100.0

# This directive enables kernel synchronisation (every 11 minutes) of the
# real-time clock. Note that it can't be used along with the 'rtcfile' directive.
rtcsync

# Step the system clock instead of slewing it if the adjustment is larger than
# one second, but only in the first three clock updates.
makestep 1 3

# Get TAI-UTC offset and leap seconds from the system tz database.
leapsectz right/UTC
`

const HOSTS6 = `
# The following lines are desirable for IPv6 capable hosts
::1     ip6-localhost ip6-loopback
fe00::0 ip6-localnet
ff00::0 ip6-mcastprefix
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
`

const SHADOW = 'root:*:19838:0:99999:7:::\ndaemon:*:19838:0:99999:7:::\nubuntu:!:19838:0:99999:7:::\n'

const ETC: Readonly<Record<string, string>> = {
  '/usr/lib/os-release': `PRETTY_NAME="Ubuntu 24.04.2 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.2 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"
UBUNTU_CODENAME=noble
LOGO=ubuntu-logo
`,
  '/etc/lsb-release':
    'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\nDISTRIB_CODENAME=noble\nDISTRIB_DESCRIPTION="Ubuntu 24.04.2 LTS"\n',
  '/etc/debian_version': 'trixie/sid\n',
  '/etc/issue': 'Ubuntu 24.04.2 LTS \\n \\l\n\n',
  '/etc/passwd': `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin
systemd-timesync:x:996:996:systemd Time Synchronization:/:/usr/sbin/nologin
messagebus:x:101:101::/nonexistent:/usr/sbin/nologin
syslog:x:102:102::/nonexistent:/usr/sbin/nologin
systemd-resolve:x:991:991:systemd Resolver:/:/usr/sbin/nologin
sshd:x:104:65534::/run/sshd:/usr/sbin/nologin
polkitd:x:990:990:User for polkitd:/:/usr/sbin/nologin
_chrony:x:105:106:Chrony daemon,,,:/var/lib/chrony:/usr/sbin/nologin
ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash
`,
  '/etc/group': `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:syslog,ubuntu
tty:x:5:
disk:x:6:
mail:x:8:
sudo:x:27:ubuntu
www-data:x:33:
shadow:x:42:
systemd-journal:x:999:
systemd-network:x:998:
systemd-resolve:x:991:
messagebus:x:101:
syslog:x:102:
polkitd:x:990:
_chrony:x:106:
ubuntu:x:1000:
nogroup:x:65534:
`,
  '/etc/fstab':
    'LABEL=cloudimg-rootfs\t/\t ext4\tdiscard,commit=30,errors=remount-ro\t0 1\nLABEL=BOOT\t/boot\text4\tdefaults\t0 2\nLABEL=UEFI\t/boot/efi\tvfat\tumask=0077\t0 1\n',
  '/etc/nsswitch.conf': `# /etc/nsswitch.conf
#
# Example configuration of GNU Name Service Switch functionality.
# If you have the \`glibc-doc-reference' and \`info' packages installed, try:
# \`info libc "Name Service Switch"' for information about this file.

passwd:         files systemd
group:          files systemd
shadow:         files systemd
gshadow:        files systemd

hosts:          files dns
networks:       files

protocols:      db files
services:       db files
ethers:         db files
rpc:            db files

netgroup:       nis
`,
  '/etc/host.conf': '# The "order" line is only used by old versions of the C library.\norder hosts,bind\nmulti on\n',
  // No public authority signs anything inside the simulation.
  '/etc/ssl/certs/ca-certificates.crt': '',
  '/etc/timezone': 'Etc/UTC\n',
  '/usr/share/zoneinfo/Etc/UTC': 'TZif2\n',
  '/etc/environment':
    'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin"\n',
  '/etc/shells': '# /etc/shells: valid login shells\n/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n',
  '/etc/profile':
    '# /etc/profile: system-wide .profile file for the Bourne shell (sh(1))\n# and Bourne compatible shells (bash(1), ksh(1), ash(1), ...).\n',
  '/etc/sysctl.conf':
    '#\n# /etc/sysctl.conf - Configuration file for setting system variables\n# See /etc/sysctl.d/ for additional system variables.\n# See sysctl.conf (5) for information.\n#\n\n#kernel.domainname = example.com\n\n# Uncomment the next line to enable packet forwarding for IPv4\n#net.ipv4.ip_forward=1\n',
  '/etc/sysctl.d/10-network-security.conf':
    '\n# Turn on Source Address Verification in all interfaces to\n# prevent some spoofing attacks.\nnet.ipv4.conf.default.rp_filter=2\nnet.ipv4.conf.all.rp_filter=2\n',
  '/etc/sysctl.d/README.sysctl':
    'Kernel system variables configuration files\n\nFiles found under the /etc/sysctl.d directory that end with .conf are\nparsed within sysctl(8) at boot time.  If you want to set kernel variables\nyou can either edit /etc/sysctl.conf or make a new file.\n',
  '/usr/lib/sysctl.d/99-protect-links.conf':
    '# Protected links\n#\nfs.protected_fifos = 1\nfs.protected_hardlinks = 1\nfs.protected_regular = 2\nfs.protected_symlinks = 1\n',
  '/etc/modules':
    '# /etc/modules: kernel modules to load at boot time.\n#\n# This file contains the names of kernel modules that should be loaded\n# at boot time, one per line. Lines beginning with "#" are ignored.\n',
  '/etc/ssh/sshd_config':
    '# This is the sshd server system-wide configuration file.  See\n# sshd_config(5) for more information.\n\nInclude /etc/ssh/sshd_config.d/*.conf\n\nKbdInteractiveAuthentication no\nUsePAM yes\nX11Forwarding yes\nPrintMotd no\nAcceptEnv LANG LC_*\nSubsystem\tsftp\t/usr/lib/openssh/sftp-server\n',
  '/etc/default/ssh':
    '# Default settings for openssh-server. This file is sourced by /bin/sh from\n# /etc/init.d/ssh.\n\n# Options to pass to sshd\nSSHD_OPTS=\n',
  '/etc/default/chrony':
    '# This is a configuration file for /etc/init.d/chrony and\n# /lib/systemd/system/chrony.service; it allows you to pass various options to\n# the chrony daemon without editing the init script or service file.\n\n# Options to pass to chrony.\nDAEMON_OPTS="-F 1"\n',
  '/etc/systemd/journald.conf':
    '#  This file is part of systemd.\n#\n# See journald.conf(5) for details.\n\n[Journal]\n#Storage=auto\n#Compress=yes\n#SystemMaxUse=\n#RuntimeMaxUse=\n#ForwardToSyslog=no\n',
  '/etc/systemd/resolved.conf':
    '#  This file is part of systemd.\n#\n# See resolved.conf(5) for details.\n\n[Resolve]\n#DNS=\n#FallbackDNS=\n#Domains=\n#Cache=yes\n#DNSStubListener=yes\n',
  '/etc/systemd/system.conf':
    '#  This file is part of systemd.\n\n[Manager]\n#LogLevel=info\n#DefaultTimeoutStartSec=90s\n',
  '/etc/login.defs': 'UMASK\t\t022\nHOME_MODE\t0750\n',
  '/etc/protocols': 'ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\n',
  '/etc/services':
    'ssh\t\t22/tcp\ndomain\t\t53/tcp\ndomain\t\t53/udp\nhttp\t\t80/tcp\t\twww\nntp\t\t123/udp\nhttps\t\t443/tcp\nmysql\t\t3306/tcp\npostgresql\t5432/tcp\nredis\t\t6379/tcp\nhttp-alt\t8080/tcp\n',
  '/etc/apt/sources.list.d/ubuntu.sources':
    'Types: deb\nURIs: http://archive.ubuntu.com/ubuntu/\nSuites: noble noble-updates noble-backports\nComponents: main universe restricted multiverse\nSigned-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg\n',
  '/root/.profile':
    '# ~/.profile: executed by Bourne-compatible login shells.\n\nif [ "$BASH" ]; then\n  if [ -f ~/.bashrc ]; then\n    . ~/.bashrc\n  fi\nfi\n',
  '/root/.bashrc':
    "# ~/.bashrc: executed by bash(1) for non-login shells.\n\nalias ll='ls -alF'\nalias la='ls -A'\nalias l='ls -CF'\n",
  '/home/ubuntu/.profile': '# ~/.profile: executed by the command interpreter for login shells.\n',
}
