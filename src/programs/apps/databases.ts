import type { Process, Program } from '../../host/index.ts'
import { SysError } from '../../host/index.ts'
import { MONTHS, sleep } from '../../kernel/index.ts'
import { stopOn } from './http.ts'

/** `21 Nov 2026 02:25:08.123` */
function redisTime(ms: number): string {
  const d = new Date(ms)
  const month = MONTHS[d.getUTCMonth()]
  const iso = d.toISOString()
  return `${iso.slice(8, 10)} ${month} ${iso.slice(0, 4)} ${iso.slice(11, 23)}`
}

/** Opens a TCP port that speaks a protocol of its own. */
function listen(p: Process, port: number, name: string, text: (input: string) => string, custom?: unknown): boolean {
  try {
    p.net.listen(p, { port, service: { name, text, custom } })
    return true
  } catch (error) {
    if (error instanceof SysError) return false
    throw error
  }
}

/** The string commands of a Redis server; one store a process. */
function redisStore(): (input: string) => string {
  const store = new Map<string, string>()
  return (input) =>
    input
      .split(/\r?\n/)
      .filter(Boolean)
      .map((line) => {
        const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((w) => w.replace(/^"|"$/g, ''))
        const [command = '', key = '', ...rest] = words
        switch (command.toUpperCase()) {
          case 'PING':
            return key ? `$${key.length}\r\n${key}\r\n` : '+PONG\r\n'
          case 'SET':
            store.set(key, rest[0] ?? '')
            return '+OK\r\n'
          case 'GET': {
            const value = store.get(key)
            return value === undefined ? '$-1\r\n' : `$${value.length}\r\n${value}\r\n`
          }
          case 'INCR': {
            const n = Number(store.get(key) ?? 0) + 1
            store.set(key, String(n))
            return `:${n}\r\n`
          }
          case 'DEL':
            return `:${store.delete(key) ? 1 : 0}\r\n`
          case 'DBSIZE':
            return `:${store.size}\r\n`
          default:
            return `-ERR unknown command '${command}', with args beginning with: ${key ? `'${key}' ` : ''}\r\n`
        }
      })
      .join('')
}

const redis: Program = {
  name: 'redis-server',
  *main(p) {
    yield* sleep(p.host.kernel, 30)
    p.rss = 9 << 20
    const port = Number(p.argv[p.argv.indexOf('--port') + 1] || 6379) || 6379
    const say = (mark: string, text: string): void => {
      if (!p.status)
        p.stdout.write(`1:${mark.startsWith('C') ? 'C' : 'M'} ${redisTime(p.now())} ${mark.slice(1)} ${text}\n`)
    }
    say('C*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo')
    say('C*', 'Redis version=8.2.3, bits=64, commit=00000000, modified=0, pid=1, just started')
    say(
      'C#',
      'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
    )
    say('M*', 'monotonic clock: POSIX clock_gettime')
    if (!listen(p, port, 'redis-server', redisStore())) {
      say('M#', `Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`)
      say('M#', 'Failed listening on port 6379 (tcp), aborting.')
      return 1
    }
    say('M*', `Running mode=standalone, port=${port}.`)
    say('M*', 'Server initialized')
    say('M*', 'Ready to accept connections tcp')
    p.onSignal('SIGTERM', () => {
      p.stdout.write(`1:signal-handler (${Math.floor(p.now() / 1000)}) Received SIGTERM scheduling shutdown...\n`)
      say('M*', 'User requested shutdown...')
      say('M*', 'Redis is now ready to exit, bye bye...')
      p.exit(0)
    })
    return yield* p.park()
  },
}

const isoStamp = (p: Process): string => `${new Date(p.now()).toISOString().slice(0, 23).replace('T', ' ')} UTC`

const POSTGRES_HINT = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
`

/** The postgres image: refuses to start without a password, prints as initdb and the server do. */
const postgresEntrypoint: Program = {
  name: 'postgres-entrypoint',
  *main(p) {
    yield* sleep(p.host.kernel, 60)
    const { POSTGRES_PASSWORD: password, POSTGRES_HOST_AUTH_METHOD: method, POSTGRES_PASSWORD_FILE: file } = p.env
    const data = p.env.PGDATA ?? '/var/lib/postgresql/data'
    const version = p.fs.find(`${data}/PG_VERSION`)
    if (!version) {
      if (!password && !file && method !== 'trust') {
        p.stderr.write(POSTGRES_HINT)
        return 1
      }
      p.stdout.write(
        'The files belonging to this database system will be owned by user "postgres".\nThis user must also own the server process.\n\n',
      )
      yield* sleep(p.host.kernel, 900)
      p.stdout.write('\nPostgreSQL init process complete; ready for start up.\n\n')
      try {
        p.fs.mkdir(data, { parents: true })
        p.fs.writeFile(`${data}/PG_VERSION`, '18\n')
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        p.stderr.write(`mkdir: cannot create directory '${data}': ${error.strerror}\n`)
        return 1
      }
    } else p.stdout.write('\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n')
    return yield* postgres.main(p)
  },
}

const postgres: Program = {
  name: 'postgres',
  *main(p) {
    yield* sleep(p.host.kernel, 80)
    p.rss = 28 << 20
    const say = (text: string): void => {
      if (!p.status) p.stderr.write(`${isoStamp(p)} [1] LOG:  ${text}\n`)
    }
    say(
      'starting PostgreSQL 18.1 (Debian 18.1-1.pgdg13+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit',
    )
    if (!listen(p, 5432, 'postgres', () => '')) {
      say('could not bind IPv4 address "0.0.0.0": Address already in use')
      return 1
    }
    say('listening on IPv4 address "0.0.0.0", port 5432')
    say('listening on IPv6 address "::", port 5432')
    say('listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"')
    say('database system is ready to accept connections')
    for (const [signal, how] of [
      ['SIGINT', 'fast'],
      ['SIGTERM', 'smart'],
    ] as const)
      p.onSignal(signal, () => {
        say(`received ${how} shutdown request`)
        say('database system is shut down')
        p.exit(0)
      })
    return yield* p.park()
  },
}

const pgIsReady: Program = {
  name: 'pg_isready',
  *main(p) {
    yield* sleep(p.host.kernel, 10)
    const at = p.argv.indexOf('-h')
    const host = at >= 0 ? p.argv[at + 1] : '127.0.0.1'
    const up = p.net.dial({ ip: host === 'localhost' ? '127.0.0.1' : host, port: 5432, from: p }).outcome === 'open'
    p.stdout.write(`${at >= 0 ? host : '/var/run/postgresql'}:5432 - ${up ? 'accepting connections' : 'no response'}\n`)
    return up ? 0 : 2
  },
}

/** mysql and mariadb: refuse to start without a word on the root password. */
const mysqlEntrypoint: Program = {
  name: 'mysql-entrypoint',
  *main(p) {
    yield* sleep(p.host.kernel, 80)
    const maria = /mariadbd/.test(p.argv.join(' '))
    const product = maria ? 'MariaDB' : 'MySQL'
    const stamp = (): string => new Date(p.now()).toISOString().slice(0, 19).replace('T', ' ')
    p.stdout.write(
      `${stamp()}+00:00 [Note] [Entrypoint]: Entrypoint script for ${product} Server ${maria ? '1:12.0.2+maria~ubu2404' : '9.5.0-1.el9'} started.\n`,
    )
    const {
      MYSQL_ROOT_PASSWORD: a,
      MYSQL_ALLOW_EMPTY_PASSWORD: b,
      MYSQL_RANDOM_ROOT_PASSWORD: c,
      MARIADB_ROOT_PASSWORD: d,
      MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: e,
      MARIADB_RANDOM_ROOT_PASSWORD: f,
    } = p.env
    if (!p.fs.find('/var/lib/mysql/mysql') && !a && !b && !c && !(maria && (d || e || f))) {
      p.stderr.write(
        maria
          ? `${stamp()}+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD\n`
          : `${stamp()}+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD\n`,
      )
      return 1
    }
    try {
      p.fs.mkdir('/var/lib/mysql/mysql', { parents: true })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
    }
    yield* sleep(p.host.kernel, 4000)
    return yield* mysqld.main(p)
  },
}

const mysqld: Program = {
  name: 'mysqld',
  *main(p) {
    yield* sleep(p.host.kernel, 300)
    p.rss = 380 << 20
    const stamp = (): string => new Date(p.now()).toISOString().replace('Z', '000Z')
    listen(p, 3306, 'mysqld', () => '')
    p.stderr.write(
      `${stamp()} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '9.5.0'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.\n`,
    )
    stopOn(p, 'SIGTERM', 'SIGINT')
    return yield* p.park()
  },
}

const simple = (name: string, port: number, memory: number, line: (p: Process) => string): Program => ({
  name,
  *main(p) {
    yield* sleep(p.host.kernel, 120)
    p.rss = memory
    listen(p, port, name, () => '')
    const text = line(p)
    if (text) p.stdout.write(`${text}\n`)
    stopOn(p, 'SIGTERM', 'SIGINT')
    return yield* p.park()
  },
})

/** Databases and caches. */
export const databasePrograms: readonly Program[] = [
  redis,
  postgres,
  postgresEntrypoint,
  pgIsReady,
  mysqld,
  mysqlEntrypoint,
  simple(
    'mongod',
    27017,
    90 << 20,
    (p) =>
      `{"t":{"$date":"${new Date(p.now()).toISOString()}"},"s":"I",  "c":"NETWORK",  "id":23016,   "ctx":"listener","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}`,
  ),
  simple('memcached', 11211, 3 << 20, () => ''),
]
