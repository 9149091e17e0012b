import { type Coro, sleep, waitFor } from '../../kernel/index.ts'
import { kernelBanner, type Platform, UBUNTU } from '../base/platform.ts'
import { fillVolatile } from '../base/volatile.ts'
import type { Host } from '../host.ts'
import { JOURNAL, Journal } from '../journal.ts'
import { MACHINE, Machine } from '../machine.ts'
import { Stack } from '../net/stack.ts'
import type { Program } from '../process.ts'
import { NULL_SINK, TextSource } from '../stream.ts'
import { SYSTEMD, Systemd } from './manager.ts'
import { STOPPING } from './stopping.ts'
import { swapsFromFstab } from './swap.ts'
import { applySysctlFiles } from './sysctl-files.ts'

/** Time from power-on to systemd, ms. */
const FIRMWARE_MS = 9_000

const init: Program = {
  name: 'systemd',
  *main(p) {
    p.rss = 13 << 20
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) p.onSignal(signal, () => {})
    return yield* p.park()
  },
}

/** Makes a host a machine: identity, journal and systemd are attached; nothing runs until `boot`. */
export function installSystem(host: Host, options: { bootedAt?: number; platform?: Platform } = {}): Systemd {
  const machine = host.attach(MACHINE, new Machine(host, options))
  host.attach(JOURNAL, new Journal(host))
  const stack = stackOf(host)
  if (stack) {
    machine.modules.sysctls = stack.sysctls
    const { kernel, sysctls } = machine.platform
    stack.sysctls.rebase({ 'kernel.osrelease': kernel.release, 'kernel.version': kernel.version, ...sysctls })
    if (kernel.noModules) machine.modules.reset()
    stack.onLog = (line) => host.service(JOURNAL).kernel(line, 4)
    stack.sysctls.computed.set('kernel.hostname', () => host.name)
  }
  return host.attach(SYSTEMD, new Systemd(host))
}

const stackOf = (host: Host): Stack | undefined => (host.net instanceof Stack ? host.net : undefined)

/** Starts the machine's user space: PID 1 and the default target. Ends when the default target is reached. */
export function* boot(host: Host): Coro {
  const systemd = host.service(SYSTEMD)
  const journal = host.service(JOURNAL)
  const machine = host.service(MACHINE)
  const log = (message: string, priority = 6): void =>
    journal.write({ message, priority, identifier: 'systemd', pid: 1, unit: 'init.scope' })
  host.start({
    program: init,
    argv: machine.platform.init ?? ['/sbin/init'],
    exe: '/usr/lib/systemd/systemd',
    pid: 1,
    cgroup: '/init.scope',
    stdin: new TextSource(''),
    stdout: NULL_SINK,
    stderr: NULL_SINK,
  })
  journal.kernel(
    `${kernelBanner(machine.platform)}${machine.platform === UBUNTU ? ' (Ubuntu 6.8.0-57.59-generic 6.8.12)' : ''}`,
    5,
  )
  journal.kernel(`Command line: ${machine.cmdline}`)
  for (const line of bootMessages(host)) journal.kernel(line)
  log('systemd 257 running in system mode')
  log(`Hostname set to <${host.name}>.`)
  machine.setPower('running')
  stackOf(host)?.configure()
  for (const name of moduleFiles(host)) machine.modules.load(name)
  applySysctlFiles(host)
  machine.swaps = swapsFromFstab(host)
  const target = systemd.unit(systemd.installed.default())
  yield* systemd.jobs.perform('start', target)
  log(`Startup finished in 2.913s (kernel) + ${(machine.uptimeMs() / 1000 + 4).toFixed(3)}s (userspace).`)
}

/** What the kernel says on its way up, shortened. */
const bootMessages = (host: Host): string[] => [
  'KERNEL supported cpus:',
  '  Intel GenuineIntel',
  '  AMD AuthenticAMD',
  'BIOS-provided physical RAM map:',
  'Hypervisor detected: KVM',
  `Memory: ${Math.round(host.memory / 1024) - 180_000}K/${Math.round(host.memory / 1024)}K available (22528K kernel code, 4440K rwdata, 14268K rodata, 4996K init, 4760K bss, 180000K reserved, 0K cma-reserved)`,
  `smp: Brought up 1 node, ${host.cpus} CPU${host.cpus === 1 ? '' : 's'}`,
  'virtio_blk virtio1: [vda] 83886080 512-byte logical blocks (42.9 GB/40.0 GiB)',
  'EXT4-fs (vda1): mounted filesystem 3a5b1c9e-1f4d-4a3e-9b7c-0c2d8a6e5f11 r/w with ordered data mode. Quota mode: none.',
  'systemd[1]: Detected virtualization kvm.',
  'systemd[1]: Detected architecture x86-64.',
]

/** Modules named in modules-load.d. */
function moduleFiles(host: Host): string[] {
  const names: string[] = []
  for (const dir of ['/usr/lib/modules-load.d', '/etc/modules-load.d'])
    if (host.fs.find(dir)?.kind === 'dir')
      for (const [file, node] of host.fs.readdir(dir))
        if (file.endsWith('.conf') && node.kind === 'file')
          for (const line of node.read().split('\n')) {
            const name = line.trim()
            if (name !== '' && !/^[#;]/.test(name)) names.push(name)
          }
  return names
}

/** An orderly `reboot` or `poweroff`: services are stopped first. */
export function* shutdown(host: Host, how: 'reboot' | 'poweroff'): Coro {
  const machine = host.service(MACHINE)
  if (machine.power !== 'running') return
  const systemd = host.service(SYSTEMD)
  const journal = host.service(JOURNAL)
  const log = (message: string): void => journal.write({ message, identifier: 'systemd', pid: 1, unit: 'init.scope' })
  machine.setPower('stopping')
  journal.write({
    message: how === 'reboot' ? 'The system will reboot now!' : 'The system will power off now!',
    identifier: 'systemd-logind',
    pid: 812,
    unit: 'systemd-logind.service',
    priority: 5,
  })
  host.attach(STOPPING, true)
  const jobs = [...systemd.units.values()]
    .filter((u) => u.active !== 'inactive' && u.active !== 'failed' && u.config.type !== 'slice')
    .sort((a, b) => (a.config.type === 'target' ? 0 : 1) - (b.config.type === 'target' ? 0 : 1))
    .map((u) => systemd.jobs.request('stop', u))
  for (const job of jobs) while (job.result === undefined) yield* waitFor(job.finished)
  log(
    how === 'reboot'
      ? 'Reached target reboot.target - System Reboot.'
      : 'Reached target poweroff.target - System Power Off.',
  )
  log('Shutting down.')
  journal.write({
    message: 'Journal stopped',
    identifier: 'systemd-journald',
    pid: 83,
    unit: 'systemd-journald.service',
  })
  cutPower(host)
  if (how === 'reboot') yield* powerOn(host)
}

/** The machine loses power: everything ends at this instant, nothing is logged. */
export function cutPower(host: Host): void {
  const machine = host.service(MACHINE)
  const systemd = host.service(SYSTEMD)
  host.attach(STOPPING, true)
  systemd.timers.disarmAll()
  for (const unit of systemd.units.values()) unit.powerOff()
  systemd.units.clear()
  const stack = stackOf(host)
  if (stack) stack.powered = false
  for (const p of [...host.processes.values()].reverse()) p.kill('SIGKILL')
  stack?.reset()
  stack?.sysctls.reset()
  machine.swaps = []
  machine.setPower('off')
}

/** Switches the machine on; ends when its default target is reached. */
export function* powerOn(host: Host): Coro {
  const machine = host.service(MACHINE)
  if (machine.power !== 'off') return
  machine.setPower('starting')
  yield* sleep(host.kernel, FIRMWARE_MS)
  host.detach(STOPPING)
  machine.begin()
  fillVolatile(host)
  host.service(JOURNAL).boot(host.fs.exists('/var/log/journal'))
  const stack = stackOf(host)
  if (stack) stack.powered = true
  yield* boot(host)
}
