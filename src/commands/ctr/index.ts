import { type Program, SysError } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { TabWriter } from '../../print/index.ts'
import { dialCri, GrpcError, type StoredImage } from '../../programs/containerd/index.ts'
import { CONTAINER_VERBS, type Ctr, CtrError, containers, IMAGE_VERBS, TASK_VERBS } from './actions.ts'
import { plugins } from './plugins.ts'
import { runContainer } from './run.ts'

const SOCKET = '/run/containerd/containerd.sock'

/** ctr's tables: least width 4, padding 4 for containers and tasks, 1 for the others. */
const table = (rows: readonly (readonly string[])[], padding: number): string =>
  `${new TabWriter({ minWidth: padding, tabWidth: 8, padding, padChar: ' ' }).format(rows.map((r) => `${r.join('\t')}\t`).join('\n'))}\n`

const binarySize = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1024 * 1024)).toFixed(1)} MiB`

/** Of several tags of a pinned image only the last one and the ID carry the mark. */
const unpinned = (s: StoredImage): string | undefined => (s.tags.size > 1 ? [...s.tags].sort()[0] : undefined)

/** ctr: containerd's own client. */
export const ctr: Program = {
  name: 'ctr',
  *main(p) {
    yield* sleep(p.host.kernel, 20)
    const args = p.argv.slice(1)
    let namespace = p.env.CONTAINERD_NAMESPACE ?? 'default'
    let address = p.env.CONTAINERD_ADDRESS ?? SOCKET
    while (args[0]?.startsWith('-')) {
      const a = args.shift()!
      const [flag, inline] = a.split('=', 2)
      const value = inline ?? args.shift() ?? ''
      if (flag === '-n' || flag === '--namespace') namespace = value
      else if (flag === '-a' || flag === '--address') address = value
    }
    try {
      try {
        p.fs.resolve(address, p.cwd, p.creds)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        throw new CtrError(`cannot access socket ${address}: ${error.goMessage.replace(/^open /, 'stat ')}`)
      }
      const cri = dialCri(p.fs, address, p.creds)
      const result = yield* run({ p, cri, namespace }, args)
      if (typeof result === 'number') return result
      p.stdout.write(result)
      return 0
    } catch (error) {
      if (error instanceof CtrError || error instanceof GrpcError) {
        p.stderr.write(`ctr: ${error instanceof GrpcError ? error.desc : error.message}\n`)
        return error instanceof CtrError ? error.status : 1
      }
      throw error
    }
  },
}

function* run(ctr: Ctr, args: readonly string[]): Coro<string | number> {
  const { cri, namespace } = ctr
  const k8s = namespace === 'k8s.io'
  const [noun = '', verb = 'ls', ...rest] = args
  const quiet = rest.includes('-q') || rest.includes('--quiet')
  const names = rest.filter((a) => !a.startsWith('-'))
  const kind =
    (
      {
        c: 'containers',
        container: 'containers',
        t: 'tasks',
        task: 'tasks',
        i: 'images',
        image: 'images',
        ns: 'namespaces',
        namespace: 'namespaces',
      } as Record<string, string>
    )[noun] ?? noun
  const listing = verb === 'ls' || verb === 'list'
  if (kind === 'version') {
    const { version, revision, golang } = cri.installed
    return `Client:\n  Version:  ${version}\n  Revision: ${revision}\n  Go version: ${golang}\n\nServer:\n  Version:  ${version}\n  Revision: ${revision}\n  UUID: 93b7d772-3aef-43b9-9a50-9eb71e55edeb\n`
  }
  if (kind === 'plugins' && listing) return plugins()
  if (kind === 'namespaces' && listing)
    return table([['NAME', 'LABELS'], ...cri.namespaces.names().map((name) => [name, ''])], 1)
  if (kind === 'run') return yield* runContainer(ctr, args.slice(1))
  if (kind === 'containers' && listing) {
    const rows = containers(ctr)
    if (quiet) return rows.map((r) => `${r.id}\n`).join('')
    return table([['CONTAINER', 'IMAGE', 'RUNTIME'], ...rows.map((r) => [r.id, r.image, 'io.containerd.runc.v2'])], 4)
  }
  if (kind === 'tasks' && listing) {
    const rows = containers(ctr).filter((r) => r.status !== undefined)
    if (quiet) return rows.map((r) => `${r.id}\n`).join('')
    return table([['TASK', 'PID', 'STATUS'], ...rows.map((r) => [r.id, String(r.pid), r.status!])], 4)
  }
  if (kind === 'images' && listing) {
    const own = [...cri.namespaces.images(namespace)].map(([ref, image]) => ({ ref, image, labels: '-' }))
    const managed = (k8s ? cri.listImages() : []).flatMap((s) =>
      [...s.tags, ...s.digests, s.image.id].map((ref) => ({
        ref,
        image: s.image,
        // Only an image that came from a registry has an index over its platforms.
        local: s.digests.size === 0,
        labels: `io.cri-containerd.image=managed${s.pinned && ref !== unpinned(s) ? ',io.cri-containerd.pinned=pinned' : ''}`,
      })),
    )
    const refs = [...managed, ...own.map((o) => ({ ...o, local: false }))].sort((a, b) => (a.ref < b.ref ? -1 : 1))
    if (quiet) return refs.map((r) => `${r.ref}\n`).join('')
    return table(
      [
        ['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'],
        ...refs.map(({ ref, image, local, labels }) => [
          ref,
          `application/vnd.oci.image.${local ? 'manifest' : 'index'}.v1+json`,
          image.digest,
          binarySize(image.spec.size),
          'linux/amd64',
          labels,
        ]),
      ],
      1,
    )
  }
  if (kind === 'images' && verb === 'pull') {
    const [ref = ''] = names
    let digest: string
    try {
      const image = k8s ? undefined : yield* cri.pullInto(namespace, ref)
      if (k8s) yield* cri.pullImage(ref)
      digest = image?.digest ?? cri.imageStatus(ref)?.image.digest ?? ''
    } catch (error) {
      if (error instanceof GrpcError)
        throw new CtrError(error.desc.replace(/^failed to pull and unpack image "[^"]*": /, ''))
      throw error
    }
    return `${ref}: resolved       |++++++++++++++++++++++++++++++++++++++|\nunpacking linux/amd64 ${digest}...\ndone: 1.2s\n`
  }
  if (kind === 'images') {
    const change = IMAGE_VERBS[verb]
    if (change) return change(ctr, names)
  }
  const act = (kind === 'tasks' ? TASK_VERBS : kind === 'containers' ? CONTAINER_VERBS : {})[verb]
  if (act) return yield* act(ctr, rest)
  throw new CtrError(`not simulated: ${args.join(' ') || 'this command'}`, 127)
}
