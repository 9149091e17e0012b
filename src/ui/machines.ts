import type { World } from '../cluster/index.ts'
import { MACHINE } from '../host/index.ts'

export interface MachineView {
  readonly name: string
  readonly role: 'control-plane' | 'worker' | 'load-balancer' | 'base'
  readonly on: boolean
  /** Control planes: does something answer on the API server's port? */
  readonly api?: boolean
}

/**
 * What anyone in front of the rack can see: which machines are switched on, and whether the API server's port is open.
 * It only reads; looking changes nothing, so a replay needs no record of it.
 */
export function machines(world: World): MachineView[] {
  return world.plan.hosts.map((h) => {
    const host = world.hosts.get(h.name)!
    const on = host.service(MACHINE).power === 'running'
    const api =
      h.role === 'control-plane' ? on && host.net.sockets.some((s) => s.port === 6443 && !s.process?.status) : undefined
    return { name: h.name, role: h.role, on, api }
  })
}
