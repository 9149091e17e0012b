import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

test("/proc says whose child a process is as ps does: a container's, its shim's", () => {
  const world = createWorld({ cluster: 'single' })
  const pid = world.sh('pidof etcd').stdout.trim()
  const parent = world.sh(`ps -o ppid= -p ${pid}`).stdout.trim()
  expect(world.sh(`ps -o comm= -p ${parent}`).stdout).toBe('containerd-shim\n')
  expect(world.sh(`grep PPid /proc/${pid}/status`).stdout).toBe(`PPid:\t${parent}\n`)
})
