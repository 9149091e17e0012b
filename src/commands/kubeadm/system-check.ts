import { MACHINE, type Process } from '../../host/index.ts'

/** SGR colours of system-validators' StreamReporter. */
const line = (name: string, value: string, colour = 32): string =>
  `\u001b[0;37m${name}\u001b[0m: \u001b[0;${colour}m${value}\u001b[0m\n`

/** Kernel options that the validator looks for; a text is what an optional one that is not set is said to be needed for. */
const KERNEL_CONFIG: readonly (string | readonly [string, string])[] = [
  'NAMESPACES',
  'NET_NS',
  'PID_NS',
  'IPC_NS',
  'UTS_NS',
  'CPUSETS',
  'MEMCG',
  'INET',
  'EXT4_FS',
  'PROC_FS',
  'NETFILTER_XT_TARGET_REDIRECT',
  'NETFILTER_XT_MATCH_COMMENT',
  'FAIR_GROUP_SCHED',
  'CGROUPS',
  'CGROUP_CPUACCT',
  'CGROUP_DEVICE',
  'CGROUP_FREEZER',
  'CGROUP_PIDS',
  'CGROUP_SCHED',
  'OVERLAY_FS',
  ['AUFS_FS', 'aufs'],
  ['BLK_DEV_DM', 'devicemapper'],
  'CFS_BANDWIDTH',
  'SECCOMP',
  'SECCOMP_FILTER',
]
const CONTROLLERS_V1 = ['CPU', 'CPUACCT', 'CPUSET', 'DEVICES', 'FREEZER', 'MEMORY', 'PIDS', 'HUGETLB', 'BLKIO']

const V1_ERROR =
  "cgroups v1 support is deprecated and will be removed in a future release. Please migrate to cgroups v2. To explicitly enable cgroups v1 support for kubelet v1.35 or newer, you must set the kubelet configuration option 'FailCgroupV1' to 'false'. You must also explicitly skip this validation. For more information, see https://git.k8s.io/enhancements/keps/sig-node/5573-remove-cgroup-v1"

/** What the real check reports on standard output when it fails. */
function transcript(p: Process): string {
  const { release } = p.host.service(MACHINE).platform.kernel
  return [
    '[preflight] The system verification failed. Printing the output from the verification:\n',
    line('KERNEL_VERSION', release),
    ...KERNEL_CONFIG.map((option) =>
      typeof option === 'string'
        ? line(`CONFIG_${option}`, 'enabled')
        : line(`CONFIG_${option[0]}`, `not set - Required for ${option[1]}.`, 33),
    ),
    line('OS', 'Linux'),
    ...CONTROLLERS_V1.map((name) => line(`CGROUPS_${name}`, 'enabled')),
  ].join('')
}

/** system-validators: errors of the SystemVerification check; the transcript is printed where it fails. */
export function verifySystem(p: Process): string[] {
  if (p.host.service(MACHINE).platform.cgroups === 2) return []
  p.stdout.write(transcript(p))
  return [V1_ERROR]
}
