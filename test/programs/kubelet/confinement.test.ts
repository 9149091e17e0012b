import { beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../../src/cluster/index.ts'

const pod = (name: string, image: string, security: string, more = ''): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: c, image: ${image}, ${image === 'busybox' ? 'command: [sleep, 1h], ' : ''}securityContext: ${security}}]${more}}}`

describe('what a container may do', () => {
  let world: World
  beforeAll(() => {
    world = createWorld({ cluster: 'single' })
    const pods = [
      pod('plain', 'busybox', '{}'),
      pod('more', 'busybox', '{capabilities: {add: [NET_ADMIN, SYS_TIME]}}'),
      pod('none', 'busybox', '{capabilities: {drop: [ALL]}, allowPrivilegeEscalation: false}'),
      pod('all', 'busybox', '{privileged: true}'),
      pod('user', 'busybox', '{runAsUser: 1000, readOnlyRootFilesystem: true}'),
      pod('nginx-none', 'nginx', '{capabilities: {drop: [ALL]}}'),
      pod('nginx-user', 'nginx', '{runAsUser: 1000}'),
      pod('nginx-ro', 'nginx', '{readOnlyRootFilesystem: true}'),
      pod('nginx-unprivileged', 'nginxinc/nginx-unprivileged', '{capabilities: {drop: [ALL]}}'),
      '{apiVersion: v1, kind: Pod, metadata: {name: shared}, spec: {shareProcessNamespace: true, containers: [{name: c, image: redis}, {name: sh, image: busybox, command: [sleep, 1h]}]}}',
    ]
    world.sh(`cat <<'E' | kubectl apply -f -\n${pods.join('\n---\n')}\nE\nsleep 40`)
  })
  const inPod = (name: string, line: string): string => {
    const { stdout, stderr } = world.sh(`kubectl exec ${name} -- sh -c '${line}'`)
    return (stdout + stderr).replace(/command terminated with exit code \d+\n/, '')
  }

  test.each([
    ['plain', '00000000a80425fb', '0'],
    ['more', '00000000aa0435fb', '0'],
    ['none', '0000000000000000', '1'],
    ['all', '000001ffffffffff', '0'],
  ])('/proc/1/status of %s', (name, caps, noNewPrivileges) => {
    expect(inPod(name, 'grep -E "Name|CapEff|CapBnd|NoNew" /proc/1/status')).toBe(
      `Name:\tsleep\nCapEff:\t${caps}\nCapBnd:\t${caps}\nNoNewPrivs:\t${noNewPrivileges}\n`,
    )
  })

  test.each([
    [
      'plain',
      'date -s "2020-01-01 00:00"',
      "Wed Jan  1 00:00:00 UTC 2020\ndate: can't set date: Operation not permitted\n",
    ],
    ['plain', 'ip link add d0 type dummy', 'RTNETLINK answers: Operation not permitted\n'],
    ['more', 'ip link add d0 type dummy && echo made', 'made\n'],
    ['none', 'chown 1000 /tmp', 'chown: /tmp: Operation not permitted\n'],
    ['user', 'touch /x', 'touch: /x: Read-only file system\n'],
  ])('%s: %s', (name, line, output) => {
    expect(inPod(name, line)).toBe(output)
  })

  test.each([
    ['nginx-none', 'chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)'],
    ['nginx-user', 'mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)'],
    ['nginx-ro', 'mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)'],
  ])('%s cannot start', (name, why) => {
    expect(world.sh(`kubectl logs ${name} | tail -1`).stdout).toBe(`nginx: [emerg] ${why}\n`)
  })

  test('nginx-unprivileged needs nothing', () => {
    expect(world.sh('kubectl get pod nginx-unprivileged -o jsonpath={.status.containerStatuses[0].ready}').stdout).toBe(
      'true',
    )
  })

  test('containers that share their processes see each other’s, in ps and in /proc; others only their own', () => {
    const columns = "ps | awk '{print $1, $4}'"
    expect(world.sh(`kubectl exec shared -c sh -- ${columns}`).stdout).toBe(
      'PID COMMAND\n1 /pause\n7 redis-server\n13 sleep\n19 ps\n',
    )
    expect(world.sh(`kubectl exec plain -- ${columns}`).stdout).toMatch(/^PID COMMAND\n1 sleep\n\d+ ps\n$/)
    expect(world.sh('kubectl exec plain -- sh -c \'tr "\\0" " " < /proc/1/cmdline\'').stdout).toBe('sleep 1h ')
    expect(
      world.sh('kubectl debug plain -it --image=busybox --target=c -- ls /proc/1/root/etc/passwd').stdout,
    ).toContain('\n/proc/1/root/etc/passwd\n')
  })

  test('ping needs a raw socket, or a group that the kernel lets ping', () => {
    expect(inPod('none', 'ping -c 1 127.0.0.1 | tail -2 | head -1')).toMatch(
      /^1 packets transmitted, 1 packets received/,
    )
    expect(inPod('all', 'echo 1 0 > /proc/sys/net/ipv4/ping_group_range; ping -c 1 127.0.0.1 | grep -c received')).toBe(
      '1\n',
    )
    world.sh(
      "sed -i 's/enable_unprivileged_icmp = true/enable_unprivileged_icmp = false/' /etc/containerd/config.toml; systemctl restart containerd; sleep 5; kubectl delete pod none plain --wait=false --now; sleep 5",
    )
    world.sh(`cat <<'E' | kubectl apply -f -\n${pod('none', 'busybox', '{capabilities: {drop: [ALL]}}')}\nE\nsleep 10`)
    expect(inPod('none', 'ping -c 1 127.0.0.1')).toMatch(
      /^PING .*\n?ping: permission denied \(are you root\?\)\n|^ping: permission denied/,
    )
  })

  test('what a tool holds in memory counts: tail /dev/zero is killed', () => {
    world.sh(
      `cat <<'E' | kubectl apply -f -\n{apiVersion: v1, kind: Pod, metadata: {name: oom}, spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "tail /dev/zero"], resources: {limits: {memory: 16Mi}}}]}}\nE\nsleep 15`,
    )
    expect(
      world.sh('dmesg | grep -c "Killed process .*(tail)"; kubectl get pod oom -o jsonpath={.status.phase}').stdout,
    ).toBe('1\nFailed')
  })
})
