import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Session } from '../../src/shell/index.ts'
import { makeHost } from './world.ts'

interface Recorded {
  readonly files: Readonly<Record<string, string>>
  readonly lines: readonly {
    readonly run: string
    readonly exit: number
    readonly stdout: string
    readonly stderr: string
  }[]
}

// What bash 5.2.15, coreutils 9.1, grep 3.8, sed 4.9, findutils 4.9, diffutils 3.8 (Debian 12) and mawk 1.3.4-20240123
// printed for command lines over these files: half of them a list of what people type, half made at random.
const { files, lines } = JSON.parse(
  readFileSync(new URL('./recorded-with-files.json', import.meta.url), 'utf8'),
) as Recorded

test.each(lines.map((line) => [line.run, line] as const))('%s', (run, recorded) => {
  const host = makeHost()
  for (const [path, content] of Object.entries(files)) {
    const file = `/tmp/dt/${path}`
    host.fs.mkdir(file.slice(0, file.lastIndexOf('/')), { parents: true })
    host.fs.writeFile(file, content, { mode: path === 'run.sh' ? 0o755 : 0o644 })
  }
  const session = new Session(host)
  session.exec('cd /tmp/dt; export TZ=UTC')
  const got = session.exec(`exec bash -c '${run.replaceAll("'", "'\\''")}'`, { stdin: '' })
  expect({ run, exit: got.exit, stdout: got.stdout, stderr: got.stderr }).toEqual(recorded)
})
