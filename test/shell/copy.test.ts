import { expect, test } from 'vitest'
import { makeHost, makeSession } from './world.ts'

test.each([
  ['cp', 'cp live copy'],
  ['tar', 'tar cf a.tar live && mkdir out && tar xf a.tar -C out && mv out/live copy'],
])('%s takes a file that is in use as it is now', (_, line) => {
  const host = makeHost()
  host.fs.writeFile('/root/live', '').payload = { copyPayload: () => 'as it was' }
  const result = makeSession(host)(`cd /root; ${line}`)
  expect([result.exit, host.fs.file('/root/copy').payload]).toEqual([0, 'as it was'])
})

test('cp copies a directory into itself but for what it has just made there', () => {
  const sh = makeSession(makeHost())
  expect(sh('mkdir -p /root/a/c; touch /root/a/x; cd /root; cp -r a a/b; find a | sort')).toMatchObject({
    stdout: 'a\na/b\na/b/c\na/b/x\na/c\na/x\n',
    stderr: "cp: cannot copy a directory, 'a', into itself, 'a/b'\n",
  })
  expect(sh('cp -r / /root/all; echo $?; ls -d /root/all/root /root/all/root/*')).toMatchObject({
    stdout: '1\n/root/all/root\n/root/all/root/a\n',
    stderr: "cp: cannot copy a directory, '/', into itself, '/root/all'\n",
  })
})
