import type { Coro } from '../../kernel/index.ts'
import { attachOrFollow } from './attach.ts'
import { core } from './create/generator.ts'
import { message } from './delete.ts'
import { serviceFor } from './expose.ts'
import { managerOf, savedConfig } from './lib/change.ts'
import type { Definition } from './lib/define.ts'
import { CliError, isNotFound, PlainError } from './lib/errors.ts'
import { follow } from './lib/follow-logs.ts'
import { isImageName } from './lib/image.ts'
import type { Kube } from './lib/kube.ts'
import { type ObjectPrinter, printerFor } from './lib/output.ts'
import { PODS } from './lib/pods.ts'
import { awaitGone } from './lib/wait-gone.ts'
import { overridden } from './override.ts'
import { pages } from './pages/run.ts'

/** Models kubectl/pkg/cmd/run/run.go. */
export const run: Definition = {
  records: true,
  page: pages.run,
  *run(k) {
    const { flags } = k
    const count = flags.argsLenAtDash === -1 ? k.args.length : flags.argsLenAtDash
    if (count === 0) throw k.usage('NAME is required for run')
    const name = k.args[0]
    const image = flags.string('image')
    if (image === '') throw new CliError('--image is required')
    if (!isImageName(image)) throw new CliError(`Invalid image name "${image}": invalid reference format`)
    const restart = flags.string('restart') || 'Always'
    if (!['Always', 'OnFailure', 'Never'].includes(restart)) throw k.usage(`invalid restart policy: ${restart}`)
    const interactive = flags.bool('stdin')
    if (flags.bool('tty') && !interactive) throw k.usage('-i/--stdin is required for containers with -t/--tty=true')
    const attach = flags.changed('attach') ? flags.bool('attach') : interactive || flags.bool('tty')
    const mode = k.dryRun()
    if (flags.bool('rm') && !attach) throw k.usage('--rm should only be used for attached containers')
    if (attach && mode !== 'none')
      throw k.usage(
        "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
      )
    const pull = flags.string('image-pull-policy')
    if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull)) throw k.usage(`invalid image pull policy: ${pull}`)
    if (flags.bool('expose') && !flags.string('port')) throw k.usage('--port must be set when exposing a service')
    const generated = podOf(k, name, image, restart)
    // The mapper of kinds is asked even when nothing is sent.
    yield* (yield* k.discovery()).load()
    const pod = savedConfig(k, overridden(k, generated))
    const printer = printerFor(k, { operation: 'created', typed: mode === 'client' })
    const service = flags.bool('expose') ? exposed(k, pod) : undefined
    if (!attach) {
      if (service) yield* submit(k, service, core('services', 'Service'), printer)
      if (service && ['yaml'].includes(printer.format)) yield* k.out('---\n')
      yield* submit(k, pod, PODS, printer)
      return 0
    }
    return yield* attached(k, yield* send(k, pod, PODS), restart)
  },
}

function labelsOf(k: Kube, name: string): Record<string, string> {
  const text = k.flags.string('labels')
  if (!text) return { run: name }
  const out: Record<string, string> = {}
  for (const part of text.split(',')) {
    const parts = part.split('=')
    if (parts.length !== 2 || parts[0] === '') throw new CliError(`unexpected label spec: ${part}`)
    out[parts[0]] = parts[1]
  }
  return out
}

function podOf(k: Kube, name: string, image: string, restart: string): any {
  const { flags } = k
  const words = k.args.slice(1)
  const env = flags.strings('env').map((text) => {
    const at = text.indexOf('=')
    if (at <= 0) throw new CliError(`invalid env: ${text}`)
    return { name: text.slice(0, at), value: text.slice(at + 1) }
  })
  const port = flags.string('port')
  const pull = flags.string('image-pull-policy')
  if (port && !/^[-+]?\d+$/.test(port)) throw new CliError(`strconv.Atoi: parsing "${port}": invalid syntax`)
  const given = flags.strings('annotations')
  const wrong = given.filter((text) => text.indexOf('=') <= 0)
  if (wrong.length > 0) throw new CliError(`invalid annotations format: ${wrong.join(', ')}`)
  const annotations = Object.fromEntries(
    given.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  )
  const labels = labelsOf(k, name)
  const container: any = {
    ...(words.length > 0 ? (flags.bool('command') ? { command: words } : { args: words }) : {}),
    ...(env.length > 0 ? { env } : {}),
    image,
    ...(pull ? { imagePullPolicy: pull } : {}),
    name,
    ...(port ? { ports: [{ containerPort: Number(port) }] } : {}),
    resources: {},
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(flags.bool('stdin')
      ? {
          stdin: true,
          ...(flags.changed('leave-stdin-open') && flags.bool('leave-stdin-open') ? {} : { stdinOnce: true }),
        }
      : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      labels,
      name,
      ...(k.namespaceGiven ? { namespace: k.namespace } : {}),
    },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: restart },
    status: {},
  }
  return pod
}

function exposed(k: Kube, pod: any): any {
  const port = Number(k.flags.string('port'))
  return serviceFor(
    { name: pod.metadata.name, namespace: pod.metadata.namespace },
    { selector: pod.metadata.labels, ports: [{ port, protocol: 'TCP', targetPort: port }] },
  )
}

function* send(k: Kube, object: any, resource: typeof PODS): Coro<any> {
  const client = yield* k.client()
  return yield* client.create(resource, k.namespace, object, {
    fieldManager: managerOf(k, 'kubectl-run'),
    dryRun: k.dryRun() === 'server' || undefined,
  })
}

function* submit(k: Kube, object: any, resource: typeof PODS, printer: ObjectPrinter): Coro<void> {
  yield* printer.print(k.dryRun() === 'client' ? object : yield* send(k, object, resource))
}

/** Waits until the pod runs, attaches or shows its log, and cleans up. */
function* attached(k: Kube, created: any, restart: string): Coro<number> {
  const { flags } = k
  try {
    const pod = yield* awaitPod(
      k,
      created,
      (p) => ['Succeeded', 'Failed'].includes(p.status?.phase) || isReady(p),
      flags.duration('pod-running-timeout'),
    )
    yield* watchIt(k, pod)
    if (restart !== 'Never' || flags.bool('leave-stdin-open')) return 0
    return exitOf(yield* awaitPod(k, created, (p) => ['Succeeded', 'Failed'].includes(p.status?.phase), undefined))
  } finally {
    if (flags.bool('rm')) yield* cleanUp(k, created)
  }
}

function* watchIt(k: Kube, pod: any): Coro<void> {
  const { flags } = k
  const source = {
    pod: pod.metadata.name,
    namespace: pod.metadata.namespace,
    container: pod.spec.containers[0].name,
    prefix: false,
  }
  if (['Succeeded', 'Failed'].includes(pod.status.phase)) {
    yield* follow(k, [source], {})
    return
  }
  const options = {
    container: '',
    stdin: flags.bool('stdin'),
    tty: flags.bool('tty'),
    quiet: flags.bool('quiet'),
  }
  yield* attachOrFollow(k, pod, options, { follow: 'true' })
}

function exitOf(pod: any): number {
  if (pod.status.phase === 'Succeeded') return 0
  const { namespace, name } = pod.metadata
  const ended = pod.status.containerStatuses?.[0]?.state?.terminated
  if (!ended || ended.exitCode === 0) throw new CliError(`pod ${namespace}/${name} failed with unknown exit code`)
  throw new PlainError(
    `pod ${namespace}/${name} terminated (${ended.reason})${ended.message ? `\n${ended.message}` : ''}`,
    ended.exitCode,
  )
}

const isReady = (pod: any): boolean =>
  pod.status?.phase === 'Running' && pod.status.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True')

/** Watches the pod until it is as wanted. Throws `timed out waiting for the condition`. */
function* awaitPod(k: Kube, pod: any, done: (pod: any) => boolean, timeout: number | undefined): Coro<any> {
  const { kernel } = k.p.host
  const until = timeout === undefined ? undefined : kernel.now() + timeout
  const client = yield* k.client()
  for (;;) {
    const now = yield* client.get(PODS, pod.metadata.namespace, pod.metadata.name)
    if (done(now)) return now
    if (until !== undefined && kernel.now() >= until) throw new CliError('timed out waiting for the condition')
    yield { until: Math.min(until ?? Number.POSITIVE_INFINITY, kernel.now() + 100) }
  }
}

function* cleanUp(k: Kube, pod: any): Coro<void> {
  const client = yield* k.client()
  const target = { resource: PODS, namespace: pod.metadata.namespace as string, name: pod.metadata.name as string }
  try {
    yield* client.delete(PODS, target.namespace, target.name, {
      propagationPolicy: 'Background',
      gracePeriodSeconds: k.flags.bool('force') ? 0 : undefined,
    })
  } catch (error) {
    if (isNotFound(error)) return
    throw error
  }
  yield* k.out(`${message(k, target, '')}\n`)
  yield* awaitGone(k, [target], 0)
}
