import { hash } from '../../kernel/index.ts'
import type { Iface } from './iface.ts'
import type { Stack } from './stack.ts'

/** The hardware address of an interface that was given none: locally administered, always the same for the same name. */
export function macFor(stack: Stack, name: string): string {
  const h = hash(`${stack.name}/${name}`)
  const g = hash(`${name}/${stack.name}/mac`)
  const b = [((h >>> 24) & 0xfc) | 2, (h >>> 16) & 255, (h >>> 8) & 255, h & 255, (g >>> 8) & 255, g & 255]
  return b.map((x) => x.toString(16).padStart(2, '0')).join(':')
}

/** Joins two namespaces by a veth pair and returns both ends (down). */
export function vethPair(a: Stack, nameA: string, b: Stack, nameB: string, mtu = 1500): [Iface, Iface] {
  const x = a.addIface(nameA, 'veth', { mtu })
  const y = b.addIface(nameB, 'veth', { mtu })
  x.peer = y
  y.peer = x
  x.netnsName = b.name
  y.netnsName = a.name
  return [x, y]
}
