import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

interface Recorded {
  readonly cmd: string
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

const { commands } = JSON.parse(readFileSync(new URL('usage.json', import.meta.url), 'utf8')) as {
  commands: readonly Recorded[]
}

const clean = (text: string): string =>
  text
    .replace(/time="[^"]*"/g, 'time=T')
    .replace(/\b([EIW])\d{4} \S+ +\d+ /g, '$1 ')
    .replace(/.*connect using default endpoints.*\n/g, '')

test('pages, wrong options and wrong arguments are those of crictl 1.36', () => {
  const world = createWorld({ cluster: 'single' })
  const said = commands.map(({ cmd }): Recorded => {
    const { stdout, stderr, exit } = world.sh(cmd)
    return { cmd, exit, stdout, stderr: clean(stderr) }
  })
  expect(said).toEqual(commands)
})
