import { compareBytes, goQuote, parseQuantity, Quantity } from '../../../print/index.ts'
import { orNone, rfc1123, sortedKeys, title, type Writer } from './writer.ts'

/** Containers with their state, as pods and templates show them. `indent` is that of a template. */
export function describeContainers(
  w: Writer,
  label: string,
  list: readonly any[],
  statuses: readonly any[] | undefined,
  pod: any,
  indent: string,
): void {
  w.w(0, `${indent}${label}:${list.length === 0 ? ' <none>' : ''}\n`)
  for (const c of list) {
    const status = statuses?.find((s) => s.name === c.name)
    w.w(1, `${indent ? ' ' : ''}${c.name}:\n`)
    if (status) w.row(2, 'Container ID', status.containerID ?? '')
    w.row(2, 'Image', c.image)
    if (status) w.row(2, 'Image ID', status.imageID ?? '')
    ports(w, c.ports ?? [])
    const seccomp = c.securityContext?.seccompProfile
    if (seccomp) {
      w.row(2, 'SeccompProfile', seccomp.type)
      if (seccomp.type === 'Localhost') w.row(3, 'LocalhostProfile', seccomp.localhostProfile)
    }
    lines(w, 'Command', c.command)
    lines(w, 'Args', c.args)
    if (status) {
      state(w, 'State', status.state ?? {})
      if (status.lastState?.terminated) state(w, 'Last State', status.lastState)
      w.row(2, 'Ready', title(status.ready === true))
      w.row(2, 'Restart Count', status.restartCount ?? 0)
    }
    describeResources(w, c.resources, 2)
    if (c.livenessProbe) w.row(2, 'Liveness', probe(c.livenessProbe))
    if (c.readinessProbe) w.row(2, 'Readiness', probe(c.readinessProbe))
    if (c.startupProbe) w.row(2, 'Startup', probe(c.startupProbe))
    if (c.envFrom?.length) envFrom(w, c.envFrom)
    environment(w, c, pod)
    mounts(w, c)
  }
}

function ports(w: Writer, list: readonly any[]): void {
  const text = (key: string): string =>
    list.map((p) => `${p[key] ?? 0}/${p.protocol ?? 'TCP'}${p.name ? ` (${p.name})` : ''}`).join(', ')
  const plural = list.length > 1 ? 's' : ''
  w.row(2, `Port${plural}`, orNone(text('containerPort')))
  w.row(2, `Host Port${plural}`, orNone(text('hostPort')))
}

function lines(w: Writer, name: string, list: readonly string[] | undefined): void {
  if (!list?.length) return
  w.w(2, `${name}:\n`)
  for (const text of list) for (const line of text.split('\n')) w.w(3, `${line}\n`)
}

function state(w: Writer, name: string, s: any): void {
  if (s.running) {
    w.row(2, name, 'Running')
    w.row(3, 'Started', rfc1123(s.running.startedAt))
  } else if (s.terminated) {
    const t = s.terminated
    w.row(2, name, 'Terminated')
    w.optional(3, 'Reason', t.reason)
    w.optional(3, 'Message', t.message)
    w.row(3, 'Exit Code', t.exitCode)
    if (t.signal > 0) w.row(3, 'Signal', t.signal)
    w.row(3, 'Started', rfc1123(t.startedAt))
    w.row(3, 'Finished', rfc1123(t.finishedAt))
  } else {
    w.row(2, name, 'Waiting')
    w.optional(3, 'Reason', s.waiting?.reason)
  }
}

/** The `Limits` and `Requests` blocks of a container or template. */
export function describeResources(w: Writer, resources: any, level: number): void {
  for (const [label, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ]) {
    const names = sortedKeys(list)
    if (names.length > 0) w.w(level, `${label}:\n`)
    for (const name of names) w.row(level + 1, name, list[name])
  }
}

function probe(p: any): string {
  const attrs = `delay=${p.initialDelaySeconds ?? 0}s timeout=${p.timeoutSeconds ?? 0}s period=${p.periodSeconds ?? 0}s #success=${p.successThreshold ?? 0} #failure=${p.failureThreshold ?? 0}`
  if (p.exec) return `exec [${(p.exec.command ?? []).join(' ')}] ${attrs}`
  if (p.httpGet) {
    const { scheme = '', host = '', port, path = '' } = p.httpGet
    const where = String(port) ? `${host.includes(':') ? `[${host}]` : host}:${port}` : host
    const full = path === '' || path.startsWith('/') ? path : `/${path}`
    return `http-get ${scheme.toLowerCase()}://${where}${full.replace(/[?%]/g, (x: string) => (x === '?' ? '%3F' : '%25'))} ${attrs}`
  }
  if (p.tcpSocket) return `tcp-socket ${p.tcpSocket.host ?? ''}:${p.tcpSocket.port} ${attrs}`
  if (p.grpc) return `grpc <pod>:${p.grpc.port} ${p.grpc.service ?? ''} ${attrs}`
  return `unknown ${attrs}`
}

function envFrom(w: Writer, list: readonly any[]): void {
  w.w(2, 'Environment Variables from:\n')
  for (const e of list) {
    const [from, ref] = e.configMapRef ? ['ConfigMap', e.configMapRef] : ['Secret', e.secretRef]
    w.w(
      3,
      `${ref?.name ?? ''}\t${from}${e.prefix ? ` with prefix '${e.prefix}'` : ''}\tOptional: ${ref?.optional === true}\n`,
    )
  }
}

function environment(w: Writer, c: any, pod: any): void {
  const list: any[] = c.env ?? []
  w.w(2, `Environment:${list.length === 0 ? '\t<none>' : ''}\n`)
  for (const e of list) {
    const from = e.valueFrom
    if (!from) {
      ;(e.value ?? '').split('\n').forEach((line: string, i: number) => {
        w.w(3, i === 0 ? `${e.name}:\t${line}\n` : `\t${line}\n`)
      })
    } else if (from.fieldRef) {
      const value = pod ? fieldValue(pod, from.fieldRef.fieldPath) : ''
      w.row(3, e.name, `${value} (${from.fieldRef.apiVersion ?? 'v1'}:${from.fieldRef.fieldPath})`)
    } else if (from.resourceFieldRef) {
      w.row(3, e.name, `${resourceValue(c, from.resourceFieldRef)} (${from.resourceFieldRef.resource})`)
    } else if (from.secretKeyRef) {
      const { key, name, optional } = from.secretKeyRef
      w.w(3, `${e.name}:\t<set to the key '${key}' in secret '${name}'>\tOptional: ${optional === true}\n`)
    } else if (from.configMapKeyRef) {
      const { key, name, optional } = from.configMapKeyRef
      w.w(3, `${e.name}:\t<set to the key '${key}' of config map '${name}'>\tOptional: ${optional === true}\n`)
    }
  }
}

/** What kubectl itself can resolve; of the other fields it shows only the path. */
function fieldValue(pod: any, path: string): string {
  return path === 'metadata.name' ? pod.metadata.name : path === 'metadata.namespace' ? pod.metadata.namespace : ''
}

function resourceValue(c: any, ref: any): string {
  const [which, name] = ref.resource.split('.')
  const amount = c.resources?.[which]?.[name]
  const value = amount === undefined ? new Quantity(0n) : parseQuantity(amount)
  const divisor = ref.divisor && ref.divisor !== '0' ? parseQuantity(ref.divisor) : Quantity.of(1)
  const result = String(Math.ceil(value.toNumber() / divisor.toNumber()))
  return result === '0' && which === 'limits' ? 'node allocatable' : result
}

function mounts(w: Writer, c: any): void {
  const list = [...(c.volumeMounts ?? [])].sort((a: any, b: any) => compareBytes(a.mountPath, b.mountPath))
  const none = list.length === 0 ? '\t<none>' : ''
  w.w(2, `Mounts:${none}\n`)
  for (const m of list) {
    const flags = [m.readOnly ? 'ro' : 'rw', ...(m.subPath ? [`path=${goQuote(m.subPath)}`] : [])]
    w.w(3, `${m.mountPath} from ${m.name} (${flags.join(',')})\n`)
  }
  if (!c.volumeDevices?.length) return
  w.w(2, `Devices:${none}\n`)
  for (const d of [...c.volumeDevices].sort((a: any, b: any) => compareBytes(a.devicePath, b.devicePath)))
    w.w(3, `${d.devicePath} from ${d.name}\n`)
}
