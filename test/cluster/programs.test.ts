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

test('ss, netstat and lsof show what listens, the kernel’s VXLAN socket too, and which connections are open', () => {
  const world = createWorld({ cluster: 'default' })
  expect(world.sh("ss -Hlnu | awk '{print $1, $4}' | grep 8472").stdout).toBe('UNCONN 0.0.0.0:8472\n')
  expect(world.sh('netstat -lnu | grep -c 8472').stdout).toBe('1\n')
  const masked = (line: string): string =>
    world.sh(`${line} | sed -E 's/:[345][0-9]{4}/:<port>/g; s/[0-9]+(\\/|,fd)/N\\1/; s/ +/ /g'`).stdout
  // A kubelet keeps one connection for all that it asks; the server took it on a socket of both families.
  expect(masked("ssh node01 'ss -Htnp dst 192.168.56.10 dport = :6443' | grep kubelet")).toMatch(
    /^ESTAB 0 0 192.168.56.11:<port> 192.168.56.10:6443 users:\(\("kubelet",pid=N,fd=\d+\)\) ?\n$/,
  )
  expect(masked('ss -tn src :6443 | grep 56.11 | head -1')).toBe(
    'ESTAB 0 0 [::ffff:192.168.56.10]:6443 [::ffff:192.168.56.11]:<port>\n',
  )
  expect(masked('netstat -tnp | grep scheduler')).toBe(
    'tcp 0 0 192.168.56.10:<port> 192.168.56.10:6443 ESTABLISHED N/kube-scheduler \n',
  )
  expect(world.sh('ss -Htn dport = :2379 | wc -l').stdout).toBe('72\n')
  expect(world.sh('lsof -nP -i :6443 | grep -c "^kube-cont.*ESTABLISHED"').stdout).toBe('2\n')
  // Who ends has none any more.
  world.sh('ssh node01 systemctl stop kubelet')
  expect(world.sh("ssh node01 'ss -Htnp | grep -c kubelet'").stdout).toBe('0\n')
})
