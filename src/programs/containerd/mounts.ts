import { FileSystem, type Mount, Stack } from '../../host/index.ts'
import type { ContainerdState } from './store.ts'
import type { Container, Sandbox, StoredImage } from './types.ts'

const RUN = '/run/containerd'
const SNAPSHOTS = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'

/** Where the machine sees the root directory of a sandbox or container. */
export const rootOf = (id: string): string => `${RUN}/io.containerd.runtime.v2.task/k8s.io/${id}/rootfs`

/** What containerd has mounted for the pods that run: their network namespace, /dev/shm and root file systems. */
export function containerMounts(state: ContainerdState): Mount[] {
  const disk = state.host.rootFs
  const mount = (fs: FileSystem, path: string, options: string): Mount => ({
    path,
    root: fs.root,
    fs,
    options,
    readOnly: false,
    bind: false,
  })
  const overlay = (x: Sandbox | Container, image: StoredImage | undefined): Mount => {
    const fs = new FileSystem('overlay', 'overlay', disk.capacity)
    fs.used = disk.used
    const own = `${SNAPSHOTS}/${x.snapshot}`
    return mount(
      fs,
      rootOf(x.id),
      `rw,relatime,lowerdir=${SNAPSHOTS}/${image?.snapshot ?? 1}/fs,upperdir=${own}/fs,workdir=${own}/work,nouserxattr`,
    )
  }
  return [...state.sandboxes.values()]
    .filter((s) => s.process)
    .flatMap((s) => [
      ...(s.net instanceof Stack && s.net !== state.host.net
        ? [mount(new FileSystem('nsfs', 'nsfs', 0), `/run/netns/${s.net.name}`, 'rw')]
        : []),
      mount(
        new FileSystem('shm', 'tmpfs', 64 << 20),
        `${RUN}/io.containerd.grpc.v1.cri/sandboxes/${s.id}/shm`,
        'rw,nosuid,nodev,noexec,relatime,size=65536k,inode64',
      ),
      overlay(s, state.findImage(s.image)),
      ...[...(state.containersOf.get(s.id) ?? [])]
        .filter((c) => c.process)
        .map((c) => overlay(c, state.images.get(c.image.id))),
    ])
}
