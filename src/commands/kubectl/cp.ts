import { Capture, type Process, type Sink, type Source, TextSource } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { podsAndOwners } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError, PlainError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { containerOf, PODS } from './lib/pods.ts'
import { finishSession, openSession } from './lib/remote.ts'
import { pages } from './pages/cp.ts'

interface Spec {
  readonly namespace: string | undefined
  readonly pod: string
  readonly file: string
}

function specOf(text: string): Spec {
  const at = text.indexOf(':')
  if (at === 0) throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path')
  if (at < 0) return { namespace: undefined, pod: '', file: text }
  const [where, file] = [text.slice(0, at), text.slice(at + 1)]
  const parts = where.split('/')
  if (parts.length === 1) return { namespace: undefined, pod: parts[0], file }
  if (parts.length === 2) return { namespace: parts[0], pod: parts[1], file }
  throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path')
}

/** Models kubectl/pkg/cmd/cp/cp.go. Single files go through `cat` in the container, where the real one runs tar. */
export const cp: Definition = {
  page: pages.cp,
  complete: podsAndOwners,
  *run(k) {
    if (k.args.length !== 2) throw new CliError('source and destination are required')
    const [source, target] = k.args.map(specOf)
    if (source.pod && target.pod) throw new CliError('one of src or dest must be a local file specification')
    if (source.file === '' || target.file === '') throw new CliError('filepath can not be empty')
    if (source.pod) return yield* fromPod(k, source, target.file)
    if (target.pod) return yield* toPod(k, source.file, target)
    throw new CliError('one of src or dest must be a remote file specification')
  },
}

function* podOf(k: Kube, spec: Spec): Coro<{ pod: any; container: string }> {
  const pod = yield* (yield* k.client()).get(PODS, spec.namespace ?? k.namespace, spec.pod)
  const { phase } = pod.status ?? {}
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new CliError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  return { pod, container: containerOf(k, pod, k.flags.string('container')).name }
}

/** The same call, with streams of its own. */
const withStreams = (k: Kube, stdin: Source, stdout: Sink): Kube => {
  const p = Object.create(k.p, {
    stdin: { value: stdin },
    stdout: { value: stdout },
    stderr: { value: new Capture() },
  }) as Process
  return Object.create(k, { p: { value: p } }) as Kube
}

/** Runs a command in the container and returns its status and output. */
function* remote(
  k: Kube,
  where: { pod: any; container: string },
  command: readonly string[],
  input = '',
): Coro<{ code: number; output: string }> {
  const stdout = new Capture()
  const inner = withStreams(k, new TextSource(input), stdout)
  const call = { ...where, subresource: 'exec' as const, command, stdin: input !== '', tty: false }
  const session = yield* openSession(inner, call)
  try {
    return { code: yield* finishSession(inner, session), output: stdout.text() }
  } catch (error) {
    if (error instanceof PlainError) return { code: error.code, output: stdout.text() }
    throw error
  }
}

function* toPod(k: Kube, local: string, target: Spec): Coro<number> {
  const { p } = k
  const node = p.fs.find(local, p.cwd)
  if (!node) throw new CliError(`${local} doesn't exist in local filesystem`)
  const where = yield* podOf(k, target)
  if (node.kind === 'dir') throw new PlainError('kubectl: cp of directories not simulated', 127)
  const isDir = (yield* remote(k, where, ['test', '-d', target.file])).code === 0
  const path = isDir ? `${target.file.replace(/\/$/, '')}/${local.split('/').at(-1)}` : target.file
  const text = p.fs.readFile(local, p.cwd, p.creds)
  const { code } = yield* remote(k, where, ['sh', '-c', 'cat > "$0"', path], text)
  return code
}

function* fromPod(k: Kube, source: Spec, local: string): Coro<number> {
  const { p } = k
  const where = yield* podOf(k, source)
  if ((yield* remote(k, where, ['test', '-d', source.file])).code === 0)
    throw new PlainError('kubectl: cp of directories not simulated', 127)
  const { code, output } = yield* remote(k, where, ['cat', source.file])
  if (code !== 0) {
    yield* k.out(`tar: ${source.file.replace(/^\//, '')}: Cannot stat: No such file or directory\n`)
    return 0
  }
  const into = p.fs.find(local, p.cwd)?.kind === 'dir'
  p.fs.writeFile(into ? `${local.replace(/\/$/, '')}/${source.file.split('/').at(-1)}` : local, output, {
    cwd: p.cwd,
    creds: p.creds,
  })
  return 0
}
