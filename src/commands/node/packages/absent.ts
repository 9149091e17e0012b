import type { Program } from '../../../host/index.ts'
import { type Command, command, Fail, notSimulated } from '../lib/command.ts'

/**
 * What an Ubuntu 24.04 server has in PATH and the simulation has not. They say so: "command not found" would be a lie
 * about the machine.
 */
const NAMES = `
  aa-status apparmor_parser apropos bc blkid cal chattr chrt cloud-init csplit debugfs dpkg-query e2fsck ed envsubst
  factor fdisk fmt fsck fsck.ext4 getcap getconf getfacl git htop hwclock init insmod ldd locale localectl loginctl
  logrotate losetup lsattr lshw lsmem lspci lsusb lvs mkfifo mkfs.ext4 mtr needrestart netplan networkctl parted
  passwd patch perl prlimit pstree pvs renice resize2fs rsync run-parts screen setcap setfacl sftp shred shuf
  snap split ssh-copy-id ssh-keygen strace systemd-cgls systemd-cgtop systemd-resolve taskset tc telnet
  tmux tune2fs udevadm update-ca-certificates useradd userdel usermod uuidgen vgs whereis xz`
  .trim()
  .split(/\s+/)

const absent = (c: Command): never => notSimulated(c, c.args.join(' ') || 'this command')

/** cron's crontab, as far as it shows what there is: nobody has one. */
const crontab = command('crontab', (c) => {
  if (c.args.length === 1 && c.args[0] === '-l') throw new Fail('no crontab for root')
  return absent(c)
})

/** They are there and say that they are not simulated. */
export const absentCommands: Program[] = [crontab, ...NAMES.map((name) => command(name, absent))]
