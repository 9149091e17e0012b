/** What distinguishes one make of machine from another: distribution, kernel, hardware. Data that programs read. */
export interface Platform {
  readonly kernel: {
    /** `uname -r` */
    readonly release: string
    /** `uname -v` */
    readonly version: string
    /** Who built it: the parentheses of /proc/version; none when unknown. */
    readonly builder: string
    /** The kernel cannot load modules (`nomodule`): everything is compiled in, /proc/modules is absent. */
    readonly noModules?: boolean
  }
  /** Kernel command line. */
  readonly cmdline: string
  /** How PID 1 was started; /sbin/init by default. */
  readonly init?: readonly string[]
  /** What systemd-detect-virt says. */
  readonly virtualization: string
  /** hostnamectl's chassis, its symbol, and the machine's maker when DMI tells. */
  readonly chassis: string
  readonly symbol: string
  readonly vendor?: string
  readonly model?: string
  /** Whether `uname -p` and `-i` know the processor (a patch of Ubuntu's). */
  readonly unameProcessor: boolean
  /** Hierarchy that systemd mounted. Version 1 accounts neither CPU nor peak memory of units. */
  readonly cgroups: 1 | 2
  /** A real-time clock exists. */
  readonly rtc: boolean
  readonly rootDevice: string
  /** Lines of lsblk and lsblk -f below the headings; `%SIZE%`, `%PART%`, `%FREE%`, `%USED%` are filled in. */
  readonly disks: { readonly plain: readonly string[]; readonly fs: readonly string[] }
  /** Text files that differ from the base image's. */
  readonly files?: Readonly<Record<string, string>>
  /** Names of the base image's programs that are not installed. */
  readonly without?: readonly string[]
  /** Its OpenSSL is 3.2 or later: names are printed as `O=devs, CN=jane`. */
  readonly plainNames?: boolean
  /** Kernel variables that differ. */
  readonly sysctls?: Readonly<Record<string, string>>
}

/** The machines of the game: a cloud server with Ubuntu 24.04. */
export const UBUNTU: Platform = {
  kernel: {
    release: '6.8.0-57-generic',
    version: '#59-Ubuntu SMP PREEMPT_DYNAMIC Sat Mar 15 17:40:59 UTC 2025',
    builder:
      '(buildd@lcy02-amd64-098) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0, GNU ld (GNU Binutils for Ubuntu) 2.42) ',
  },
  cmdline: 'BOOT_IMAGE=/vmlinuz-6.8.0-57-generic root=/dev/mapper/ubuntu--vg-ubuntu--lv ro',
  virtualization: 'kvm',
  chassis: 'vm',
  symbol: '🖴',
  vendor: 'QEMU',
  model: 'Standard PC _Q35 + ICH9, 2009_',
  unameProcessor: true,
  cgroups: 2,
  rtc: true,
  rootDevice: '/dev/vda1',
  disks: {
    plain: [
      'NAME    MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS',
      'vda     253:0    0 %SIZE%  0 disk ',
      '├─vda1  253:1    0 %PART%  0 part /',
      '├─vda14 253:14   0    4M  0 part ',
      '├─vda15 253:15   0  106M  0 part /boot/efi',
      '└─vda16 259:0    0  913M  0 part /boot',
    ],
    fs: [
      'NAME    FSTYPE FSVER LABEL           UUID                                 FSAVAIL FSUSE% MOUNTPOINTS',
      'vda                                                                                       ',
      '├─vda1  ext4   1.0   cloudimg-rootfs 3a5b1c9e-1f4d-4a3e-9b7c-0c2d8a6e5f11 %FREE% %USED% /',
      '├─vda14                                                                                   ',
      '├─vda15 vfat   FAT32 UEFI            7B2C-91D4                              98.2M     6% /boot/efi',
      '└─vda16 ext4   1.0   BOOT            5e0f4c1a-8a47-4d0b-8f0e-6c41b2f9a7d3    757M     8% /boot',
    ],
  },
}

/** /proc/version and the first line of the kernel's log, without the build number's date. */
export const kernelBanner = (p: Platform): string =>
  `Linux version ${p.kernel.release} ${p.kernel.builder}${p.kernel.version}`
