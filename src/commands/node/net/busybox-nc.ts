import { CONNECT_ERRORS, connect, lookup, type Program, readAll } from '../../../host/index.ts'
import { command, Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { nc } from './nc.ts'

/** busybox's nc 1.36. */
export const busyboxNc: Program = command('busybox-nc', function* (c) {
  let o: Options
  try {
    o = getopt(c.args, { short: 'zvw:ulnkp:s:e:i:f:o:' })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(
        `nc: ${error.message}\nBusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.\n\nUsage: nc [OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen`,
      )
    throw error
  }
  if (o.has('l')) return yield* nc.main(c.p)
  const [host, portText] = o.args
  if (host === undefined || portText === undefined)
    throw new Fail(
      'BusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.\n\nUsage: nc [OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen',
    )
  const r = yield* lookup(c.p, host)
  if (!r.ok) throw new Fail(`nc: bad address '${host}'`)
  const ip = r.ips[0]
  const port = Number(portText)
  if (o.has('u')) {
    const result = c.p.net.dial({ ip, port, proto: 'udp', from: c.p })
    if (o.has('v')) c.err(`${host} (${ip}:${port}) open\n`)
    return result.outcome === 'refused' ? 1 : 0
  }
  const connection = yield* connect(c.p, ip, port, o.has('w') ? Number(o.get('w')) * 1000 : undefined)
  if (connection.outcome === 'failed') {
    if (connection.error === 'timeout') throw new Fail('nc: timed out')
    throw new Fail(`nc: ${host} (${ip}:${port}): ${CONNECT_ERRORS[connection.error]}`)
  }
  if (o.has('v')) c.err(`${host} (${ip}:${port}) open\n`)
  if (o.has('z')) return 0
  const input = yield* readAll(c.p.stdin)
  const { service } = connection.socket
  if (service.text) c.out(service.text(input, connection.peer))
  return 0
})
