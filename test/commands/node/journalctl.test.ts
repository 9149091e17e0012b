import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

const world = createWorld({ cluster: 'single' })
world.sh('logger -t foo "hello world"; logger -p user.err -t bar "bad thing"; logger -t foo last')
const said = (line: string): string => {
  const { exit, stdout, stderr } = world.sh(`journalctl ${line}`)
  return `${exit} ${stdout}${stderr}`.replace(/^(\d+ )?Nov \d+ [\d:]+ \S+ /gm, '$1')
}

// What systemd 252's journalctl said of the same entries, imported with systemd-journal-remote.
test('cursors: shown, kept in a file, and gone on from', () => {
  expect(said('-t foo -n 1 -o cat --show-cursor')).toMatch(
    /^0 last\n-- cursor: s=\w{32};i=\w+;b=\w{32};m=\w+;t=\w+;x=\w+\n$/,
  )
  expect(said('-t foo -o cat -n 0 --cursor-file=/tmp/at')).toBe('0 ')
  world.sh('logger -t foo new')
  expect(said('-t foo -o cat --cursor-file=/tmp/at')).toBe('0 new\n')
  expect(said('-t foo --cursor-file=/tmp/at')).toBe('0 -- No entries --\n')
  const cursor = world.sh("journalctl -t foo -n 1 --show-cursor | sed -n 's/-- cursor: //p'").stdout.trim()
  expect(said(`-t foo -o cat --cursor='${cursor}'`)).toBe('0 new\n')
  expect(said(`-t foo -o cat -r -n 2 --after-cursor='${cursor}'`)).toBe('0 last\nhello world\n')
  expect(said('--cursor=foo')).toBe('1 Failed to seek to cursor: Invalid argument\n')
  expect(said('-S today --cursor=foo')).toBe('1 Please specify only one of --since=, --cursor=, and --after-cursor=.\n')
})

test('fields are chosen, matches joined by + mean either', () => {
  expect(said('-t bar -o cat --output-fields=PRIORITY,MESSAGE')).toBe('0 3\nbad thing\n')
  expect(said('-t bar -o verbose --output-fields=MESSAGE')).toMatch(/^0 Sat .*\]\n {4}MESSAGE=bad thing\n$/)
  expect(said('-o cat SYSLOG_IDENTIFIER=bar + SYSLOG_IDENTIFIER=foo MESSAGE=last')).toBe('0 bad thing\nlast\n')
  expect(said('SYSLOG_IDENTIFIER=bar +')).toBe('1 "+" can only be used between terms\n')
  expect(said('/nonexistent')).toBe("1 Couldn't canonicalize path: No such file or directory\n")
  expect(said('-F foo')).toBe('1 Failed to query unique data objects: Invalid argument\n')
})

test('wrong values are refused', () => {
  for (const [line, message] of [
    ['-p err..foo', 'Failed to parse log level range err..foo'],
    ['--since 25:00', 'Failed to parse timestamp: 25:00'],
    ['--since 2026-11-21 --until 2026-11-20', '--since= must be before --until=.'],
    ["-g '('", 'Bad pattern "(": missing closing parenthesis'],
    ["-g '*a'", 'Bad pattern "*a": quantifier does not follow a repeatable item'],
    ['-g x --case-sensitive=foo', 'Bad --case-sensitive= argument "foo": Invalid argument'],
    ['--vacuum-size=foo', 'Failed to parse vacuum size: foo'],
    ['--vacuum-time=foo', 'Failed to parse vacuum time: foo'],
    ['--vacuum-files=foo', 'Failed to parse vacuum files: foo'],
    ['--facility=foo', 'Bad --facility= argument "foo".'],
    ['-f -r', 'Please specify either --reverse= or --follow=, not both.'],
  ])
    expect([line, said(line)]).toEqual([line, `1 ${message}\n`])
  expect(said('--header')).toBe('127 journalctl: not simulated: --header\n')
})
