import { confinementLines } from '../capabilities.ts'
import { Dir, FileSystem, type FsView, type Inode, Symlink } from '../fs/index.ts'
import type { Host } from '../host.ts'
import { MACHINE } from '../machine.ts'
import { Stack } from '../net/stack.ts'
import { type Process, parentOf } from '../process.ts'
import { generatedDir, PseudoFile } from './generated.ts'
import { cpuinfo, meminfo } from './hardware.ts'
import { kernelBanner } from './platform.ts'
import { procNet } from './proc-net.ts'

/** From where a /proc is looked at. */
export interface ProcOptions {
  /** Network namespace whose /proc/net and /proc/sys/net it shows. */
  readonly net?: Stack
  /** Processes that it shows (PID namespace). */
  readonly visible?: (p: Process) => boolean
  /** Number of a process as seen here. */
  readonly pid?: (p: Process) => number
  /** Whose mounts it shows; the machine's. */
  readonly view?: FsView
}

/** The proc file system of a machine, or of a container on it. */
export function makeProc(host: Host, options: ProcOptions = {}): FileSystem {
  const fs = new FileSystem('proc', 'proc', Number.POSITIVE_INFINITY)
  const stack = options.net ?? (host.net instanceof Stack ? host.net : undefined)
  const visible = options.visible ?? (() => true)
  const pidOf = options.pid ?? ((p) => p.pid)
  const machine = host.service(MACHINE)
  const fixed = new Map<string, Inode>()
  const text = (name: string, render: () => string): void => void fixed.set(name, new PseudoFile(fs, render))
  text('cpuinfo', () => cpuinfo(host.cpus))
  text('meminfo', () => meminfo(host))
  text('cmdline', () => `${machine.cmdline}\n`)
  text('version', () => `${kernelBanner(machine.platform)}\n`)
  text('uptime', () => {
    const up = machine.uptimeMs() / 1000
    return `${up.toFixed(2)} ${(up * host.cpus * 0.93).toFixed(2)}\n`
  })
  text(
    'loadavg',
    () =>
      `${machine.load.map((l) => l.toFixed(2)).join(' ')} 1/${host.processes.size + 190} ${[...host.processes.keys()].at(-1) ?? 1}\n`,
  )
  text(
    'swaps',
    () =>
      `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n${machine.swaps.map((s) => `${s.path.padEnd(40)}${s.type}\t\t${s.size >> 10}\t\t${s.used >> 10}\t\t${s.priority}\n`).join('')}`,
  )
  if (!machine.platform.kernel.noModules)
    text('modules', () =>
      machine.modules
        .list()
        .map(
          (m) =>
            `${m.name} ${m.size} ${m.users.length} ${m.users.length > 0 ? `${m.users.join(',')},` : '-'} Live 0x0000000000000000\n`,
        )
        .join(''),
    )
  text('filesystems', () => 'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\toverlay\n\text4\n\tvfat\n')
  text('mounts', () => mountLines(options.view ? { fs: options.view } : host))
  text(
    'stat',
    () =>
      `cpu  ${Math.round(machine.uptimeMs() / 150)} 0 ${Math.round(machine.uptimeMs() / 300)} ${Math.round(machine.uptimeMs() / 11)} 0 0 0 0 0 0\nbtime ${Math.floor((host.clock.now() - machine.uptimeMs()) / 1000)}\n`,
  )
  fixed.set('self', new Symlink(fs, '1'))
  fixed.set('sys', sysDir(fs, stack, ''))
  fixed.set('net', procNet(fs, stack, host))
  const pids = (): string[] =>
    [...host.processes.values()].filter((p) => !p.status && visible(p)).map((p) => String(pidOf(p)))
  const find = (name: string): Process | undefined =>
    [...host.processes.values()].find((p) => visible(p) && String(pidOf(p)) === name)
  fs.root.entries.clear()
  const root = generatedDir(fs, pids, (name) => processDir(fs, find, name, pidOf), fixed)
  Object.defineProperty(fs, 'root', { value: root })
  return fs
}

function processDir(
  fs: FileSystem,
  find: (name: string) => Process | undefined,
  name: string,
  pidOf: (p: Process) => number,
): Dir | undefined {
  const p = find(name)
  if (!p) return undefined
  const dir = new Dir(fs, 0o555)
  const add = (file: string, render: () => string): void => void dir.entries.set(file, new PseudoFile(fs, render))
  add('cmdline', () => `${p.argv.join('\0')}\0`)
  // Programs of images take each other's place (entrypoints): only their argv tells who they are by now.
  const self = p.containerPid === undefined ? p.exe : (p.argv[0] ?? '')
  const comm = (self.split('/').at(-1) || p.program.name).slice(0, 15)
  add('comm', () => `${comm}\n`)
  add('environ', () =>
    Object.entries(p.env)
      .map(([k, v]) => `${k}=${v}\0`)
      .join(''),
  )
  add('cgroup', () => `0::${p.containerPid === undefined ? p.cgroup : '/'}\n`)
  add('status', () => {
    const kb = Math.round(p.rss / 1024)
    const parent = parentOf(p)
    // A parent outside of the namespace has no number there.
    const seen = parent && find(String(pidOf(parent))) === parent ? pidOf(parent) : 0
    const ppid = pidOf(p) === 1 ? 0 : parent ? seen : 1
    const ids = (n: number): string => `${n}\t${n}\t${n}\t${n}`
    return `Name:\t${comm}\nUmask:\t0022\nState:\t${p.frozen ? 'T (stopped)' : 'S (sleeping)'}\nTgid:\t${pidOf(p)}\nNgid:\t0\nPid:\t${pidOf(p)}\nPPid:\t${ppid}\nTracerPid:\t0\nUid:\t${ids(p.creds.uid)}\nGid:\t${ids(p.creds.gid)}\nFDSize:\t64\nGroups:\t${[...new Set([p.creds.gid, ...(p.creds.groups ?? [])])].map((g) => `${g} `).join('')}\nVmPeak:\t${kb * 4} kB\nVmSize:\t${kb * 4} kB\nVmRSS:\t${kb} kB\nThreads:\t1\n${confinementLines(p.creds)}`
  })
  add(
    'limits',
    () =>
      'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1048576              1048576              files     \n',
  )
  add('mountinfo', () =>
    p.fs.table
      .map((m, i) => `${i + 20} 1 0:${i + 20} / ${m.path} ${m.options} - ${m.fs.type} ${m.fs.source} rw\n`)
      .join(''),
  )
  add('mounts', () => mountLines(p))
  dir.entries.set('exe', new Symlink(fs, p.exe))
  dir.entries.set('cwd', new Symlink(fs, p.cwd))
  // The process's own root, also for containers: an entry into its mount namespace.
  dir.entries.set('root', new Symlink(fs, '/', p.fs.root))
  return dir
}

/** /proc/sys as a tree of the sysctls. */
function sysDir(fs: FileSystem, stack: Stack | undefined, prefix: string): Dir {
  const names = (): string[] => {
    const out = new Set<string>()
    for (const key of stack?.sysctls.keys() ?? [])
      if (key.startsWith(prefix)) out.add(component(key.slice(prefix.length)))
    return [...out]
  }
  return generatedDir(fs, names, (name) => {
    const key = prefix + name.replace(/\./g, '/')
    if (stack?.sysctls.get(key) === undefined) return sysDir(fs, stack, `${key}.`)
    return new PseudoFile(
      fs,
      () => `${stack.sysctls.get(key) ?? ''}\n`,
      stack.sysctls.writable(key) ? (value) => stack.sysctls.set(key, value.trim()) : undefined,
    )
  })
}

/** First part of a key; `flannel.1` in `conf.flannel.1.rp_filter` is one part. */
const component = (rest: string): string =>
  /^(flannel\.1|cali[0-9a-f]+|veth[0-9a-f]+)(?:\.|$)/.exec(rest)?.[1] ?? rest.split('.', 1)[0]

/** /proc/mounts as somebody sees it. */
export const mountLines = ({ fs }: { readonly fs: FsView }): string =>
  fs.table.map((m) => `${m.fs.source} ${m.path} ${m.fs.type} ${m.options} 0 0\n`).join('')
