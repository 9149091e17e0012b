import type { Program } from '../../../host/index.ts'

/**
 * What an Ubuntu 24.04 server has in PATH and the simulation has not. They say so: "command not found" would be a lie
 * about the machine.
 */
const NAMES = `
  aa-status apparmor_parser apropos bc blkid cal chattr chrt cloud-init csplit debugfs dpkg-query e2fsck ed envsubst expr
  factor fdisk fmt fsck fsck.ext4 getcap getconf getfacl git htop hwclock init insmod ldd locale localectl loginctl
  logrotate losetup lsattr lsb_release lshw lsmem lspci lsusb lvs mkfifo mkfs.ext4 mtr needrestart netplan networkctl parted
  passwd patch perl prlimit pstree pvs renice resize2fs resolvectl rsync run-parts screen setcap setfacl sftp shred shuf
  snap split ssh-copy-id ssh-keygen strace systemd-cgls systemd-cgtop systemd-detect-virt systemd-resolve taskset tc telnet
  tmux tune2fs udevadm ufw update-ca-certificates useradd userdel usermod uuidgen vgs whereis xz`
  .trim()
  .split(/\s+/)

const notSimulated = (name: string, args: readonly string[]): string =>
  `${name}: not simulated: ${args.join(' ') || 'this command'}\n`

/** cron's crontab, as far as it shows what there is: nobody has one. */
const crontab: Program = {
  name: 'crontab',
  *main(p) {
    const args = p.argv.slice(1)
    if (args.length === 1 && args[0] === '-l') {
      p.stderr.write('no crontab for root\n')
      return 1
    }
    p.stderr.write(notSimulated('crontab', args))
    return 127
  },
}

export const absentCommands: Program[] = [
  crontab,
  ...NAMES.map(
    (name) =>
      ({
        name,
        *main(p) {
          p.stderr.write(notSimulated(name, p.argv.slice(1)))
          return 127
        },
      }) satisfies Program,
  ),
]
