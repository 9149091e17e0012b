import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'
import { installed } from '../../src/cluster/programs.ts'

test('a name stands for one program; what a machine has and the simulation has not says so', () => {
  expect(installed).toEqual([...new Set(installed)])
  const world = createWorld({ cluster: 'single' })
  expect(world.sh("perl -pi -e 's/a/b/' x")).toMatchObject({
    exit: 127,
    stderr: 'perl: not simulated: -pi -e s/a/b/ x\n',
  })
  expect(world.sh('ifconfig').stderr).toBe('bash: line 1: ifconfig: command not found\n')
  expect(world.sh('crontab -l').stderr).toBe('no crontab for root\n')
})

test('ss shows the kernel’s VXLAN socket beside the programs’, and says that it knows no open connections', () => {
  const world = createWorld({ cluster: 'default' })
  expect(world.sh("ss -Hlnu | awk '{print $1, $4}' | grep 8472").stdout).toBe('UNCONN 0.0.0.0:8472\n')
  expect(world.sh('netstat -lnu | grep -c 8472').stdout).toBe('1\n')
  expect(world.sh('ss -tn')).toMatchObject({
    exit: 127,
    stdout: '',
    stderr: 'ss: not simulated: connections that are open (what listens: ss -l)\n',
  })
})
