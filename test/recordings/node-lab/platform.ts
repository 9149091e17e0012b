import type { Platform } from '../../../src/host/index.ts'

const RELEASE = '6.18.44-fc-v445'

/** The recorder's machines: system containers with Debian trixie on a micro VM whose kernel has no modules. */
export const DEBIAN_LAB: Platform = {
  kernel: { release: RELEASE, version: '#1 SMP PREEMPT_DYNAMIC @0', builder: '', noModules: true },
  cmdline:
    'mitigations=auto,no_guest_host,no_guest_guest console=ttyS0 quiet reboot=k panic=1 nomodule random.trust_cpu=1 swiotlb=noforce psi=1 nvproxy.enable=1 page_reporting.page_reporting_order=11 deferred_init=lazy nested_pvm=1 cpuidle_haltpoll.force=1 haltpoll.guest_halt_poll_ns=0 sched_vcpu_pack=15 rdinit=/process_api -- --firecracker-init --addr 0.0.0.0:2024 --max-ws-buffer-size 32768 --block-local-connections --log-vsock-port 5002 --control-vsock-port 5001 --listen-vsock-port 2024 --tcp-readiness-only --auth-required',
  init: [
    '/usr/lib/systemd/systemd',
    'systemd.unified_cgroup_hierarchy=0',
    'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1',
    'systemd.log_target=journal',
  ],
  virtualization: 'container-other',
  chassis: 'container',
  symbol: '☐',
  unameProcessor: false,
  cgroups: 1,
  rtc: false,
  plainNames: true,
  rootDevice: '/dev/vda',
  disks: {
    plain: [
      'NAME  MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS',
      'zram0 253:0    0    0B  0 disk ',
      'vda   254:0    0 %SIZE%  0 disk /',
    ],
    fs: [
      'NAME  FSTYPE FSVER LABEL UUID FSAVAIL FSUSE% MOUNTPOINTS',
      'zram0                                        ',
      'vda                           %FREE% %USED% /',
    ],
  },
  files: {
    '/usr/lib/os-release': `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.7
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`,
    '/etc/fstab': '\n',
    '/etc/resolv.conf': 'nameserver 172.30.1.1\n',
    '/etc/chrony/chrony.conf': '',
  },
  without: ['systemd-resolved', 'last', 'iostat'],
  sysctls: {
    'kernel.threads-max': '192684',
    'net.netfilter.nf_conntrack_max': '65536',
    'net.nf_conntrack_max': '65536',
  },
}
