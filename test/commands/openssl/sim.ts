import { opensslProgram } from '../../../src/commands/openssl/index.ts'
import { Capture, FileSystem, Host, type NetNs, shellStatus, TextSource } from '../../../src/host/index.ts'
import { Kernel } from '../../../src/kernel/index.ts'

/** A host with an empty file system and openssl. Working directory: /w. */
export function opensslHost(now: number, net?: NetNs) {
  const kernel = new Kernel({ seed: 'openssl', start: now })
  const root = new FileSystem('/dev/sda1', 'ext4', 1e9)
  const host = new Host({
    name: 'h',
    kernel,
    programs: new Map(),
    root,
    net: () => net ?? ({} as NetNs),
    cpus: 1,
    memory: 1e9,
  })
  host.fs.mkdir('/w')
  host.fs.mkdir('/tmp')
  return {
    host,
    kernel,
    file: (name: string): string => host.fs.readFile(name, '/w'),
    write: (name: string, text: string): unknown => host.fs.writeFile(name, text, { cwd: '/w' }),
    /** Runs `openssl ARGS` (words are split at blanks; quotes group). */
    run(args: string, stdin = ''): { status: number; stdout: string; stderr: string } {
      const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2])
      const [stdout, stderr] = [new Capture(), new Capture()]
      const process = host.start({
        program: opensslProgram,
        argv: ['openssl', ...words],
        cwd: '/w',
        stdin: new TextSource(stdin),
        stdout,
        stderr,
      })
      while (!process.status && kernel.step());
      return { status: shellStatus(process.status!), stdout: stdout.text(), stderr: stderr.text() }
    },
  }
}

/** Takes out what differs from run to run: the thread's number in error lines, and the dots of key generation. */
export const stable = (text: string): string =>
  text.replace(/^[0-9A-F]{12}0000:error/gm, 'THREAD:error').replace(/^[.+*]{20,}$/gm, 'DOTS')
