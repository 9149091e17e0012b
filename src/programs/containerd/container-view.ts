import { FsView, type Inode, MACHINE, makeProc, type Stack, SysError } from '../../host/index.ts'
import { rootfs } from '../images/index.ts'
import { rootOf } from './mounts.ts'
import { pidsOf } from './pids.ts'
import type { ContainerdState } from './store.ts'
import type { Container, Mount } from './types.ts'

/** Options of mounts that hold no programs. */
const NO_CODE = 'nosuid,nodev,noexec,relatime'

/** What the kernel shows of itself in each container, and how it is mounted there after `ro,` or `rw,`. */
const KERNEL_MOUNTS = { '/proc': NO_CODE, '/dev': 'nosuid,size=65536k,mode=755', '/sys': NO_CODE }

/** A mount that runc could not make. Models prepareBindMount and mountError of runc 1.3's libcontainer. */
export class MountError extends Error {
  constructor({ hostPath, containerPath }: Mount, why: string) {
    super(`error mounting "${hostPath}" to rootfs at "${containerPath}": ${why}`)
  }
}

/** A file over a directory, or a directory over a file. */
function mismatch(m: Mount): MountError {
  const { hostPath, containerPath, readOnly } = m
  const flags = `${readOnly ? 'MS_RDONLY|' : ''}MS_BIND|MS_REC`
  const what = `mount src=${hostPath}, dst=${containerPath}, dstFd=/proc/thread-self/fd/14, flags=${flags}`
  return new MountError(m, `${what}: not a directory`)
}

const views = new WeakMap<Container, FsView>()
const layers = new WeakMap<Container, { readonly written: number }>()

/** The container's own view of files: its image, its writable layer, its volumes. Made at the first start. */
export function viewOf(state: ContainerdState, c: Container): FsView {
  let view = views.get(c)
  if (view) return view
  const { host } = state
  const storage = state.overlay()
  const root = rootfs(storage, c.image)
  view = new FsView(root, () => host.clock.now())
  view.mount('/', root, { options: 'rw,relatime' })
  for (const [path, options] of Object.entries(KERNEL_MOUNTS)) {
    const own = host.fs.find(path)
    if (!view.exists(path)) view.mkdir(path, { parents: true })
    if (own?.kind !== 'dir') continue
    const machine = path === '/proc' && host.has(MACHINE)
    const seen = machine ? procOf(state, c, view) : own
    const readOnly = path === '/sys' && !c.config.privileged
    view.mount(path, seen, { bind: true, readOnly, options: `${readOnly ? 'ro' : 'rw'},${options}` })
  }
  if (!c.config.privileged && view.exists('/proc/sys'))
    view.mount('/proc/sys', view.resolve('/proc/sys'), { bind: true, readOnly: true, options: `ro,${NO_CODE}` })
  for (const m of [...c.config.mounts].sort(
    (a, b) => a.containerPath.split('/').length - b.containerPath.split('/').length,
  )) {
    prepareMountPoint(c, view, m)
    if ((view.resolve(m.containerPath).kind === 'dir') !== (m.source.kind === 'dir')) throw mismatch(m)
    // Where it is really: /var/run is a link to /run in many images.
    view.mount(view.realpath(m.containerPath), m.source, { readOnly: m.readOnly, bind: true })
  }
  const cwd = workingDirOf(c)
  if (view.find(cwd)?.kind !== 'dir') view.mkdir(cwd, { parents: true })
  if (c.config.readOnlyRootfs) view.protectRoot()
  views.set(c, view)
  layers.set(c, storage)
  return view
}

/** The container has gone, and its files with it. */
export const forgetView = (c: Container): boolean => views.delete(c)

/** Bytes that the container wrote outside its volumes. */
export const writableLayer = (c: Container): number => layers.get(c)?.written ?? 0

/** /proc as it is in the container's PID namespace. */
function procOf(state: ContainerdState, c: Container, view: FsView): Inode {
  const net = c.sandbox.net as Stack
  if (c.config.pidMode === 'NODE') return makeProc(state.host, { net, view }).root
  const { namespace } = pidsOf(state, c)
  return makeProc(state.host, {
    net,
    view,
    visible: (p) => p.pidNamespace === namespace,
    pid: (p) => p.containerPid ?? p.pid,
  }).root
}

/** Where its processes begin. */
export const workingDirOf = (c: Container): string => c.config.workingDir || c.image.spec.config.workingDir || '/'

/** Makes a missing mount point, as runc does. Throws MountError. */
function prepareMountPoint(c: Container, view: FsView, m: Mount): void {
  const { containerPath: path } = m
  const isDir = m.source.kind === 'dir'
  try {
    if (view.find(path)) return
    if (isDir) {
      view.mkdir(path, { parents: true })
      return
    }
    const parent = path.slice(0, path.lastIndexOf('/')) || '/'
    if (parent !== '/') view.mkdir(parent, { parents: true })
    view.writeFile(path, '')
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    const reason = error.strerror.charAt(0).toLowerCase() + error.strerror.slice(1)
    const why =
      error.code === 'ENOTDIR'
        ? `lookup mountpoint target: securejoin.OpenInRoot ${path}: openat2 ${path}: ${reason}`
        : `make mountpoint "${path}": ${isDir ? `mkdirat ${rootOf(c.id)}${path}: ` : ''}${reason}`
    throw new MountError(m, `create mountpoint for ${path} mount: ${why}`)
  }
}
