import { TransportError } from '../api/types.ts'
import type { World } from '../cluster/index.ts'
import { cutPower, powerOn, SYSTEMD, unitName } from '../host/index.ts'
import { certificatesOf } from '../pki/index.ts'
import { connect, exchange, parseUrl } from '../programs/lib/transport.ts'
import type { RunResult } from '../shell/index.ts'
import { parseDuration } from './duration.ts'
import { addressOf, type Observer } from './observer.ts'
import { jsonPathValues } from './paths.ts'
import { type Check, check as checkSchema } from './schema.ts'

/** Values that `unchanged` compares with: taken when the mission starts. */
export type Baseline = Map<string, string>

interface Checking {
  readonly world: World
  readonly observer: Observer
  readonly baseline: Baseline
}

type Of<T extends Check['type']> = Extract<Check, { type: T }>
/** True when the outcome holds. */
type Answer = () => boolean
/** A look that takes virtual time is begun at once and waited for by its answer, so that several run side by side. */
type Verb<T extends Check['type']> = (check: Of<T>, on: Checking) => Answer
/** Looks that take no time look when they are asked. */
const now =
  <T extends Check['type']>(look: (check: Of<T>, on: Checking) => boolean): Verb<T> =>
  (check, on) =>
  () =>
    look(check, on)

const LIMIT_MS = 20_000

/** One function a check verb. They may let virtual time pass, as any look does. */
const VERBS: { readonly [T in Check['type']]: Verb<T> } = {
  command(c, { world }) {
    const end = world.beginToObserve(c.run, {
      host: c.on,
      timeoutMs: c.within ? parseDuration(c.within) : LIMIT_MS,
    })
    return () => {
      const result = end()
      if (
        c.exit !== undefined
          ? result.exit !== c.exit
          : c.stdout === undefined && c.stderr === undefined && c.not === undefined && result.exit !== 0
      )
        return false
      if (c.stdout !== undefined && !new RegExp(c.stdout, 'm').test(result.stdout)) return false
      if (c.stderr !== undefined && !new RegExp(c.stderr, 'm').test(result.stderr)) return false
      return c.not === undefined || !new RegExp(c.not, 'm').test(result.stdout + result.stderr)
    }
  },

  object: now((c, { observer }) => {
    const object = observer.find(c.kind, c.namespace, c.name)
    if (object === undefined) return false
    if (object === null) return c.absent === true
    if (c.absent) return false
    if (c.path === undefined) return true
    const values = jsonPathValues(object, c.path)
    if (c.equals !== undefined) return values.some((v) => JSON.stringify(v) === JSON.stringify(c.equals))
    if (c.matches !== undefined) return values.some((v) => new RegExp(c.matches!).test(String(v)))
    return values.length > 0
  }),

  ready: now((c, { observer }) => {
    const all = observer.list(c.kind, c.namespace)
    if (!all) return false
    const wanted = c.name === undefined ? all : all.filter((o) => o.metadata.name === c.name)
    return wanted.length > 0 && wanted.every(isReady)
  }),

  http(c, { observer }) {
    const { scheme, host, port, path } = parseUrl(c.url)
    const end = observer.beginFrom(c.from, function* look(p) {
      const ip = yield* addressOf(p, host)
      if (ip === undefined) return undefined
      try {
        const connection = yield* connect(
          p,
          { host, port, tls: scheme === 'https' ? { insecure: true } : undefined },
          5000,
          ip,
        )
        return yield* exchange(p, connection, { method: 'GET', path }, p.host.kernel.now() + 5000)
      } catch (error) {
        if (error instanceof TransportError) return undefined
        throw error
      }
    })
    return () => {
      const answer = end()
      if (c.fails) return answer === undefined
      if (!answer) return false
      if (answer.status !== (c.status ?? 200)) return false
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '')
      return c.body === undefined || new RegExp(c.body).test(body)
    }
  },

  tcp(c, { observer }) {
    const { host, port } = parseUrl(c.to)
    const open = observer.beginFrom(c.from, function* look(p) {
      const ip = yield* addressOf(p, host)
      if (ip === undefined) return false
      try {
        yield* connect(p, { host, port, tls: undefined }, 5000, ip)
        return true
      } catch (error) {
        // Something answered, but in TLS: the port is open.
        if (error instanceof TransportError) return error.kind === 'tls'
        throw error
      }
    })
    return () => open() === (c.open ?? true)
  },

  dns(c, { observer }) {
    const end = observer.beginFrom(c.from, (p) => addressOf(p, c.name))
    return () => {
      const ip = end()
      return ip !== undefined && (c.is === undefined || ip === c.is)
    }
  },

  backends: now((c, { observer }) => {
    const [namespace, name] = c.service.split('/')
    const slices = observer.list('EndpointSlice', namespace)
    if (!slices) return false
    const ready = slices
      .filter((s) => s.metadata.labels?.['kubernetes.io/service-name'] === name)
      .flatMap((s) => (s.endpoints ?? []) as any[])
      .filter((e) => e.conditions?.ready)
    if (ready.length < (c.atLeast ?? 1)) return false
    if (c.ownedBy === undefined) return true
    const [kind, owner] = c.ownedBy.split('/')
    const pods = observer.list('Pod', namespace) ?? []
    return ready.every((e) => {
      const pod = pods.find((p) => p.metadata.name === e.targetRef?.name)
      const ref = pod?.metadata.ownerReferences?.find((r) => r.controller)
      return (
        ref !== undefined &&
        (/^deploy/.test(kind) ? ref.kind === 'ReplicaSet' && ref.name.startsWith(`${owner}-`) : ref.name === owner)
      )
    })
  }),

  etcd(c, { world }) {
    const plans = world.plan.hosts.filter((h) => h.role === 'control-plane')
    const flags =
      '--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
    const onEach = (command: string): (() => RunResult[]) => {
      const ends = plans.map((h) =>
        world.beginToObserve(`etcdctl --endpoints=https://127.0.0.1:2379 ${flags} ${command}`, {
          host: h.name,
          timeoutMs: LIMIT_MS,
        }),
      )
      return () => ends.map((end) => end())
    }
    const healths = onEach('endpoint health')
    const lists = onEach('member list')
    return () => {
      const healthy = healths().map((h) => h.exit === 0)
      const members = lists()
        .filter((_, i) => healthy[i])
        .map(({ stdout }) =>
          stdout
            .split('\n')
            .filter(Boolean)
            .map((l) => l.split(',')[0])
            .sort(),
        )
      if (members.length < (c.healthy ?? 1)) return false
      if (c.members !== undefined && Math.max(0, ...members.map((m) => m.length)) !== c.members) return false
      return !c.oneCluster || new Set(members.map((m) => m.join(' '))).size === 1
    }
  },

  certificate: now((c, { world, observer }) => {
    const host = world.hosts.get(c.on)
    if (!host) return false
    const until = host.clock.now() + parseDuration(c.validFor)
    if (c.file !== undefined) {
      const node = host.fs.find(c.file)
      const certs = node?.kind === 'file' ? certificatesOf(pemOf(node.read())) : []
      return certs.length > 0 && certs[0].notAfter > until && certs[0].notBefore <= host.clock.now()
    }
    const { host: name, port } = parseUrl(c.serves ?? '')
    return (
      observer.from(c.on, function* look(p) {
        const ip = yield* addressOf(p, name)
        if (ip === undefined) return false
        // Only what is shown counts, not whether the door would open: etcd lets nobody in without a certificate.
        const result = p.net.dial({ ip, port, from: p })
        if (result.outcome !== 'open') return false
        const [cert] = certificatesOf(result.socket.service.tls?.().certPem ?? '')
        return cert !== undefined && cert.notAfter > until && cert.notBefore <= p.now()
      }) ?? false
    )
  }),

  unit: now((c, { world }) => {
    const host = world.hosts.get(c.on)
    if (!host) return false
    const result = (what: string): string =>
      world.observe(`systemctl ${what} ${unitName(c.unit)}`, { host: c.on, timeoutMs: LIMIT_MS }).stdout.trim()
    if (!host.has(SYSTEMD)) return false
    if (c.active !== undefined && (result('is-active') === 'active') !== c.active) return false
    return c.enabled === undefined || (result('is-enabled') === 'enabled') === c.enabled
  }),

  lease: now((c, { world, observer }) => {
    const lease = observer.find('Lease', c.namespace ?? 'kube-system', c.name)
    if (!lease?.spec?.renewTime || !lease.spec.holderIdentity) return false
    return world.home.clock.now() - Date.parse(lease.spec.renewTime) <= parseDuration(c.renewedWithin)
  }),

  unchanged: now((c, { observer, baseline }) => baseline.get(baselineKey(c)) === currentValue(c, observer)),

  survives: now((c, on) => {
    const { world } = on
    const inner = c.check.map((x) => checkSchema.parse(x))
    if (c.run !== undefined) {
      world.observe(c.run, { host: c.on, timeoutMs: LIMIT_MS })
      world.advance(parseDuration(c.for))
      return allHold(inner, on)
    }
    const host = world.hosts.get(c.cut!)
    if (!host) return false
    cutPower(host)
    world.advance(parseDuration(c.for))
    const held = allHold(inner, on)
    const back = world.kernel.spawn(`power on ${c.cut}`, powerOn(host))
    const limit = world.now() + 60_000
    while (back.state === 'running' && world.kernel.step(limit));
    return held
  }),
}

const pemOf = (text: string): string => {
  const data = /(?:client-certificate-data|certificate-authority-data): ([A-Za-z0-9+/=]+)/.exec(text)
  const client = /client-certificate-data: ([A-Za-z0-9+/=]+)/.exec(text)
  return client || data ? atob((client ?? data)![1]) : text
}

/** As `kubectl get` would call it: as many as wanted are available, or the condition Ready holds. */
export function isReady(o: any): boolean {
  const n = (x: unknown): number => (x as number) ?? 0
  switch (o.kind) {
    case 'Deployment':
      return (
        n(o.status?.observedGeneration) >= n(o.metadata.generation) &&
        n(o.status?.availableReplicas) >= n(o.spec.replicas ?? 1) &&
        n(o.status?.updatedReplicas) >= n(o.spec.replicas ?? 1)
      )
    case 'StatefulSet':
      return n(o.status?.readyReplicas) >= n(o.spec.replicas ?? 1)
    case 'DaemonSet':
      return n(o.status?.numberReady) >= n(o.status?.desiredNumberScheduled)
    default:
      return (
        (o.status?.conditions ?? []).some((c: any) => c.type === 'Ready' && c.status === 'True') &&
        !o.spec?.unschedulable
      )
  }
}

const baselineKey = (c: Of<'unchanged'>): string => `${c.kind}/${c.namespace ?? ''}/${c.name}${c.path}`

function currentValue(c: Of<'unchanged'>, observer: Observer): string | undefined {
  const object = observer.find(c.kind, c.namespace, c.name)
  return object ? JSON.stringify(jsonPathValues(object, c.path)) : undefined
}

/** Notes what `unchanged` checks will be compared with. */
export function takeBaseline(checks: readonly Check[], observer: Observer): Baseline {
  const out: Baseline = new Map()
  for (const c of checks) {
    if (c.type !== 'unchanged') continue
    const value = currentValue(c, observer)
    if (value !== undefined) out.set(baselineKey(c), value)
  }
  return out
}

/** Begins a look; the answer comes when it is asked for. */
export const begin = (check: Check, on: Checking): Answer => (VERBS[check.type] as Verb<any>)(check, on)

const allHold = (checks: readonly Check[], on: Checking): boolean =>
  checks.map((c) => begin(c, on)).every((answer) => answer())
