import type { Host, Process, Program, Sink } from '../../host/index.ts'
import { type Coro, Interrupt, sleep } from '../../kernel/index.ts'
import { bash } from '../bash/program.ts'
import { defineTool, flag, list, value } from '../command.ts'
import { Fd } from '../io/fd.ts'
import { setTerminal } from '../jobs/group.ts'
import { controllingTerminal, inputTerminal } from '../jobs/terminal.ts'
import { connect } from '../peers.ts'
import { lookup } from '../run-program.ts'
import { loginEnvironment, startLogin } from '../session.ts'
import { userByName, userName } from '../text/users.ts'

/** Address that the remote side sees in SSH_CONNECTION; display only. */
const clientOf = (p: Process): string =>
  p.net.addresses().find((a) => !a.startsWith('127.') && a !== '::1') ?? '127.0.0.1'

export const ssh: Program = defineTool({
  name: 'ssh',
  summary: '',
  usage: '[-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] destination [command [argument ...]]',
  version: 'OpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13 30 Jan 2024',
  ordered: true,
  usageStatus: 255,
  options: {
    flags: flag('46AaCfGgKkMNsVvXxYy'),
    null: flag('n'),
    quiet: flag('q'),
    noTty: flag('T'),
    tty: flag('t'),
    identity: list('i'),
    login: value('l'),
    options: list('o'),
    port: value('p'),
    jump: value('J'),
    forward: list('LRDWEFcmbeISw'),
  },
  *run(t) {
    const { p } = t
    const [destination, ...command] = t.args
    if (destination === undefined) {
      p.stderr.write(
        'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]\n           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]\n           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]\n           [-J destination] [-L address] [-l login_name] [-m mac_spec]\n           [-O ctl_cmd] [-o option] [-P tag] [-p port] [-Q query_option]\n           [-R address] [-S ctl_path] [-W host:port] [-w local_tun[:remote_tun]]\n           destination [command [argument ...]]\n',
      )
      return 255
    }
    const at = destination.lastIndexOf('@')
    const name = destination.slice(at + 1)
    const user = at >= 0 ? destination.slice(0, at) : (t.opts.login ?? userName(p.fs, p.creds.uid) ?? 'root')
    const limit = /^ConnectTimeout[= ](\d+)$/i.exec(t.opts.options.find((o) => /^ConnectTimeout/i.test(o)) ?? '')
    const host = yield* connect(p, name, Number(t.opts.port ?? 22), limit ? Number(limit[1]) * 1000 : undefined)
    if (typeof host === 'string') {
      p.stderr.write(`${host}\n`)
      return 255
    }
    if (!userByName(host.fs, user)) {
      p.stderr.write(`${user}@${name}: Permission denied (publickey,password).\n`)
      return 255
    }
    return yield* session(p, host, {
      user,
      name,
      command: command.join(' '),
      forceTty: t.opts.tty > 0,
      noTty: t.opts.noTty > 0,
    })
  },
})

interface SessionHow {
  readonly user: string
  readonly name: string
  readonly command: string
  readonly forceTty: boolean
  readonly noTty: boolean
}

function* session(p: Process, host: Host, how: SessionHow): Coro<number> {
  const terminal = how.noTty ? undefined : inputTerminal(p)
  const interactive = terminal !== undefined && (how.command === '' || how.forceTty)
  if (how.command === '' && !interactive && !how.noTty)
    p.stderr.write('Pseudo-terminal will not be allocated because stdin is not a terminal.\n')
  const stdin = Fd.of(p.stdin)
  const client = clientOf(p)
  const { shell, ...login } = loginEnvironment(host, how.user)
  const env = { ...login.env, SSH_CLIENT: `${client} 51234 22`, SSH_CONNECTION: `${client} 51234 ${how.name} 22` }
  let remote: Process
  if (interactive && how.command === '' && terminal) {
    if (!terminal.scripted) {
      const motd = host.fs.find('/etc/motd')
      if (motd?.kind === 'file') p.stdout.write(motd.read())
    }
    const streams = { stdin, stdout: Fd.of(p.stdout), stderr: Fd.of(p.stderr) }
    remote = startLogin(host, how.user, terminal, streams, { env: { ...env, SSH_TTY: '/dev/pts/0' } })
  } else {
    const name = shell.split('/').at(-1) ?? 'bash'
    const streams = { stdin, stdout: Fd.of(channel(p, p.stdout)), stderr: Fd.of(channel(p, p.stderr)) }
    remote = host.start({
      program: host.programs.get(name) ?? bash,
      argv: how.command === '' ? [`-${name}`] : [name, '-c', how.command],
      ...login,
      env,
      exe: shell,
      cgroup: '/user.slice/user-0.slice/session-2.scope',
      ...streams,
    })
    setTerminal(remote, interactive ? (terminal ?? null) : null)
  }
  p.defer(() => {
    stdin.close()
    remote.kill('SIGHUP')
  })
  const ending = yield* remote.wait()
  yield* sleep(p.host.kernel, 5)
  if (interactive) p.stderr.write(`Connection to ${how.name} closed.\n`)
  return ending.signal !== undefined ? 255 : ending.code
}

/** What the remote side writes arrives as long as the client lives; then the channel is closed, and writing fails. */
function channel(client: Process, to: Sink): Sink {
  return {
    write(text) {
      if (client.status) throw new Interrupt('SIGPIPE')
      to.write(text)
    },
    get full() {
      return to.full
    },
    drained: to.drained,
    close() {},
    isTty: to.isTty,
  }
}

export const sudo: Program = defineTool({
  name: 'sudo',
  summary: 'sudo - execute a command as another user',
  usage: '[-ABbEHnPS] [-u user] [VAR=value] [-i|-s] [command]',
  version: 'Sudo version 1.9.15p5',
  ordered: true,
  options: {
    login: flag('i', 'login', 'run login shell as the target user; a command may also be specified'),
    shell: flag('s', 'shell', 'run shell as the target user; a command may also be specified'),
    user: value('u', 'user', 'user', 'run command (or edit file) as specified user name or ID'),
    group: value('g', 'group', 'group', 'run command as the specified group name or ID'),
    preserve: flag('E', 'preserve-env', 'preserve user environment when running command'),
    flags: flag('AbHnPSkKvl', undefined),
  },
  *run(t) {
    const { p } = t
    const user = t.opts.user ?? 'root'
    const entry = userByName(p.fs, user)
    if (!entry) return t.fail(`unknown user ${user}\nsudo: error initializing audit plugin sudoers_audit`)
    const caller = userName(p.fs, p.creds.uid) ?? 'root'
    if (p.creds.uid !== 0 && !(p.creds.groups ?? []).includes(27)) {
      p.stderr.write(`${caller} is not in the sudoers file.\n`)
      return 1
    }
    const { shell, ...login } = loginEnvironment(p.host, user)
    const keep = { TERM: p.env.TERM ?? 'xterm-256color', LANG: p.env.LANG ?? 'C.UTF-8' }
    const sudoEnv = {
      SUDO_USER: caller,
      SUDO_UID: String(p.creds.uid),
      SUDO_GID: String(p.creds.gid),
      SUDO_COMMAND: t.args.join(' ') || shell,
    }
    const env: Record<string, string> = { ...(t.opts.preserve ? p.env : {}), ...login.env, ...keep, ...sudoEnv }
    delete env.PWD
    const args = [...t.args]
    while (/^\w+=/.test(args[0] ?? '')) {
      const text = args.shift()!
      env[text.slice(0, text.indexOf('='))] = text.slice(text.indexOf('=') + 1)
    }
    p.creds = login.creds ?? p.creds
    p.env = env
    if (t.opts.login) p.cwd = login.cwd ?? '/'
    if (t.opts.login || t.opts.shell) return yield* p.exec(...shellCommand(p, shell, args, t.opts.login > 0))
    if (args.length === 0) {
      p.stderr.write(
        'usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\nusage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user]\n            [-u user] [command [arg ...]]\nusage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory]\n            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]\n            [-u user] [VAR=value] [-i | -s] [command [arg ...]]\nusage: sudo -e [-ABkNnS] [-r role] [-t type] [-C num] [-D directory]\n            [-g group] [-h host] [-p prompt] [-R directory] [-T timeout]\n            [-u user] file ...\n',
      )
      return 1
    }
    const exe = lookup(p, args, env)
    if (!('program' in exe)) {
      p.stderr.write(
        exe.bare ? `${exe.message}\n` : `sudo: ${exe.status === 127 ? `${args[0]}: command not found` : exe.message}\n`,
      )
      return 1
    }
    return yield* p.exec(exe.program, exe.argv, exe.path)
  },
})

/** Program, argv and path of a user's shell, as `exec` takes them. */
function shellCommand(
  p: Process,
  shell: string,
  command: readonly string[],
  login: boolean,
): [Program, string[], string] {
  const name = shell.split('/').at(-1) ?? 'bash'
  const program = p.host.programs.get(name) ?? bash
  if (command.length > 0) return [program, [name, ...(login ? ['-l'] : []), '-c', command.join(' ')], shell]
  const scripted = controllingTerminal(p)?.scripted ?? true
  return [program, scripted ? [name, ...(login ? ['-l'] : [])] : [login ? `-${name}` : name], shell]
}

export const su: Program = defineTool({
  name: 'su',
  summary: 'Change the effective user ID and group ID to that of <user>.',
  usage: '[options] [-] [<user> [<argument>...]]',
  version: 'su from util-linux 2.39.3',
  legacy: (argv) => argv.map((a) => (a === '-' ? '-l' : a)),
  options: {
    login: flag('l', 'login', 'make the shell a login shell'),
    command: value('c', 'command', '<command>', 'pass a single command to the shell with -c'),
    shell: value('s', 'shell', '<shell>', 'run <shell> if /etc/shells allows it'),
    preserve: flag('mp', 'preserve-environment', 'do not reset environment variables'),
  },
  *run(t) {
    const { p } = t
    const user = t.args[0] ?? 'root'
    const entry = userByName(p.fs, user)
    if (!entry) return t.fail(`user ${user} does not exist or the user entry does not contain all the required fields`)
    if (p.creds.uid !== 0) {
      p.stderr.write('Password: \nsu: Authentication failure\n')
      return 1
    }
    const { shell, ...login } = loginEnvironment(p.host, user)
    p.creds = login.creds ?? p.creds
    if (t.opts.login) {
      p.env = { ...login.env, TERM: p.env.TERM ?? 'xterm-256color' }
      p.cwd = login.cwd ?? '/'
    } else
      p.env = { ...p.env, HOME: entry.home, SHELL: shell, ...(entry.uid === 0 ? {} : { USER: user, LOGNAME: user }) }
    const command = t.opts.command === undefined ? [] : [t.opts.command]
    return yield* p.exec(...shellCommand(p, t.opts.shell ?? shell, command, t.opts.login > 0))
  },
})
