import { ALL_CAPABILITIES, type Confinement } from '../../host/index.ts'
import type { ContainerConfig } from './types.ts'

/** What containerd leaves to a container unless it is told otherwise (pkg/oci/spec.go defaultUnixCaps). */
const DEFAULT =
  `CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT
  KILL AUDIT_WRITE`.split(/\s+/)

const bare = (name: string): string => name.toUpperCase().replace(/^CAP_/, '')

/** What a container's processes may do: the defaults without what the pod drops and with what it adds. */
export function confinementOf(config: ContainerConfig): Confinement | undefined {
  if (config.privileged) return undefined
  const { add = [], drop = [] } = config.capabilities ?? {}
  const added = add.map(bare)
  const dropped = new Set(drop.map(bare))
  const capabilities = new Set(added.includes('ALL') ? ALL_CAPABILITIES : dropped.has('ALL') ? [] : DEFAULT)
  for (const name of dropped) capabilities.delete(name)
  for (const name of added) if (name !== 'ALL') capabilities.add(name)
  return { capabilities, noNewPrivileges: config.noNewPrivileges, seccomp: config.seccomp }
}
