import { describe, expect, test, vi } from 'vitest'
import { netLab } from './net-lab.ts'
import { run } from './run.ts'

/** Durations as the recordings' comparison leaves them. */
const plain = (text: string): string =>
  text
    .replace(/time=[\d.]+ ms/g, 'time=<t>')
    .replace(/time \d+ms/g, 'time <t>')
    .replace(/= [\d./]+ ms/g, '= <t>')
    .replace(/after \d+ m/g, 'after <t> m')
    .replace(/ {2}[\d.]+ ms/g, '  <t>')

const LOST = (ip: string) =>
  `PING ${ip} (${ip}) 56(84) bytes of data.\n\n--- ${ip} ping statistics ---\n2 packets transmitted, 0 received, 100% packet loss, time <t>\n\n`

describe('network tools, as recorded (net-01)', () => {
  test.each([
    ['ip route', 0, 'default via 10.9.0.1 dev eth0 \n10.9.0.0/24 dev eth0 proto kernel scope link src 10.9.0.2 \n', ''],
    ['ping -c 2 -W 1 10.9.1.77', 1, LOST('10.9.1.77'), ''],
    ['ping -c 2 -W 1 10.9.0.77', 1, LOST('10.9.0.77'), ''],
    [
      'ping -c 1 -s 2000 10.9.1.2',
      0,
      'PING 10.9.1.2 (10.9.1.2) 2000(2028) bytes of data.\n2008 bytes from 10.9.1.2: icmp_seq=1 ttl=63 time=<t>\n\n--- 10.9.1.2 ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss, time <t>\nrtt min/avg/max/mdev = <t>\n',
      '',
    ],
    ['ping nosuch.lab', 2, '', 'ping: nosuch.lab: Name or service not known\n'],
    [
      'traceroute -n 10.9.1.2',
      0,
      'traceroute to 10.9.1.2 (10.9.1.2), 30 hops max, 60 byte packets\n 1  10.9.0.1  <t>  <t>  <t>\n 2  10.9.1.2  <t>  <t>  <t>\n',
      '',
    ],
    [
      'nslookup web.lab',
      1,
      "Server:\t\t10.9.1.2\nAddress:\t10.9.1.2#53\n\n** server can't find web.lab.default.svc.cluster.local: REFUSED\n\n",
      '',
    ],
    [
      'nslookup web.lab 10.9.1.77',
      1,
      ';; communications error to 10.9.1.77#53: timed out\n;; communications error to 10.9.1.77#53: host unreachable\n;; communications error to 10.9.1.77#53: host unreachable\n;; no servers could be reached\n\n',
      '',
    ],
    ['dig +short web.lab', 0, '10.9.1.2\n', ''],
    [
      'dig @10.9.0.1 web.lab +time=1 +tries=1',
      9,
      ';; communications error to 10.9.0.1#53: connection refused\n\n; <<>> DiG 9.20.26-1~deb13u1-Debian <<>> @10.9.0.1 web.lab +time=1 +tries=1\n; (1 server found)\n;; global options: +cmd\n;; no servers could be reached\n',
      '',
    ],
    ['host web.lab', 1, 'Host web.lab.default.svc.cluster.local not found: 5(REFUSED)\n', ''],
    ['getent hosts web.lab', 0, '10.9.1.2        web.lab\n', ''],
    ['curl -sS http://10.9.1.2/', 0, 'ok\n', ''],
    [
      'curl -sS --connect-timeout 2 http://10.9.1.2:8443/',
      28,
      '',
      'curl: (28) Connection timed out after <t> milliseconds\n',
    ],
    ['curl -sS -m 3 http://10.9.1.77/', 28, '', 'curl: (28) Connection timed out after <t> milliseconds\n'],
    ['curl -sS http://10.9.1.2:81/', 52, '', 'curl: (52) Empty reply from server\n'],
    [
      'curl -sS -m 2 http://10.9.1.2:83/',
      28,
      '',
      'curl: (28) Operation timed out after <t> milliseconds with 0 bytes received\n',
    ],
    [
      'curl -sS https://10.9.1.2:80/ -k',
      35,
      '',
      'curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number\n',
    ],
    [
      'curl -sS http://10.9.1.2:8080/',
      7,
      '',
      'curl: (7) Failed to connect to 10.9.1.2 port 8080 after <t> ms: Could not connect to server\n',
    ],
    ['nc -zv 10.9.1.2 80', 0, '', 'Connection to 10.9.1.2 80 port [tcp/http] succeeded!\n'],
    ['nc -zv 10.9.1.2 8080', 1, '', 'nc: connect to 10.9.1.2 port 8080 (tcp) failed: Connection refused\n'],
    [
      'nc -zv -w 2 10.9.1.2 8443',
      1,
      '',
      'nc: connect to 10.9.1.2 port 8443 (tcp) timed out: Operation now in progress\n',
    ],
    ['nc -zvu -w 1 10.9.1.2 53', 0, '', 'Connection to 10.9.1.2 53 port [udp/domain] succeeded!\n'],
    [
      'busybox-wget -qO- -T 2 http://10.9.1.2:8080/',
      1,
      '',
      "wget: can't connect to remote host (10.9.1.2): Connection refused\n",
    ],
    ['busybox-wget -qO- -T 2 http://10.9.1.2:8443/', 1, '', 'wget: download timed out\n'],
    ['busybox-wget -O- http://nosuch.lab/', 1, '', "wget: bad address 'nosuch.lab'\n"],
    [
      'busybox-nslookup nosuch.lab',
      1,
      "Server:\t\t10.9.1.2\nAddress:\t10.9.1.2:53\n\n** server can't find nosuch.lab: NXDOMAIN\n\n** server can't find nosuch.lab: NXDOMAIN\n\n",
      '',
    ],
    ['sysctl net.ipv4.nosuch', 1, '', 'sysctl: cannot stat /proc/sys/net/ipv4/nosuch: No such file or directory\n'],
    ['sysctl net.ipv4.ip_forward', 0, 'net.ipv4.ip_forward = 0\n', ''],
    [
      'modprobe nosuchmod',
      1,
      '',
      'modprobe: FATAL: Module nosuchmod not found in directory /lib/modules/6.8.0-57-generic\n',
    ],
    ['ipset list', 0, '', ''],
    ['chronyc tracking', 1, '506 Cannot talk to daemon\n', ''],
  ])('%s', (line, exit, stdout, stderr) => {
    const r = run(netLab().host, line)
    expect({ exit: r.exit, stdout: plain(r.stdout), stderr: plain(r.stderr) }).toEqual({ exit, stdout, stderr })
  })

  test('a fault repaired in time lets the connection through: SYNs are sent again', () => {
    const lab = netLab()
    lab.kernel.after(2500, () => {
      lab.router.netfilter.table('filter').chains.get('FORWARD')!.rules = []
    })
    lab.nb.listen(undefined, { port: 8443, service: { name: 'nginx', http: () => ({ status: 200, body: 'late\n' }) } })
    const before = lab.kernel.now()
    expect(run(lab.host, 'curl -s http://10.9.1.2:8443/').stdout).toBe('late\n')
    expect(lab.kernel.now() - before).toBe(3000)
  })

  test('writing to /proc/sys is sysctl -w', () => {
    const { host } = netLab()
    host.fs.writeFile('/proc/sys/net/ipv4/ip_forward', '1\n')
    expect(run(host, 'sysctl -n net.ipv4.ip_forward').stdout).toBe('1\n')
    expect(host.fs.exists('/proc/sys/net/bridge')).toBe(false)
    expect(run(host, 'modprobe br_netfilter').exit).toBe(0)
    expect(host.fs.readdir('/proc/sys/net/bridge').map(([n]) => n)).toContain('bridge-nf-call-iptables')
    expect(run(host, 'lsmod').stdout).toContain(
      'br_netfilter           32768  0\nbridge                421888  1 br_netfilter\n',
    )
  })
})

describe('iptables', () => {
  test('one model: -A, -S, -L as recorded (kube-proxy-02), -D, errors', () => {
    const { host } = netLab()
    const sh = (line: string) => run(host, line)
    for (const line of [
      'iptables -t nat -N KUBE-POSTROUTING',
      'iptables -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
      'iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
      'iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
      'iptables -t nat -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
      'iptables -N KUBE-SERVICES',
      'iptables -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:metrics has no endpoints" -m tcp --dport 9153 -j REJECT --reject-with icmp-port-unreachable',
    ])
      expect(sh(line)).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect(sh('iptables -t nat -L KUBE-POSTROUTING -n').stdout).toBe(
      'Chain KUBE-POSTROUTING (1 references)\ntarget     prot opt source               destination         \nRETURN     all  --  0.0.0.0/0            0.0.0.0/0            mark match ! 0x4000/0x4000\nMARK       all  --  0.0.0.0/0            0.0.0.0/0            MARK xor 0x4000\nMASQUERADE  all  --  0.0.0.0/0            0.0.0.0/0            /* kubernetes service traffic requiring SNAT */ random-fully\n',
    )
    expect(sh('iptables -L KUBE-SERVICES -n').stdout).toBe(
      'Chain KUBE-SERVICES (0 references)\ntarget     prot opt source               destination         \nREJECT     tcp  --  0.0.0.0/0            10.96.0.10           /* kube-system/kube-dns:metrics has no endpoints */ tcp dpt:9153 reject-with icmp-port-unreachable\n',
    )
    expect(sh('iptables -t nat -L POSTROUTING -nv').stdout).toBe(
      'Chain POSTROUTING (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target     prot opt in     out     source               destination         \n    0     0 KUBE-POSTROUTING  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* kubernetes postrouting rules */\n',
    )
    expect(sh('iptables -t nat -S KUBE-POSTROUTING').stdout).toBe(
      '-N KUBE-POSTROUTING\n-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0\n-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully\n',
    )
    const saved = sh('iptables-save').stdout
    expect(run(host, 'iptables-restore', { stdin: saved }).exit).toBe(0)
    expect(sh('iptables-save').stdout).toBe(saved)
    expect(sh('iptables -D INPUT -p tcp --dport 22 -j DROP')).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'iptables: Bad rule (does a matching rule exist in that chain?).\n',
    })
    expect(sh('iptables -L NOSUCH')).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'iptables: No chain/target/match by that name.\n',
    })
    expect(sh('iptables -V').stdout).toBe('iptables v1.8.11 (nf_tables)\n')
  })

  test('rules act: REJECT refuses at once, DROP on OUTPUT makes ping fail to send', () => {
    const { host } = netLab()
    run(host, 'iptables -A OUTPUT -p tcp --dport 80 -j REJECT')
    expect(run(host, 'curl -s http://10.9.1.2/').exit).toBe(7)
    run(host, 'iptables -F')
    run(host, 'iptables -A OUTPUT -p icmp -j DROP')
    expect(run(host, 'ping -c 1 10.9.1.2').stderr).toBe('ping: sendmsg: Operation not permitted\n')
    run(host, 'iptables -P INPUT DROP')
    run(host, 'iptables -F')
    expect(run(host, 'curl -sS -m 2 http://10.9.1.2/').exit).toBe(28)
  })
})

test('a SYN that is repeated comes from the same port; the wait for the last echo is not part of ping’s time', () => {
  const { host } = netLab()
  const { net } = host
  const dial = vi.spyOn(net, 'dial')
  expect(run(host, 'curl -s -m 8 http://10.9.1.2:8443/').exit).toBe(28)
  const [first, ...again] = dial.mock.results.map(({ value }) => value)
  expect(first).toMatchObject({ outcome: 'timeout', port: expect.any(Number) })
  expect(again).toEqual([first, first, first])
  run(host, 'iptables -A INPUT -p icmp -j DROP')
  expect(run(host, 'ping -c 2 10.9.1.2').stdout).toMatch(/100% packet loss, time 10\d\dms/)
})

test('a route that is added is shown, used, and can be taken away again', () => {
  const { host } = netLab()
  expect(run(host, 'ip route add 10.88.0.0/24 via 10.9.0.1')).toEqual({ exit: 0, stdout: '', stderr: '' })
  expect(run(host, 'ip route show 10.88.0.0/24').stdout).toBe('10.88.0.0/24 via 10.9.0.1 dev eth0 \n')
  expect(run(host, 'ip route get 10.88.0.7').stdout).toContain('10.88.0.7 via 10.9.0.1 dev eth0')
  expect(run(host, 'ip route add 10.88.0.0/24 via 10.9.0.1').stderr).toBe('RTNETLINK answers: File exists\n')
  expect(run(host, 'ip route replace blackhole 10.88.0.0/24').exit).toBe(0)
  expect(run(host, 'ip route show 10.88.0.0/24').stdout).toBe('blackhole 10.88.0.0/24 \n')
  expect(run(host, 'ip route del 10.88.0.0/24').exit).toBe(0)
  expect(run(host, 'ip route').stdout).not.toContain('10.88')
})
