import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

test('containerd by hand: config default makes a configuration that works; what is not simulated starts no second daemon', () => {
  const world = createWorld({ cluster: 'default' })
  const node = (line: string) => world.run(line, { host: 'node01' })
  const daemons = 'pgrep -cx containerd'
  node("sed -i 's/^version = 3/version = 3]/' /etc/containerd/config.toml; systemctl restart containerd")
  expect(node('containerd config dump')).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('failed to load TOML'),
  })
  node(
    'containerd config default | sed s/SystemdCgroup.=.false/SystemdCgroup\\ =\\ true/ > /etc/containerd/config.toml',
  )
  expect(node('systemctl restart containerd && systemctl is-active containerd').stdout).toBe('active\n')
  expect(node('containerd config dump')).toMatchObject({
    exit: 127,
    stderr: 'containerd: not simulated: config dump\n',
  })
  expect(node(daemons).stdout).toBe('1\n')
  expect(node('crictl ps -q | wc -l').stdout).not.toBe('0\n')
})
