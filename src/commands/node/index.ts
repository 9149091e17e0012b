import type { Program } from '../../host/index.ts'
import { busybox } from './busybox.ts'
import { chronyc } from './clock/chronyc.ts'
import { hostnamectl, timedatectl } from './clock/timedatectl.ts'
import { curl } from './curl/curl.ts'
import { busyboxNslookup } from './dns/busybox-nslookup.ts'
import { busybox128Nslookup } from './dns/busybox128-nslookup.ts'
import { dig, hostCommand } from './dns/dig.ts'
import { getent } from './dns/getent.ts'
import { nslookup } from './dns/nslookup.ts'
import { ip } from './ip/ip.ts'
import { dmesg } from './journalctl/dmesg.ts'
import { journalctl } from './journalctl/journalctl.ts'
import { fallocate } from './kernel/fallocate.ts'
import { fuser, logger, lsblk, lscpu, vmstat } from './kernel/hardware.ts'
import { lsmod, modinfo, modprobe, rmmod } from './kernel/modules.ts'
import { findmnt, mount, umount } from './kernel/mount.ts'
import { mkswap, swapoff, swapon } from './kernel/swap.ts'
import { sysctl } from './kernel/sysctl.ts'
import { busyboxNc } from './net/busybox-nc.ts'
import { bridge, ethtool } from './net/devices.ts'
import { lsof } from './net/lsof.ts'
import { nc } from './net/nc.ts'
import { netstat } from './net/netstat.ts'
import { busyboxPing, ping } from './net/ping.ts'
import { ss } from './net/ss.ts'
import { tcpdump } from './net/tcpdump.ts'
import { arping, tracepath, traceroute } from './net/traceroute.ts'
import { busyboxWget, wget } from './net/wget.ts'
import { conntrack } from './netfilter/conntrack.ts'
import { ipset } from './netfilter/ipset.ts'
import { iptablesFor } from './netfilter/iptables.ts'
import { ipvsadm } from './netfilter/ipvsadm.ts'
import { nft } from './netfilter/nft.ts'
import { iptablesRestore, iptablesSave } from './netfilter/save-restore.ts'
import { absentCommands } from './packages/absent.ts'
import { apt, aptGet } from './packages/apt.ts'
import { aptCache } from './packages/apt-cache.ts'
import { aptMark } from './packages/apt-mark.ts'
import { dpkg } from './packages/dpkg.ts'
import { lsbRelease } from './system/lsb-release.ts'
import { resolvectl } from './system/resolvectl.ts'
import { detectVirt, ufw } from './system/virt.ts'
import { powerCommands, service } from './systemctl/aliases.ts'
import { systemdAnalyze } from './systemctl/analyze.ts'
import { systemctl } from './systemctl/systemctl.ts'

/** Commands of a Linux node: systemd, journal, network, kernel, clock. */
export const hostPrograms: Program[] = [
  systemctl,
  service,
  systemdAnalyze,
  ...powerCommands,
  journalctl,
  dmesg,
  logger,
  curl,
  wget,
  nslookup,
  dig,
  hostCommand,
  getent,
  ip,
  ss,
  netstat,
  nc,
  ping,
  traceroute,
  tracepath,
  arping,
  tcpdump,
  bridge,
  ethtool,
  iptablesFor('iptables'),
  iptablesFor('ip6tables'),
  iptablesSave('iptables-save'),
  iptablesSave('ip6tables-save'),
  iptablesRestore('iptables-restore'),
  iptablesRestore('ip6tables-restore'),
  conntrack,
  ipvsadm,
  ipset,
  nft,
  sysctl,
  lsmod,
  modprobe,
  rmmod,
  modinfo,
  swapon,
  swapoff,
  mkswap,
  fallocate,
  mount,
  umount,
  findmnt,
  lscpu,
  lsblk,
  vmstat,
  lsof,
  fuser,
  timedatectl,
  hostnamectl,
  chronyc,
  apt,
  aptGet,
  aptCache,
  aptMark,
  dpkg,
  lsbRelease,
  resolvectl,
  detectVirt,
  ufw,
  busybox,
  ...absentCommands,
]

/** What busybox prints differently: programs for container images, under the names that their executables refer to. */
export const busyboxNetPrograms: Program[] = [busyboxNslookup, busybox128Nslookup, busyboxWget, busyboxPing, busyboxNc]
