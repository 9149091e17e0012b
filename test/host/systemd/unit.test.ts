import { describe, expect, test } from 'vitest'
import { cutPower, JOURNAL, MACHINE, powerOn, shutdown } from '../../../src/host/index.ts'
import { systemLab } from './lab.ts'

const unit = (description: string, service: string): string =>
  `[Unit]\nDescription=${description}\n[Service]\n${service}\n[Install]\nWantedBy=multi-user.target\n`

describe('systemd', () => {
  test('a fresh machine boots to its default target without failed units', () => {
    const { systemd } = systemLab()
    expect(
      [...systemd.units.values()].filter((u) => u.active === 'failed' || u.active === 'activating').map((u) => u.name),
    ).toEqual([])
    expect(systemd.unit('graphical.target').active).toBe('active')
    expect(systemd.unit('ssh.service').config.load).toBe('loaded')
  })

  test('a simple service: started, stopped by SIGTERM', () => {
    const lab = systemLab()
    lab.unit('demo.service', unit('Demo daemon', 'ExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=10'))
    expect(lab.job('start', 'demo')).toBe('done')
    expect(lab.systemd.unit('demo').sub).toBe('running')
    expect(lab.job('stop', 'demo')).toBe('done')
    expect(lab.log('demo.service')).toEqual([
      'systemd: Started demo.service - Demo daemon.',
      'systemd: Stopping demo.service - Demo daemon...',
      'systemd: demo.service: Deactivated successfully.',
      'systemd: Stopped demo.service - Demo daemon.',
    ])
  })

  test('a timer whose OnBootSec is over when it is activated elapses at once, then by its other conditions', () => {
    const lab = systemLab()
    lab.kernel.advance(60_000)
    lab.unit('once.service', unit('Once', 'Type=oneshot\nExecStart=/bin/true'))
    lab.unit('once.timer', '[Timer]\nOnBootSec=15s\nOnUnitActiveSec=20s\n')
    lab.job('start', 'once.timer')
    const finished = (): number => lab.log('once.service').filter((l) => l.includes('Finished')).length
    lab.kernel.advance(1000)
    expect(finished()).toBe(1)
    lab.kernel.advance(40_000)
    expect(finished()).toBe(3)
  })

  test('a oneshot is finished when its ExecStartPost is', () => {
    const lab = systemLab()
    lab.unit(
      'once.service',
      unit('Once', 'Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\nExecStartPost=/bin/fail after 0'),
    )
    expect(lab.job('start', 'once')).toBe('done')
    expect(lab.log('once.service')).toEqual([
      'systemd: Starting once.service - Once...',
      'fail: after',
      'systemd: Finished once.service - Once.',
    ])
  })

  test('a unit whose file was removed, or that was masked, while it was active can be stopped, and does not hold up a reboot', () => {
    for (const how of ['removed', 'masked']) {
      const lab = systemLab()
      lab.unit('once.service', unit('Once', 'Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true'))
      lab.unit('demo.service', unit('Demo', 'ExecStart=/bin/sleep infinity'))
      for (const name of ['once', 'demo']) {
        lab.job('start', name)
        lab.host.fs.unlink(`/etc/systemd/system/${name}.service`)
        if (how === 'masked') lab.systemd.installed.mask(name)
      }
      lab.systemd.daemonReload()
      expect(lab.systemd.unit('once').active).toBe('active')
      expect(lab.job('stop', 'once')).toBe('done')
      const before = lab.host.service(MACHINE).bootId
      lab.kernel.spawn('reboot', shutdown(lab.host, 'reboot'))
      lab.kernel.advance(60_000)
      expect(lab.host.service(MACHINE).bootId).not.toBe(before)
      expect(lab.systemd.unit('demo').active).toBe('inactive')
    }
  })

  test('a crash loop waits RestartSec between tries and stops at systemctl stop', () => {
    const lab = systemLab()
    lab.unit(
      'looper.service',
      unit('Looping daemon', 'ExecStart=/bin/fail "cannot start" 1\nRestart=always\nRestartSec=10'),
    )
    lab.job('start', 'looper')
    lab.kernel.advance(15_000)
    expect(lab.systemd.unit('looper').sub).toBe('auto-restart')
    // The job of the automatic restart was done when the unit was started.
    expect(lab.systemd.unit('looper').job).toBeUndefined()
    lab.job('stop', 'looper')
    expect(lab.log('looper.service')).toEqual([
      'systemd: Started looper.service - Looping daemon.',
      'fail: cannot start',
      'systemd: looper.service: Main process exited, code=exited, status=1/FAILURE',
      "systemd: looper.service: Failed with result 'exit-code'.",
      'systemd: looper.service: Scheduled restart job, restart counter is at 1.',
      'systemd: Started looper.service - Looping daemon.',
      'fail: cannot start',
      'systemd: looper.service: Main process exited, code=exited, status=1/FAILURE',
      "systemd: looper.service: Failed with result 'exit-code'.",
      'systemd: Stopped looper.service - Looping daemon.',
    ])
  })

  test('too many starts end in failed', () => {
    const lab = systemLab()
    lab.unit('fastloop.service', unit('Fast looping daemon', 'ExecStart=/bin/fail "" 1\nRestart=always\nRestartSec=0'))
    lab.job('start', 'fastloop')
    lab.kernel.advance(1000)
    expect(lab.systemd.unit('fastloop').active).toBe('failed')
    expect(lab.log('fastloop.service').slice(-5)).toEqual([
      "systemd: fastloop.service: Failed with result 'exit-code'.",
      'systemd: fastloop.service: Scheduled restart job, restart counter is at 5.',
      'systemd: fastloop.service: Start request repeated too quickly.',
      "systemd: fastloop.service: Failed with result 'exit-code'.",
      'systemd: Failed to start fastloop.service - Fast looping daemon.',
    ])
  })

  test('what cannot be executed ends with 203/EXEC after a successful start', () => {
    const lab = systemLab()
    lab.unit('nobin.service', unit('Missing binary', 'ExecStart=/usr/bin/nosuch'))
    expect(lab.job('start', 'nobin')).toBe('done')
    lab.kernel.advance(100)
    expect(lab.log('nobin.service')).toEqual([
      'systemd: Started nobin.service - Missing binary.',
      "(nosuch): nobin.service: Unable to locate executable '/usr/bin/nosuch': No such file or directory",
      '(nosuch): nobin.service: Failed at step EXEC spawning /usr/bin/nosuch: No such file or directory',
      'systemd: nobin.service: Main process exited, code=exited, status=203/EXEC',
      "systemd: nobin.service: Failed with result 'exit-code'.",
    ])
  })

  test('a bad unit file refuses to load, naming the line', () => {
    const lab = systemLab()
    lab.unit('badset.service', '[Unit]\nDescription=Bad setting\n[Service]\nExecStrat=/bin/sleep infinity\n')
    expect(lab.systemd.unit('badset').config.load).toBe('bad-setting')
    expect(lab.log('badset.service')).toEqual([
      "systemd: /etc/systemd/system/badset.service:4: Unknown key 'ExecStrat' in section [Service], ignoring.",
      'systemd: badset.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.',
    ])
  })

  test('drop-ins, environment files and unset variables', () => {
    const lab = systemLab()
    lab.unit('k.service', unit('K', 'ExecStart=/bin/sleep'))
    lab.host.fs.mkdir('/etc/systemd/system/k.service.d')
    lab.host.fs.writeFile(
      '/etc/systemd/system/k.service.d/10.conf',
      '[Service]\nEnvironment="A=--x=1 --y=2"\nEnvironmentFile=-/nosuch\nEnvironmentFile=/etc/k.env\nExecStart=\nExecStart=/bin/sleep $A ${B}b $C\n',
    )
    lab.host.fs.writeFile('/etc/k.env', 'B="1 2"\n')
    lab.job('start', 'k')
    expect(lab.systemd.unit('k').main?.argv).toEqual(['/bin/sleep', '--x=1', '--y=2', '1 2b'])
    expect(lab.log('k.service')[1]).toBe(
      '(sleep): k.service: Referenced but unset environment variable evaluates to an empty string: C',
    )
    lab.host.fs.writeFile('/etc/systemd/system/k.service.d/20.conf', '[Service]\nNice=1\n')
    expect(lab.systemd.needsReload(lab.systemd.unit('k'))).toBe(true)
    lab.systemd.daemonReload()
    expect(lab.systemd.needsReload(lab.systemd.unit('k'))).toBe(false)
  })

  test('enable, disable, mask', () => {
    const { systemd, unit: write } = systemLab()
    write('demo.service', unit('Demo daemon', 'ExecStart=/bin/sleep infinity'))
    expect(systemd.installed.state('demo')).toBe('disabled')
    const link = '/etc/systemd/system/multi-user.target.wants/demo.service'
    expect(systemd.installed.enable('demo')).toEqual([
      `Created symlink '${link}' → '/etc/systemd/system/demo.service'.`,
    ])
    expect(systemd.installed.enable('demo')).toEqual([])
    expect(systemd.installed.state('demo')).toBe('enabled')
    expect(systemd.installed.disable('demo')).toEqual([`Removed '${link}'.`])
    expect(() => systemd.installed.mask('demo')).toThrow("File '/etc/systemd/system/demo.service' already exists")
    expect(() => systemd.installed.enable('nosuch')).toThrow('Unit nosuch.service does not exist')
  })

  test('a reboot starts what is enabled, with a new boot ID and an empty /run', () => {
    const lab = systemLab()
    lab.unit('demo.service', unit('Demo daemon', 'ExecStart=/bin/sleep infinity'))
    lab.systemd.installed.enable('demo')
    lab.host.fs.writeFile('/run/x', '1')
    const before = lab.host.service(MACHINE).bootId
    lab.kernel.spawn('reboot', shutdown(lab.host, 'reboot'))
    lab.kernel.advance(60_000)
    expect(lab.host.service(MACHINE).bootId).not.toBe(before)
    expect(lab.host.fs.exists('/run/x')).toBe(false)
    expect(lab.systemd.unit('demo').sub).toBe('running')
    expect(lab.host.service(JOURNAL).boots()).toHaveLength(2)
    cutPower(lab.host)
    expect(lab.host.processes.size).toBe(0)
    lab.kernel.spawn('on', powerOn(lab.host))
    lab.kernel.advance(60_000)
    expect(lab.systemd.unit('demo').sub).toBe('running')
  })
})
