import { Capture, type Host, type Stack, shellStatus, TextSource } from '../../../src/host/index.ts'

export interface Result {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command (words as the shell would split them) on a host to its end, at most `limit` ms of virtual time. */
export function run(
  host: Host,
  line: string,
  options: { net?: Stack; uid?: number; stdin?: string; limit?: number; interrupt?: number } = {},
): Result {
  const argv = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3])
  const stdout = new Capture()
  const stderr = new Capture()
  const program = host.programs.get(argv[0])
  if (!program) throw new Error(`no program ${argv[0]}`)
  const uid = options.uid ?? 0
  const p = host.start({
    program,
    argv,
    stdin: new TextSource(options.stdin ?? ''),
    stdout,
    stderr,
    net: options.net,
    creds: { uid, gid: uid },
    cwd: '/root',
    env: { PATH: '/usr/bin:/usr/sbin', HOME: '/root' },
  })
  const end = host.kernel.now() + (options.limit ?? 600_000)
  if (options.interrupt !== undefined) host.kernel.after(options.interrupt, () => p.kill('SIGINT'))
  while (!p.status && host.kernel.step(end));
  if (!p.status) p.kill('SIGKILL')
  return { exit: shellStatus(p.status!), stdout: stdout.text(), stderr: stderr.text() }
}

/** Times, ages, IDs and process numbers as the recordings' comparison leaves them. */
export const masked = (text: string): string =>
  text
    .replace(/[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '<time>')
    .replace(/[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d/g, '<time>')
    .replace(/\b[0-9a-f]{32}\b/g, '<id>')
    .replace(/; \d+(?:ms|s|min|h)[^\n]* ago/g, '; <age> ago')
    .replace(/Duration: .*/g, 'Duration: <age>')
    .replace(/\[\d+\]/g, '[<pid>]')
    .replace(/(PID|Process): \d+/g, '$1: <pid>')
