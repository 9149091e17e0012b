import { FileSystem, Host, type NetNs, type Program } from '../../src/host/index.ts'
import { Kernel } from '../../src/kernel/index.ts'
import { type RunOptions, type RunResult, Session, shellPrograms } from '../../src/shell/index.ts'

const noNet = { name: 'none', sockets: [], addresses: () => [] } as unknown as NetNs

const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n'
const GROUP = 'root:x:0:\nadm:x:4:ubuntu\nsudo:x:27:ubuntu\nubuntu:x:1000:\n'

/** A bare host with the shell's programs in /usr/bin. */
export function makeHost(options: { kernel?: Kernel; name?: string; extra?: readonly Program[] } = {}): Host {
  const kernel = options.kernel ?? new Kernel({ seed: 1, start: Date.UTC(2026, 10, 21, 9, 0, 0) })
  const programs = [...shellPrograms, ...(options.extra ?? [])]
  const host = new Host({
    name: options.name ?? 'controlplane',
    kernel,
    programs: new Map(programs.map((p) => [p.name, p])),
    root: new FileSystem('/dev/sda1', 'ext4', 20 * 2 ** 30),
    net: () => noNet,
    cpus: 2,
    memory: 4 * 2 ** 30,
  })
  for (const dir of ['/usr/bin', '/usr/sbin', '/root', '/home/ubuntu', '/tmp', '/etc', '/dev', '/var/log', '/proc'])
    host.fs.mkdir(dir, { parents: true })
  host.fs.symlink('usr/bin', '/bin')
  host.fs.writeFile('/etc/passwd', PASSWD)
  host.fs.writeFile('/etc/group', GROUP)
  for (const program of programs)
    host.fs.writeFile(`/usr/bin/${program.name}`, '', { mode: 0o755 }).program = program.name
  return host
}

/** Runs command lines in one session. */
export function makeSession(host: Host = makeHost()): (source: string, options?: RunOptions) => RunResult {
  const session = new Session(host)
  return (source, options) => session.exec(source, options)
}
