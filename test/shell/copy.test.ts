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
