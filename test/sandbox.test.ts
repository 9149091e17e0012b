import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const bin = join(import.meta.dirname, '../dist/notready.mjs')
const notready = (args: string[], input = ''): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [bin, ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: '' },
  })

describe.skipIf(!existsSync(bin))('notready', () => {
  test('sandbox --jsonl answers line by line in one world, and goes on after a bad line', () => {
    const lines = [
      '{"file":{"path":"/root/a.txt","content":"hello\\n"}}',
      '{"run":"cd /root && cat a.txt"}',
      'nonsense',
      '{"run":"echo $PWD; exit_code() { return 3; }; exit_code"}',
      '{"advance":"40s"}',
      '{"check":true}',
    ]
    const { status, stdout } = notready(['sandbox', '--jsonl'], lines.join('\n'))
    const out = stdout
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l))
    expect(out[0]).toEqual({ file: '/root/a.txt', ok: true })
    expect(out[1]).toMatchObject({ exit: 0, stdout: 'hello\n', stderr: '' })
    expect(out[2].error).toMatch(/^not JSON: /)
    expect(out[3]).toMatchObject({ exit: 3, stdout: '/root\n' })
    expect(Date.parse(out[4].clock) - Date.parse(out[3].clock)).toBe(40_000)
    expect(out[5]).toEqual({ error: 'check: no scenario is loaded (use --scenario)' })
    expect(status).toBe(2)
  })

  test('the same input gives the same bytes', () => {
    const input = '{"run":"kubectl get pods -A; cat /proc/sys/kernel/random/boot_id"}\n'
    expect(notready(['sandbox', '--jsonl', '--seed', '7'], input).stdout).toBe(
      notready(['sandbox', '--jsonl', '--seed', '7'], input).stdout,
    )
  })

  test.each([
    [['nosuch'], 'notready: unknown command "nosuch"\nRun \'notready --help\' for usage.\n'],
    [['lits'], 'notready: unknown command "lits", did you mean "list"?\nRun \'notready --help\' for usage.\n'],
    [['--lang', 'de'], 'notready: --lang: "de" is not a language of the game (en, fr)\n'],
    [['docs', '--bad'], 'notready: unknown option "--bad"\nRun \'notready --help\' for usage.\n'],
    [['exam', '--seed'], "notready: --seed needs a value\nRun 'notready --help' for usage.\n"],
    [['exam', '--practice=3'], "notready: --practice takes no value\nRun 'notready --help' for usage.\n"],
    [['exam', '--bad', '--lang', 'fr'], expect.stringMatching(/^notready\s: option inconnue «\s--bad\s»\n/)],
    [['sandbox', '--cluster', 'moon'], 'notready: --cluster: "moon" is not one of default, ha, single\n'],
    [['sandbox', '--seed', 'x'], 'notready: --seed: "x" is not a whole number\n'],
  ])('%j is refused in words', (args, stderr) => {
    expect(notready(args)).toEqual(expect.objectContaining({ status: 2, stdout: '', stderr }))
  })

  test('-c runs and exits with the status of the command', () => {
    expect(notready(['sandbox', '-c', 'echo out; echo err >&2; exit 7'])).toEqual(
      expect.objectContaining({ status: 7, stdout: 'out\n', stderr: 'err\n' }),
    )
  })
})
