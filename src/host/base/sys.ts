import { Dir, FileSystem, type Inode } from '../fs/index.ts'
import type { Host } from '../host.ts'
import { MACHINE } from '../machine.ts'
import { Stack } from '../net/stack.ts'
import { generatedDir, PseudoFile } from './generated.ts'

/** /sys: cgroup 2 with the unit tree, network devices, kernel module parameters people read. */
export function makeSys(host: Host): FileSystem {
  const fs = new FileSystem('sysfs', 'sysfs', Number.POSITIVE_INFINITY)
  const path = (p: string): Dir => {
    let dir = fs.root
    for (const part of p.split('/').filter(Boolean)) {
      const next = dir.entries.get(part)
      if (next?.kind === 'dir') dir = next
      else {
        const made = new Dir(fs, 0o755)
        dir.entries.set(part, made)
        dir = made
      }
    }
    return dir
  }
  const file = (p: string, render: () => string): void =>
    void path(p.slice(0, p.lastIndexOf('/'))).entries.set(p.slice(p.lastIndexOf('/') + 1), new PseudoFile(fs, render))
  path('/fs/cgroup')
  const stack = host.net instanceof Stack ? host.net : undefined
  path('/class').entries.set(
    'net',
    generatedDir(
      fs,
      () => stack?.ifaces.map((i) => i.name) ?? [],
      (name) => netDir(fs, stack!, name),
    ),
  )
  file('/class/dmi/id/product_uuid', () => `${host.rng.fork('product').uuid()}\n`)
  file('/class/dmi/id/product_name', () => 'Standard PC (Q35 + ICH9, 2009)\n')
  file('/kernel/mm/transparent_hugepage/enabled', () => 'always [madvise] never\n')
  path('/kernel/security')
  path('/block/vda')
  path('/module')
  path('/devices/system/cpu')
  return fs
}

function netDir(fs: FileSystem, stack: Stack, name: string): Inode | undefined {
  const i = stack.iface(name)
  if (!i) return undefined
  const dir = new Dir(fs, 0o755)
  const add = (file: string, render: () => string): void => void dir.entries.set(file, new PseudoFile(fs, render))
  add('address', () => `${i.mac}\n`)
  add('mtu', () => `${i.mtu}\n`)
  add('operstate', () =>
    i.kind === 'loopback' || i.kind === 'vxlan' ? 'unknown\n' : stack.carrier(i) ? 'up\n' : 'down\n',
  )
  add('carrier', () => (stack.carrier(i) ? '1\n' : '0\n'))
  add('ifindex', () => `${i.index}\n`)
  return dir
}

const CONTROLLERS = 'cpuset cpu io memory hugetlb pids rdma misc'

/** A control group: its children are the groups of running processes below it. */
function cgroupDir(fs: FileSystem, host: Host, at: string): Dir {
  const prefix = at === '/' ? '/' : `${at}/`
  const below = (): string[] => {
    const names = new Set<string>(at === '/' ? ['system.slice', 'init.scope', 'user.slice'] : [])
    for (const p of host.processes.values())
      if (p.cgroup.startsWith(prefix) && p.cgroup !== at) names.add(p.cgroup.slice(prefix.length).split('/', 1)[0])
    names.delete('')
    return [...names]
  }
  const fixed = new Map<string, Inode>()
  const add = (name: string, render: () => string): void => void fixed.set(name, new PseudoFile(fs, render))
  const inside = (): { rss: number; cpuMs: number; pids: number[] } => {
    const ps = [...host.processes.values()].filter((p) => p.cgroup === at || p.cgroup.startsWith(prefix))
    return {
      rss: ps.reduce((n, p) => n + p.rss, 0),
      cpuMs: ps.reduce((n, p) => n + p.cpuMs, 0),
      pids: ps.map((p) => p.pid),
    }
  }
  add('cgroup.controllers', () => `${CONTROLLERS}\n`)
  add('cgroup.procs', () =>
    [...host.processes.values()]
      .filter((p) => p.cgroup === at)
      .map((p) => `${p.pid}\n`)
      .join(''),
  )
  add('cgroup.subtree_control', () => 'cpuset cpu io memory hugetlb pids\n')
  add('memory.current', () => `${inside().rss}\n`)
  add('memory.max', () => 'max\n')
  add('cpu.stat', () => `usage_usec ${inside().cpuMs * 1000}\n`)
  add('cpu.max', () => 'max 100000\n')
  add('pids.current', () => `${inside().pids.length}\n`)
  return generatedDir(fs, below, (name) => cgroupDir(fs, host, prefix + name), fixed)
}

/** The unified control group hierarchy, mounted on /sys/fs/cgroup; of version 1 only the tmpfs that holds it. */
export function makeCgroups(host: Host): FileSystem {
  const type = host.has(MACHINE) && host.service(MACHINE).platform.cgroups === 1 ? 'tmpfs' : 'cgroup2'
  const fs = new FileSystem(type, type, type === 'tmpfs' ? 4 << 20 : Number.POSITIVE_INFINITY)
  Object.defineProperty(fs, 'root', { value: cgroupDir(fs, host, '/') })
  return fs
}
