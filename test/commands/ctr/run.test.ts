import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

const IMAGE = 'docker.io/library/busybox:1.36'

test('ctr runs containers of its own, of which the CRI knows nothing', () => {
  const world = createWorld({ cluster: 'single' })
  const sh = (line: string) => {
    const { exit, stdout, stderr } = world.sh(line)
    return { exit, stdout, stderr: stderr.replaceAll(/time="[^"]*" /g, '') }
  }
  const ok = (stdout: string) => ({ exit: 0, stdout, stderr: '' })
  sh(`ctr images pull ${IMAGE}`)
  expect(sh('ctr images ls -q')).toEqual(ok(`${IMAGE}\n`))
  expect(sh('crictl images | grep -c busybox').stdout).toBe('0\n')
  expect(sh(`ctr run --rm ${IMAGE} t1 sh -c 'echo hi; exit 3'`)).toEqual({ exit: 3, stdout: 'hi\n', stderr: '' })
  expect(sh('ctr containers ls')).toEqual(ok('CONTAINER    IMAGE    RUNTIME    \n'))
  expect(sh(`ctr run --rm ${IMAGE} t1 nope`)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'ctr: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH\n',
  })
  expect(sh(`ctr run -d ${IMAGE} t2 sleep 100`)).toEqual(ok(''))
  expect(sh(`ctr run -d ${IMAGE} t2 sleep 100`).stderr).toBe('ctr: snapshot "t2": already exists\n')
  expect(sh("ctr tasks ls | awk '{print $1, $3}'").stdout).toBe('TASK STATUS\nt2 RUNNING\n')
  expect(sh('ctr t exec --exec-id e t2 sh -c "ps | grep -c sleep"').stdout).toBe('3\n')
  expect(sh('ctr c rm t2')).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'level=error msg="failed to delete container \\"t2\\"" error="cannot delete a non stopped container: {running 0 0001-01-01 00:00:00 +0000 UTC}"\nctr: cannot delete a non stopped container: {running 0 0001-01-01 00:00:00 +0000 UTC}\n',
  })
  // The first process of a namespace ignores what it does not handle.
  expect(sh('ctr t kill t2; ctr t ls -q').stdout).toBe('t2\n')
  expect(sh('ctr t kill -s SIGKILL t2; ctr t rm t2').stderr).toBe(
    'level=warning msg="task t2 exit with non-zero exit code 137"\n',
  )
  expect(sh('ctr c rm t2; ctr c ls -q')).toEqual(ok(''))
  expect(sh(`ctr i tag ${IMAGE} docker.io/library/bb:1; ctr i rm ${IMAGE} x/y:1; ctr i ls -q`)).toEqual({
    exit: 0,
    stdout: `docker.io/library/bb:1\n${IMAGE}\ndocker.io/library/bb:1\n`,
    stderr: 'level=warning msg="x/y:1: image not found"\n',
  })
})
