import { may, type Process, shellStatus } from '../../host/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { lookupOrTell } from '../run-program.ts'

/** Namespaces that can be entered, by option: the one-letter form and the name under /proc/PID/ns. */
const KINDS = { mount: 'mnt', uts: 'uts', ipc: 'ipc', net: 'net', pid: 'pid', cgroup: 'cgroup' } as const

/** util-linux's nsenter: runs a program in namespaces of another process, for instance with the host's tools in a pod's network. */
export const nsenter = defineTool({
  name: 'nsenter',
  summary: 'Run a program with namespaces of other processes.',
  usage: '[options] [<program> [<argument>...]]',
  ordered: true,
  options: {
    all: flag('a', 'all', 'enter all namespaces'),
    target: value('t', 'target', 'pid', 'target process to get namespaces from'),
    mount: flag('m', 'mount', 'enter mount namespace'),
    uts: flag('u', 'uts', 'enter UTS namespace (hostname etc)'),
    ipc: flag('i', 'ipc', 'enter System V IPC namespace'),
    net: flag('n', 'net', 'enter network namespace'),
    pid: flag('p', 'pid', 'enter pid namespace'),
    cgroup: flag('C', 'cgroup', 'enter cgroup namespace'),
  },
  *run({ p, args, opts, fail }) {
    const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).filter((kind) => opts.all || opts[kind])
    if (opts.target === undefined)
      return fail(kinds.length > 0 ? 'neither filename nor target pid supplied' : 'no target PID specified')
    const target: Process | undefined = p.host.processes.get(Number(opts.target))
    const file = `/proc/${opts.target}/ns/${KINDS[kinds[0] ?? 'mount']}`
    if (!target) return fail(`cannot open ${file}: No such file or directory`)
    if (!may(p.creds, 'SYS_ADMIN')) return fail(`cannot open ${file}: Permission denied`)
    const inside = (kind: keyof typeof KINDS): boolean => kinds.includes(kind)
    if (inside('mount')) {
      p.fs = target.fs
      p.cwd = '/'
    }
    const argv = args.length > 0 ? args : [p.env.SHELL ?? '/bin/sh']
    const exe = lookupOrTell(p, argv, 'nsenter')
    if (typeof exe === 'number') return exe
    const child = p.host.start({
      program: exe.program,
      argv: exe.argv,
      exe: exe.path,
      env: p.env,
      cwd: p.cwd,
      creds: p.creds,
      parent: p,
      stdin: p.stdin,
      stdout: p.stdout,
      stderr: p.stderr,
      fs: p.fs,
      net: inside('net') ? target.net : p.net,
      hostname: inside('uts') ? target.hostname : p.hostname,
      pidNamespace: inside('pid') ? target.pidNamespace : p.pidNamespace,
    })
    return shellStatus(yield* child.wait())
  },
})
