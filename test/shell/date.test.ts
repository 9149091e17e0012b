import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

test('a machine’s own time zone has its name in the tz database’s letters', () => {
  const world = createWorld({ cluster: 'single' })
  expect(world.sh('readlink /etc/localtime; date "+%Z %z"; TZ=Etc/GMT date +%Z; TZ=Europe/Paris date +%Z').stdout).toBe(
    '/usr/share/zoneinfo/Etc/UTC\nUTC +0000\nGMT\nCET\n',
  )
})
