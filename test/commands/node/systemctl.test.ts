import { describe, expect, test } from 'vitest'
import { hostPrograms } from '../../../src/commands/node/index.ts'
import { systemLab } from '../../host/systemd/lab.ts'
import { masked, run } from './run.ts'

const UNITS: Record<string, string> = {
  'demo.service':
    '[Unit]\nDescription=Demo daemon\n[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=10\n[Install]\nWantedBy=multi-user.target\n',
  'broken.service': '[Unit]\nDescription=Broken daemon\n[Service]\nExecStart=/bin/fail "cannot start" 3\n',
  'fastloop.service':
    '[Unit]\nDescription=Fast looping daemon\n[Service]\nExecStart=/bin/fail "" 1\nRestart=always\nRestartSec=0\n',
  'nobin.service': '[Unit]\nDescription=Missing binary\n[Service]\nExecStart=/usr/bin/nosuch\n',
  'badset.service': '[Unit]\nDescription=Bad setting\n[Service]\nExecStrat=/bin/sleep infinity\n',
  'ready.service':
    '[Unit]\nDescription=Notifies\n[Service]\nType=notify\nExecStart=/bin/fail "" 1\nRestart=always\nRestartSec=5\n',
}

function world() {
  const lab = systemLab(hostPrograms)
  for (const [name, text] of Object.entries(UNITS)) lab.unit(name, text)
  const sh = (line: string, options: Parameters<typeof run>[2] = {}) => {
    const r = run(lab.host, line, options)
    return { exit: r.exit, stdout: masked(r.stdout), stderr: r.stderr }
  }
  return { ...lab, sh }
}
const ok = (stdout = '', stderr = '') => ({ exit: 0, stdout, stderr })

describe('systemctl, as recorded (systemd-01)', () => {
  test('the life of a simple unit', () => {
    const { sh } = world()
    expect(sh('systemctl status demo')).toEqual({
      exit: 3,
      stdout:
        '○ demo.service - Demo daemon\n     Loaded: loaded (/etc/systemd/system/demo.service; disabled; preset: enabled)\n     Active: inactive (dead)\n',
      stderr: '',
    })
    expect(sh('systemctl is-active demo')).toEqual({ exit: 3, stdout: 'inactive\n', stderr: '' })
    expect(sh('systemctl is-enabled demo')).toEqual({ exit: 1, stdout: 'disabled\n', stderr: '' })
    expect(sh('systemctl start demo')).toEqual(ok())
    const link = '/etc/systemd/system/multi-user.target.wants/demo.service'
    expect(sh('systemctl enable demo')).toEqual(
      ok('', `Created symlink '${link}' → '/etc/systemd/system/demo.service'.\n`),
    )
    expect(sh('systemctl enable --now demo')).toEqual(ok())
    expect(sh('systemctl reload demo')).toEqual({
      exit: 3,
      stdout: '',
      stderr: 'Failed to reload demo.service: Job type reload is not applicable for unit demo.service.\n',
    })
    expect(sh('systemctl stop demo')).toEqual(ok())
    expect(sh('systemctl status demo')).toEqual({
      exit: 3,
      stdout: `○ demo.service - Demo daemon
     Loaded: loaded (/etc/systemd/system/demo.service; enabled; preset: enabled)
     Active: inactive (dead) since <time>; <age> ago
   Duration: <age>
 Invocation: <id>
    Process: <pid> ExecStart=/bin/sleep infinity (code=killed, signal=TERM)
   Main PID: <pid> (code=killed, signal=TERM)

<time> cp1 systemd[<pid>]: Started demo.service - Demo daemon.
<time> cp1 systemd[<pid>]: Stopping demo.service - Demo daemon...
<time> cp1 systemd[<pid>]: demo.service: Deactivated successfully.
<time> cp1 systemd[<pid>]: Stopped demo.service - Demo daemon.
`,
      stderr: '',
    })
    expect(sh('systemctl disable demo')).toEqual(ok('', `Removed '${link}'.\n`))
    expect(sh('systemctl disable demo')).toEqual(ok())
    expect(sh('systemctl mask demo')).toEqual({
      exit: 1,
      stdout: '',
      stderr: "Failed to mask unit: File '/etc/systemd/system/demo.service' already exists\n",
    })
  })

  test('failures', () => {
    const { sh, kernel } = world()
    expect(sh('systemctl start broken')).toEqual(ok())
    expect(sh('systemctl start fastloop')).toEqual(ok())
    expect(sh('systemctl start nobin')).toEqual(ok())
    kernel.advance(1000)
    expect(sh('systemctl status broken')).toEqual({
      exit: 3,
      stdout: `× broken.service - Broken daemon
     Loaded: loaded (/etc/systemd/system/broken.service; static)
     Active: failed (Result: exit-code) since <time>; <age> ago
   Duration: <age>
 Invocation: <id>
    Process: <pid> ExecStart=/bin/fail cannot start 3 (code=exited, status=3)
   Main PID: <pid> (code=exited, status=3)

<time> cp1 systemd[<pid>]: Started broken.service - Broken daemon.
<time> cp1 fail[<pid>]: cannot start
<time> cp1 systemd[<pid>]: broken.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED
<time> cp1 systemd[<pid>]: broken.service: Failed with result 'exit-code'.
`,
      stderr: '',
    })
    expect(sh('systemctl --failed').stdout).toBe(`  UNIT             LOAD   ACTIVE SUB    DESCRIPTION
● broken.service   loaded failed failed Broken daemon
● fastloop.service loaded failed failed Fast looping daemon
● nobin.service    loaded failed failed Missing binary

Legend: LOAD   → Reflects whether the unit definition was properly loaded.
        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.
        SUB    → The low-level unit activation state, values depend on unit type.

3 loaded units listed.
`)
    expect(sh('systemctl reset-failed')).toEqual(ok())
    expect(sh('systemctl --failed').stdout).toBe('  UNIT LOAD ACTIVE SUB DESCRIPTION\n\n0 loaded units listed.\n')
    expect(sh('systemctl restart ready')).toEqual({
      exit: 1,
      stdout: '',
      stderr:
        'Job for ready.service failed because the control process exited with error code.\nSee "systemctl status ready.service" and "journalctl -xeu ready.service" for details.\n',
    })
    expect(sh('systemctl is-active ready')).toEqual({ exit: 3, stdout: 'activating\n', stderr: '' })
  })

  test.each([
    ['systemctl status nosuch', 4, '', 'Unit nosuch.service could not be found.\n'],
    ['systemctl start nosuch', 5, '', 'Failed to start nosuch.service: Unit nosuch.service not found.\n'],
    ['systemctl stop nosuch', 5, '', 'Failed to stop nosuch.service: Unit nosuch.service not loaded.\n'],
    ['systemctl restart nosuch', 5, '', 'Failed to restart nosuch.service: Unit nosuch.service not found.\n'],
    ['systemctl enable nosuch', 1, '', 'Failed to enable unit: Unit nosuch.service does not exist\n'],
    ['systemctl is-active nosuch', 4, 'inactive\n', ''],
    ['systemctl is-enabled nosuch', 4, 'not-found\n', ''],
    ['systemctl cat nosuch', 1, '', 'No files found for nosuch.service.\n'],
    ['systemctl nosuchverb', 1, '', "Unknown command verb 'nosuchverb'.\n"],
    ['systemctl get-default', 0, 'graphical.target\n', ''],
    ['systemctl edit demo', 1, '', 'Cannot edit units interactively if not on a tty.\n'],
    [
      'systemctl start badset',
      1,
      '',
      "Failed to start badset.service: Unit badset.service has a bad unit file setting.\nSee system logs and 'systemctl status badset.service' for details.\n",
    ],
    ['systemctl cat demo', 0, `# /etc/systemd/system/demo.service\n${UNITS['demo.service']}`, ''],
  ])('%s', (line, exit, stdout, stderr) => {
    expect(world().sh(line)).toEqual({ exit, stdout, stderr })
  })

  test('files changed on disk, and no rights', () => {
    const { sh, unit } = world()
    sh('systemctl start demo')
    unit('demo.service', `${UNITS['demo.service']}# changed\n`)
    expect(sh('systemctl start demo').stderr).toBe(
      "Warning: The unit file, source configuration file or drop-ins of demo.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n",
    )
    sh('systemctl daemon-reload')
    expect(sh('systemctl start demo').stderr).toBe('')
    expect(sh('systemctl restart demo', { uid: 65534 })).toEqual({
      exit: 1,
      stdout: '',
      stderr:
        "Failed to restart demo.service: Interactive authentication required.\nSee system logs and 'systemctl status demo.service' for details.\n",
    })
    expect(sh('systemctl show demo -p Restart,RestartUSec,SubState,MainPID --value').stdout).toMatch(
      /^always\n10s\n\d+\nrunning\n$/,
    )
  })
})

describe('journalctl, as recorded (journald-01)', () => {
  test.each([
    ['journalctl -u nosuch', 0, '-- No entries --\n', ''],
    ['journalctl -u demo --since bogus', 1, '', 'Failed to parse timestamp: bogus\n'],
    ['journalctl -u demo --since 2030-01-01', 0, '-- No entries --\n', ''],
    ['journalctl -p bogus', 1, '', 'Unknown log level bogus\n'],
    ['journalctl -b -7', 1, '', 'No journal boot entry found for the specified boot (-7).\n'],
    ['journalctl -b bogus', 1, '', "Failed to add match 'bogus': Invalid argument\n"],
    ['journalctl -u demo -n abc', 1, '', "Failed to add match 'abc': Invalid argument\n"],
    ['journalctl -u demo -g nosuchword', 1, '-- No entries --\n', ''],
    ['journalctl --file=/nosuch.journal', 1, '', 'Failed to open files: No such file or directory\n'],
  ])('%s', (line, exit, stdout, stderr) => {
    expect(world().sh(line)).toEqual({ exit, stdout, stderr })
  })

  test('a unit’s lines in several formats', () => {
    const { sh, kernel } = world()
    sh('systemctl start broken')
    kernel.advance(100)
    expect(sh('journalctl -u broken -n 2 -o cat').stdout).toBe(
      "broken.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED\nbroken.service: Failed with result 'exit-code'.\n",
    )
    expect(sh('journalctl -u broken -n 1 --no-hostname').stdout).toBe(
      "<time> systemd[<pid>]: broken.service: Failed with result 'exit-code'.\n",
    )
    expect(
      sh('journalctl -xu broken -n 1').stdout,
    ).toBe(`<time> cp1 systemd[<pid>]: broken.service: Failed with result 'exit-code'.
░░ Subject: Unit failed
░░ Defined-By: systemd
░░ Support: https://www.debian.org/support
░░ 
░░ The unit broken.service has entered the 'failed' state with result 'exit-code'.
`)
    expect(sh('journalctl -u broken -p err -q').stdout).toBe('')
    expect(sh('journalctl -u broken -o short-iso -n 1').stdout).toMatch(/^2026-11-21T02:00:05\+00:00 cp1 systemd/)
  })

  test('-f follows until interrupted', () => {
    const { sh, kernel, systemd } = world()
    kernel.after(1000, () => systemd.jobs.request('start', systemd.unit('broken')))
    const r = sh('journalctl -f -u broken', { interrupt: 3000 })
    expect([r.exit, r.stdout.split('\n').length]).toEqual([130, 5])
  })

  test('a flood costs nothing until it is read', () => {
    const { sh, host, kernel } = world()
    const stop = host.service(JOURNAL).flood(100, (i) => ({ message: `line ${i}`, identifier: 'x', unit: 'x.service' }))
    kernel.advance(60_000)
    stop()
    expect(sh('journalctl -u x -n 1 -o cat').stdout).toBe('line 600\n')
  })
})

import { JOURNAL } from '../../../src/host/index.ts'
