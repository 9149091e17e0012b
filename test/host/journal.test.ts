import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

// As in journald-01: what is put away is verified after the file in use, and goes with its last entry.
test('journalctl --rotate puts the file in use away', () => {
  const world = createWorld({ cluster: 'single' })
  const files = (): string[] =>
    world
      .sh('journalctl --verify 2>&1')
      .stdout.trim()
      .split('\n')
      .map((line) => line.replace(/^PASS: \/var\/log\/journal\/[0-9a-f]{32}\//, '').replace(/[0-9a-f]{32}/, '<id>'))
  expect(files()).toEqual(['system.journal'])
  world.sh('journalctl --rotate')
  expect(files()).toEqual([
    'system.journal',
    expect.stringMatching(/^system@<id>-0000000000000001-000[0-9a-f]{13}\.journal$/),
  ])
  world.sh('journalctl --vacuum-size=1')
  expect(files()).toEqual(['system.journal'])
})
