import type { PortForwardSession } from '../../api/index.ts'
import { type Socket, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { getObject, splitName } from './lib/builder.ts'
import { statusError } from './lib/client.ts'
import { podsAndOwners } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { podFor } from './lib/pods.ts'
import { pages } from './pages/port-forward.ts'

interface Pair {
  readonly local: number
  readonly remote: number
}

/** Models kubectl/pkg/cmd/portforward/portforward.go. */
export const portForward: Definition = {
  page: pages['port-forward'],
  complete: podsAndOwners,
  *run(k) {
    const { flags, args } = k
    if (args.length < 2) throw k.usage('TYPE/NAME and list of ports are required for port-forward')
    const timeout = flags.duration('pod-running-timeout')
    if (timeout <= 0) throw k.usage('--pod-running-timeout must be higher than zero')
    const service = yield* serviceOf(k, args[0])
    const pod = yield* podFor(k, args[0], timeout, 'attach to')
    const ports = args.slice(1).map((text) => (service ? servicePort(service, pod, text) : podPort(pod, text)))
    if (pod.status?.phase !== 'Running')
      throw new CliError(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`)
    const pairs = ports.map(parsePair)
    const addresses = addressesOf(flags.strings('address'))
    const session = yield* open(k, pod, pairs)
    const undo = k.p.defer(() => session.close())
    try {
      yield* listen(k, session, pairs, addresses)
      while (!session.closed) yield { on: [session.ended] }
      throw new CliError('lost connection to pod')
    } finally {
      undo()
      session.close()
    }
  },
}

function* serviceOf(k: Kube, arg: string): Coro<any> {
  if (!arg.includes('/')) return undefined
  const [type, name] = splitName(arg)
  const resource = yield* k.resource(type)
  return resource.kind === 'Service' ? yield* getObject(k, resource, k.namespace, name) : undefined
}

const split = (text: string): [string, string] => {
  const at = text.indexOf(':')
  return at < 0 ? [text, text] : [text.slice(0, at), text.slice(at + 1)]
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)

function namedPort(pod: any, name: string): number {
  const port = pod.spec.containers.flatMap((c: any) => c.ports ?? []).find((p: any) => p.name === name)
  if (!port) throw new CliError(`Pod '${pod.metadata.name}' does not have a named port '${name}'`)
  return port.containerPort
}

function podPort(pod: any, text: string): string {
  const [local, remote] = split(text)
  if (isNumber(remote)) return text
  const port = namedPort(pod, remote)
  return text.includes(':') ? `${local}:${port}` : `${port}:${port}`
}

function servicePort(service: any, pod: any, text: string): string {
  const [local, remote] = split(text)
  const { name } = service.metadata
  const port = service.spec.ports.find((p: any) => (isNumber(remote) ? p.port === Number(remote) : p.name === remote))
  if (!port && !isNumber(remote)) throw new CliError(`Service '${name}' does not have a named port '${remote}'`)
  if (!port) throw new CliError(`Service ${name} does not have a service port ${remote}`)
  const target =
    service.spec.clusterIP === 'None'
      ? port.port
      : typeof port.targetPort === 'string'
        ? namedPort(pod, port.targetPort)
        : (port.targetPort ?? port.port)
  const from = text.includes(':') ? local : String(port.port)
  return `${from}:${target}`
}

function parsePair(text: string): Pair {
  const [local, remote] = split(text)
  const number = (value: string, what: string): number => {
    const fail = (why: string): CliError =>
      new CliError(`error parsing ${what} port '${value}': strconv.ParseUint: parsing ${JSON.stringify(value)}: ${why}`)
    if (!isNumber(value)) throw fail('invalid syntax')
    if (Number(value) > 65535) throw fail('value out of range')
    return Number(value)
  }
  const pair = { local: local === '' ? 0 : number(local, 'local'), remote: number(remote, 'remote') }
  if (pair.remote === 0) throw new CliError('remote port must be > 0')
  return pair
}

function addressesOf(given: readonly string[]): readonly string[] {
  const out: string[] = []
  for (const address of given) {
    if (address === 'localhost') out.push('127.0.0.1', '::1')
    else if (/^\d+\.\d+\.\d+\.\d+$/.test(address) || /^[0-9a-fA-F:]+$/.test(address)) out.push(address)
    else throw new CliError(`${address} is not a valid IP`)
  }
  return [...new Set(out)]
}

function* open(k: Kube, pod: any, pairs: readonly Pair[]): Coro<PortForwardSession> {
  const client = yield* k.client()
  const response = yield* client.raw({
    verb: 'connect',
    group: '',
    version: 'v1',
    resource: 'pods',
    namespace: pod.metadata.namespace,
    name: pod.metadata.name,
    subresource: 'portforward',
    query: { ports: pairs.map(({ remote }) => String(remote)) },
  } as never)
  if (response.code >= 400) {
    if (typeof response.body === 'string') throw new CliError(`error upgrading connection: ${response.body}`)
    const status = statusError(response)
    throw new CliError(`error upgrading connection: ${status.message}`)
  }
  return response.body as PortForwardSession
}

function* listen(
  k: Kube,
  session: PortForwardSession,
  pairs: readonly Pair[],
  addresses: readonly string[],
): Coro<void> {
  let opened = 0
  for (const pair of pairs) {
    const failures: string[] = []
    let port = pair.local
    let listening = 0
    for (const address of addresses) {
      const v6 = address.includes(':')
      try {
        // The host's IPv6 loopback answers through the same socket.
        if (!v6 || address !== '::1') port = bind(k, session, address, port, pair.remote).port
        else if (listening === 0) port = bind(k, session, '127.0.0.1', port, pair.remote).port
        listening++
        yield* k.out(`Forwarding from ${v6 ? `[${address}]` : address}:${port} -> ${pair.remote}\n`)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        if (v6 && listening === 0 && address === '::1') continue
        const reason = error.code === 'EADDRINUSE' ? 'address already in use' : 'cannot assign requested address'
        failures.push(
          `unable to create listener: Error listen ${v6 ? 'tcp6' : 'tcp4'} ${v6 ? `[${address}]` : address}:${pair.local}: bind: ${reason}`,
        )
      }
    }
    if (listening === 0)
      k.err(
        `Unable to listen on port ${pair.local}: Listeners failed to create with the following errors: [${failures.join(' ')}]\n`,
      )
    opened += listening
  }
  if (opened === 0)
    throw new CliError(
      `unable to listen on any of the requested ports: [${pairs.map((p) => `{${p.local} ${p.remote}}`).join(' ')}]`,
    )
}

function bind(k: Kube, session: PortForwardSession, addr: string, port: number, remote: number): Socket {
  const socket: Socket = k.p.net.listen(k.p, {
    addr,
    port,
    service: {
      name: 'kubectl',
      forward: () => {
        k.p.stdout.write(`Handling connection for ${socket.port}\n`)
        const result = session.dial(remote)
        if (result.outcome !== 'open') {
          k.log(
            'E',
            0,
            'portforward.go:522',
            `"Unhandled Error" err=${goQuote(`an error occurred forwarding ${socket.port} -> ${remote}: ${session.refused(remote)}`)}`,
          )
          session.close()
        }
        return result
      },
    },
  })
  return socket
}
