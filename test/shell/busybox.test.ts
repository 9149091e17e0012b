import { beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../src/cluster/index.ts'

// Words: busybox 1.35 (Debian's busybox-static), each line run in a chroot of it.
describe('a container of busybox', () => {
  let world: World
  beforeAll(() => {
    world = createWorld({ cluster: 'single' })
    world.sh(`
      kubectl run root --image=busybox -- sleep 1d
      kubectl run user --image=busybox --overrides='{"spec":{"securityContext":{"runAsUser":1000}}}' -- sleep 1d
      kubectl run alpine --image=alpine -- sleep 1d
      kubectl run nginx --image=nginx
      kubectl wait --for=condition=Ready pod --all --timeout=60s`)
  })

  test.each([
    ['root', 'nosuch', 127, 'sh: nosuch: not found\n'],
    ['root', 'cd /nope', 2, "sh: cd: line 0: can't cd to /nope: No such file or directory\n"],
    ['root', 'echo hi > /nope/x', 1, "sh: can't create /nope/x: nonexistent directory\n"],
    ['user', 'echo hi > /x', 1, "sh: can't create /x: Permission denied\n"],
    ['root', 'cat /nope', 1, "cat: can't open '/nope': No such file or directory\n"],
    ['root', 'cat /etc', 1, 'cat: read error: Is a directory\n'],
    ['root', 'ls /nope', 1, 'ls: /nope: No such file or directory\n'],
    ['root', 'mkdir /etc', 1, "mkdir: can't create directory '/etc': File exists\n"],
    ['user', 'touch /x', 1, 'touch: /x: Permission denied\n'],
    ['user', 'rm /etc/passwd', 1, "rm: can't remove '/etc/passwd': Permission denied\n"],
    ['root', 'rm /etc', 1, "rm: '/etc' is a directory\n"],
    ['user', 'chmod 777 /etc/passwd', 1, 'chmod: /etc/passwd: Operation not permitted\n'],
    ['user', 'whoami', 1, 'whoami: unknown uid 1000\n'],
    ['root', 'sleep abc', 1, "sleep: invalid number 'abc'\n"],
    ['root', 'kill 999999', 1, "sh: can't kill pid 999999: No such process\n"],
    ['root', 'timeout 1 sleep 5', 143, ''],
    ['nginx', 'nosuch', 127, 'sh: 1: nosuch: not found\n'],
    ['nginx', 'cat /nope', 1, 'cat: /nope: No such file or directory\n'],
    ['nginx', 'ls /nope', 2, "ls: cannot access '/nope': No such file or directory\n"],
  ])('%s: %s', (pod, line, exit, stderr) => {
    const end = `command terminated with exit code ${exit}\n`
    expect(world.sh(`kubectl exec ${pod} -- sh -c '${line}'`)).toEqual({ exit, stdout: '', stderr: stderr + end })
  })

  test.each([
    ['root', 'id', 'uid=0(root) gid=0(root) groups=0(root),10(wheel)\n'],
    ['user', 'id', 'uid=1000 gid=0(root) groups=0(root)\n'],
    [
      'alpine',
      'id',
      'uid=0(root) gid=0(root) groups=0(root),1(bin),2(daemon),3(sys),4(adm),6(disk),10(wheel),11(floppy),20(dialout),26(tape),27(video)\n',
    ],
    ['nginx', 'id', 'uid=0(root) gid=0(root) groups=0(root)\n'],
    ['root', 'wc /etc/hostname', '        1         1         5 /etc/hostname\n'],
    ['root', 'ls -ld /root | cut -c1-48', 'drwx------    2 root     root          4096 Jan \n'],
    ['root', 'df -h / | head -1', 'Filesystem                Size      Used Available Use% Mounted on\n'],
    ['root', 'df / | head -1', 'Filesystem           1K-blocks      Used Available Use% Mounted on\n'],
    ['root', 'env | grep SHLVL', 'SHLVL=1\n'],
  ])('%s: %s', (pod, line, stdout) => {
    expect(world.sh(`kubectl exec ${pod} -- sh -c '${line}'`)).toEqual({ exit: 0, stdout, stderr: '' })
  })
})
