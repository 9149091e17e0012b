import { kubeadmProgram } from '../../../src/commands/kubeadm/index.ts'
import { Capture, FileSystem, Host, type NetNs, shellStatus, TextSource } from '../../../src/host/index.ts'
import { Kernel } from '../../../src/kernel/index.ts'

/** A machine with an empty disk, no systemd, and a network that refuses everything. */
export function machine(name: string, address: string, start: number) {
  const kernel = new Kernel({ seed: 'kubeadm', start })
  const root = new FileSystem('/dev/sda1', 'ext4', 1e9)
  const net = {
    addresses: () => ['127.0.0.1', address],
    sockets: [],
    dial: () => ({ outcome: 'refused' }),
  } as unknown as NetNs
  const host = new Host({ name, kernel, programs: new Map(), root, net: () => net, cpus: 1, memory: 1e9 })
  for (const dir of ['/root', '/tmp', '/etc']) host.fs.mkdir(dir)
  return {
    host,
    kernel,
    /** Runs a kubeadm command line; quotes group words. */
    run(line: string, stdin = ''): { status: number; stdout: string; stderr: string } {
      const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2])
      const [stdout, stderr] = [new Capture(), new Capture()]
      const process = host.start({
        program: kubeadmProgram,
        argv,
        cwd: '/root',
        env: { HOME: '/root', PATH: '/usr/bin' },
        stdin: new TextSource(stdin),
        stdout,
        stderr,
      })
      while (!process.status && kernel.step());
      return { status: shellStatus(process.status!), stdout: stdout.text(), stderr: stderr.text() }
    },
  }
}
