import { CPU_FLAGS, JOURNAL, MACHINE, memory, type Program } from '../../../host/index.ts'
import { sleep } from '../../../kernel/index.ts'
import { command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { socketRows } from '../net/sockets.ts'

/** util-linux's lscpu. */
export const lscpu: Program = command('lscpu', (c) => {
  const n = c.host.cpus
  const rows: [string, string][] = [
    ['Architecture', 'x86_64'],
    ['CPU op-mode(s)', '32-bit, 64-bit'],
    ['Address sizes', '48 bits physical, 48 bits virtual'],
    ['Byte Order', 'Little Endian'],
    ['CPU(s)', String(n)],
    ['On-line CPU(s) list', n === 1 ? '0' : n === 2 ? '0,1' : `0-${n - 1}`],
    ['Vendor ID', 'AuthenticAMD'],
    ['Model name', 'AMD EPYC'],
    ['CPU family', '25'],
    ['Model', '1'],
    ['Thread(s) per core', '1'],
    ['Core(s) per socket', String(n)],
    ['Socket(s)', '1'],
    ['Stepping', '1'],
    ['BogoMIPS', '4890.84'],
    ['Flags', CPU_FLAGS],
    ['Hypervisor vendor', 'KVM'],
    ['Virtualization type', 'full'],
    ['L1d cache', `${32 * n} KiB (${n} instance${n === 1 ? '' : 's'})`],
    ['L1i cache', `${32 * n} KiB (${n} instance${n === 1 ? '' : 's'})`],
    ['L2 cache', `${n} MiB (${n} instance${n === 1 ? '' : 's'})`.replace(/^1 MiB/, '512 KiB')],
    ['L3 cache', '32 MiB (1 instance)'],
    ['NUMA node(s)', '1'],
    ['NUMA node0 CPU(s)', n === 1 ? '0' : n === 2 ? '0,1' : `0-${n - 1}`],
  ]
  for (const [k, v] of rows) c.out(`${`${k}:`.padEnd(40)} ${v}\n`)
  return 0
})

/** util-linux's lsblk for the one disk that a machine has. */
export const lsblk: Program = command('lsblk', (c) => {
  const option = c.args.find((a) => a.startsWith('-') && a !== '-f' && a !== '--fs')
  if (option !== undefined) notSimulated(c, option)
  for (const path of c.args.filter((a) => !a.startsWith('-'))) {
    if (c.p.fs.find(path, c.p.cwd) && path.startsWith('/dev/')) notSimulated(c, `one device (${path})`)
    throw new Fail(`lsblk: ${path}: not a block device`, 32)
  }
  const gib = Math.round(c.host.rootFs.capacity / 1e9)
  const { disks } = c.host.service(MACHINE).platform
  const swap = c.host.service(MACHINE).swaps.filter((s) => s.type === 'partition')
  if (c.args.some((a) => a === '-f' || a === '--fs')) {
    const used = Math.round((100 * c.host.rootFs.used) / c.host.rootFs.capacity)
    const free = `${(c.host.rootFs.free / 2 ** 30).toFixed(1)}G`
    for (const line of disks.fs)
      c.out(`${line.replace('%FREE%', free.padStart(7)).replace('%USED%', `${used}%`.padStart(6))}\n`)
    return 0
  }
  for (const line of disks.plain)
    c.out(`${line.replace('%SIZE%', `${gib}G`.padStart(5)).replace('%PART%', `${gib - 1}G`.padStart(5))}\n`)
  for (const s of swap) c.out(`${s.path.replace('/dev/', '')}     253:16   0    2G  0 disk [SWAP]\n`)
  return 0
})

/** procps's vmstat. */
export const vmstat: Program = command('vmstat', function* (c) {
  const [delay, count] = c.args.filter((a) => /^\d+$/.test(a)).map(Number)
  c.out(
    'procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n',
  )
  for (let i = 0; i < (delay === undefined ? 1 : (count ?? 5)); i++) {
    const m = memory(c.host)
    const busy = Math.min(
      95,
      Math.round([...c.host.processes.values()].reduce((n, p) => n + p.cpuMilli, 0) / (10 * c.host.cpus)) + 3,
    )
    const k = (n: number): string => String(Math.round(n / 1024)).padStart(6)
    c.out(
      ` 1  0 ${k(m.swapUsed)} ${k(m.free)} ${k(m.cache * 0.05)} ${k(m.cache * 0.95)}    0    0    12    48  ${String(400 + c.host.rng.int(200)).padStart(3)} ${String(700 + c.host.rng.int(400)).padStart(4)} ${String(Math.round(busy * 0.7)).padStart(2)} ${String(Math.round(busy * 0.3)).padStart(2)} ${String(100 - busy).padStart(2)}  0  0  0\n`,
    )
    if (delay !== undefined && i + 1 < (count ?? 5)) yield* sleep(c.host.kernel, delay * 1000)
  }
  return 0
})

/** psmisc's fuser for `PORT/tcp`. */
export const fuser: Program = command('fuser', (c) => {
  const kill = c.args.includes('-k')
  let status = 1
  for (const spec of c.args.filter((a) => !a.startsWith('-'))) {
    const m = /^(\d+)\/(tcp|udp)$/.exec(spec)
    if (!m) throw new Fail(`fuser: not simulated: ${spec}`, 127)
    const owners = [
      ...new Set(
        socketRows(stackOf(c.p))
          .filter((s) => s.proto === m[2] && s.local.port === Number(m[1]))
          .map((s) => s.process),
      ),
    ].filter((p) => p !== undefined)
    if (owners.length === 0) continue
    status = 0
    c.err(`${`${spec}:`.padEnd(21)}`)
    c.out(owners.map((p) => ` ${p.pid}`).join(''))
    c.err('\n')
    if (kill) for (const p of owners) p.kill('SIGKILL')
  }
  return status
})

/** A line of the kernel's log written by hand: `logger`. */
export const logger: Program = command('logger', (c) => {
  let tag = 'root'
  let priority = 5
  const words: string[] = []
  for (let i = 0; i < c.args.length; i++) {
    if (c.args[i] === '-t') tag = c.args[++i] ?? tag
    else if (c.args[i] === '-p')
      priority = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'].indexOf(
        (c.args[++i] ?? '')
          .split('.')
          .at(-1)!
          .replace('error', 'err')
          .replace(/^warn$/, 'warning'),
      )
    else if (!c.args[i].startsWith('-')) words.push(c.args[i])
  }
  c.host.service(JOURNAL).write({
    message: words.join(' '),
    identifier: tag,
    priority: priority < 0 ? 5 : priority,
    pid: c.p.pid,
    transport: 'syslog',
  })
  return 0
})
