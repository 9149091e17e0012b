import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

type Recorded = readonly [line: string, exit: number, stdout: string, stderr: string]

// What Debian 13's tools said to options that they do not have, that lack a value or may have none, and to beginnings that
// fit several.
const recorded = JSON.parse(
  readFileSync(new URL('./recorded-getopt.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

test('wrong options are refused in getopt’s words by every tool that asks it', () => {
  const world = createWorld({ cluster: 'single' })
  world.sh('mkdir -p /tmp/dt; cd /tmp/dt')
  const got = recorded.map(([line]): Recorded => {
    const { exit, stdout, stderr } = world.sh(`bash -c '${line}'`)
    return [line, exit, stdout, stderr]
  })
  expect(got).toEqual(recorded)
})

test('curl weighs the values of its options before it does anything', () => {
  const world = createWorld({ cluster: 'single' })
  const said = (line: string): string => world.sh(line).stderr.split('\n')[0]
  expect(said('curl -m x http://127.0.0.1:9/')).toBe('curl: option -m: expected a proper numerical parameter')
  expect(said('curl --retry -1 http://127.0.0.1:9/')).toBe(
    'curl: option --retry: expected a positive numerical parameter',
  )
  expect(said('curl --limit-rate 1.5 http://127.0.0.1:9/')).toBe('curl: option --limit-rate: is badly used here')
  expect(said("curl -X '' http://127.0.0.1:9/")).toBe('curl: option -X: blank argument where content is expected')
  expect(said("curl ''")).toBe('curl: option : blank argument where content is expected')
  expect(said('curl --etag-save f http://127.0.0.1:9/')).toBe('curl: not simulated: --etag-save')
})

test('an option that the real tool has and ours lacks is not called wrong', () => {
  const world = createWorld({ cluster: 'single' })
  const lines = [
    'ss -A tcp',
    'ls --quoting-style=c',
    'diff -c a b',
    'env column -J',
    'dmesg --since=1',
    'cp --sparse=always a b',
  ]
  expect(lines.map((line) => world.sh(line)).map(({ exit, stderr }) => [exit, stderr])).toEqual([
    [127, 'ss: not simulated: -A\n'],
    [127, 'ls: not simulated: --quoting-style\n'],
    [127, 'diff: not simulated: -c\n'],
    [127, 'column: not simulated: -J\n'],
    [127, 'dmesg: not simulated: --since\n'],
    [127, 'cp: not simulated: --sparse\n'],
  ])
  expect(world.sh('env ss -q').stderr.split('\n')[0]).toBe("ss: invalid option -- 'q'")
})
