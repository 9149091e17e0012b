import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'
import { bytesToText } from '../../../src/kernel/index.ts'

type Recorded = readonly [line: string, exit: number, stdout: string, stderr: string]

// What OpenSSL 3.0.22 said to these lines about these files (made by it, too), its clock set to that of the world.
const { files, cases } = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')) as {
  files: Record<string, string>
  cases: Recorded[]
}

/** Takes out what is chance, or another in each patch release: the thread, lines of the source, seconds, the version. */
const stable = (text: string): string =>
  text
    .replace(/^[0-9A-F]{16}:error/gm, 'T:error')
    .replace(/(\.(?:c|h)):\d+:/g, '$1:L:')
    .replace(/OpenSSL 3\.0\.\d+ \d+ \w+ \d+/g, 'OpenSSL 3.0')
    .replace(/\d\d:\d\d:\d\d (20\d\d) GMT/g, 'HH:MM:SS $1 GMT')

test('openssl answers as the real one did, line by line', () => {
  const world = createWorld({ cluster: 'single' })
  const dir = '/tmp/o'
  for (const [name, base64] of Object.entries(files))
    world.write(`${dir}/${name}`, bytesToText(Buffer.from(base64, 'base64')))
  const got = cases.map(([line]): Recorded => {
    const { exit, stdout, stderr } = world.sh(`cd ${dir}; rm -f o.*; ( ${line}\n)`)
    return [line, exit, stable(stdout), stable(stderr)]
  })
  expect(got).toEqual(cases)
})
