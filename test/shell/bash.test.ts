import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/shell/index.ts'
import { makeHost } from './world.ts'

type Case = readonly [mode: 'c' | 'script', program: string, exit: number, stdout: string, stderr: string]

// What bash 5.2.37 (Debian 13) said, as `bash -c` and as a script file s.sh: a list of wrong and odd programs, and, among a
// few files, programs made at random, a third of them then damaged.
const groups = JSON.parse(readFileSync(new URL('./recorded-bash.json', import.meta.url), 'utf8')) as readonly {
  readonly files: Readonly<Record<string, string>>
  readonly cases: readonly Case[]
}[]

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const SHARE = 40

describe.each(groups)('programs', ({ files, cases }) => {
  const shares = Array.from({ length: Math.ceil(cases.length / SHARE) }, (_, i) => i * SHARE)

  test.each(shares)('from the %ith on', (from) => {
    const host = makeHost()
    for (const recorded of cases.slice(from, from + SHARE)) {
      const [mode, program] = recorded
      const session = new Session(host)
      session.exec('rm -rf /tmp/dt; mkdir -p /tmp/dt; cd /tmp/dt; export TZ=UTC')
      for (const [name, content] of Object.entries(files)) host.fs.writeFile(`/tmp/dt/${name}`, content)
      if (mode === 'script') host.fs.writeFile('/tmp/dt/s.sh', program)
      const line = mode === 'script' ? 'exec bash s.sh' : `exec bash -c ${quoted(program)}`
      const got = session.exec(line, { stdin: '' })
      session.close()
      expect([mode, program, got.exit, got.stdout, got.stderr]).toEqual(recorded)
    }
  })
})
