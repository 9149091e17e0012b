import { LocalClient } from '../api/local-client.ts'
import { type KubeObject, StatusError, TransportError } from '../api/types.ts'
import type { World } from '../cluster/index.ts'
import { type Host, lookup, type NetNs, NULL_SINK, type Process, TextSource } from '../host/index.ts'
import type { Coro } from '../kernel/index.ts'
import { newKubeconfigCert } from '../pki/index.ts'
import { containerdOf } from '../programs/containerd/index.ts'
import { ApiTransport } from '../programs/lib/api-transport.ts'

/**
 * Looks at outcomes from outside: it has its own administrator's certificate, fresh at every look, so that nothing the
 * player does to files on the hosts blinds it, while a broken API server, network or clock does.
 */
export class Observer {
  constructor(private readonly world: World) {}

  /** Objects as an API server gives them; undefined when none of them answers. */
  list(kind: string, namespace?: string): KubeObject[] | undefined {
    return this.ask((client) => client.list(kind, namespace))
  }

  /** null when it does not exist, undefined when no API server answers. */
  find(kind: string, namespace: string | undefined, name: string): KubeObject | null | undefined {
    return this.ask((client) => client.find(kind, namespace, name) ?? null)
  }

  private ask<T>(question: (client: LocalClient) => T): T | undefined {
    const { world } = this
    const { pki, plan } = world.installed
    const definition = {
      name: 'observer',
      longName: '',
      commonName: () => 'notready',
      organizations: ['system:masters'],
    }
    for (const h of plan.hosts.filter((x) => x.role === 'control-plane')) {
      const host = world.hosts.get(h.name)!
      const now = host.clock.now()
      const pair = newKubeconfigCert(definition, '', pki.ca, { rng: world.kernel.rng.fork(`observer/${now}`), now })
      const config = {
        server: `https://${h.address}:6443`,
        caPem: pki.ca.cert.pem,
        certPem: pair.cert.pem,
        keyPem: pair.key.pem,
      }
      const p = this.process(host, host.net)
      try {
        return question(new LocalClient(new ApiTransport(p, config, 'notready').send))
      } catch (error) {
        if (!(error instanceof TransportError || error instanceof StatusError)) throw error
      } finally {
        p.kill('SIGKILL')
      }
    }
    return undefined
  }

  /** A silent process in a network namespace, to look from there. */
  process(host: Host, net: NetNs, program: (p: Process) => Coro<number> = (p) => p.park(), fs = host.fs): Process {
    return host.start({
      program: { name: 'observer', main: program },
      argv: ['observer'],
      stdin: new TextSource(),
      stdout: NULL_SINK,
      stderr: NULL_SINK,
      net,
      fs,
    })
  }

  /** Runs `look` in a place: a host's name, or `namespace/pod-or-prefix`. Undefined when there is no such place. */
  from<T>(place: string, look: (p: Process) => Coro<T>): T | undefined {
    return this.beginFrom(place, look)()
  }

  /** The same, but other looks may be begun before what is returned waits for this one. */
  beginFrom<T>(place: string, look: (p: Process) => Coro<T>): () => T | undefined {
    const at = this.place(place)
    if (!at) return () => undefined
    let result: T | undefined
    const p = this.process(
      at.host,
      at.net,
      function* main(self) {
        result = yield* look(self)
        return 0
      },
      at.fs,
    )
    const { kernel } = this.world
    const limit = kernel.now() + 120_000
    return () => {
      while (!p.status && kernel.step(limit));
      if (!p.status) p.kill('SIGKILL')
      return result
    }
  }

  /** Does any API server answer? */
  sees(): boolean {
    return this.list('Namespace') !== undefined
  }

  private place(name: string): { host: Host; net: NetNs; fs: Host['fs'] } | undefined {
    const [namespace, pod] = name.split('/')
    if (pod === undefined) {
      const host = this.world.hosts.get(name)
      return host && { host, net: host.net, fs: host.fs }
    }
    for (const host of this.world.hosts.values()) {
      for (const c of containerdOf(host).containers.values()) {
        const { config, net } = c.sandbox
        if (config.namespace !== namespace || !config.name.startsWith(pod)) continue
        if (c.process && !c.process.status && net) return { host, net, fs: c.process.fs }
      }
    }
    return undefined
  }
}

/** The address of a name as seen from a process; undefined when it does not resolve. */
export function* addressOf(p: Process, name: string): Coro<string | undefined> {
  const result = yield* lookup(p, name)
  return result.ok ? result.ips[0] : undefined
}
