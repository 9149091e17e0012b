import { beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../src/cluster/index.ts'

let world: World
beforeAll(() => {
  world = createWorld({ cluster: 'default' })
})
const ok = (stdout: string, stderr = '') => ({ exit: 0, stdout, stderr })
const sh = (line: string) => {
  const { exit, stdout, stderr } = world.sh(line)
  return { exit, stdout, stderr }
}

test('what release this is, for whom packages are, and who brought a file', () => {
  expect(sh('lsb_release -a')).toEqual(
    ok(
      'Distributor ID:\tUbuntu\nDescription:\tUbuntu 24.04.2 LTS\nRelease:\t24.04\nCodename:\tnoble\n',
      'No LSB modules are available.\n',
    ),
  )
  expect(sh('lsb_release -cs; dpkg --print-architecture')).toEqual(ok('noble\namd64\n'))
  expect(sh('dpkg -S /usr/bin/kubelet /nope')).toEqual({
    exit: 1,
    stdout: 'kubelet: /usr/bin/kubelet\n',
    stderr: 'dpkg-query: no path found matching pattern /nope\n',
  })
  expect(sh("dpkg --get-selections 'kubea*'")).toEqual(ok('kubeadm\t\t\t\t\t\thold\n'))
  expect(sh('apt list -a kubeadm 2>/dev/null | head -3')).toEqual(
    ok('Listing...\nkubeadm/unknown,now 1.36.4-1.1 amd64 [installed]\nkubeadm/unknown 1.36.3-1.1 amd64\n'),
  )
  expect(sh('systemd-detect-virt; ufw status')).toEqual(ok('kvm\nStatus: inactive\n'))
})

test('resolvectl shows whom systemd-resolved asks', () => {
  expect(sh('resolvectl status eth0')).toEqual(
    ok(
      'Link 2 (eth0)\n    Current Scopes: DNS\n         Protocols: +DefaultRoute -LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported\nCurrent DNS Server: 192.168.56.1\n       DNS Servers: 192.168.56.1\n',
    ),
  )
})

test('ip6tables has rules of its own', () => {
  sh('ip6tables -N MINE; ip6tables -A MINE -p tcp --dport 22 -j ACCEPT; ip6tables -A MINE -j REJECT')
  expect(sh('ip6tables -nL MINE')).toEqual(
    ok(
      'Chain MINE (0 references)\ntarget     prot opt source               destination         \nACCEPT     tcp  --  ::/0                 ::/0                 tcp dpt:22\nREJECT     all  --  ::/0                 ::/0                 reject-with icmp6-port-unreachable\n',
    ),
  )
  expect(sh('iptables -nL MINE').stderr).toBe('iptables: No chain/target/match by that name.\n')
  expect(sh('ip6tables-save | sed -n 2p').stdout).toBe('*mangle\n')
  expect(sh('ip6tables -A MINE -s 10.0.0.1 -j DROP').stderr).toBe(
    "ip6tables v1.8.11 (nf_tables): host/network `10.0.0.1' not found\nTry `ip6tables -h' or 'ip6tables --help' for more information.\n",
  )
})
