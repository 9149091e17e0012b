import { TransportError } from '../../api/index.ts'
import type { World } from '../../cluster/index.ts'
import type { HttpRequest, HttpResponse, Process, Program } from '../../host/index.ts'
import { TextSource } from '../../host/index.ts'
import type { Signal } from '../../kernel/index.ts'
import { alive, type Connection, type Dialled, dialNow, exchange, parseUrl } from '../../programs/lib/transport.ts'

/** What forwards the port, as `ssh -L` would. */
const forwarder: Program = {
  name: 'sshd',
  *main(p) {
    return yield* p.park()
  },
}

/** How often a way that was closed is tried again, virtual ms. */
const RETRY = 500

const broken = (error: unknown): HttpResponse => ({
  status: 500,
  headers: { 'content-type': 'text/plain' },
  body: `notready: not simulated: this made the simulation fail (${error})`,
})

/** The way from outside to the API server that the player's kubeconfig names. */
export class Way {
  private process: Process | undefined
  private probe: Connection | undefined
  private triedAt = Number.NEGATIVE_INFINITY
  private refused = false

  constructor(private readonly world: World) {}

  /** A connection refused at present: there is nobody to listen. */
  isRefused(server: string): boolean {
    const p = this.owner()
    if (this.probe && alive(p, this.probe)) return false
    const now = this.world.now()
    if (now - this.triedAt < RETRY) return this.refused
    this.triedAt = now
    this.probe = undefined
    try {
      this.probe = this.connection(this.dial(server), server)
      this.refused = false
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      this.refused = error.kind === 'refused'
    }
    return this.refused
  }

  /** Opens a connection. Throws TransportError. */
  dial(server: string): Dialled {
    const { host, port } = parseUrl(server)
    return dialNow(this.owner(), host, port)
  }

  /** A connection as the world's clients have it; `certPem` is what the outer client proved to own. */
  connection({ socket, peer, ip, links }: Dialled, server: string, certPem?: string): Connection {
    const { host, port } = parseUrl(server)
    const p = this.owner()
    return {
      endpoint: { host, port },
      socket,
      ip,
      links,
      peer: { ...peer, ...(certPem ? { certPem } : {}) },
      epoch: p.net.epoch,
      checkedAt: this.world.now(),
    }
  }

  /** Asks, and calls `done` when there is an answer: undefined when the connection broke. */
  ask(connection: Connection, request: HttpRequest, done: (answer: HttpResponse | undefined) => void): void {
    const p = this.owner()
    this.world.kernel.spawn(
      'request',
      (function* () {
        let answer: HttpResponse | undefined
        try {
          answer = alive(p, connection) ? yield* exchange(p, connection, request) : undefined
        } catch (error) {
          // Our own mistake ends this request, loudly, and nothing else.
          if (!(error instanceof TransportError)) answer = broken(error)
        }
        done(answer)
      })(),
    )
  }

  /** Calls `fn` once `condition` holds, looked at whenever the signal fires. */
  whenFired(signal: Signal, condition: () => boolean, fn: () => void): void {
    this.world.kernel.spawn(
      'wait',
      (function* () {
        while (!condition()) yield { on: [signal] }
        fn()
      })(),
    )
  }

  private owner(): Process {
    if (this.process && !this.process.status) return this.process
    const nowhere = { write() {}, full: false, drained: undefined as never, close() {}, isTty: false }
    this.process = this.world.home.start({
      program: forwarder,
      argv: ['sshd: root'],
      exe: '/usr/sbin/sshd',
      cgroup: '/user.slice/user-0.slice/session-1.scope',
      stdin: new TextSource(''),
      stdout: nowhere,
      stderr: nowhere,
    })
    return this.process
  }
}
