import { learn } from '../../kernel/index.ts'
import type { Iface } from './iface.ts'
import type { Fate, Packet } from './packet.ts'
import type { Stack } from './stack.ts'

/** A stack answers a packet with an ICMP error, from `dev`'s address, `after` ms. */
export function icmp(
  stack: Stack,
  type: Extract<Fate, { kind: 'icmp' }>['type'],
  dev?: Iface,
  after = 0,
  mtu?: number,
): Fate {
  learn(stack.why)
  return { kind: 'icmp', type, from: dev?.addrs[0]?.ip ?? stack.primaryIp(), by: stack, mtu, after }
}

/** A packet vanishes without an answer. */
export function lost(p: Packet, stack: Stack, why: string): Fate {
  trace(p, stack, 'lost', why)
  learn(stack.why)
  return { kind: 'lost', at: stack.name, why }
}

/** Notes a step of a packet where somebody follows its way. */
export function trace(p: Packet, stack: Stack, step: string, detail: string): void {
  p.flow.hops?.push({ stack: stack.name, step, detail })
}
