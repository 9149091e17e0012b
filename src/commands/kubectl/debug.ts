import type { Coro } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { attachOrFollow } from './attach.ts'
import { DISPLAY_WARNING_PANIC } from './debug-panic.ts'
import { hasFiles, liveInfos } from './lib/builder.ts'
import { forEach } from './lib/change.ts'
import { podsAndOwners } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { apiVersionOf } from './lib/discovery.ts'
import { CliError, PlainError, throwAll } from './lib/errors.ts'
import { logRequest } from './lib/follow-logs.ts'
import { isImageName } from './lib/image.ts'
import type { Kube } from './lib/kube.ts'
import { PODS } from './lib/pods.ts'
import { pages } from './pages/debug.ts'

const PROFILES = ['legacy', 'general', 'baseline', 'netadmin', 'restricted', 'sysadmin']

const LEGACY =
  '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n'

/** Refuses flags that do not go together, in the order in which kubectl looks at them. */
function validate(
  { flags }: Kube,
  targets: readonly string[],
  command: readonly string[],
  setImages: ReadonlyMap<string, string>,
): void {
  const [image, copyTo, container] = [flags.string('image'), flags.string('copy-to'), flags.string('container')]
  const fail = (text: string): never => {
    throw new CliError(text)
  }
  if (flags.changed('attach') && flags.bool('attach') && !image && !container)
    fail('you must specify --container or create a new container using --image in order to attach.')
  if (copyTo) {
    if (!image && setImages.size === 0 && command.length === 0)
      fail('you must specify --image, --set-image or command arguments.')
    if (command.length > 0 && !container && !image)
      fail('you must specify an existing container or a new image when specifying args.')
  } else {
    if (flags.bool('replace')) fail('--replace may only be used with --copy-to.')
    if (flags.bool('same-node')) fail('--same-node may only be used with --copy-to.')
    if (setImages.size > 0) fail('--set-image may only be used with --copy-to.')
    if (!image) fail('you must specify --image when not using --copy-to.')
  }
  if (image && !isImageName(image)) fail(`invalid image name ${goQuote(image)}: invalid reference format`)
  if (targets.length === 0 && flags.strings('filename').length === 0) fail('NAME or filename is required for debug')
  const pull = flags.string('image-pull-policy')
  if (pull && !['Always', 'IfNotPresent', 'Never'].includes(pull)) fail(`invalid image pull policy: ${pull}`)
  for (const [name, value] of setImages)
    if (!isImageName(value))
      fail(`invalid image name ${goQuote(value)} for container ${goQuote(name)}: invalid reference format`)
  if (flags.string('target') && copyTo) fail('--target is incompatible with --copy-to. Use --share-processes instead.')
  if (flags.bool('tty') && !flags.bool('stdin')) fail('-i/--stdin is required for containers with -t/--tty=true')
}

/** Models kubectl/pkg/cmd/debug/debug.go. */
export const debug: Definition = {
  page: pages.debug,
  complete: podsAndOwners,
  *run(k) {
    const { flags } = k
    const dash = flags.argsLenAtDash
    const targets = dash === -1 ? k.args : k.args.slice(0, dash)
    const command = dash === -1 ? [] : k.args.slice(dash)
    const [image, copyTo] = [flags.string('image'), flags.string('copy-to')]
    const setImages = new Map(Object.entries(flags.map('set-image')))
    const tty = flags.bool('tty')
    const stdin = flags.bool('stdin')
    const profile = flags.string('profile')
    if (!PROFILES.includes(profile)) throw new CliError(`unknown profile: ${profile}`)
    if (flags.string('custom')) throw new PlainError('kubectl: debug --custom not simulated', 127)
    const pull = flags.string('image-pull-policy')
    validate(k, targets, command, setImages)
    if (profile === 'legacy') k.err(LEGACY)
    const settings: Settings = {
      image,
      command,
      profile,
      stdin,
      tty,
      pull,
      env: flags.strings('env').map((text) => {
        const at = text.indexOf('=')
        return { name: text.slice(0, at), value: text.slice(at + 1) }
      }),
      copyTo,
      setImages,
    }
    const { infos, errors } = yield* liveInfos(
      k,
      targets.length === 1 && !targets[0].includes('/') ? ['pods', targets[0]] : targets,
    )
    if (hasFiles(k) && !copyTo && !flags.bool('quiet')) return yield* panicked(k)
    const failed = yield* forEach(infos, function* (info) {
      let pod: any
      let name: string
      if (info.object.kind === 'Node') [pod, name] = yield* onNode(k, info.object, settings)
      else if (info.object.kind !== 'Pod')
        throw new CliError(`"${apiVersionOf(info.resource)}, Kind=${info.object.kind}" not supported by debug`)
      else [pod, name] = yield* copyTo ? copyOf(k, info.object, settings) : ephemeral(k, info.object, settings)
      const attach = flags.changed('attach') ? flags.bool('attach') : stdin
      if (attach && name) yield* attachWhenRunning(k, pod, name, settings)
    })
    throwAll([...errors, ...failed])
    return 0
  },
}

/** An ephemeral container for a pod out of a file. */
function* panicked(k: Kube): Coro<number> {
  const name = debuggerName(k)
  if (!k.flags.string('container')) yield* k.out(`Defaulting debug container name to ${name}.\n`)
  k.err(DISPLAY_WARNING_PANIC)
  return 2
}

interface Settings {
  readonly image: string
  readonly command: readonly string[]
  readonly profile: string
  readonly stdin: boolean
  readonly tty: boolean
  readonly pull: string
  readonly env: readonly any[]
  readonly copyTo: string
  readonly setImages: ReadonlyMap<string, string>
}

/** The container that the flags ask for. */
function containerFrom(k: Kube, name: string, s: Settings): any {
  const words = s.command.length > 0 ? { [k.flags.bool('arguments-only') ? 'args' : 'command']: [...s.command] } : {}
  return {
    ...words,
    ...(s.env.length > 0 ? { env: [...s.env] } : {}),
    image: s.image,
    ...(s.pull ? { imagePullPolicy: s.pull } : {}),
    name,
    resources: {},
    ...(s.stdin ? { stdin: true } : {}),
    terminationMessagePolicy: 'File',
    ...(s.tty ? { tty: true } : {}),
  }
}

/** What the profile grants the debug container. */
function secured(container: any, profile: string, node = false): any {
  const context: Record<string, object | undefined> = {
    general: node ? undefined : { capabilities: { add: ['SYS_PTRACE'] } },
    netadmin: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
    restricted: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    sysadmin: { privileged: true },
  }
  const securityContext = context[profile]
  return securityContext ? { ...container, securityContext } : container
}

/** What a container has that is granted the same once more: lists of capabilities grow. */
function grantedAgain({ name, securityContext = {} }: any, profile: string): any {
  const granted = secured({ name }, profile).securityContext
  if (!granted?.capabilities?.add) return { ...securityContext, ...granted }
  const { capabilities } = securityContext
  return {
    ...securityContext,
    capabilities: { ...capabilities, add: [...(capabilities?.add ?? []), ...granted.capabilities.add] },
  }
}

function debuggerName(k: Kube): string {
  const given = k.flags.string('container')
  if (given) return given
  return `debugger-${k.p.host.rng.suffix(5)}`
}

/** Capabilities are of little use to a user who is not root (displayWarning). */
function warnOfNonRoot(k: Kube, pod: any, container: any): void {
  const { runAsUser, runAsNonRoot } = pod.spec.securityContext ?? {}
  const own = container.securityContext
  if (!runAsUser && !runAsNonRoot) return
  if (!own || own.runAsUser !== undefined || own.runAsNonRoot) return
  k.err(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  )
}

function* ephemeral(k: Kube, pod: any, s: Settings): Coro<[any, string]> {
  const target = k.flags.string('target')
  const quiet = k.flags.bool('quiet')
  if (target && !quiet)
    yield* k.out(
      `Targeting container "${target}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    )
  const name = debuggerName(k)
  if (!k.flags.string('container') && !quiet) yield* k.out(`Defaulting debug container name to ${name}.\n`)
  const known = pod.spec.ephemeralContainers?.find((c: any) => c.name === name)
  const asked = { ...containerFrom(k, name, s), ...(target ? { targetContainerName: target } : {}) }
  // The profile is laid over the first container of the name, even when that is an older one.
  const container = known ? asked : secured(asked, s.profile)
  const changed = known ? [{ name, securityContext: grantedAgain(known, s.profile) }] : []
  if (!quiet) warnOfNonRoot(k, pod, container)
  const order = [...(pod.spec.ephemeralContainers ?? []).map((c: any) => ({ name: c.name })), { name }]
  const client = yield* k.client()
  const patched = yield* client.patch(
    PODS,
    pod.metadata.namespace,
    pod.metadata.name,
    'application/strategic-merge-patch+json',
    { spec: { '$setElementOrder/ephemeralContainers': order, ephemeralContainers: [...changed, container] } },
    { subresource: 'ephemeralcontainers' },
  )
  return [patched, name]
}

function* copyOf(k: Kube, pod: any, s: Settings): Coro<[any, string]> {
  const { flags } = k
  const { ephemeralContainers: _, nodeName, ...spec } = structuredClone(pod.spec)
  if (flags.bool('same-node')) spec.nodeName = nodeName
  if (flags.changed('share-processes')) spec.shareProcessNamespace = flags.bool('share-processes')
  else if (s.profile !== 'legacy' || s.image) spec.shareProcessNamespace = true
  if (!flags.bool('keep-init-containers')) delete spec.initContainers
  for (const container of spec.containers) {
    const image = s.setImages.get(container.name) ?? s.setImages.get('*')
    if (image) container.image = image
    if (!flags.bool('keep-liveness')) delete container.livenessProbe
    if (!flags.bool('keep-readiness')) delete container.readinessProbe
    if (!flags.bool('keep-startup')) delete container.startupProbe
  }
  let name = flags.string('container')
  const at = spec.containers.findIndex((c: any) => c.name === name)
  if (at >= 0) {
    const { image, resources: _r, ...asked } = containerFrom(k, name, s)
    const next = { ...spec.containers[at], ...asked, ...(image ? { image } : {}) }
    if (s.command.length > 0 && !flags.bool('arguments-only')) delete next.args
    spec.containers[at] = secured(next, s.profile)
  } else if (s.image === '') {
    if (s.setImages.size === 0) throw new CliError('you must specify image when creating new container')
    name = ''
  } else {
    const given = name
    name = debuggerName(k)
    if (!given && !flags.bool('quiet')) yield* k.out(`Defaulting debug container name to ${name}.\n`)
    spec.containers.push(secured(containerFrom(k, name, s), s.profile))
  }
  const { annotations, labels, namespace } = pod.metadata
  const copied = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(flags.bool('keep-annotations') && annotations ? { annotations } : {}),
      ...(flags.bool('keep-labels') && labels ? { labels } : {}),
      name: s.copyTo,
      namespace,
    },
    spec,
  }
  const client = yield* k.client()
  const created = yield* client.create(PODS, namespace, copied, { fieldManager: 'kubectl-debug' })
  if (flags.bool('replace')) yield* client.delete(PODS, namespace, pod.metadata.name)
  return [created, name]
}

function* onNode(k: Kube, node: any, s: Settings): Coro<[any, string]> {
  const container = k.flags.string('container') || 'debugger'
  const name = `node-debugger-${node.metadata.name}-${k.p.host.rng.suffix(5)}`
  if (!k.flags.bool('quiet'))
    yield* k.out(`Creating debugging pod ${name} with container ${container} on node ${node.metadata.name}.\n`)
  const mounted = ['general', 'sysadmin', 'legacy'].includes(s.profile)
  const shared = mounted || s.profile === 'netadmin'
  const made = secured(containerFrom(k, container, s), s.profile, true)
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' }, name },
    spec: {
      containers: [mounted ? { ...made, volumeMounts: [{ mountPath: '/host', name: 'host-root' }] } : made],
      ...(shared ? { hostIPC: true, hostNetwork: true, hostPID: true } : {}),
      nodeName: node.metadata.name,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      ...(mounted ? { volumes: [{ hostPath: { path: '/' }, name: 'host-root' }] } : {}),
    },
  }
  const client = yield* k.client()
  return [yield* client.create(PODS, k.namespace, pod, { fieldManager: 'kubectl-debug' }), container]
}

/** Waits until the container runs or has ended, and attaches to it. */
function* attachWhenRunning(k: Kube, pod: any, container: string, s: Settings): Coro<void> {
  const client = yield* k.client()
  const { namespace, name } = pod.metadata
  for (;;) {
    const now = yield* client.get(PODS, namespace, name)
    const { containerStatuses = [], ephemeralContainerStatuses = [], phase } = now.status ?? {}
    const status = [...containerStatuses, ...ephemeralContainerStatuses].find((c: any) => c.name === container)
    if (status?.state?.running) {
      const options = { container, stdin: s.stdin, tty: s.tty, quiet: k.flags.bool('quiet') }
      yield* attachOrFollow(k, now, options, {})
      return
    }
    if (status?.state?.terminated || phase === 'Failed' || phase === 'Succeeded') {
      const response = yield* client.raw(logRequest(namespace, name, { container }))
      if (typeof response.body === 'string') yield* k.out(response.body)
      return
    }
    yield { until: k.p.host.kernel.now() + 200 }
  }
}
