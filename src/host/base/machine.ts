import type { Kernel } from '../../kernel/index.ts'
import { FileSystem } from '../fs/index.ts'
import { Host, type Programs } from '../host.ts'
import { MACHINE } from '../machine.ts'
import type { Network } from '../net/network.ts'
import type { Segment } from '../net/segment.ts'
import { installSystem } from '../systemd/boot.ts'
import { baseImage } from './image.ts'
import { type Platform, UBUNTU } from './platform.ts'
import { mountPseudo } from './volatile.ts'

/** Hardware and place of a machine. */
export interface MachineOptions {
  readonly kernel: Kernel
  readonly programs: Programs
  readonly network: Network
  readonly segment: Segment
  readonly name: string
  /** Address with prefix, e.g. 192.168.56.10/24. */
  readonly cidr: string
  readonly gateway?: string
  readonly dns?: readonly string[]
  readonly ntp?: readonly string[]
  /** More lines of /etc/hosts. */
  readonly hosts?: readonly string[]
  readonly cpus: number
  /** Bytes. */
  readonly memory: number
  /** Bytes of the root disk; 40 GB by default. */
  readonly disk?: number
  /** Programs whose executables the image contains; all by default. */
  readonly install?: Iterable<string>
  /** Distribution, kernel and hardware; Ubuntu 24.04 on KVM by default. */
  readonly platform?: Platform
  /** True time at which it was switched on; now by default. */
  readonly bootedAt?: number
}

/** A machine with an installed distribution, a network card and systemd, ready for `boot`. */
export function createMachine(o: MachineOptions): Host {
  const platform = o.platform ?? UBUNTU
  const root = new FileSystem(platform.rootDevice, 'ext4', o.disk ?? 40_000_000_000)
  const host = new Host({
    name: o.name,
    kernel: o.kernel,
    programs: o.programs,
    root,
    cpus: o.cpus,
    memory: o.memory,
    net: () => {
      const stack = o.network.host(o.name)
      o.network.connect(stack, o.segment, { cidr: o.cidr, gateway: o.gateway })
      return stack
    },
  })
  installSystem(host, { bootedAt: o.bootedAt, platform })
  baseImage(root, {
    hostname: o.name,
    programs: installedPrograms(o.install ?? o.programs.keys(), platform),
    platform,
    cidr: o.cidr,
    gateway: o.gateway,
    dns: o.dns,
    ntp: o.ntp,
    hosts: o.hosts,
    machineId: host.service(MACHINE).machineId,
    installed: (o.bootedAt ?? o.kernel.now()) - 30 * 86_400_000,
  })
  // What the packages of a server weigh; the simulation does not carry their files.
  root.charge(3_400_000_000)
  mountPseudo(host)
  return host
}

const installedPrograms = (names: Iterable<string>, platform: Platform): Iterable<string> =>
  platform.without ? [...names].filter((n) => !platform.without!.includes(n)) : names
