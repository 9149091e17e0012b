import {
  answering,
  CONNECT_ERRORS,
  connect,
  gaiError,
  lookup,
  type Process,
  type Program,
  readAll,
  SysError,
} from '../../../host/index.ts'
import { sleep } from '../../../kernel/index.ts'
import { command, Fail, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

const NAMES: Record<string, string> = {
  'tcp/22': 'ssh',
  'tcp/25': 'smtp',
  'tcp/53': 'domain',
  'udp/53': 'domain',
  'tcp/80': 'http',
  'udp/123': 'ntp',
  'tcp/443': 'https',
  'tcp/2379': 'etcd-client',
  'tcp/2380': 'etcd-server',
  'tcp/3306': 'mysql',
  'tcp/5432': 'postgresql',
  'tcp/6379': 'redis',
  'tcp/8080': 'http-alt',
  'tcp/8088': 'omniorb',
  'udp/8472': 'otv',
  'tcp/9090': '*',
}

/** OpenBSD's netcat (netcat-openbsd 1.228). */
export const nc: Program = command('nc', function* (c) {
  let o: Options
  try {
    o = getopt(c.args, { short: 'zvw:ulnkp:q:s:tN46dCDhrUi:x:X:I:O:T:e:' })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(
        `nc: ${error.message}\nusage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]`,
      )
    throw error
  }
  if (o.has('l')) return yield* listen(c.p, o)
  const [host, ports] = o.args
  if (host !== undefined && ports === undefined) throw new Fail('nc: missing port number')
  if (o.has('w') && !/^\d+$/.test(o.get('w')!)) throw new Fail(`nc: timeout invalid: ${o.get('w')}`)
  if (host === undefined || ports === undefined)
    throw new Fail(
      'usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]',
    )
  const r = yield* lookup(c.p, host)
  if (!r.ok) throw new Fail(`nc: getaddrinfo for host "${host}" port ${ports}: ${gaiError(r)}`)
  const ip = r.ips[0]
  const proto = o.has('u') ? 'udp' : 'tcp'
  const [from, to] = ports.split('-').map(Number)
  if (from > 65535) throw new Fail(`nc: port number too large: ${ports}`)
  if (!(from >= 1)) throw new Fail(`nc: port number invalid: ${ports}`)
  const timeout = o.has('w') ? Number(o.get('w')) * 1000 : undefined
  const label = host === ip ? ip : host
  let status = 1
  for (let port = from; port <= (to ?? from); port++) {
    const known = NAMES[`${proto}/${port}`] ?? '*'
    const succeeded = `Connection to ${label}${label === ip ? '' : ` (${ip})`} ${port} port [${proto}/${known}] succeeded!\n`
    if (proto === 'udp') {
      const result = c.p.net.dial({ ip, port, proto, from: c.p })
      // Silence looks like success over UDP; only an ICMP refusal tells.
      if (o.has('z')) yield* sleep(c.host.kernel, 1000)
      if (result.outcome === 'refused' || (result.outcome === 'unreachable' && result.code === 'ENETUNREACH')) continue
      if (o.has('v')) c.err(succeeded)
      status = 0
      continue
    }
    const connection = yield* connect(c.p, ip, port, timeout)
    if (connection.outcome === 'failed') {
      if (o.has('v') || !o.has('z'))
        c.err(
          connection.error === 'timeout'
            ? `nc: connect to ${label}${label === ip ? '' : ` (${ip})`} port ${port} (tcp) timed out: Operation now in progress\n`
            : o.has('v')
              ? `nc: connect to ${label}${label === ip ? '' : ` (${ip})`} port ${port} (tcp) failed: ${CONNECT_ERRORS[connection.error]}\n`
              : '',
        )
      continue
    }
    status = 0
    if (o.has('v')) c.err(succeeded)
    if (o.has('z')) continue
    const input = yield* readAll(c.p.stdin)
    yield* answering(connection.socket)
    const { service } = connection.socket
    if (service.text) c.out(service.text(input, connection.peer))
    else if (service.http && /^[A-Z]+ \S+ HTTP/.test(input)) {
      const [, method, path] = /^([A-Z]+) (\S+)/.exec(input)!
      const answer = service.http({ method, path, headers: { host } }, connection.peer)
      c.out(
        `HTTP/1.1 ${answer.status} ${answer.status === 200 ? 'OK' : ''}\r\n\r\n${typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '')}`,
      )
    }
    return 0
  }
  return status
})

function* listen(p: Process, o: Options): import('../../../kernel/index.ts').Coro<number> {
  const port = Number(o.get('p') ?? o.args.at(-1))
  const addr = o.args.length > 1 ? o.args[0] : undefined
  try {
    const socket = stackOf(p).listen(p, {
      proto: o.has('u') ? 'udp' : 'tcp',
      port,
      addr,
      service: {
        name: 'nc',
        text: (input) => {
          p.stdout.write(input)
          if (!o.has('k')) p.host.kernel.soon(() => p.exit(0))
          return ''
        },
      },
    })
    if (o.has('v')) p.stderr.write(`Listening on ${addr ?? '0.0.0.0'} ${socket.port}\n`)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    p.stderr.write(`nc: ${error.strerror}\n`)
    return 1
  }
  return yield* p.park()
}
