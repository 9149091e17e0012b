import { expect, test } from 'vitest'
import type { Program } from '../../../src/host/index.ts'
import { sleep } from '../../../src/kernel/index.ts'
import { systemLab } from './lab.ts'

const work: Program = {
  name: 'work',
  *main(p) {
    yield* sleep(p.host.kernel, 3000)
    return 0
  },
}

const unit = (order: string, service: string): string => `[Unit]\n${order}\n[Service]\n${service}\n`
const SLOW = 'Type=oneshot\nExecStart=/bin/work\nRemainAfterExit=yes'

test.each([
  ['Before= of the first', ['Before=b.service', '']],
  ['After= of the second', ['', 'After=a.service']],
])('units that are started together keep the order of %s', (_, [a, b]) => {
  const lab = systemLab([work])
  lab.unit('a.service', unit(a, SLOW))
  lab.unit('b.service', unit(b, 'ExecStart=/bin/sleep infinity'))
  lab.unit('both.target', '[Unit]\nWants=b.service a.service\n')
  const began = lab.kernel.now()
  expect(lab.job('start', 'both.target')).toBe('done')
  expect(lab.systemd.unit('b').activeSince - began).toBeGreaterThanOrEqual(3000)
})

test('a cycle does not hang: one of the two goes first', () => {
  const lab = systemLab([work])
  lab.unit('a.service', unit('After=b.service', SLOW))
  lab.unit('b.service', unit('After=a.service', SLOW))
  lab.unit('both.target', '[Unit]\nWants=b.service a.service\n')
  expect(lab.job('start', 'both.target')).toBe('done')
})
