import { expect, test } from 'vitest'
import { IcmpRate } from '../../../src/host/net/icmp-rate.ts'
import { Sysctls } from '../../../src/host/net/sysctl.ts'
import { Kernel } from '../../../src/kernel/index.ts'

const PEER = 0x0a090002

test('six errors at once, then one a second; those that wait for a neighbour count when they are sent', () => {
  const kernel = new Kernel({ seed: 1, start: 0 })
  const rate = new IcmpRate(kernel, new Sysctls())
  const burst = (n: number): number => Array.from({ length: n }, () => rate.allows(PEER)).filter(Boolean).length
  expect(burst(12)).toBe(6)
  kernel.advance(1_020)
  expect(burst(3)).toBe(1)
  kernel.advance(60_000)
  rate.promise(PEER, 3_066)
  kernel.advance(1_000)
  rate.promise(PEER, 3_066)
  kernel.advance(2_066 + 900)
  expect(burst(6)).toBe(4)
})
