import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/shell/index.ts'
import { makeHost } from './world.ts'

interface Recorded {
  readonly run: string
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** The recorded bash gave no line numbers; quotes differ with the locale. */
const normal = (text: string): string =>
  text
    .replace(/line \d+: /g, '')
    .replace(/^environment: /gm, 'bash: ')
    .replace(/‘|’/g, "'")

const folder = new URL('./recorded/', import.meta.url)

// What bash 5.2, coreutils 9, sed, mawk and jq printed for the same command lines (in an empty directory, TZ=UTC).
describe.each(readdirSync(folder))('%s', (file) => {
  const lines = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recorded[]

  test.each(lines.map((line) => [line.run, line] as const))('%s', (run, recorded) => {
    const session = new Session(makeHost())
    session.exec('mkdir -p /tmp/dt; cd /tmp/dt; export TZ=UTC')
    const got = session.exec(`exec bash -c '${run.replaceAll("'", "'\\''")}'`, { stdin: '' })
    expect({ run, exit: got.exit, stdout: normal(got.stdout), stderr: normal(got.stderr) }).toEqual(recorded)
  })
})
