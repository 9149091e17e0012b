import type { Program } from '../host/index.ts'

/**
 * What an Ubuntu 24.04 server has in PATH and this simulation does not carry. They say so: "command not found" would be a
 * lie about the machine.
 */
const NAMES = `
  aa-status apparmor_parser apropos bc blkid cal chattr chrt cloud-init csplit debugfs dpkg-query e2fsck ed envsubst expr
  factor fdisk fmt fsck fsck.ext4 getcap getconf getfacl git htop hwclock init insmod iostat last lastlog ldd locale
  localectl loginctl logrotate lsattr lsb_release lshw lsmem lspci lsusb lvs mkfifo mkfs.ext4 mpstat mtr needrestart netplan
  networkctl parted passwd patch perl pidstat prlimit pstree pvs renice resize2fs resolvectl rsync run-parts sar screen
  setcap setfacl sftp shred shuf split ssh-copy-id ssh-keygen strace systemd-cgls systemd-cgtop systemd-detect-virt
  systemd-resolve taskset tc telnet tmux tune2fs udevadm update-ca-certificates useradd userdel usermod uuidgen vgs whereis
  xz`
  .trim()
  .split(/\s+/)

/** One program for each name that nothing else has. */
export const notSimulated = (others: readonly Program[]): Program[] => {
  const taken = new Set(others.map(({ name }) => name))
  return NAMES.filter((name) => !taken.has(name)).map((name) => ({
    name,
    *main(p) {
      p.stderr.write(`${name}: not simulated\n`)
      return 127
    },
  }))
}
