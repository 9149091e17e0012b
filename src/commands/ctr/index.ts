import { type Program, SysError } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { TabWriter } from '../../print/index.ts'
import { type CriServer, dialCri, GrpcError, type StoredImage } from '../../programs/containerd/index.ts'
import { plugins } from './plugins.ts'

const SOCKET = '/run/containerd/containerd.sock'

/** ctr's tables: least width 4, padding 4 for containers and tasks, 1 for the others. */
const table = (rows: readonly (readonly string[])[], padding: number): string =>
  `${new TabWriter({ minWidth: padding, tabWidth: 8, padding, padChar: ' ' }).format(rows.map((r) => `${r.join('\t')}\t`).join('\n'))}\n`

const binarySize = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1024 * 1024)).toFixed(1)} MiB`

/** Of several tags of a pinned image only the last one and the ID carry the mark. */
const unpinned = (s: StoredImage): string | undefined => (s.tags.size > 1 ? [...s.tags].sort()[0] : undefined)

class CtrError extends Error {}

/** Pause containers belong to containerd's namespace k8s.io as well. */
interface Row {
  readonly id: string
  readonly image: string
  readonly pid: number | undefined
}

function containers(cri: CriServer): Row[] {
  const rows: Row[] = []
  for (const s of cri.listPodSandbox()) rows.push({ id: s.id, image: cri.settings.sandboxImage, pid: s.process?.pid })
  for (const c of cri.listContainers())
    rows.push({
      id: c.id,
      image: [...(cri.imageStatus(c.config.imageId)?.tags ?? [])][0] ?? c.config.image,
      pid: c.process?.pid,
    })
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** ctr: containerd's own client; lists, pulls and removes. */
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
      const text = yield* run(cri, args, namespace)
      p.stdout.write(text)
      return 0
    } catch (error) {
      if (error instanceof CtrError || error instanceof GrpcError) {
        p.stderr.write(`ctr: ${error instanceof GrpcError ? error.desc : error.message}\n`)
        return 1
      }
      throw error
    }
  },
}

function* run(cri: CriServer, args: readonly string[], namespace: string): Coro<string> {
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
    return table(
      [
        ['NAME', 'LABELS'],
        ['k8s.io', ''],
      ],
      1,
    )
  if (kind === 'containers' && listing) {
    const rows = k8s ? containers(cri) : []
    if (quiet) return rows.map((r) => `${r.id}\n`).join('')
    return table([['CONTAINER', 'IMAGE', 'RUNTIME'], ...rows.map((r) => [r.id, r.image, 'io.containerd.runc.v2'])], 4)
  }
  if (kind === 'tasks' && listing) {
    const rows = (k8s ? containers(cri) : []).filter((r) => r.pid !== undefined)
    if (quiet) return rows.map((r) => `${r.id}\n`).join('')
    return table([['TASK', 'PID', 'STATUS'], ...rows.map((r) => [r.id, String(r.pid), 'RUNNING'])], 4)
  }
  if (kind === 'tasks' && (verb === 'kill' || verb === 'rm' || verb === 'delete')) {
    const [id = ''] = names
    const found = k8s && containers(cri).find((r) => r.id === id)
    if (!found)
      throw new CtrError(`container ${JSON.stringify(id)} in namespace ${JSON.stringify(namespace)}: not found`)
    if (verb === 'kill') yield* cri.stopContainer(id, 0)
    return ''
  }
  if (kind === 'images' && listing) {
    const refs = (k8s ? cri.listImages() : [])
      .flatMap((s) => [...s.tags, ...s.digests, s.image.id].map((ref) => ({ ref, s })))
      .sort((a, b) => (a.ref < b.ref ? -1 : 1))
    if (quiet) return refs.map((r) => `${r.ref}\n`).join('')
    return table(
      [
        ['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'],
        ...refs.map(({ ref, s }) => [
          ref,
          // Only an image that came from a registry has an index over its platforms.
          `application/vnd.oci.image.${s.digests.size > 0 ? 'index' : 'manifest'}.v1+json`,
          s.image.digest,
          binarySize(s.image.spec.size),
          'linux/amd64',
          `io.cri-containerd.image=managed${s.pinned && ref !== unpinned(s) ? ',io.cri-containerd.pinned=pinned' : ''}`,
        ]),
      ],
      1,
    )
  }
  if (kind === 'images' && verb === 'pull') {
    const [ref = ''] = names
    try {
      yield* cri.pullImage(ref)
    } catch (error) {
      if (error instanceof GrpcError)
        throw new CtrError(error.desc.replace(/^failed to pull and unpack image "[^"]*": /, ''))
      throw error
    }
    return `${ref}: resolved       |++++++++++++++++++++++++++++++++++++++|\nunpacking linux/amd64 ${cri.imageStatus(ref)?.image.digest ?? ''}...\ndone: 1.2s\n`
  }
  if (kind === 'images' && (verb === 'rm' || verb === 'remove' || verb === 'delete')) {
    for (const ref of names) cri.removeImage(ref)
    return names.map((n) => `${n}\n`).join('')
  }
  throw new CtrError(`${args.join(' ')}: not simulated in this game`)
}
