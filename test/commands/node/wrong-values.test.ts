import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

// What the real tools (iproute2 6.1, iputils, traceroute 2.1, tcpdump 4.99, procps 4.0, coreutils 9.1) said.
const RECORDED: readonly (readonly [line: string, exit: number, stderr: string])[] = [
  ['ip addr foo', 255, 'Command "foo" is unknown, try "ip address help".'],
  ['ip addr add 10.0.0.300/24 dev lo', 1, 'Error: any valid prefix is expected rather than "10.0.0.300/24".'],
  ['ip route foo', 255, 'Command "foo" is unknown, try "ip route help".'],
  ['ip route show dev nosuch', 1, 'Cannot find device "nosuch"'],
  ['ip route get 10.0.0.1 from', 255, 'Command line is not complete. Try option "help"'],
  ['ip rule add', 1, '"ip rule add" requires arguments.'],
  ['ip rule add from foo', 1, 'Error: any valid prefix is expected rather than "foo".'],
  ['ip neigh foo', 255, 'Command "foo" is unknown, try "ip neigh help".'],
  ['ip neigh add 10.0.0.1 lladdr foo dev lo', 2, 'Error: Invalid link address.'],
  ['ip link set lo mtu', 255, 'Command line is not complete. Try option "help"'],
  ['ping -c 0 127.0.0.1', 1, "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807"],
  ['ping -s abc 127.0.0.1', 1, "ping: invalid argument: 'abc'"],
  ['ping -t 999 127.0.0.1', 1, "ping: invalid argument: '999': out of range: 0 <= value <= 255"],
  ['ping -M foo 127.0.0.1', 2, 'ping: invalid -M argument: foo'],
  ['traceroute -m 0 127.0.0.1', 2, 'first hop out of range'],
  ['traceroute -m abc 127.0.0.1', 2, "Cannot handle `-m' option with arg `abc' (argc 2)"],
  ['traceroute -q 99 127.0.0.1', 2, 'no more than 10 probes per hop'],
  ['tcpdump -c abc', 1, 'tcpdump: invalid packet count abc'],
  ['tcpdump -s abc', 1, 'tcpdump: invalid snaplen abc (must be >= 0 and <= 262144)'],
  ['iptables-save -t foo', 1, "Table `foo' does not exist"],
  ['iptables-save foo', 1, 'Unknown arguments found on commandline'],
  ["printf '*filter\\n' | iptables-restore", 1, 'iptables-restore: COMMIT expected at line 2'],
  ['free -s abc', 1, "free: seconds argument failed: 'abc': Invalid argument"],
  ['free -c 0', 1, "free: failed to parse count argument: '0': Numerical result out of range"],
  ['top -b -n abc', 1, "top: bad iterations argument 'abc'"],
  ['top -b -n 1 -u nosuch', 1, 'top: Invalid user'],
  ['top -b -n 1 -o foo', 1, "top: unrecognized field name 'foo'"],
  ['df -B foo', 1, "df: invalid -B argument 'foo'"],
  ['lsblk nosuch', 32, 'lsblk: nosuch: not a block device'],
  ['ps -p abc', 1, 'error: process ID list syntax error'],
  ['ps --sort=foo', 1, 'error: unknown sort specifier'],
  ['ps -u nosuch', 1, 'error: user name does not exist'],
  ['ps -C', 1, 'error: list of command names must follow -C'],
]

test('values that are none are refused before anything is done', () => {
  const world = createWorld({ cluster: 'single' })
  const got = RECORDED.map(([line]) => {
    const { exit, stderr } = world.sh(line)
    return [line, exit, stderr.split('\n')[0]]
  })
  expect(got).toEqual(RECORDED)
})

test('real options that are not simulated say so', () => {
  const world = createWorld({ cluster: 'single' })
  const said = (line: string): string => world.sh(line).stderr
  expect(said('ping -Q 4 127.0.0.1')).toBe('ping: not simulated: -Q\n')
  expect(said('ps -N')).toBe('ps: not simulated: -N\n')
  expect(said('lsblk -o NAME')).toBe('lsblk: not simulated: -o\n')
  expect(said('ip link help')).toBe('ip: not simulated: ip link help\n')
})

test('df counts in the blocks that are asked for', () => {
  const world = createWorld({ cluster: 'single' })
  const head = (line: string): string => world.sh(line).stdout.split('\n')[0]
  expect(head('df -BG /')).toBe('Filesystem     1G-blocks  Used Available Use% Mounted on')
  expect(head('df -B 1M /')).toBe('Filesystem     1M-blocks  Used Available Use% Mounted on')
  expect(world.sh('df -BG / | tail -1').stdout).toMatch(/ \d+G +\d+G +\d+G +\d+% \/\n$/)
})
