import { type Process, type Program, SysError } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { execInPlace } from '../exec-in-place.ts'
import { NginxError } from './directives.ts'
import { prepareDirs } from './dirs.ts'
import { logTime } from './log.ts'
import { Nginx } from './server.ts'

const versionOf = (p: Process): string => p.env.NGINX_VERSION ?? '1.29.3'

/** /usr/sbin/nginx */
export const nginx: Program = {
  name: 'nginx',
  *main(p) {
    yield* sleep(p.host.kernel, 15)
    const version = versionOf(p)
    if (p.argv.includes('-v')) {
      p.stderr.write(`nginx version: nginx/${version}\n`)
      return 0
    }
    const server = new Nginx(p, version)
    const testing = p.argv.includes('-t') || p.argv.includes('-T')
    try {
      server.load()
    } catch (error) {
      if (!(error instanceof NginxError)) throw error
      if (testing)
        p.stderr.write(`nginx: [emerg] ${error.message}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n`)
      else p.stderr.write(`${logTime(p.now())} [emerg] 1#1: ${error.message}\nnginx: [emerg] ${error.message}\n`)
      return 1
    }
    const emerg = (text: string): number => {
      p.stderr.write(`${testing ? '' : `${logTime(p.now())} [emerg] 1#1: ${text}\n`}nginx: [emerg] ${text}\n`)
      return 1
    }
    const starting = !p.argv.includes('-s')
    const obstacle =
      starting &&
      prepareDirs(p, server.directives, (text) =>
        p.stderr.write(`${testing ? '' : `${logTime(p.now())} [warn] 1#1: ${text}\n`}nginx: [warn] ${text}\n`),
      )
    if (obstacle) return emerg(obstacle)
    if (testing) {
      p.stderr.write(
        'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
      )
      return 0
    }
    const s = p.argv.indexOf('-s')
    if (s >= 0) return signal(p, p.argv[s + 1])
    return yield* serve(p, server)
  },
}

/** `nginx -s reload`: signals the master process of this container. */
function signal(p: Process, what: string): number {
  const name = { reload: 'SIGHUP', stop: 'SIGTERM', quit: 'SIGQUIT', reopen: 'SIGUSR1' }[what]
  if (!name) {
    p.stderr.write(`nginx: invalid option: "-s ${what}"\n`)
    return 1
  }
  for (const other of p.host.processes.values())
    if (other !== p && other.cgroup === p.cgroup && /nginx/.test(other.program.name) && !other.argv.includes('-s'))
      other.kill(name)
  const pid = p.containerPid ?? p.pid
  p.stderr.write(`${logTime(p.now())} [notice] ${pid}#${pid}: signal process started\n`)
  return 0
}

function* serve(p: Process, server: Nginx): Coro<number> {
  const problem = server.open()
  if (problem) {
    server.log.error('emerg', `1#1: ${problem}`)
    p.stderr.write(`nginx: [emerg] ${problem}\n`)
    return 1
  }
  p.rss = 9 << 20
  const notice = (text: string): void => server.log.error('notice', `1#1: ${text}`)
  const kernel = p.net.sysctls?.get('kernel.osrelease') ?? '6.8.0-57-generic'
  notice('using the "epoll" event method')
  notice(`nginx/${server.version}`)
  notice('built by gcc 14.2.0 (Debian 14.2.0-19)')
  notice(`OS: Linux ${kernel}`)
  notice('getrlimit(RLIMIT_NOFILE): 1048576:1048576')
  notice('start worker processes')
  for (let i = 0; i < p.host.cpus; i++) notice(`start worker process ${29 + i}`)
  const end = (signalName: string, number: number): void => {
    notice(`signal ${number} (${signalName}) received, ${signalName === 'SIGQUIT' ? 'shutting down' : 'exiting'}`)
    p.exit(0)
  }
  p.onSignal('SIGQUIT', () => end('SIGQUIT', 3))
  p.onSignal('SIGTERM', () => end('SIGTERM', 15))
  p.onSignal('SIGINT', () => end('SIGINT', 2))
  p.onSignal('SIGHUP', () => {
    notice('signal 1 (SIGHUP) received from 37, reconfiguring')
    notice('reconfiguring')
    try {
      server.load()
      const failure = server.open()
      if (failure) server.log.error('emerg', `1#1: ${failure}`)
      else notice('start worker processes')
    } catch (error) {
      if (!(error instanceof NginxError)) throw error
      server.log.error('emerg', `1#1: ${error.message}`)
    }
  })
  return yield* p.park()
}

/** What `touch` finds out. */
function canModify(p: Process, path: string): boolean {
  try {
    p.fs.writeFile(path, p.fs.readFile(path), { creds: p.creds })
    return true
  } catch (error) {
    if (error instanceof SysError) return false
    throw error
  }
}

/** The image's /docker-entrypoint.sh: prints what it looks for, then runs the command in its place. */
export const nginxEntrypoint: Program = {
  name: 'nginx-entrypoint',
  *main(p) {
    const command = p.argv.slice(1)
    const [name] = command
    if (name === 'nginx' || name === 'nginx-debug') {
      const say = (text: string): void => p.stdout.write(`${text}\n`)
      const entry = '/docker-entrypoint.sh'
      say(`${entry}: /docker-entrypoint.d/ is not empty, will attempt to perform configuration`)
      say(`${entry}: Looking for shell scripts in /docker-entrypoint.d/`)
      say(`${entry}: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh`)
      const conf = '/etc/nginx/conf.d/default.conf'
      const first = '10-listen-on-ipv6-by-default.sh: info:'
      if (canModify(p, conf)) {
        say(`${first} Getting the checksum of ${conf}`)
        say(`${first} Enabled listen on IPv6 in ${conf}`)
      } else say(`${first} can not modify ${conf} (read-only file system?)`)
      say(`${entry}: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh`)
      say(`${entry}: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh`)
      say(`${entry}: Launching /docker-entrypoint.d/30-tune-worker-processes.sh`)
      say(`${entry}: Configuration complete; ready for start up`)
      yield* sleep(p.host.kernel, 30)
      p.argv = command
      return yield* nginx.main(p)
    }
    return yield* execInPlace(p, command)
  },
}
