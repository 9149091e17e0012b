import type { FileSpec, Files, ImageVersion } from './types.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Applets of busybox 1.36 that our shell tools may provide; a missing tool says so when it is run. */
const BUSYBOX = words(`
  [ [[ addgroup adduser arch arp arping ash awk base64 basename bc bunzip2 bzcat bzip2 cal cat chgrp chmod chown chroot
  cksum clear cmp comm cp cpio crond crontab cut date dc dd delgroup deluser df diff dirname dmesg dnsdomainname du echo ed
  egrep env expand expr factor fallocate false fgrep find fold free ftpget ftpput getopt grep groups gunzip gzip halt
  head hexdump hostid hostname httpd id ifconfig ifdown ifup install ip ipaddr ipcalc iplink iproute kill killall less link
  ln logger login logname ls lsof lzcat md5sum microcom mkdir mkfifo mknod mktemp more mount mountpoint mv nc netstat nice
  nl nohup nproc nsenter nslookup od passwd paste pgrep pidof ping ping6 pipe_progress pkill pmap printenv printf ps
  pstree pwd pwdx readlink realpath reboot renice reset rev rm rmdir route run-parts sed seq setsid sh sha1sum sha256sum
  sha512sum shred shuf sleep sort split stat strings stty su sum swapoff swapon switch_root sync sysctl tac tail tar tee
  telnet telnetd test time timeout top touch tr traceroute true truncate tty ttysize umount uname unexpand uniq unlink
  unshare unzip uptime usleep uudecode uuencode vi watch wc wget which who whoami xargs xxd yes zcat`)

/** Applets whose output differs from the full tool of the same name. */
const APPLETS: Record<string, string> = {
  nc: 'busybox-nc',
  nslookup: 'busybox-nslookup',
  ping: 'busybox-ping',
  ps: 'busybox-ps',
  sh: 'ash',
  wget: 'busybox-wget',
}

/** The same for all tools whose messages differ. */
const WORDED = words(`
  cat chgrp chmod chown cp cut date dd df diff du env find gunzip gzip head id less ln ls md5sum mkdir more mv rm rmdir
  sha1sum sha256sum sha512sum sleep stat tail tar timeout touch umount uniq wc whoami`)
for (const name of WORDED) APPLETS[name] = `busybox-${name}`

const DEBIAN_BIN = words(`
  bash cat chgrp chmod chown cp dash date dd df dir dmesg dnsdomainname domainname echo egrep false fgrep findmnt grep
  gunzip gzip hostname ln login ls lsblk mkdir mknod mktemp more mount mountpoint mv nisdomainname pidof pwd readlink rm
  rmdir run-parts sed sh sleep stty su sync tar touch true umount uname uncompress vdir wdctl zcat`)

const DEBIAN_USR_BIN = words(`
  [ apt apt-cache apt-get arch awk b2sum base32 base64 basename basenc cksum clear cmp comm csplit cut diff dircolors dirname
  dpkg du env expand expr factor find fmt fold getent getopt groups head hostid iconv id install join last link locale
  logname md5sum mkfifo nice nl nohup nproc numfmt od paste perl pr printenv printf ptx realpath renice reset rev script
  seq setsid sha1sum sha256sum sha512sum shred shuf sort split stat sum tac tail tee test timeout toe tput tr truncate tset
  tsort tty unexpand uniq unlink users wc which who whoami xargs yes`)

const DIRS = words('/dev /etc /home /proc /root /sys /tmp /usr /usr/bin /usr/sbin /var /var/log /var/run')

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
wheel:x:10:root
mail:x:8:
www-data:x:33:
nobody:x:65534:
`

/** Alpine's root is in many groups, as `id` shows. */
const ALPINE_GROUP = `root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
wheel:x:10:root
floppy:x:11:root
dialout:x:20:root
tape:x:26:root
video:x:27:root
www-data:x:82:
nobody:x:65534:
`

const osRelease = (id: string, name: string, version: string): string =>
  `PRETTY_NAME="${name} ${version}"\nNAME="${name}"\nVERSION_ID="${version}"\nID=${id}\n`

const bin = (dir: string, names: readonly string[]): [string, FileSpec][] =>
  names.map((name) => [`${dir}/${name}`, { program: name }])

const applets = (): [string, FileSpec][] => BUSYBOX.map((name) => [`/bin/${name}`, { program: APPLETS[name] ?? name }])

const dirs = (): [string, FileSpec][] =>
  DIRS.map((path) => [path, { dir: true, mode: path === '/tmp' ? 0o1777 : path === '/root' ? 0o700 : 0o755 }])

const accounts: [string, FileSpec][] = [
  ['/etc/passwd', PASSWD],
  ['/etc/group', GROUP],
  ['/etc/shadow', { text: 'root:*:::::::\n', mode: 0o640 }],
]

const BASES: Record<ImageVersion['base'], () => Files> = {
  scratch: () => ({}),
  distroless: () =>
    Object.fromEntries([
      ...dirs(),
      [
        '/etc/passwd',
        'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
      ],
      ['/etc/group', 'root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n'],
      ['/etc/os-release', osRelease('debian', 'Distroless', '12')],
    ] as [string, FileSpec][]),
  busybox: () => Object.fromEntries([...dirs(), ...applets(), ...accounts]),
  alpine: () =>
    Object.fromEntries([
      ...dirs(),
      ...applets(),
      ...accounts,
      ['/etc/group', ALPINE_GROUP],
      ...bin('/sbin', ['apk']),
      ['/run', { dir: true }],
      ['/var/run', { link: '../run' }],
      ['/etc/alpine-release', '3.22.2\n'],
      [
        '/etc/os-release',
        'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\nHOME_URL="https://alpinelinux.org/"\n',
      ],
      ['/etc/nsswitch.conf', 'hosts: files dns\n'],
    ] as [string, FileSpec][]),
  debian: () =>
    Object.fromEntries([
      ...dirs(),
      ['/run', { dir: true }],
      ['/var/run', { link: '/run' }],
      ['/bin', { link: 'usr/bin' }],
      ['/sbin', { link: 'usr/sbin' }],
      ...bin('/usr/bin', DEBIAN_BIN),
      ...bin('/usr/bin', DEBIAN_USR_BIN),
      ...accounts,
      ['/etc/group', GROUP.replace(/^wheel.*\n/m, '')],
      ['/etc/debian_version', '13.1\n'],
      [
        '/etc/os-release',
        'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION="13 (trixie)"\nVERSION_CODENAME=trixie\nID=debian\n',
      ],
    ] as [string, FileSpec][]),
}

/** All files of an image version: its base's and its own. */
export const filesOf = (version: ImageVersion): Files => ({ ...BASES[version.base](), ...version.files })
